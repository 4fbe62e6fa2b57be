"""Contribution months and their days: when a month is assessed, due, found missed."""

from datetime import date, timedelta

DUE_DAY = 15
"""Day of the following month until which a month is to be paid: assumed, offices differ."""
ASSESSED_DAY = 3
"""Day of the following month on which it is assessed."""
FOUND_DAYS_AFTER = 4
"""Days after the due date at which the tax office says what was missed."""


def months_before(end: date, count: int) -> list[date]:
    """The first days of the `count` months up to and with the month of `end`, oldest first."""
    last = end.year * 12 + end.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def following(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


def assessed_on(month: date) -> date:
    """The day a month is assessed."""
    return following(month).replace(day=ASSESSED_DAY)


def due_on(month: date) -> date:
    """The last day a month may be paid, as the tax office says it: not yet moved past days off."""
    return following(month).replace(day=DUE_DAY)


def found_on(month: date) -> date:
    """The day on which it is said that a month was missed."""
    return due_on(month) + timedelta(days=FOUND_DAYS_AFTER)


def label(month: date) -> str:
    """A month as files have it."""
    return f"{month:%Y-%m}"
