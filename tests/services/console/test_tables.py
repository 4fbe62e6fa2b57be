"""Cells of tables are broken where Chinese may be, and show what they are given."""

import io
import re

import pytest
from rich.console import Console, RenderableType

from services.arrears.inventory_bands import AMOUNT_BANDS
from services.console.titled import titled
from services.console.unbroken import Unbroken


def shown(what: RenderableType, width: int) -> list[str]:
    """The lines on a screen of so many columns."""
    screen = Console(file=io.StringIO(), width=width)
    screen.print(what)
    assert isinstance(screen.file, io.StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", range(7, 24))
def test_an_amount_is_never_broken(width: int) -> None:
    broken = shown(Unbroken("20万元以上不满100万元"), width)

    assert "20万元以上不满100万元" == "".join(broken)
    assert all(amount in "\n".join(broken) for amount in ("20万元", "100万元"))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("1年以上不满2年", 8, ["1年以上", "不满2年"]),
        ("  按本金", 6, ["  按本", "金"]),
        ("deliveries 待办 12 件", 12, ["deliveries", "待办 12 件"]),
        ("一\n二", 10, ["一", "二"]),
        ("91371002YYDBWQ2893", 10, ["91371002YY", "DBWQ2893"]),  # wider than the column by itself
        ("", 4, [""]),
    ],
)
def test_a_cell_is_broken_between_words_and_signs(text: str, width: int, lines: list[str]) -> None:
    assert lines == shown(Unbroken(text), width)


def test_a_table_keeps_the_amounts_of_its_words_whole() -> None:
    rows = [(band.name_zh, "1,481,481,468.00元") for band in AMOUNT_BANDS]
    lines = shown(titled("结构", ("项目", ">本金"), rows), 40)

    wanted = [amount for band in AMOUNT_BANDS for amount in re.findall(r"\d+万元", band.name_zh)]
    assert wanted == re.findall(r"\d+万元", "\n".join(lines))


def test_what_a_sender_wrote_is_no_markup() -> None:
    table = shown(titled("单位", ("单位名称", "|代码"), [("[red]文登[/red]:x:", "[b]1")]), 40)

    assert "│ [red]文登[/red]:x: │ [b]1 │" in table
