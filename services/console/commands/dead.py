"""`shebao dead`: what was refused and why, and giving it to its service again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import RenderableType

from schemas.topics import BY_NAME
from services.audit.reading import MeshReader
from services.audit.words import RUNTIME_TEXTS, local_time, visible
from services.console.all_services import ALL_SERVICES
from services.console.commands.carrying_out import Apply, Because, By, ServiceName, carry_out, chosen_services
from services.console.dead_letters import DeadLetter, Wanted, content, dead_letters, sealed_content
from services.console.producer_keys import known_references
from services.console.screen import connection, console, run
from services.console.sealed_output import shown_lines
from services.console.timeline_output import SealedLine
from services.console.titled import titled
from services.runtime.envelope import TEXT_BYTES_MAX
from services.runtime.errors import UserMistake
from services.runtime.orders import Order, redrive_order
from services.runtime.signatures import Producers

LETTERS_SHOWN = 50
SHOWN_BYTES = 64

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Records that were refused. 被拒收的记录。")


@app.command("list")
def show_list(
    context: typer.Context,
    service: ServiceName = "",
    code: Annotated[str, typer.Option(help="Only this reason code.")] = "",
    topic: Annotated[str, typer.Option(help="Only records of this topic.")] = "",
    is_open: Annotated[bool, typer.Option("--open", help="Only those not redriven since.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Most rows shown.")] = LETTERS_SHOWN,
) -> None:
    """List refused records with the reason of each."""
    wanted = Wanted((), service, code, topic, is_open)

    async def read(reader: MeshReader) -> list[DeadLetter]:
        return await dead_letters(reader, chosen_services(service), wanted)

    letters = run(connection(context), read)
    if not letters:
        _refuse_unknown(topic, code)
        console().print("没有符合所给条件的被拒收记录。" if service or code or topic else "没有被拒收的记录。")
        return
    console().print(_table(letters[-limit:], len(letters)))
    if len(letters) > limit:
        console().print(f"此处列出最近 {limit} 条。")


def _refuse_unknown(topic: str, code: str) -> None:
    """Where nothing was found: a slip of the pen is not to be read as good news."""
    if topic and topic not in BY_NAME:
        raise UserMistake(
            f"没有主题 {topic}，有拒收记录的主题见 `dead list`。",
            f"There is no topic {topic}; `dead list` shows the topics that have refused records.",
        )
    if code and code not in RUNTIME_TEXTS and not any(service.text_of(code) for service in ALL_SERVICES):
        raise UserMistake(
            f"没有拒收代码 {code}，代码见 docs/refusals.md。",
            f"Nothing is refused with the code {code}; docs/refusals.md lists the codes.",
        )


@app.command("show")
def show_one(context: typer.Context, name: Annotated[str, typer.Argument(help="As `dead list` names it.")]) -> None:
    """Show one refused record: why, where it came from, what it holds. Of sealed values only what may be seen masked."""

    async def read(reader: MeshReader) -> list[str]:
        letter = (await dead_letters(reader, chosen_services(), Wanted((name,))))[0]
        producers = Producers(await known_references(reader))
        again = letter.refused_again_with(reader.codec, datetime.now(UTC), producers)
        return _lines(letter, content(reader, letter), shown_lines(sealed_content(reader, letter)), again)

    for line in run(connection(context), read):
        console().print(visible(line), markup=False, highlight=False)


@app.command("redrive")
def redrive(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="As `dead list` names them.")] = None,
    service: ServiceName = "",
    code: Annotated[str, typer.Option(help="All open ones with this reason code.")] = "",
    topic: Annotated[str, typer.Option(help="All open ones of this topic.")] = "",
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Give refused records to their service again, with their original id. A dry run unless --apply."""
    if not names and not (service or code or topic):
        raise UserMistake(
            "请指明哪些：写 `shebao dead list` 所示名称，或用 --service、--code、--topic。",
            "Say which: names as `shebao dead list` shows them, or --service, --code, --topic.",
        )
    wanted = Wanted(tuple(names or ()), service, code, topic, only_open=not names)

    async def orders(reader: MeshReader) -> list[Order]:
        found, producers = [], Producers(await known_references(reader))
        for letter in await dead_letters(reader, chosen_services(service), wanted):
            again = letter.refused_again_with(reader.codec, datetime.now(UTC), producers)
            if not again:
                found.append(redrive_order(letter.service.over(reader.partitions), letter.original))
            elif names:
                raise UserMistake(
                    f"重投 {letter.name} 仍会被拒收（{again}），请更正后重新报送。",
                    f"{letter.name} would be refused again ({again}): publish it anew once it is mended.",
                )
            else:
                line = f"略过 {letter.name}：重投也会被拒收（{_code_text(letter, again)}），请更正后重新报送"
                console().print(line, markup=False, highlight=False, soft_wrap=True)
        return found

    carry_out(context, orders, because, by, apply=apply)


def _table(letters: list[DeadLetter], total: int) -> RenderableType:
    rows = []
    for letter in letters:
        redriven = f"{letter.redriven} 次" if letter.redriven else ""
        place = f"{letter.original.topic}，{letter.source or '来源不明'}"
        rows.append((letter.name, local_time(letter.decided_at), _why(letter), place, redriven))
    return titled(f"被拒收的记录：{total} 条", ("|名称", "|时间", "原因", "主题和来源", "|重投"), rows)


def _why(letter: DeadLetter) -> str:
    detail = f"（{letter.detail}）" if letter.detail else ""
    return f"{letter.code} {letter.reason}{detail}"


def _cut(text: bytes) -> str:
    shown = text[:TEXT_BYTES_MAX].decode("utf-8", "replace")
    return shown if len(text) <= TEXT_BYTES_MAX else f"{shown} …（共 {len(text)} 字节）"


def _code_text(letter: DeadLetter, code: str) -> str:
    if code == "topic-not-of-cases":
        return f"{code} 该主题不属于案件"
    return f"{code} {letter.service.text_of(code) or RUNTIME_TEXTS.get(code, '')}".strip()


def _lines(letter: DeadLetter, text: str, sealed: Sequence[SealedLine], refused_again_with: str) -> list[str]:
    again = "可以重投"
    if refused_again_with:
        again = f"不能重投：{_code_text(letter, refused_again_with)}；请更正后重新报送"
    original, value = letter.original, letter.original.value or b""
    return [
        f"名称      {letter.name}",
        f"拒收时间  {local_time(letter.decided_at)}",
        f"原因      {_why(letter)}",
        f"原位置    {original.topic} 分区 {original.partition} 位移 {original.offset}",
        f"来源      {letter.source}",
        f"键        {(original.key or b'').decode('utf-8', 'replace')}",
        f"内容      {text}",
        *(f"密封      {title} {shown}" for _, title, shown in sealed),
        f"字节      {len(value)}：{value[:SHOWN_BYTES].hex(' ')}{' …' if len(value) > SHOWN_BYTES else ''}",
        *(f"报头      {header}: {_cut(text or b'')}" for header, text in original.headers),
        f"重投      {letter.redriven} 次；{again}",
    ]
