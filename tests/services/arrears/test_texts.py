"""The words people read: complete, courteous, and true."""

import re
import string
from datetime import date
from pathlib import Path

import pytest

from schemas.vocabulary import Insurance
from services.arrears import texts, texts_wording
from tests.services.arrears.samples import desk, missed, registered

AS_OF = date(2024, 3, 1)
DUE_FROM = date(2020, 1, 1)
LINES = [
    texts.OwedLine("2023-11", Insurance.PENSION, 123_456_789, 5),
    texts.OwedLine("2023-12", Insurance.PENSION, 1, 0),
    texts.OwedLine("2024-02", Insurance.PENSION, 10, 0),
    texts.OwedLine("2023-12", Insurance.MEDICAL, 100, 1),
]


@pytest.mark.parametrize(
    ("fen", "yuan"), [(0, "0.00元"), (5, "0.05元"), (100, "1.00元"), (123_456_789, "1,234,567.89元")]
)
def test_fen_are_written_as_yuan(fen: int, yuan: str) -> None:
    assert texts_wording.yuan(fen) == yuan


@pytest.mark.parametrize(
    ("months", "written"),
    [
        (["2024-01"], "2024年1月"),
        (["2023-12", "2024-01", "2023-11"], "2023年11月至2024年1月"),
        (["2023-01", "2023-03"], "2023年1月、2023年3月"),
    ],
)
def test_months_are_written_as_ranges(months: list[str], written: str) -> None:
    assert texts_wording.months(months) == written


def test_many_ranges_are_cut_and_the_rest_counted() -> None:
    every_other = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(1, 13, 2)]

    assert texts_wording.months(every_other).endswith("2021年11月等（另有6个月）")


def test_a_reminder_says_what_is_owed_how_to_pay_and_what_it_is_not() -> None:
    text = texts.reminder(LINES, DUE_FROM, AS_OF)

    assert text.startswith("截至2024年3月1日，贵单位2020年1月1日起到期的下列社会保险费")
    assert "养老保险费（2023年11月至2023年12月、2024年2月），本金1,234,568.00元" in text
    assert "医疗保险费（2023年12月），本金1.00元，滞纳金0.01元" in text
    assert "本金合计1,234,569.00元；滞纳金计至当日合计0.06元（自欠缴之日起每日按万分之五加收" in text
    assert "滞纳金由单位承担，不得由职工负担" in text
    assert "请尽快通过税务机关规定的缴费渠道足额缴纳" in text
    assert "不产生法律效力" in text


def test_a_reminder_leaves_greeting_name_signature_and_hotline_to_who_sends_it() -> None:
    text = texts.reminder(LINES, DUE_FROM, AS_OF)

    assert [] == [word for word in ("您好", "谢谢", "再见", "12333", "社会保险服务中心") if word in text]


@pytest.mark.parametrize(("on", "who"), [(date(2020, 10, 31), "社会保险经办机构"), (date(2020, 11, 1), "税务机关")])
def test_a_reminder_names_who_collects_on_its_day(on: date, who: str) -> None:
    assert f"请尽快通过{who}规定的缴费渠道足额缴纳" in texts.reminder(LINES, DUE_FROM, on)


def test_the_longest_reminder_fits_its_field() -> None:
    lines = [
        texts.OwedLine(f"{year}-{month:02d}", kind, 10**12, 10**13)
        for kind in Insurance
        for year in range(1990, 2026)
        for month in range(1, 13, 2)
    ]

    assert len(texts.reminder(lines, DUE_FROM, AS_OF)) < 4000


def test_every_reason_code_of_the_rules_has_a_text() -> None:
    room = Path(str(texts.__file__)).parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(room.glob("rules*.py")))
    codes = set(re.findall(r'(?:decided|refused|already_known)\(\s*[^"()]+(?:\([^()]*\))?,\s*"([a-z-]+)"', source))

    assert len(codes) >= 12
    assert codes <= set(texts.REASON_TEXTS)


def test_the_places_of_a_text_are_filled_by_the_reasons_values() -> None:
    for decision in desk(missed(), registered(), missed("M-2", month="2023-10", assessed_fen=1)).decisions:
        text = texts.REASON_TEXTS[decision.reason.code]
        places = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert places <= set(decision.reason.values)
