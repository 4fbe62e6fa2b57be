"""Lines of Chinese text: full, and broken where a reader expects it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from services.console.chinese_lines import Hanging, breaks


def lines(plain: str, width: int) -> list[str]:
    places = [0, *breaks(plain, width, width), len(plain)]
    return [plain[start:end] for start, end in pairwise(places)]


@pytest.mark.parametrize(
    ("plain", "width", "expected"),
    [
        ("社会保险费", 10, ["社会保险费"]),
        ("社会保险费", 8, ["社会保险", "费"]),
        ("已缴清，谢谢", 6, ["已缴", "清，谢", "谢"]),
        ("申请 JD-2026-0005 予以受理", 20, ["申请 JD-2026-0005 予", "以受理"]),
        ("编号JD-2026-0005予以", 10, ["编号", "JD-2026-00", "05予以"]),
        ("依据（令55号）", 8, ["依据（令", "55号）"]),
    ],
)
def test_a_line_is_filled_and_broken_well(plain: str, width: int, expected: list[str]) -> None:
    assert lines(plain, width) == expected


@given(st.text(alphabet="社保，（）ab- 1", max_size=80), st.integers(min_value=4, max_value=40))
def test_no_line_is_too_long_and_nothing_is_lost(plain: str, width: int) -> None:
    found = lines(plain, width)

    assert "".join(found) == plain
    assert all(cell_len(line) <= width for line in found)


def test_lines_after_the_first_hang() -> None:
    console = Console(width=20, force_terminal=False)
    with console.capture() as capture:
        console.print(Hanging(Text("社会保险费征缴暂行条例第十三条"), 4))

    assert capture.get().splitlines() == ["社会保险费征缴暂行条", "    例第十三条"]
