"""Every number of card loss and re-issue, with its source and its date of force.

人社部发〔2011〕47号 16 leaves loss and re-issue (挂失、补发程序) to the place. Weihai knows a temporary report (临时挂失: 12333,
terminals) and a written one (书面挂失, with the identity card), in this order: written report, new card, old card dead.
How long a temporary report holds in Weihai is not stated anywhere that was found (elsewhere: 7 days in 西安 and 盐城, 5
working days in 莆田 and 烟台), so it is a published parameter with an ASSUMED default. The other numbers are rules of
the office, assumed until the agency gives its own.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schemas.decision import LEGAL_ZONE, Context

CARD_MEASURES = "社会保障卡管理办法（人社部发〔2011〕47号）"
CIVIL_CODE = "民法典"
NEWSLETTER = "文登区社保中心小报"
WEIHAI = "威海市挂失补卡的做法（转引自网页，未见原文，待核）"
"""Read only as a web page quotes it (qiantimeigw.com, XiangGuanZhengCe/655542); which document it comes from is not known."""
OFFICE = "即时制卡内部规则（假定）"

LOCAL_PROCEDURE = f"{CARD_MEASURES} 16(四)"
TEMPORARY_REPORT = f"{WEIHAI} 临时挂失"
WRITTEN_REPORT = f"{WEIHAI} 书面挂失"
LIFTING = f"{WEIHAI} 解挂"
REPLACEMENT = f"{WEIHAI} 补卡"
WHILE_YOU_WAIT = f"{NEWSLETTER} 即时制卡、立等可取"
PERIODS = f"{CIVIL_CODE} 201"
LAST_DAY_OFF = f"{CIVIL_CODE} 203"
OUTLET_CHOICE = f"{OFFICE} 网点选择"
PRINTING = f"{OFFICE} 制卡"

TEMPORARY_DAYS_PARAMETER = "cards-temporary-suspension-days"
"""Published parameter: calendar days for which a temporary report holds, the day of the report not counted."""

REPORT_AHEAD_MAX = timedelta(hours=24)
"""A report said to be made later than this after now cannot stand."""
OPENING_SEARCH_DAYS_MAX = 31
"""How many days ahead an outlet's next opening is looked for."""
LINES_MAX = 64
"""Most reports, and most cards, that one person's case remembers."""
EARLIER_JOBS_MAX = 64
"""Printing jobs taken for failed that are remembered, in case a card comes out of one after all."""

LONGITUDE_PERMILLE = 797
"""Length of a degree of longitude against one of latitude in Weihai, in thousandths (cos 37.2°)."""

WITHHELD_DETAILS = ("before-effects-from", "older-than-memory")
"""Details of a printing that this mesh keeps back on principle: trying another outlet would change nothing."""


@dataclass(frozen=True, slots=True)
class CardRules:
    """The office's rules in force from a day. All assumed."""

    in_force_from: date
    temporary_days: int
    """Calendar days a temporary report holds where no parameter is published."""
    answer_within: timedelta
    """An outlet that has not answered after this is passed over."""
    outlets_tried_max: int
    """Printings that may fail in one round before it waits for the next working day."""
    rounds_max: int
    """Rounds after which the person is sent to the centre."""
    retry_at: time
    """Time of the next working day (Asia/Shanghai) at which a new round begins."""
    notice_days: int
    """Calendar days for which a notice is worth telling."""
    kept_days: int
    """Days after the last report for which a case without any suspended or cancelled card is remembered."""


CARD_RULES = (
    CardRules(
        in_force_from=date(2014, 1, 1),
        temporary_days=7,
        answer_within=timedelta(minutes=30),
        outlets_tried_max=3,
        rounds_max=5,
        retry_at=time(9),
        notice_days=30,
        kept_days=400,
    ),
)
"""In order of force; before the first, the first is used."""


def card_rules_on(day: date) -> CardRules:
    """Give the rules in force on a day."""
    return [rules for rules in CARD_RULES if rules.in_force_from <= day or rules is CARD_RULES[0]][-1]


def lapses_at(reported_at: datetime, context: Context) -> tuple[datetime, bool]:
    """Give the instant at which a temporary report lapses, and whether an unpublished year was passed.

    The day of the report is not counted (民法典 201); a last day that is a day off moves to the next working day (203);
    the report holds to the end of the last day.
    """
    reported_on = legal_date(reported_at)
    default = str(card_rules_on(reported_on).temporary_days)
    days = int(context.parameter(TEMPORARY_DAYS_PARAMETER, default))
    last = context.calendar.roll_forward(reported_on + timedelta(days=days))
    return midnight(last.on + timedelta(days=1)), last.provisional


def legal_date(instant: datetime) -> date:
    """Give the legal date of an instant."""
    return instant.astimezone(LEGAL_ZONE).date()


def midnight(day: date) -> datetime:
    """Give the instant at which a legal date begins."""
    return datetime.combine(day, time.min, LEGAL_ZONE).astimezone(UTC)
