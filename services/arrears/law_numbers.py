"""The shape of a number of the law: its value, unit and paragraph, its dates of force, and how sure the office is of it.

Each `law*.py` lists its own in `NUMBERS`; the page `docs/generated/legal-numbers.md` is made from all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from schemas.decision import Context

V = TypeVar("V")


class Confidence(StrEnum):
    """How sure the office is of a number, as its legal desk noted it."""

    READ = "A"
    """The operative text was read in full."""
    QUOTED = "B"
    """Read quoted in a second source that names the article."""
    UNCONFIRMED = "C"
    """The text was seen, its article or its reach beyond one place was not confirmed."""
    RECALLED = "R"
    """Not found, recalled: to be looked up before it is relied on."""
    OFFICE = "O"
    """The office's own rule, or assumed for it: no law gives this number."""


class Unit(StrEnum):
    """What a number counts. Calendar days and working days (工作日) are never the same thing."""

    CALENDAR_DAYS = "calendar days"
    WORKING_DAYS = "working days"
    MONTHS = "months"
    YEARS = "years"
    FEN = "fen"
    TEN_THOUSANDTHS_A_DAY = "ten-thousandths a day"
    TIMES = "times"
    HUNDREDTHS_PERCENT = "percent"
    """Hundredths of a percent: 2,857 is 28.57 percent."""
    COUNT = "count"
    LEGAL_DATE = "legal date"
    TIME_OF_DAY = "time of day"
    """A time, or minutes of the day."""
    CHOICE = "choice"
    """A word out of a closed list, set by a parameter: which of several readings or policies is followed."""


@dataclass(frozen=True, slots=True)
class LegalNumber(Generic[V]):
    """A number of the law, or of the office's rules, from its first day of force to its last.

    A number that changed is a second one of the same `name`, not an edit; `in_force` gives the one of a day.
    """

    name: str
    """In kebab-case, unit left out; the same for every version of one number."""
    meaning: str
    """What it says, in a few words, with the Chinese term."""
    value: V
    unit: Unit
    paragraph: str
    """The citation as decisions name it (`行政强制法 54`)."""
    in_force_from: date
    """First day; `date.min` where nobody has looked for an earlier rule."""
    confidence: Confidence
    in_force_until: date | None = None
    """Last day; None while it is in force."""
    parameter: str = ""
    """Name of the published parameter that may set another value, from the date it says; `value` is the default then."""
    dispute: str = ""
    """Chinese: what is disputed about it, as `shebao explain` tells people; empty where nothing is."""
    note: str = ""

    @property
    def is_disputed(self) -> bool:
        """Tell whether courts or offices differ about it."""
        return bool(self.dispute)

    def covers(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


class OpenQuestion(NamedTuple):
    """A question of law that no text in hand answers and no parameter sets: what the legal desk is asked, and what is done until it says so.

    It touches a case whose decisions rest on all of `rests_on` together: `shebao explain` tells it there.
    """

    name: str
    rests_on: tuple[str, ...]
    question: str
    """Chinese."""
    reading: str
    """Chinese: how it is handled until it is answered."""
    decision: str
    """The number of the record in docs/decisions that weighs it."""


class Cited(NamedTuple):
    """Where a number stood before the law was made anew or its articles were counted otherwise; the value was the same."""

    since: date
    paragraph: str
    """Law, with the year of that wording, and article (`公司法(2018) 183`)."""
    confidence: Confidence = Confidence.RECALLED
    """That it stood just there."""


def with_older_citations(number: LegalNumber[V], *older: Cited) -> tuple[LegalNumber[V], ...]:
    """Give a number with its older citations, the oldest first, each to the day before the next.

    For whoever reads of an earlier day. Decisions cite the article of the wording in force now, whatever their day.
    """
    begins = [*(one.since for one in older[1:]), number.in_force_from]
    return (
        *(
            replace(
                number,
                paragraph=one.paragraph,
                in_force_from=one.since,
                in_force_until=next_one - timedelta(days=1),
                confidence=one.confidence,
                dispute="",
            )
            for one, next_one in zip(older, begins, strict=True)
        ),
        number,
    )


def in_force(versions: Sequence[LegalNumber[V]], day: date) -> LegalNumber[V]:
    """Give the version of a number in force on a day; before the first the first is used, after the last ValueError.

    `versions` are all of one name, in order of force.
    """
    if day < versions[0].in_force_from:
        return versions[0]
    for version in reversed(versions):
        if version.covers(day):
            return version
    raise ValueError(f"{versions[0].name} has no value in force on {day}")


def chosen(number: LegalNumber[str], context: Context) -> str:
    """Give the reading in force today: what the parameter says, else the default."""
    return context.parameter(number.parameter, number.value)


def counted(number: LegalNumber[int], context: Context) -> int:
    """Give a number in force today that a parameter may set: a whole number, else the default.

    The door refuses a value that is none (`schemas/parameters.py` names each parameter with its check).
    """
    return int(context.parameter(number.parameter, str(number.value)))
