"""Facts and contexts for tests about outlets and their blanks."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from schemas.calendar import WorkingCalendar
from schemas.decision import LEGAL_ZONE, Context, Decision, Outcome, TimerDue
from schemas.fact import Fact
from schemas.outlets import (
    CardReservationReleased,
    CardReservationRequested,
    CardReservationUsed,
    DayKind,
    OpeningSession,
    OutletPublished,
    OutletStocked,
    StockKind,
)
from schemas.vocabulary import Agency, District
from services.clock.calendars import published_calendars
from services.outlets.rules import OutletCase, decide
from services.outlets.rules_state import next_timer
from services.outlets.texts import REASON_TEXTS
from services.outlets.worker import SERVICE
from services.runtime.shard import Shard

OUTLET = "outlet-wendeng"
PERSON = "p1-" + "a" * 32
WENDENG = {"district": District.WENDENG, "agency": Agency.WENDENG}
ALL_DAY = tuple(OpeningSession(days=kind, opens_minute=0, closes_minute=1440) for kind in DayKind)
_numbers = count()


def published_calendar() -> WorkingCalendar:
    """The working calendar as a task knows it once every published year was read."""
    shard = Shard(SERVICE, 0)
    for fact in published_calendars():
        shard.put_reference(fact)
    return shard.calendar


CALENDAR = published_calendar()


def local(text: str) -> datetime:
    """An instant, written as a clock in Weihai shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_ZONE).astimezone(UTC)


def outlet(key: str = OUTLET, **changes: Any) -> OutletPublished:
    """An outlet that is always open."""
    values: dict[str, Any] = {
        "outlet_key": key,
        "name": f"{key}支行",
        "address": "文登市龙山路27号",
        "telephone": "0631-8451473",
        "district": District.WENDENG,
        "latitude_microdeg": 37_196_000,
        "longitude_microdeg": 122_056_000,
        "sessions": ALL_DAY,
        "makes_cards": True,
    }
    return OutletPublished(**(values | changes))


def context(
    now: str | datetime = "2024-01-08 09:00",
    references: Iterable[Fact] | None = None,
    calendar: WorkingCalendar = CALENDAR,
) -> Context:
    """What a decision may know at this time in Weihai; each context is of a record of its own."""
    instant = local(now) if isinstance(now, str) else now
    known: dict[str, dict[str, Fact]] = {}
    for fact in (outlet(),) if references is None else references:
        known.setdefault(fact.topic, {})[fact.case_key] = fact
    return Context(instant, f"fact-{next(_numbers)}", "/tests", calendar, known)


def stocked(
    blanks: int, reference: str = "stock-1", kind: StockKind = StockKind.DELIVERED, on: str = "2024-01-02", **more: Any
) -> OutletStocked:
    """A delivery, or a count, of blanks."""
    return OutletStocked(
        **WENDENG,
        occurred_on=date.fromisoformat(on),
        business_reference=reference,
        outlet_key=OUTLET,
        kind=kind,
        blanks=blanks,
        **more,
    )


def _asked(reservation_id: str, on: str) -> dict[str, Any]:
    return {
        **WENDENG,
        "occurred_on": date.fromisoformat(on),
        "outlet_key": OUTLET,
        "reservation_id": reservation_id,
        "person_key": PERSON,
    }


def request(reservation_id: str = "r-1", on: str = "2024-01-08") -> CardReservationRequested:
    """The cards service asks for a blank."""
    return CardReservationRequested(**_asked(reservation_id, on))


def release(reservation_id: str = "r-1", on: str = "2024-01-08") -> CardReservationReleased:
    """The cards service gives a blank back."""
    return CardReservationReleased(**_asked(reservation_id, on), reason_code="printing-failed")


def used(reservation_id: str = "r-1", on: str = "2024-01-08") -> CardReservationUsed:
    """The cards service says that a blank was made into a card."""
    return CardReservationUsed(**_asked(reservation_id, on), used_at=local(f"{on} 09:05"))


def decision(case: OutletCase | None, fact: Any, at: Context | None = None) -> Decision[OutletCase]:
    """Decide, and check what holds for every decision: its text can be written, a refusal changes nothing."""
    made = decide(case, fact, at or context())
    REASON_TEXTS[made.reason.code].format_map(made.reason.values)
    if made.reason.outcome is not Outcome.DECIDED:
        assert made.state == case
    return made


def taken(facts: Iterable[Any], at: Context | None = None, case: OutletCase | None = None) -> OutletCase:
    """The case after these facts."""
    for fact in facts:
        case = decision(case, fact, at).state
    assert case is not None
    return case


def woken(case: OutletCase, at: Context) -> Decision[OutletCase]:
    """The decision on the case's next timer, which must be due."""
    timer = next_timer(case)
    assert timer is not None
    assert timer.due_at <= at.now
    made = decision(case, TimerDue(timer.name, timer.due_at), at)
    assert made.state is None or next_timer(made.state) != timer
    return made
