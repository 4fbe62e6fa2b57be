"""Amounts in figures and capitals, dates and rates, as the rules for bills and official documents have them."""

from datetime import date

import pytest

from services.documents.figures import capitals, day, month, rate, yuan, yuan_of_units


@pytest.mark.parametrize(
    ("amount_fen", "written"),
    [
        # The examples of 支付结算办法 附一, 五.
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        # Edges of our own.
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角"),
        (53, "伍角叁分"),
        (100, "壹元整"),
        (1_000, "壹拾元整"),
        (1_000_000, "壹万元整"),
        (1_000_100, "壹万零壹元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_100_000, "壹亿零壹仟元整"),
        (10_010_000_000, "壹亿零壹拾万元整"),
        (1_000_000_000_000, "壹佰亿元整"),
        (100_000_001_000_000, "壹万亿零壹万元整"),
        (123_456_789_012_345, "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分"),
    ],
)
def test_an_amount_in_capitals(amount_fen: int, written: str) -> None:
    assert written == capitals(amount_fen)


@pytest.mark.parametrize(
    ("amount_fen", "written"),
    [(0, "0.00"), (5, "0.05"), (123_456, "1,234.56"), (10**12, "10,000,000,000.00")],
)
def test_an_amount_in_figures(amount_fen: int, written: str) -> None:
    assert written == yuan(amount_fen)


@pytest.mark.parametrize(
    ("units", "written"),
    [(500_000, "0.50"), (640_250, "0.64025"), (1, "0.000001"), (0, "0.00"), (1_234_000_000, "1,234.00")],
)
def test_a_daily_growth_loses_nothing(units: int, written: str) -> None:
    assert written == yuan_of_units(units)


def test_dates_and_months_have_no_leading_zeros() -> None:
    assert ("2026年1月5日", "2026年1月") == (day(date(2026, 1, 5)), month("2026-01"))


@pytest.mark.parametrize(("ten_thousandths", "written"), [(5, "万分之五"), (20, "千分之二"), (12, "万分之12")])
def test_a_rate_is_worded_as_in_the_law(ten_thousandths: int, written: str) -> None:
    assert written == rate(ten_thousandths)
