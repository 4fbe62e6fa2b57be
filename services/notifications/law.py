"""When and how often people may be disturbed: the agency's own office rules (办公规则), with their dates of force.

No statute sets these numbers; the agency does, and may change them from a date on. A reminder (电话提醒) has no legal
effect of its own and stops no period: the notice of 社会保险费申报缴纳管理规定 16 is another act.
"""

from dataclasses import dataclass
from datetime import date, time

QUIET_HOURS = "办公规则·静默时段"
CALLING_AGAIN = "办公规则·再次拨打"
OTHER_CHANNEL = "办公规则·更换渠道"
REPEATING = "办公规则·渠道不通时重试"
WITHDRAWING = "办公规则·撤回通知"
VALIDITY = "办公规则·通知时效"


@dataclass(frozen=True, slots=True)
class OfficeRules:
    """The office rules of one period. Times of day are Asia/Shanghai."""

    in_force_from: date
    quiet_from: time
    """静默时段: from this minute on nobody is disturbed …"""
    quiet_until: time
    """… until this minute, which is not quiet any more."""
    calls_max: int
    """Calls of one notice that nobody answered, or that found the line busy, after which it has failed."""
    call_again_at: time
    """An unanswered call is repeated on the next working day (工作日) at this time."""
    busy_again_minutes: int
    """A busy line is called again after this."""
    channel_again_minutes: int
    """A channel that could not be reached is tried again after this …"""
    channel_again_spread_minutes: int
    """… and up to this much later, by the notice's own number, so that not all return at once."""
    channel_tries_max: int
    """Tries on an unreachable channel after which the notice has failed."""
    withdrawal_kept_days: int
    """Days for which the withdrawal of a notice not yet asked for is remembered."""


OFFICE_RULES = (
    OfficeRules(
        in_force_from=date(2020, 1, 1),
        quiet_from=time(21, 0),
        quiet_until=time(8, 0),
        calls_max=3,
        call_again_at=time(10, 0),
        busy_again_minutes=30,
        channel_again_minutes=30,
        channel_again_spread_minutes=30,
        channel_tries_max=5,
        withdrawal_kept_days=30,
    ),
)
"""Latest last; the earliest also holds for what lies before it."""


def office_rules(on: date) -> OfficeRules:
    """Give the office rules in force on a legal date."""
    in_force = [rules for rules in OFFICE_RULES if rules.in_force_from <= on]
    return in_force[-1] if in_force else OFFICE_RULES[0]
