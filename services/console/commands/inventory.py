"""`shebao inventory`: units in arrears (底数、结构、清单), as of any day in two views, signed, drawn as charts, verified."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from schemas.vocabulary import District
from services.audit.arrears import Told
from services.audit.inventory_snapshot import (
    SnapshotFinding,
    View,
    faults_against_log,
    faults_of,
    read_snapshot,
    signed_snapshot,
    write_new,
)
from services.audit.reading import MeshReader
from services.console import inventory_output, inventory_reading, inventory_sheets, inventory_verdict
from services.console.screen import connection, console, run
from services.console.vault import console_public_keys, console_seal_key
from services.runtime.errors import UserMistake

ROWS_SHOWN = 30
EXIT_FOUND = 1
VIEWS_ZH = {View.IN_FORCE: inventory_output.IN_FORCE_ZH, View.KNOWN: inventory_output.KNOWN_ZH}


class InventoryFormat(StrEnum):
    """How the inventory is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


app = typer.Typer(
    invoke_without_command=True,
    add_completion=False,
    help="Units in arrears: totals (底数), structure (结构) and list (清单).",
)


@app.callback()
def inventory(
    context: typer.Context,
    form: Annotated[InventoryFormat, typer.Option("--format", help="How it is written.")] = InventoryFormat.TABLE,
    output: Annotated[Path | None, typer.Option(help="The file to write; needed for xlsx.")] = None,
    in_force_on: Annotated[
        str, typer.Option(help="How things stood on this date (YYYY-MM-DD) by what is known today.")
    ] = "",
    known_on: Annotated[
        str, typer.Option(help="How things stood on this date by what was known then: rebuilt from the log.")
    ] = "",
    as_of: Annotated[str, typer.Option(help="Both of this date, side by side (table or json).")] = "",
    since: Annotated[
        str, typer.Option(help="With the change since this date, or since a signed inventory (its file).")
    ] = "",
    sign: Annotated[Path | None, typer.Option(help="Write it, with its lines, as a signed file of this name.")] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw its charts (PNG and SVG) into this folder.")] = None,
    district: Annotated[str, typer.Option(help="Only this district's units in the list (such as 371003).")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Most units in a table.")] = ROWS_SHOWN,
) -> None:
    """Units in arrears: totals (底数), structure (结构) and list (清单); today's, or as of a day in two views."""
    if context.invoked_subcommand is not None:
        return
    _refuse_contradictions(form, output, district, (in_force_on, known_on, as_of))
    if as_of:
        if since or sign or chart or form in (InventoryFormat.CSV, InventoryFormat.XLSX):
            raise UserMistake(
                "--as-of 只能以表格或 json 并列两种口径；其他情形请用 --in-force-on 或 --known-on。",
                "--as-of shows two views in a table or as json; else say --in-force-on or --known-on.",
            )
        _show_both(context, inventory_reading.day_of(as_of), form, output, district, limit)
        return
    on = known_on or in_force_on
    wanted = inventory_reading.Wanted(
        View.KNOWN if known_on else View.IN_FORCE,
        inventory_reading.day_of(on) if on else None,
        with_lines=sign is not None or form is InventoryFormat.JSON,
        with_recovery=chart is not None,
        since=inventory_reading.since_of(since),
    )
    found = _read(context, wanted)
    if form is not InventoryFormat.TABLE or not (sign or chart):
        _write(found, wanted.view, form, output, district, limit)
    if sign is not None:
        _sign(found, wanted.view, sign)
    if chart is not None:
        names = import_module("services.console.inventory_charts").write_charts(found, VIEWS_ZH[wanted.view], chart)
        _told(f"已绘制 {chart}：{'、'.join(names)}。")


@app.command("verify")
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An inventory that --sign has written.")],
    with_log: Annotated[
        bool, typer.Option("--with-log", help="Also look whether the log still has the chain heads it was drawn from.")
    ] = False,
) -> None:
    """Verify a signed inventory: its bytes, its signature, its sums, and with --with-log its place in the log; exit 1 on any fault."""
    snapshot = read_snapshot(file)
    findings = faults_of(snapshot, console_public_keys())
    if with_log:

        async def read(reader: MeshReader) -> list[SnapshotFinding]:
            return await faults_against_log(snapshot, reader)

        findings += run(connection(context), read)
    console().print(inventory_verdict.as_text(snapshot, findings, with_log=with_log))
    if findings:
        raise typer.Exit(EXIT_FOUND)


