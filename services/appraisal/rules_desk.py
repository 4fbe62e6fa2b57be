"""The pool's desk: what one decision does to bookings and queue, with a bound on how much."""

from datetime import UTC, datetime, time, timedelta

import msgspec

from schemas.appraisal import PanelDeclined, PanelRequested
from schemas.decision import LEGAL_ZONE, Context, Decision, decided
from schemas.fact import Fact
from services.appraisal import law, texts
from services.appraisal.draw import ELIGIBLE
from services.appraisal.rules_eligibility import standing
from services.appraisal.rules_panel import Found, Shortage, find_panel
from services.appraisal.rules_state import Booking, PoolCase, Waiting

SERVED_A_DECISION_MAX = 50
"""Requests tried in one decision; the rest follow a minute later."""
LOOK_TIME = time(9)
"""When the queue is looked at each day, Asia/Shanghai."""
LOOK_AGAIN = timedelta(minutes=1)


class Desk:
    """A pool as it is worked on in one decision: what it becomes, and what is said of it."""

    def __init__(self, pool: PoolCase, context: Context) -> None:
        self.pool = without_past(pool, context)
        self._context = context
        self._facts: list[Fact] = []
        self._drawn = 0
        self._left = SERVED_A_DECISION_MAX
        self._unfinished = False

    def serve(self, key: str, waiting: Waiting, replaces: bool = False) -> dict[str, object]:
        """Draw for a request, or let it wait; gives the values that explain the answer."""
        request = PanelRequested.model_validate_json(waiting.request, extra="ignore")
        self._left -= 1
        answer = find_panel(self.pool, request, waiting.event_id, self._context, replaces)
        if isinstance(answer, Shortage):
            return self._let_wait(key, waiting, request, answer)
        bookings = {**self.pool.bookings, key: answer.booking}
        queue = {name: other for name, other in self.pool.waiting.items() if name != key}
        self.pool = msgspec.structs.replace(self.pool, bookings=bookings, waiting=queue)
        self._facts.append(answer.drawn)
        self._drawn += 1
        return _drawn_values(answer)

    def serve_waiting(self, from_the_start: bool = True) -> None:
        """Try the queue, nearest time limit first, as far as one decision may go; the next look goes on from there."""
        done_to = "" if from_the_start else self.pool.resume_after
        queue = sorted((_place(key, waiting), key) for key, waiting in self.pool.waiting.items())
        rest = [(place, key) for place, key in queue if place > done_to]
        turn = rest[: max(self._left, 0)]
        for _, key in turn:
            self.serve(key, self.pool.waiting[key])
        last = turn[-1][0] if turn else done_to
        self.pool = msgspec.structs.replace(self.pool, resume_after=last if len(turn) < len(rest) else "")

    def move_unsound(self, expert_key: str = "") -> None:
        """Draw anew for bookings that cannot stand: the day turned out a day off, or an expert may no longer sit.

        `expert_key`: look only at the bookings of that expert.
        """
        for key, booking in sorted(self.pool.bookings.items()):
            if self._left <= 0:
                self._unfinished = True
                return
            if expert_key in ("", *booking.expert_keys) and booking.sitting_on > self._context.today:
                self._move_or_confirm(key, booking)

    def decision(self, code: str, paragraphs: tuple[str, ...], **values: object) -> Decision[PoolCase]:
        """Give what was decided, with the next look."""
        pool = msgspec.structs.replace(self.pool, look_at=self._look_at())
        counts = {"drawn": self._drawn, "waiting": len(pool.waiting), "booked": len(pool.bookings)}
        return decided(pool, code, *self._facts, paragraphs=paragraphs, **counts, **values)

    def _let_wait(self, key: str, waiting: Waiting, request: PanelRequested, shortage: Shortage) -> dict[str, object]:
        if shortage.reasons != waiting.reasons:
            self._facts.append(_declined(request, shortage, self._context))
        later = msgspec.structs.replace(waiting, reasons=shortage.reasons)
        self.pool = msgspec.structs.replace(self.pool, waiting={**self.pool.waiting, key: later})
        return {
            "reasons": ",".join(shortage.reasons),
            "reasons_text": texts.shortages(shortage.reasons),
            "unfilled": ",".join(shortage.unfilled),
            "unfilled_text": texts.specialties(shortage.unfilled),
            "eligible": shortage.eligible_count,
        }

    def _move_or_confirm(self, key: str, booking: Booking) -> None:
        request = PanelRequested.model_validate_json(booking.request, extra="ignore")
        calendar, on = self._context.calendar, booking.sitting_on
        in_force = law.law_on(on)
        seated = [self.pool.experts[expert_key] for expert_key in booking.expert_keys]
        may_sit = all(standing(expert, request, on, in_force) == ELIGIBLE for expert in seated)
        if may_sit and calendar.is_working_day(on):
            firm = msgspec.structs.replace(booking, provisional=booking.provisional and not calendar.is_published(on))
            self.pool = msgspec.structs.replace(self.pool, bookings={**self.pool.bookings, key: firm})
            return
        self.pool = without(self.pool, key)
        self.serve(key, Waiting(booking.request, booking.event_id, request.conclusion_due_on), replaces=True)

    def _look_at(self) -> datetime | None:
        if self._unfinished or self.pool.resume_after:
            return self._context.now + LOOK_AGAIN
        provisional = any(booking.provisional for booking in self.pool.bookings.values())
        if not self.pool.waiting and not provisional:
            return None
        tomorrow = self._context.today + timedelta(days=1)
        return datetime.combine(tomorrow, LOOK_TIME, LEGAL_ZONE).astimezone(UTC)


