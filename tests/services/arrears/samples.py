"""Facts for the arrears tests: valid by default, changed by name; and a case driven by hand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any

from stdnum.cn import uscc

from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, LineFact, UnitRegistered
from schemas.decision import LEGAL_ZONE, Context, Decision, TimerDue
from schemas.fact import Fact, Sealed
from schemas.mesh import ParameterPublished
from schemas.vocabulary import Agency, District, Insurance
from services.arrears.rules import decide, next_timer
from services.arrears.rules_state import Line, UnitCase
from services.clock.calendars import published_calendars

CALENDARS = published_calendars()
PUBLISHED = WorkingCalendar(
    MappingProxyType({it.year: CalendarYear(frozenset(it.days_off), frozenset(it.make_up_days)) for it in CALENDARS})
)
"""2004 to 2026; 2027 is left unpublished."""
UNPUBLISHED = WorkingCalendar()
PHONE = Sealed(key_reference="k1", ciphertext=b"sealed telephone")
MAIL = Sealed(key_reference="k1", ciphertext=b"sealed mail")


def unit(number: int) -> str:
    """A unit's valid credit code."""
    body = f"91371003MA{number:07d}"
    return str(body + uscc.calc_check_digit(body))


UNIT = unit(1)
PLACE = {"district": District.WENDENG, "agency": Agency.WENDENG, "unit_code": UNIT}
LINE = {"month": "2023-11", "insurance": Insurance.PENSION}


def registered(**changed: Any) -> UnitRegistered:
    """The unit's registration, with a telephone."""
    fields = {
        **PLACE,
        "occurred_on": date(2020, 1, 6),
        "business_reference": "U-1",
        "unit_name": "威海海昌机械有限公司",
        "contact_phone": PHONE,
    }
    return UnitRegistered(**(fields | changed))


def assessed(reference: str = "A-1", **changed: Any) -> ContributionAssessed:
    """1,000 yuan of pension for November 2023, due on Friday 2023-12-15."""
    return ContributionAssessed(**_dues(reference, date(2023, 12, 1), changed))


def missed(reference: str = "M-1", **changed: Any) -> ContributionMissed:
    """The same line, reported missed."""
    return ContributionMissed(**_dues(reference, date(2023, 12, 18), changed))


def _dues(reference: str, occurred_on: date, changed: dict[str, Any]) -> dict[str, Any]:
    fields = {
        **PLACE,
        **LINE,
        "occurred_on": occurred_on,
        "business_reference": reference,
        "assessed_fen": 100_000,
        "due_on": date(2023, 12, 15),
    }
    return fields | changed


def paid(reference: str = "P-1", **changed: Any) -> ContributionPaid:
    """1,000 yuan paid for that line on 2023-12-20."""
    fields = {
        **PLACE,
        **LINE,
        "occurred_on": changed.get("paid_on", date(2023, 12, 20)),
        "business_reference": reference,
        "paid_fen": 100_000,
        "paid_on": date(2023, 12, 20),
    }
    return ContributionPaid(**(fields | changed))


def at(day: date, hour: int = 10) -> datetime:
    """An instant by the clock of Weihai, UTC."""
    return datetime.combine(day, time(hour), LEGAL_ZONE).astimezone(UTC)


def context(
    now: datetime,
    calendar: WorkingCalendar = PUBLISHED,
    fact_id: str = "11111111-1111-5111-8111-111111111111",
    parameters: Iterable[ParameterPublished] = (),
) -> Context:
    """A context at an instant, with the published calendars."""
    references = {ParameterPublished.topic: {one.name: one for one in parameters}}
    return Context(now, fact_id, "urn:weihai:tax", calendar, references)


class Desk:
    """One unit's case, driven fact by fact on a day that the test sets."""

    def __init__(self, today: date = date(2024, 1, 8), calendar: WorkingCalendar = PUBLISHED) -> None:
        self.now = at(today)
        self.calendar = calendar
        self.parameters: list[ParameterPublished] = []
        self.case: UnitCase | None = None
        self.decisions: list[Decision[UnitCase]] = []
        self.said: list[Fact] = []

    def hear(self, *facts: Fact) -> Decision[UnitCase]:
        """Decide facts in their order; gives the last decision."""
        for fact in facts:
            self._decide(fact)
        return self.decisions[-1]

    def wait_until(self, now: datetime) -> list[str]:
        """Let every timer up to an instant fire at its own time; gives the codes."""
        codes = []
        while self.case is not None and (timer := next_timer(self.case)) is not None and timer.due_at <= now:
            self.now = max(self.now, timer.due_at)
            codes.append(self._decide(TimerDue(timer.name, timer.due_at)).reason.code)
        self.now = now
        return codes

    def jump_to(self, now: datetime) -> list[str]:
        """A late clock: it is `now`, and only then do the timers that have passed fire."""
        self.now = now
        return self.wait_until(now)

    def line(self, key: str = "2023-11/pension") -> Line:
        """A line of the case."""
        assert self.case is not None
        return self.case.lines[key]

    def heard_last(self, kind: type[Fact]) -> Any:
        """The last fact of a kind that was said."""
        return [fact for fact in self.said if isinstance(fact, kind)][-1]

    @property
    def codes(self) -> list[str]:
        """The reason codes so far."""
        return [decision.reason.code for decision in self.decisions]

    @property
    def context(self) -> Context:
        """The context of the next decision; every decision has an id of its own."""
        fact_id = f"00000000-0000-5000-8000-{len(self.decisions):012d}"
        return context(self.now, self.calendar, fact_id, self.parameters)

    def _decide(self, fact: Fact | TimerDue) -> Decision[UnitCase]:
        decision = decide(self.case, fact, self.context)
        self.case = decision.state
        self.decisions.append(decision)
        self.said += decision.facts
        return decision


def desk(*facts: Fact, today: date = date(2024, 1, 8)) -> Desk:
    """A desk that has heard some facts."""
    started = Desk(today)
    if facts:
        started.hear(*facts)
    return started


def lines_of(*facts: LineFact, today: date = date(2024, 1, 8)) -> dict[str, Line]:
    """The lines after some facts of a registered unit."""
    case = desk(registered(), *facts, today=today).case
    assert case is not None
    return case.lines
