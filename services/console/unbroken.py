"""Text that is broken where Chinese may be, and never inside a figure, an amount or a code."""

import re

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_WHOLE = re.compile(r"\s*(?:[\x21-\x7e]+(?:[万亿]?[元年月日条个份])?|\S)|\s+")
"""What stays in one piece: signs of one word with the unit behind them, else each sign by itself; with the blanks before it."""


class Unbroken:
    """One cell of a table; only what is wider than the column by itself is cut."""

    def __init__(self, text: str) -> None:
        self._lines = [_WHOLE.findall(line) for line in text.split("\n")]

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widest = max((cell_len(piece.lstrip()) for line in self._lines for piece in line), default=0)
        return Measurement(widest, max(cell_len("".join(line)) for line in self._lines))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        broken = [part for line in self._lines for part in _broken(line, options.max_width)]
        yield Text("\n".join(broken), overflow="fold")


def _broken(pieces: list[str], width: int) -> list[str]:
    """Put as many pieces on each line as have room there."""
    lines = [""]
    for piece in pieces:
        if lines[-1] and cell_len(lines[-1] + piece) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return lines
