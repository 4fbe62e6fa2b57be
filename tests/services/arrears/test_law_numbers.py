"""A number of the law: in force from its first day to its last, and set by a parameter where it may be."""

from datetime import date

import pytest

from schemas.mesh import ParameterPublished
from services.arrears.law_numbers import (
    Cited,
    Confidence,
    LegalNumber,
    Unit,
    chosen,
    counted,
    in_force,
    with_older_citations,
)
from tests.services.arrears.samples import at, context

OLD = LegalNumber(
    "declaration-period",
    "time to declare a claim (债权申报期限)",
    30,
    Unit.CALENDAR_DAYS,
    "企业破产法 45",
    date(2007, 6, 1),
    Confidence.READ,
    in_force_until=date(2024, 12, 31),
    parameter="declaration-days",
)
NEW = LegalNumber(
    "declaration-period", OLD.meaning, 45, Unit.CALENDAR_DAYS, OLD.paragraph, date(2025, 1, 1), Confidence.READ
)
READING = LegalNumber(
    "late-fee-cap",
    "whether the late fee is capped",
    "off",
    Unit.CHOICE,
    "行政强制法 45(2)",
    date(2012, 1, 1),
    Confidence.READ,
    parameter="late-fee-cap",
    dispute="滞纳金是否以本金为限，尚有争议",
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2000, 1, 1), 30), (date(2024, 12, 31), 30), (date(2025, 1, 1), 45), (date(2030, 1, 1), 45)],
)
def test_a_number_holds_to_its_last_day_and_the_next_from_the_day_after(day: date, expected: int) -> None:
    assert expected == in_force((OLD, NEW), day).value


@pytest.mark.parametrize(
    ("day", "paragraph"),
    [
        (date(2013, 12, 31), "公司法(2005) 184"),
        (date(2014, 1, 1), "公司法(2018) 183"),
        (date(2024, 12, 31), "公司法(2018) 183"),
        (date(2025, 1, 1), NEW.paragraph),
    ],
)
def test_a_number_that_stood_elsewhere_is_the_same_number_under_the_article_of_its_day(
    day: date, paragraph: str
) -> None:
    versions = with_older_citations(
        NEW, Cited(date(2006, 1, 1), "公司法(2005) 184"), Cited(date(2014, 1, 1), "公司法(2018) 183")
    )

    assert (45, paragraph) == (in_force(versions, day).value, in_force(versions, day).paragraph)


def test_after_the_last_day_of_the_last_version_there_is_no_number() -> None:
    with pytest.raises(ValueError, match="declaration-period has no value"):
        in_force((OLD,), date(2025, 1, 1))


def test_a_parameter_sets_a_number_from_its_date_on() -> None:
    set_to_40 = ParameterPublished(name="declaration-days", value="40", effective_on=date(2024, 2, 1))
    before = context(at(date(2024, 1, 31)), parameters=(set_to_40,))
    after = context(at(date(2024, 2, 1)), parameters=(set_to_40,))

    assert (30, 40) == (counted(OLD, before), counted(OLD, after))


def test_a_disputed_reading_is_the_default_until_a_parameter_says_otherwise() -> None:
    switched_on = ParameterPublished(name="late-fee-cap", value="on", effective_on=date(2024, 2, 1))
    after = context(at(date(2024, 2, 1)), parameters=(switched_on,))

    assert (True, "off", "on") == (
        READING.is_disputed,
        chosen(READING, context(at(date(2024, 2, 1)))),
        chosen(READING, after),
    )
