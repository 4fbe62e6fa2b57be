"""Words and codes of the agency's trade, checked once at the door.

Vocabularies that may grow travel as Avro strings and are closed here in the model, because a new
Avro enum symbol would be an incompatible change. Each check that fails has its own code
(`PydanticCustomError` type), which becomes the code of the refusal.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as NumberError

AMOUNT_FEN_MAX = 10**12
"""Largest amount a fact may carry: ten thousand million yuan, in fen."""

FIRST_MONTH = "1986-01"
"""No contribution month before this: 国发〔1986〕77号 began contributory pensions for contract workers."""

DATE_FIRST = date(1949, 10, 1)
"""No legal date before this: nothing of this trade happened under another law."""
DATE_LAST = date(2199, 12, 31)
"""No legal date after this. Far beyond what anybody plans, and far from the end of the calendar, so that rules may count
days from any date they hear."""
INSTANT_YEAR_LAST = 2149
"""Last year (UTC) of an instant said from outside, the clock's among them. What is counted from now ends before `DATE_LAST`."""


class Insurance(StrEnum):
    """Insurance kind (险种) of a contribution line."""

    PENSION = "pension"
    MEDICAL = "medical"
    UNEMPLOYMENT = "unemployment"
    WORK_INJURY = "work-injury"
    MATERNITY = "maternity"


INSURANCE_NAMES_ZH = {
    Insurance.PENSION: "养老",
    Insurance.MEDICAL: "医疗",
    Insurance.UNEMPLOYMENT: "失业",
    Insurance.WORK_INJURY: "工伤",
    Insurance.MATERNITY: "生育",
}


class District(StrEnum):
    """Districts of Weihai by administrative code; 37107x are the development zones of the statistics code list."""

    HUANCUI = "371002"
    WENDENG = "371003"
    GAOQU = "371071"
    JINGQU = "371072"
    LINGANG = "371073"
    RONGCHENG = "371082"
    RUSHAN = "371083"


DISTRICT_NAMES_ZH = {
    District.HUANCUI: "环翠区",
    District.WENDENG: "文登区",
    District.GAOQU: "火炬高技术产业开发区",
    District.JINGQU: "经济技术开发区",
    District.LINGANG: "临港经济技术开发区",
    District.RONGCHENG: "荣成市",
    District.RUSHAN: "乳山市",
}


class Agency(StrEnum):
    """Social-insurance centre (经办机构) answerable for a case."""

    WEIHAI = "weihai-sic"
    HUANCUI = "huancui-sic"
    WENDENG = "wendeng-sic"
    RONGCHENG = "rongcheng-sic"
    RUSHAN = "rushan-sic"


AGENCY_OF_DISTRICT = {
    District.HUANCUI: Agency.HUANCUI,
    District.WENDENG: Agency.WENDENG,
    District.GAOQU: Agency.WEIHAI,
    District.JINGQU: Agency.WEIHAI,
    District.LINGANG: Agency.WEIHAI,
    District.RONGCHENG: Agency.RONGCHENG,
    District.RUSHAN: Agency.RUSHAN,
}


class Channel(StrEnum):
    """Way by which a person or unit is reached."""

    TELEPHONE = "telephone"
    EMAIL = "email"


UNIT_CODE_CHARACTERS = 18
_CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_LAST_MONTH = f"{DATE_LAST:%Y-%m}"
DAYS_REMEMBERED_MAX = 10_000
"""Days that were found to be legal dates, thirty years of them."""
MONTHS_REMEMBERED_MAX = 3_000
"""More than there are months; one that is none raises, and nothing of it is remembered."""


def unit_code_is_valid(code: str) -> bool:
    """Tell whether `code` is a unified social credit code (统一社会信用代码, GB 32100-2015) with a right check digit."""
    return len(code) == UNIT_CODE_CHARACTERS and _check_digit_is_right(code)


