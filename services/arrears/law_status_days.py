"""Days that the law of the roads beside the ordinary one counts to; the numbers are in `law_status_numbers`.

No last day here is moved past days off: each is the safe one, on or before the day that others may count to.
"""

import calendar as days_of_months
from datetime import date, timedelta

from services.arrears.law_status_numbers import (
    APPLICATION_DAYS,
    CLAIM_FROM_ANNOUNCEMENT_DAYS,
    CLAIM_FROM_NOTICE_DAYS,
    DECLARE_DAYS_MIN,
    DECLARE_MONTHS_MAX,
    FORCED_DEREGISTRATION_DAYS,
    FORCED_DEREGISTRATION_YEARS,
    OBJECTION_DAYS,
    PROPRIETOR_OBJECTION_DAYS,
)

MONTHS_A_YEAR = 12


def months_later(day: date, count: int) -> date:
    """Give the corresponding day `count` months on, or that month's last day where there is none (民法典 202)."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, days_of_months.monthrange(year, month)[1]))


def last_day_to_declare(announced_on: date, declare_by: date | None) -> date:
    """Give the day by which this office declares: the court's, or the earliest the law allows while the court's is not known.

    A court's day beyond the law's three months binds others; who declares within three months is on the safe side.
    """
    if declare_by is None:
        return announced_on + timedelta(days=DECLARE_DAYS_MIN.value)
    return min(declare_by, months_later(announced_on, DECLARE_MONTHS_MAX.value))


def last_day_in_time(announced_on: date, declare_by: date | None) -> date:
    """Give the last day on which a claim may still have come in time: the court's, or the law's latest while the court's is not known.

    An act is refused as too late by this day, moved past days off, and not by the safe one that the office works to.
    """
    return declare_by or months_later(announced_on, DECLARE_MONTHS_MAX.value)


def is_within_window(announced_on: date, declare_by: date) -> bool:
    """Tell whether a court's last day to declare lies 30 days to three months after its announcement (企业破产法 45)."""
    earliest = announced_on + timedelta(days=DECLARE_DAYS_MIN.value)
    return earliest <= declare_by <= months_later(announced_on, DECLARE_MONTHS_MAX.value)


def last_day_to_object(announced_on: date, *, is_proprietor: bool) -> date:
    """Give the last day to object to a simple deregistration (市场主体登记管理条例 33)."""
    days = PROPRIETOR_OBJECTION_DAYS if is_proprietor else OBJECTION_DAYS
    return announced_on + timedelta(days=days.value)


def last_day_to_apply(announced_on: date, *, is_proprietor: bool) -> date:
    """Give the last day on which a unit may still apply for the simple deregistration that it announced (市场主体登记管理条例 33)."""
    return last_day_to_object(announced_on, is_proprietor=is_proprietor) + timedelta(days=APPLICATION_DAYS.value)


def last_day_before_force(revoked_on: date) -> date:
    """Give the last day on which the registrar cannot yet deregister by force: three years, and sixty days of announcement (公司法 241)."""
    years = months_later(revoked_on, FORCED_DEREGISTRATION_YEARS.value * MONTHS_A_YEAR)
    return years + timedelta(days=FORCED_DEREGISTRATION_DAYS.value)


def last_day_to_tell_liquidators(notified_on: date | None, announced_on: date | None) -> date | None:
    """Give the last day to declare claims to a liquidation group: from its notice, else from its announcement (公司法 235)."""
    if notified_on is not None:
        return notified_on + timedelta(days=CLAIM_FROM_NOTICE_DAYS.value)
    if announced_on is not None:
        return announced_on + timedelta(days=CLAIM_FROM_ANNOUNCEMENT_DAYS.value)
    return None
