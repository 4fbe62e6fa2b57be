"""Breaking Chinese text into lines. rich breaks at spaces only, and Chinese has few: lines would end far too early."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.text import Text

NOT_FIRST = "，。；：！？、）】》”"
"""Marks that never begin a line."""
NOT_LAST = "（【《“→"
"""Marks that never end one."""
WIDTH_MIN = 20


class Hanging:
    """A paragraph whose lines after the first are set in as far as `indent` cells."""

    def __init__(self, text: Text, indent: int, first_indent: int = 0) -> None:
        self._text, self._indent, self._first = text, indent, first_indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Lay the paragraph out for the width there is."""
        width = max(options.max_width, WIDTH_MIN)
        plain = self._text.plain
        offsets = breaks(plain, width - self._first, width - self._indent)
        for number, line in enumerate(self._text.divide(offsets)):
            line.rstrip()
            margin = " " * (self._indent if number else self._first)
            yield Text(margin, no_wrap=True, overflow="ignore").append_text(line)


def breaks(plain: str, first_width: int, width: int) -> list[int]:
    """Give the places at which a text is broken: between Chinese characters, or after a space, never inside a word."""
    found: list[int] = []
    start, room = 0, first_width
    while cell_len(plain[start:]) > room:
        end = start + 1
        while cell_len(plain[start : end + 1]) <= room:
            end += 1
        place = next((at for at in range(end, start, -1) if _may_break(plain, at)), end)
        found.append(place)
        start, room = place, width
    return found


def _may_break(plain: str, at: int) -> bool:
    """Tell whether a line may end before `plain[at]`."""
    before, after = plain[at - 1], plain[at]
    if after in NOT_FIRST or before in NOT_LAST or after == " ":
        return False
    return before == " " or not (before.isascii() and after.isascii())