@lru_cache(maxsize=200_000)
def _check_digit_is_right(code: str) -> bool:
    """Remembered, so nothing but what has the length of a code may come here: a sender's text may be a mebibyte long."""
    try:
        return str(uscc.validate(code)) == code
    except NumberError:
        return False


def citizen_number_is_valid(number: str) -> bool:
    """Tell whether `number` is a citizen number (公民身份号码, GB 11643-1999).

    The district part is not checked against today's table: old cards keep old codes (`371081` for Wendeng).
    """
    if not _CITIZEN_NUMBER.fullmatch(number):
        return False
    try:
        ric.get_birth_date(number)
    except NumberError:
        return False
    return str(ric.calc_check_digit(number)) == number[17]


def birth_date_of(number: str) -> date:
    """Give the date of birth written in a citizen number; ValueError where the number is not valid."""
    if not citizen_number_is_valid(number):
        raise ValueError("the citizen number fails GB 11643")
    birth: date = ric.get_birth_date(number)
    return birth


def _unit_code(value: str) -> str:
    if not unit_code_is_valid(value):
        raise PydanticCustomError("unit-code-invalid", "unified social credit code fails GB 32100")
    return value


@lru_cache(maxsize=MONTHS_REMEMBERED_MAX)
def _month(value: str) -> str:
    if not _MONTH.fullmatch(value) or not FIRST_MONTH <= value <= _LAST_MONTH:
        raise PydanticCustomError("month-invalid", "not a contribution month (YYYY-MM)")
    return value


@lru_cache(maxsize=MONTHS_REMEMBERED_MAX)
def first_day_of(month: str) -> date:
    """Give the first day of a contribution month."""
    return date.fromisoformat(f"{month}-01")


def _amount_fen(value: int) -> int:
    if not 0 <= value <= AMOUNT_FEN_MAX:
        raise PydanticCustomError("amount-out-of-range", "amount is below zero or above 10^12 fen")
    return value


@lru_cache(maxsize=DAYS_REMEMBERED_MAX)
def _legal_date(value: date) -> date:
    if not DATE_FIRST <= value <= DATE_LAST:
        raise PydanticCustomError("date-out-of-range", "date lies before 1949-10-01 or after 2199-12-31")
    return value


def _instant(value: datetime) -> datetime:
    if value.year > INSTANT_YEAR_LAST or value.date() < DATE_FIRST:
        raise PydanticCustomError("date-out-of-range", "instant lies before 1949-10-01 or after 2149")
    return value


LegalDate = Annotated[date, AfterValidator(_legal_date)]
"""A date in Asia/Shanghai, 1949-10-01 … 2199-12-31."""
SaidInstant = Annotated[datetime, AfterValidator(_instant)]
"""An instant said from outside, from 1949-10-01 UTC to the end of 2149: its day in Weihai is a `LegalDate`."""
UnitCode = Annotated[str, AfterValidator(_unit_code)]
"""Unified social credit code, 18 characters."""
Month = Annotated[str, AfterValidator(_month)]
"""Contribution month (费款所属期), `YYYY-MM`, 1986-01 … 2199-12."""
AmountFen = Annotated[int, AfterValidator(_amount_fen)]
"""Whole fen, 0 … 10^12."""
PersonKey = Annotated[str, Field(pattern=r"^p[0-9]+-[0-9a-f]{32}$")]
"""Versioned HMAC of a citizen number: `p<version>-<32 hex>`. Never the number itself."""
OutletKey = Annotated[str, Field(pattern=r"^outlet-[a-z0-9-]{2,40}$")]
"""Key of a bank outlet (网点)."""
BusinessReference = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:/-]+$")]
"""The source system's own number for what it says; with `revision` it tells corrections from repeats."""
Revision = Annotated[int, Field(ge=1, le=1_000_000)]
"""1 for the first saying, higher for each correction."""
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
NoticeText = Annotated[str, Field(min_length=1, max_length=4000)]
EventId = Annotated[str, Field(min_length=1, max_length=64)]
