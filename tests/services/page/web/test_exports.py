"""A list that is taken away can be written, and computes nothing, whatever an upstream system calls a unit."""

from datetime import date

import pytest
from openpyxl import Workbook

from services.page.store.answers_arrears import InventoryRow
from services.page.web.exports import cells


def row(unit_name: str) -> InventoryRow:
    day = date(2026, 11, 2)
    sums = (1, 100, 0, 0)
    words = ("registered", "已立案", "", "", "WH-101")
    return InventoryRow(
        *("91371002YY8T7RBQ7W", unit_name, "371002", "环翠区", "weihai", "recent"),
        *sums,
        day,
        18,
        *words,
        day,
        0,
        False,
        False,
        day,
    )


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("'=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("'＝HYPERLINK(1)", "＝HYPERLINK(1)"),
        ("\\u001b[31m样例", "\x1b[31m样例"),
        ("样例\\u202e限公", "样例\u202e限公"),
        ("文登样例有限公司", "文登样例有限公司"),
    ],
    ids=["formula", "full-width", "control", "direction", "plain"],
)
def test_a_units_name_is_written_as_a_text_that_can_be_seen(shown: str, name: str) -> None:
    written = cells(row(name))
    Workbook().create_sheet("清单").append(list(written))

    assert shown == written[1]