def _refuse_contradictions(
    form: InventoryFormat, output: Path | None, district: str, days: tuple[str, str, str]
) -> None:
    if district and district not in set(District):
        raise UserMistake(
            f"没有区划 {district}，可选：{'、'.join(District)}。",
            f"There is no district {district}; there are {', '.join(District)}.",
        )
    if form is InventoryFormat.XLSX and output is None:
        raise UserMistake("XLSX 须写入文件，请用 --output 指定。", "XLSX is written to a file: name it with --output.")
    if form is InventoryFormat.TABLE and output is not None:
        raise UserMistake(
            "表格只在屏幕上显示；写入文件请用 --format csv、json 或 xlsx。",
            "A table is for reading here; a file takes --format csv, json or xlsx.",
        )
    if sum(map(bool, days)) > 1:
        raise UserMistake(
            "--in-force-on、--known-on、--as-of（两者并列）只能选一个。",
            "Say one of --in-force-on, --known-on and --as-of (which is both).",
        )


def _sign(found: inventory_reading.Found, view: View, path: Path) -> None:
    now = datetime.now(UTC)
    content = signed_snapshot(found.drawn, view, console_seal_key(), now, found.changed, found.previous)
    write_new(path, content)
    _told(f"已签封 {path}：{found.drawn.inventory.total.units} 个单位，{len(found.drawn.heads)} 个任务的链首。")


def _read(context: typer.Context, wanted: inventory_reading.Wanted) -> inventory_reading.Found:
    async def read(reader: MeshReader) -> inventory_reading.Found:
        with _progress(reader.partitions) as told:
            return await inventory_reading.read_inventory(reader, wanted, told)

    return run(connection(context), read)


@contextmanager
def _progress(partitions: int) -> Iterator[Told]:
    """Show how many tasks of the log are decided again where somebody looks on; say at the end how fast that was."""
    screen, began, seen = console(to_stderr=True), time.monotonic(), [0]
    columns = (
        TextColumn("重演 {task.fields[entries]:,} 项决定"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        bar = progress.add_task("", total=partitions, entries=0)

        def told(left: int, entries: int) -> None:
            seen[0] = entries
            progress.update(bar, completed=partitions - left, entries=entries)

        yield told
    if seen[0]:
        seconds = max(time.monotonic() - began, 0.001)
        _told(f"重演 {seen[0]:,} 项决定，用时 {seconds:.1f} 秒，每秒 {seen[0] / seconds:,.0f} 项。")


def _write(
    found: inventory_reading.Found, view: View, form: InventoryFormat, output: Path | None, district: str, limit: int
) -> None:
    listed = found.drawn.inventory
    if district:
        listed = inventory_output.only_district(listed, district)
    if form is InventoryFormat.TABLE:
        console().print(inventory_output.as_tables(listed, limit, VIEWS_ZH[view], found.changed))
        return
    if form is InventoryFormat.XLSX and output is not None:
        inventory_sheets.write_xlsx(listed, output, VIEWS_ZH[view], found.changed)
    elif form is InventoryFormat.CSV:
        _write_text(inventory_output.as_csv(listed), output)
    else:
        _write_text(inventory_output.as_json(listed, found.changed), output)
    if output is not None:
        _told(f"已写入 {output}：{len(listed.rows)} 个单位。")


def _show_both(
    context: typer.Context, day: date, form: InventoryFormat, output: Path | None, district: str, limit: int
) -> None:
    views = [
        _read(context, inventory_reading.Wanted(view, day)).drawn.inventory for view in (View.KNOWN, View.IN_FORCE)
    ]
    if district:
        views = [inventory_output.only_district(one, district) for one in views]
    known, in_force = views
    if form is InventoryFormat.JSON:
        _write_text(inventory_output.two_as_json(known, in_force), output)
    else:
        console().print(inventory_output.as_two_columns(known, in_force, limit))


def _told(text: str) -> None:
    console(to_stderr=True).print(text, highlight=False, soft_wrap=True)


def _write_text(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    # With a byte-order mark for spreadsheets; JSON readers do not want one.
    encoding = "utf-8" if output.suffix == ".json" else "utf-8-sig"
    with output.open("w", encoding=encoding, newline="") as file:
        file.write(text)
