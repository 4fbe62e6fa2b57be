"""`shebao explain`, `replay`: looking at what the mesh knows and decided."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from schemas.access import CONSOLE
from schemas.decision import LEGAL_ZONE
from schemas.vocabulary import citizen_number_is_valid, unit_code_is_valid
from services.audit.reading import MeshReader
from services.audit.replay_traces import ReplayTraces
from services.audit.replaying import ReplayFindings, Scope, replay_service
from services.audit.timeline import Timeline, find_case, timeline
from services.console import replay_output, timeline_output
from services.console.all_services import ALL_SERVICES
from services.console.commands.carrying_out import chosen_services
from services.console.connection import mesh_settings
from services.console.screen import connection, console, run
from services.console.sealed_output import shown_lines
from services.console.vault import console_persons
from services.runtime.errors import UserMistake
from services.runtime.service import Service
from services.runtime.tracing.traces import UncountedSpans, traces_of


class TimelineFormat(StrEnum):
    """How a timeline, or what a replay found, is written."""

    TEXT = "text"
    JSON = "json"


def explain(
    context: typer.Context,
    case: Annotated[
        str, typer.Argument(help="A unit code, a person's or outlet's key, a citizen number, or a business reference.")
    ],
    form: Annotated[TimelineFormat, typer.Option("--format", help="How it is written.")] = TimelineFormat.TEXT,
    is_short: Annotated[bool, typer.Option("--short", help="Cut runs of decisions that are alike.")] = False,
    with_signatures: Annotated[
        bool, typer.Option("--signatures", help="With the key and instant of each upstream record's signature.")
    ] = False,
) -> None:
    """Tell a case (案件) from the beginning: what came, what was decided, by which paragraph, what followed."""
    wanted = key_of(case.strip())

    async def read(reader: MeshReader) -> Timeline:
        found = await timeline(reader, ALL_SERVICES, wanted)
        if not found.moments and (key := await find_case(reader, wanted)) is not None:
            found = await timeline(reader, ALL_SERVICES, key)
        return found

    found = run(connection(context), read)
    if not found.moments and not found.waiting:
        raise UserMistake(
            "没有任何服务收到过此案件，请核对代码，或按业务编号查询。",
            "Nobody has ever heard of this case: check the code, or ask by business reference.",
        )
    if form is TimelineFormat.JSON:
        typer.echo(timeline_output.as_json(found, shown_lines(found.sealed)))
    else:
        shown = shown_lines(found.sealed)
        console().print(timeline_output.as_text(found, shown, is_whole=not is_short, with_signatures=with_signatures))


def replay(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="The service, or `all`.")],
    case: Annotated[str, typer.Option(help="Compare only this case: a key, a unit code or a citizen number.")] = "",
    since: Annotated[str, typer.Option(help="Compare only what was decided from this date on (YYYY-MM-DD).")] = "",
    until: Annotated[str, typer.Option(help="Compare only what was decided up to this date, that day included.")] = "",
    form: Annotated[TimelineFormat, typer.Option("--format", help="How it is written.")] = TimelineFormat.TEXT,
) -> None:
    """Decide everything again from the log and compare byte for byte; exit 1 on any difference. It writes nothing.

    What is counted was compared; where nothing was, that is said, and the exit is 2.
    """
    services = chosen_services("" if service == "all" else service)
    start = _midnight(_day(since)) if since else None
    end = _midnight(_day(until) + timedelta(days=1)) if until else None
    scope = Scope(key_of(case.strip()) if case else "", start, end)
    found = run(connection(context), lambda reader: _replayed(reader, services, scope))
    if all(findings.is_empty for findings in found):
        raise UserMistake(
            f"未作比对：{service} 在所指范围内没有决定。",
            f"Nothing was compared: no decision of {service} is {_meant(scope)}.",
        )
    if form is TimelineFormat.JSON:
        typer.echo(replay_output.as_json(found))
    else:
        console().print(replay_output.as_text(found))
    if not _agree(found):
        raise typer.Exit(1)


async def _replayed(reader: MeshReader, services: Sequence[Service], scope: Scope) -> list[ReplayFindings]:
    """Replay service after service, showing how many tasks are left where somebody looks on."""
    screen, found = console(to_stderr=True), []
    traced = ReplayTraces(traces_of(mesh_settings(), CONSOLE, UncountedSpans()))
    columns = (TextColumn("重演 {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        bar = progress.add_task("", total=len(services))
        for one in services:
            progress.reset(bar, description=one.name, total=1 if scope.case_key else one.partitions)
            found.append(await replay_service(reader, one, scope, lambda _: progress.advance(bar), traced.heard))
    await traced.close()
    return found


def _meant(scope: Scope) -> str:
    of_case = f"of the case {scope.case_key}" if scope.case_key else ""
    since = f"from {scope.since.date()} on" if scope.since else ""
    until = f"before {scope.until.date()}" if scope.until else ""
    return " ".join(part for part in (of_case, since, until) if part) or "there yet"


def key_of(named: str) -> str:
    """Give the key of what was asked for: codes and citizen numbers are written in capitals, whatever the keyboard did."""
    if not named:
        raise UserMistake(
            "请指明案件：单位代码、案件键、公民身份号码或业务编号。",
            "Say which case: a unit code, a key, a citizen number or a business reference.",
        )
    if citizen_number_is_valid(named.upper()):
        return console_persons().person_key(named.upper())
    return named.upper() if unit_code_is_valid(named.upper()) else named


def _agree(found: Iterable[ReplayFindings]) -> bool:
    return all(findings.agrees for findings in found)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), LEGAL_ZONE)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserMistake(f"{text} 不是日期（YYYY-MM-DD）。", f"{text} is not a date (YYYY-MM-DD).") from None
