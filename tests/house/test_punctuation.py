"""What people read in Chinese bears Chinese punctuation."""

import pytest

from tests.house.punctuation import half_width, punctuation_faults
from tests.house.sources import python_files, shown, tree_of


def test_chinese_texts_bear_full_width_punctuation() -> None:
    faults = [
        f"{shown(path)}:{fault}"
        for path in python_files("services", "schemas")
        for fault in punctuation_faults(tree_of(path))
    ]

    assert [] == faults


@pytest.mark.parametrize(
    "text",
    [
        "转引自网页,未见原文",
        "未申请注销登记的, 登记机关可以公告强制注销",
        "欠费立案:{line_count} 条",
        "本金(元)",
        "申请 {application},不予受理",
        "请尽快缴纳!",
        "暂定,待公布|Provisional, until it is published",
    ],
)
def test_half_width_punctuation_beside_a_chinese_sign_is_found(text: str) -> None:
    assert half_width(text)


@pytest.mark.parametrize(
    "text",
    [
        "转引自网页，未见原文",
        "社会保险法 63(2)、16(四)",
        "现按 1,234.56元（2026-01-15）",
        "late fee (滞纳金) a day, of the principal",
        "{month}{insurance}：{paid_fen}",
        "参数 {name} 现按默认 {default}",
    ],
)
def test_full_width_punctuation_citations_and_english_are_left_alone(text: str) -> None:
    assert "" == half_width(text)
