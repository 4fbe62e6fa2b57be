"""A table under its title. rich wraps a title to the width of the table, which breaks long titles over short tables."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.audit.words import visible
from services.console.unbroken import Unbroken


def titled(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], sections: Iterable[int] = ()
) -> RenderableType:
    """Lay out rows under headings. A heading that begins with `>` is of numbers, with `|` is never broken; other cells keep figures whole.

    Cells hold what senders wrote: what a terminal would act on is shown as what it is.
    `sections`: after which rows a line is drawn.
    """
    table = Table()
    for column in columns:
        heading = column.lstrip(">|")
        is_number = column.startswith(">")
        table.add_column(heading, justify="right" if is_number else "left", no_wrap=column != heading, overflow="fold")
    broken = [not column.startswith((">", "|")) for column in columns]
    ends = set(sections)
    for number, row in enumerate(rows):
        texts = zip(map(visible, row), broken, strict=True)
        cells = (Unbroken(text) if is_text else Text(text) for text, is_text in texts)
        table.add_row(*cells, end_section=number in ends)
    return Group(Text(title, style="bold"), table)
