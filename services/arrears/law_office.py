"""Rules of the office about who answers for a case, and by when. None of it is law; all of it is assumed, with dates of force."""

from dataclasses import dataclass
from datetime import date, time

OFFICE_ASSIGNMENT = "征缴岗位内部规则(假定) 责任人"

SENIOR_FROM_PARAMETER = "arrears-senior-from-fen"
"""Published parameter, dated: the principal (fen) from which a case belongs to a senior officer."""
SENIOR_FROM_FEN = "20000000"
"""Its default: 20万元, the office's word for large (大额). Assumed: the newsletter says 欠费数额较大 and gives no number."""


@dataclass(frozen=True, slots=True)
class AssignmentRules:
    """Deadlines of the office from a day on. Assumed: neither law nor newsletter gives these numbers."""

    in_force_from: date
    handling_working_days: int
    """Working days from the day on which a case reached its phase to the day by which it is to be moved on. The reminders take 35."""
    escalated_working_days: int
    """The same from a missed deadline."""
    escalations_max: int
    """So often a missed deadline of one stage is said; after that the case shows as overdue."""
    review_working_days: int
    """Every so many working days it is looked whether the officer still serves."""
    review_time: time
    """Asia/Shanghai time of that look."""
    extension_working_days_max: int
    """An extension gives at most so many working days from the day on which it is recorded."""
    acts_max: int
    """So many acts a case remembers, to tell repeats."""


ASSIGNMENT_RULES = (
    AssignmentRules(
        in_force_from=date(2020, 1, 1),
        handling_working_days=40,
        escalated_working_days=10,
        escalations_max=2,
        review_working_days=5,
        review_time=time(8, 30),
        extension_working_days_max=60,
        acts_max=20,
    ),
)
"""In order of force; before the first, the first is used."""


def assignment_rules_on(day: date) -> AssignmentRules:
    """Give the rules in force on a day."""
    return [rules for rules in ASSIGNMENT_RULES if rules.in_force_from <= day or rules is ASSIGNMENT_RULES[0]][-1]
