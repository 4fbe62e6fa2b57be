"""Rules of the office about who answers for a case, and by when. None of it is law; all of it is assumed, with dates of force."""

from dataclasses import dataclass
from datetime import date, time
from typing import TypeVar

from services.arrears.law_numbers import Confidence, LegalNumber, Unit

V = TypeVar("V")

OFFICE_ASSIGNMENT = "征缴岗位内部规则（假定） 责任人"

_SINCE = date(2020, 1, 1)


def _assumed(name: str, meaning: str, value: V, unit: Unit, note: str = "") -> LegalNumber[V]:
    return LegalNumber(name, meaning, value, unit, OFFICE_ASSIGNMENT, _SINCE, Confidence.OFFICE, note=note)


SENIOR_FROM = LegalNumber(
    "senior-from",
    "the principal from which a case belongs to a senior officer (大额)",
    "20000000",
    Unit.FEN,
    OFFICE_ASSIGNMENT,
    _SINCE,
    Confidence.OFFICE,
    parameter="arrears-senior-from-fen",
    note="20万元: the newsletter says 欠费数额较大 and gives no number.",
)
SENIOR_FROM_PARAMETER = SENIOR_FROM.parameter
SENIOR_FROM_FEN = SENIOR_FROM.value
HANDLING = _assumed(
    "handling",
    "from the day on which a case reached its phase to the day by which it is to be moved on (办理期限)",
    40,
    Unit.WORKING_DAYS,
    "The reminders take 35.",
)
ESCALATED = _assumed("escalated", "the same from a missed deadline", 10, Unit.WORKING_DAYS)
ESCALATIONS_MAX = _assumed(
    "escalations-max",
    "so often a missed deadline of one stage is said; after that the case shows as overdue",
    2,
    Unit.TIMES,
)
REVIEW = _assumed("officer-review", "so often it is looked whether the officer still serves", 5, Unit.WORKING_DAYS)
REVIEW_TIME = _assumed("officer-review-time", "time of that look, in Weihai", time(8, 30), Unit.TIME_OF_DAY)
EXTENSION_MAX = _assumed(
    "extension-max", "an extension gives at most so much from the day on which it is recorded", 60, Unit.WORKING_DAYS
)
ACTS_MAX = _assumed("acts-max", "so many acts a case remembers, to tell repeats", 20, Unit.COUNT)


@dataclass(frozen=True, slots=True)
class AssignmentRules:
    """Deadlines of the office from a day on; what each says, and its unit, stands with its number."""

    in_force_from: date
    handling_working_days: int
    escalated_working_days: int
    escalations_max: int
    review_working_days: int
    review_time: time
    extension_working_days_max: int
    acts_max: int


ASSIGNMENT_RULES = (
    AssignmentRules(
        in_force_from=_SINCE,
        handling_working_days=HANDLING.value,
        escalated_working_days=ESCALATED.value,
        escalations_max=ESCALATIONS_MAX.value,
        review_working_days=REVIEW.value,
        review_time=REVIEW_TIME.value,
        extension_working_days_max=EXTENSION_MAX.value,
        acts_max=ACTS_MAX.value,
    ),
)
"""In order of force; before the first, the first is used."""

NUMBERS: tuple[LegalNumber[str] | LegalNumber[int] | LegalNumber[time], ...] = (
    SENIOR_FROM,
    HANDLING,
    ESCALATED,
    ESCALATIONS_MAX,
    REVIEW,
    REVIEW_TIME,
    EXTENSION_MAX,
    ACTS_MAX,
)
"""All of this module, for the page of legal numbers."""


def assignment_rules_on(day: date) -> AssignmentRules:
    """Give the rules in force on a day."""
    return [rules for rules in ASSIGNMENT_RULES if rules.in_force_from <= day or rules is ASSIGNMENT_RULES[0]][-1]
