"""`shebao publish`, `simulate`: facts in."""

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from services.audit.reading import MeshReader
from services.console import publish_output
from services.console.instants import instant_given
from services.console.screen import connection, console, run
from services.console.vault import console_signer, console_vault
from services.gateway.columns import layouts
from services.gateway.publish import PublishReport, RowPublisher
from services.gateway.rows import RowGate
from services.gateway.signing import SigningSink
from services.gateway.simulation.feed import Feed, FeedSize
from services.runtime.envelope import TEXT_BYTES_MAX
from services.runtime.errors import UserMistake

EXIT_SOME_REJECTED = 1
MONTHS_MAX = 120
UNITS_MAX = 100_000
FIRST_END, LAST_END = date(2020, 12, 31), date(2099, 12, 31)
"""A history may end between these: it has debts from before 2020, and dates of experts lie years ahead."""


def publish(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="CSV (UTF-8 or GB18030, with a heading row) or NDJSON (.ndjson, .jsonl).")
    ],
    topic: Annotated[str, typer.Option(help="The topic of rows that do not name theirs in a topic column.")] = "",
    source: Annotated[str, typer.Option(help="CloudEvents source; the topic's owner when left out.")] = "",
    said_at: Annotated[
        str, typer.Option(help="When it is said, for a mesh with a simulated clock; now if left out.")
    ] = "",
) -> None:
    """Check every row of a file, publish the good ones, write the others to FILE.rejected.csv with the reasons.

    Each row needs a `reference` (业务编号). Publishing a file a second time, or with rows inserted, changes nothing that was
    said before. Citizen numbers, card numbers, names and contacts are given in clear here and leave sealed. Exit 1 when rows were rejected,
    2 where there was none.
    """
    if topic and topic not in layouts():
        raise UserMistake(
            f"没有上游主题 {topic}，可选：{'、'.join(sorted(layouts()))}。",
            f"There is no upstream topic {topic}; there are {', '.join(sorted(layouts()))}.",
        )
    if len(source.encode()) > TEXT_BYTES_MAX or any(mark.isspace() for mark in source):
        raise UserMistake(
            f"--source 不得含空白，且不超过 {TEXT_BYTES_MAX} 字节。",
            f"--source must have no blanks and at most {TEXT_BYTES_MAX} bytes, as every CloudEvents source.",
        )
    if not file.is_file():
        raise UserMistake(f"{file} 不是文件。", f"{file} is not a file.")
    now = instant_given(said_at) if said_at else datetime.now(UTC)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    screen = console(to_stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        bar = progress.add_task(file.name, total=file.stat().st_size)

        async def work(reader: MeshReader) -> PublishReport:
            sink = SigningSink(reader, console_signer)
            with closing(RowGate(console_vault, now, topic)) as gate:
                publisher = RowPublisher(sink, reader.codec, gate, now, source, partitions=reader.partitions)
                return await publisher.publish(file, lambda done: progress.update(bar, completed=done))

        report = run(connection(context), work)
    if not report.rows:
        raise UserMistake(f"{file} 中没有数据行，未报送任何内容。", f"{file} has no rows: nothing was published.")
    console().print(publish_output.as_text([report]))
    if report.rejected:
        raise typer.Exit(EXIT_SOME_REJECTED)


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if it is not there, and must be empty.")],
    seed: Annotated[int, typer.Option(help="The same seed, dates and sizes give the same bytes.")] = 1,
    end: Annotated[
        str, typer.Option(help="Last day of the history (YYYY-MM-DD), at best a month's last.")
    ] = "2026-10-31",
    units: Annotated[int, typer.Option(min=20, max=UNITS_MAX, help="Units.")] = 540,
    months: Annotated[int, typer.Option(min=2, max=MONTHS_MAX, help="Months of history.")] = 24,
    applications: Annotated[int, typer.Option(min=6, max=100_000, help="Applications for appraisal.")] = 40,
    lost_cards: Annotated[int, typer.Option(min=6, max=100_000, help="Lost cards.")] = 40,
    experts: Annotated[int, typer.Option(min=1, max=900, help="Experts of the pool.")] = 60,
    broken: Annotated[bool, typer.Option(help="With a few rows that are rejected.")] = True,
) -> None:
    """Write a realistic feed of fictional data: a history, then three weeks of payments, losses and applications."""
    try:
        last_day = date.fromisoformat(end)
    except ValueError:
        raise UserMistake(f"{end} 不是日期（YYYY-MM-DD）。", f"{end} is not a date (YYYY-MM-DD).") from None
    if not FIRST_END <= last_day <= LAST_END:
        raise UserMistake(
            f"--end 须在 {FIRST_END} 至 {LAST_END} 之间。",
            f"--end is {last_day}, but must be between {FIRST_END} and {LAST_END}.",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserMistake(f"{folder} 不是空文件夹，请另选一个。", f"{folder} is not an empty folder; name another.")
    feed = Feed(seed, last_day, FeedSize(units, months, applications, lost_cards, experts, broken))
    feed.make()
    feed.write(folder)
    rows = sum(len(found) for found in feed.files.values())
    console().print(f"已写入 {folder}：{len(feed.files)} 个文件，{rows:,} 行；全部为虚构数据。", highlight=False)