def number_of(pool: PoolCase, key: str) -> int:
    """Give the number of the request that is booked or waits for an application, or 0."""
    held = pool.bookings.get(key) or pool.waiting.get(key)
    return 0 if held is None else PanelRequested.model_validate_json(held.request, extra="ignore").request_number


def without(pool: PoolCase, key: str) -> PoolCase:
    """Free an application's booking and its place in the queue."""
    bookings = {name: booking for name, booking in pool.bookings.items() if name != key}
    waiting = {name: other for name, other in pool.waiting.items() if name != key}
    return msgspec.structs.replace(pool, bookings=bookings, waiting=waiting)


def without_past(pool: PoolCase, context: Context) -> PoolCase:
    """Drop the sittings of days that are over."""
    bookings = {key: booking for key, booking in pool.bookings.items() if booking.sitting_on >= context.today}
    return msgspec.structs.replace(pool, bookings=bookings)


def _drawn_values(found: Found) -> dict[str, object]:
    drawn = found.drawn
    eligible = [candidate.expert_key for candidate in drawn.candidates if candidate.standing == ELIGIBLE]
    return {
        "panel": ",".join(found.booking.expert_keys),
        "sitting_on": drawn.sitting_on,
        "slot": drawn.slot,
        "standing": drawn.standing,
        "provisional": str(drawn.provisional).lower(),
        "seed": drawn.seed,
        "pool_version": drawn.pool_version,
        "request_event": drawn.request_event_id,
        "eligible": ",".join(eligible),
    }


def _declined(request: PanelRequested, shortage: Shortage, context: Context) -> PanelDeclined:
    return PanelDeclined(
        district=request.district,
        agency=request.agency,
        occurred_on=context.today,
        person_key=request.person_key,
        application_reference=request.application_reference,
        pool_key=request.pool_key,
        request_number=request.request_number,
        reasons=shortage.reasons,
        unfilled_specialties=shortage.unfilled,
        eligible_count=shortage.eligible_count,
    )


def _place(key: str, waiting: Waiting) -> str:
    return f"{waiting.due_on.isoformat()}|{key}"
