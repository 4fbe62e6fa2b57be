"""Finding a panel and a date for one request: the first slot in the calendar at which the draw succeeds."""

from dataclasses import dataclass

from schemas.appraisal import Candidate, PanelDrawn, PanelRequested, PanelSeat, Specialty
from schemas.calendar import CountedDay
from schemas.decision import Context
from services.appraisal import law
from services.appraisal.draw import ELIGIBLE, Seated, draw_panel, pool_version, seed_of
from services.appraisal.law import OfficeRules
from services.appraisal.rules_eligibility import standing
from services.appraisal.rules_sittings import FreeSlot, Occupancy, date_standing, sitting_days
from services.appraisal.rules_state import Booking, PoolCase

TOO_FEW_EXPERTS = "too-few-experts"
SPECIALTY_UNFILLED = "specialty-unfilled"
SPECIALTIES_SHARE_EXPERTS = "specialties-share-experts"
NO_SITTING_FREE = "no-sitting-free"


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why no panel could be drawn: every reason, the specialties without an expert, how many experts there were."""

    reasons: tuple[str, ...]
    unfilled: tuple[Specialty, ...]
    eligible_count: int


@dataclass(frozen=True, slots=True)
class Found:
    """A panel with its date, as a booking and as the fact to say."""

    booking: Booking
    drawn: PanelDrawn


def find_panel(
    pool: PoolCase, request: PanelRequested, event_id: str, context: Context, replaces: bool = False
) -> Found | Shortage:
    """Draw a panel for a request and book the first slot at which it can sit, or tell why there is none.

    The seed is the same for every slot, so a slot decides only who is busy, never how lots fall.
    """
    search = _Search(pool, request, event_id, context)
    office = law.office_on(context.today)
    taken = Occupancy.of(pool.bookings)
    shortage: Shortage | None = None
    drawable = False
    for day in sitting_days(context.calendar, context.today, office, request.extended_due_on):
        standings = search.standings_on(day)
        if not search.is_drawable:
            shortage = shortage or search.shortage(standings)
            continue
        drawable = True
        for free in taken.free_slots(day.on, office, request.person_key):
            narrowed = taken.at(standings, day.on, free.slot, office)
            seats = search.draw(narrowed)
            if seats:
                return search.found(day, free, seats, narrowed, office, replaces)
    return shortage if shortage is not None and not drawable else Shortage((NO_SITTING_FREE,), (), 0)


class _Search:
    """One request's search: what stays the same from slot to slot."""

    def __init__(self, pool: PoolCase, request: PanelRequested, event_id: str, context: Context) -> None:
        self._pool, self._request, self._event_id, self._context = pool, request, event_id, context
        self._version = pool_version({key: expert.revision for key, expert in pool.experts.items()})
        self._seed = seed_of(request.application_reference, event_id, self._version)
        self._needed = tuple(sorted(set(request.specialties)))
        self._size = law.panel_size(len(self._needed), law.office_on(context.today))
        self._experts = sorted(pool.experts.items())
        self._alike: tuple[object, ...] = ()
        self._standings: dict[str, str] = {}
        self._is_drawable = False

    def standings_on(self, day: CountedDay) -> dict[str, str]:
        """How each expert stands on a day, in the order of their keys; days alike are reckoned once."""
        in_force = law.law_on(day.on)
        in_term = tuple(expert.term_from <= day.on <= expert.term_until for _, expert in self._experts)
        if not self._alike or self._alike != (in_force.name, in_term):
            self._alike = (in_force.name, in_term)
            self._standings = {key: standing(expert, self._request, day.on, in_force) for key, expert in self._experts}
            self._is_drawable = bool(self.draw(self._standings))
        return self._standings

    @property
    def is_drawable(self) -> bool:
        """Tell whether the day last asked for has a panel, were nobody busy."""
        return self._is_drawable

    def draw(self, standings: dict[str, str]) -> tuple[Seated, ...]:
        """Draw from those eligible; () where they make no panel."""
        eligible = {key: self._pool.experts[key].specialties for key in standings if standings[key] == ELIGIBLE}
        return draw_panel(self._seed, self._needed, self._size, eligible)

    def shortage(self, standings: dict[str, str]) -> Shortage:
        """Tell what is wanting on a day on which no panel can be drawn."""
        eligible = [self._pool.experts[key] for key in standings if standings[key] == ELIGIBLE]
        unfilled = tuple(need for need in self._needed if not any(need in expert.specialties for expert in eligible))
        reasons = [SPECIALTY_UNFILLED] if unfilled else []
        if len(eligible) < self._size:
            reasons.append(TOO_FEW_EXPERTS)
        return Shortage(tuple(reasons) or (SPECIALTIES_SHARE_EXPERTS,), unfilled, len(eligible))

    def found(
        self,
        day: CountedDay,
        free: FreeSlot,
        seats: tuple[Seated, ...],
        standings: dict[str, str],
        office: OfficeRules,
        replaces: bool,
    ) -> Found:
        """Write the booking and the fact."""
        request = self._request
        expert_keys = tuple(seated.expert_key for seated in seats)
        booking = Booking(
            request.model_dump_json(),
            self._event_id,
            day.on,
            free.slot,
            free.room,
            expert_keys,
            day.provisional,
        )
        drawn = PanelDrawn(
            district=request.district,
            agency=request.agency,
            occurred_on=self._context.today,
            person_key=request.person_key,
            application_reference=request.application_reference,
            pool_key=request.pool_key,
            request_number=request.request_number,
            seats=tuple(PanelSeat(expert_key=key, specialty=specialty) for key, specialty in seats),
            sitting_on=day.on,
            slot=office.slots[free.slot].strftime("%H:%M"),
            room=free.room,
            standing=date_standing(request, day.on),
            provisional=day.provisional,
            replaces=replaces,
            specialties=self._needed,
            request_event_id=self._event_id,
            pool_version=self._version,
            seed=self._seed,
            candidates=tuple(
                Candidate(expert_key=key, revision=self._pool.experts[key].revision, standing=how)
                for key, how in standings.items()
            ),
        )
        return Found(booking, drawn)
