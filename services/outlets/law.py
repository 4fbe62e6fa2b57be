"""Every number of the outlets' stock, with its source and its date of force.

No law speaks of blank cards kept at a bank outlet; the newsletter only says that cards are made while you wait
(即时制卡、立等可取). The numbers are rules of the office, assumed until the agency gives its own.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schemas.calendar import WorkingCalendar
from schemas.decision import LEGAL_ZONE

CARD_MEASURES = "社会保障卡管理办法（人社部发〔2011〕47号）"
OFFICE = "即时制卡网点内部规则（假定）"
CIVIL_CODE = "民法典"

LOCAL_PROCEDURE = f"{CARD_MEASURES} 16(四)"
"""The procedure of loss and re-issue (挂失、补发程序) is the place's to make."""
KEEPING = f"{OFFICE} 预留"
COUNTING = f"{OFFICE} 盘点"
FIRST_DAY_NOT_COUNTED = f"{CIVIL_CODE} 201"


@dataclass(frozen=True, slots=True)
class StockRules:
    """The office's rules of keeping blanks, in force from a day. Assumed."""

    in_force_from: date
    kept_working_days: int
    """A reserved blank is kept to the end of so many working days after the day of the reservation."""
    closed_kept_days: int
    """Days for which a closed reservation is remembered, so that repeats and late words meet it."""


STOCK_RULES = (StockRules(in_force_from=date(2014, 1, 1), kept_working_days=2, closed_kept_days=30),)
"""In order of force; before the first, the first is used."""

CLOSED_MAX = 2_000
"""Closed reservations remembered at most; beyond, the oldest is forgotten early."""
STOCKINGS_MAX = 500
"""Deliveries and counts remembered at most; those before the last count go first."""
USED_KEPT_DAYS = 400
"""Days before the last count for which the cards made are still known, in case that count is corrected."""


def stock_rules_on(day: date) -> StockRules:
    """Give the rules in force on a day."""
    return [rules for rules in STOCK_RULES if rules.in_force_from <= day or rules is STOCK_RULES[0]][-1]


def kept_until(reserved_on: date, calendar: WorkingCalendar) -> tuple[datetime, bool]:
    """Give the instant at which a reservation's time is up, and whether an unpublished year was passed."""
    last = calendar.add_working_days(reserved_on, stock_rules_on(reserved_on).kept_working_days)
    return midnight(last.on + timedelta(days=1)), last.provisional


def midnight(day: date) -> datetime:
    """Give the instant at which a legal date begins."""
    return datetime.combine(day, time.min, LEGAL_ZONE).astimezone(UTC)
