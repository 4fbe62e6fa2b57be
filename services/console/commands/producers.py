"""`shebao producers`: the keys with which upstream systems sign what they say. Private keys stay in files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.producers import ProducerKeyPublished
from schemas.topics import UPSTREAM
from services.audit.reading import MeshReader
from services.audit.words import local_time
from services.console.commands.carrying_out import Apply, Because, By, login_name
from services.console.instants import instant_given
from services.console.producer_keys import (
    earliest_beginning,
    first_word,
    known_keys,
    last_word,
    public_half,
    publish_key,
    read_public_half,
)
from services.console.screen import connection, console, run
from services.console.titled import titled
from services.runtime.errors import UserMistake
from services.runtime.signing import source_of_system
from services.runtime.signing_keys import new_key, write_new_file

TEXT_CHARACTERS_MAX = 200

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Keys with which upstream systems sign. 上报单位的签名密钥。",
)

Authority = Annotated[str, typer.Option("--authority", help="On whose decision: the document's number. 批准文号。")]


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(help="New file for the private key; beside it FILE.public, to hand over.")],
    system: Annotated[str, typer.Option(help="The upstream system that signs with it.")],
    source: Annotated[str, typer.Option(help="Its CloudEvents source; the system's usual one when left out.")] = "",
) -> None:
    """Make a key for an upstream system: the private half for SHEBAO_SIGNING_KEY_FILE, the public half to be published."""
    if system not in UPSTREAM:
        raise UserMistake(
            f"没有上游系统 {system}，可选：{'、'.join(UPSTREAM)}。",
            f"There is no upstream system {system}; there are {', '.join(UPSTREAM)}.",
        )
    key, private = new_key(system, source or source_of_system(system))
    public = file.with_name(f"{file.name}.public")
    write_new_file(file, private, 0o600)
    write_new_file(public, public_half(key), 0o644)
    console().print(
        f"密钥 {key.key_id}：私钥 {file}（只由签名方保管），公钥 {public}。", highlight=False, soft_wrap=True
    )


@app.command("list")
def show_list(context: typer.Context) -> None:
    """List every key that was published, with whose it is and its period."""

    async def read(reader: MeshReader) -> list[tuple[str, ...]]:
        return [_row(key, reader.broker_now) for key in (await known_keys(reader)).values()]

    rows = run(connection(context), read)
    if not rows:
        console().print("没有公布过签名公钥；上游记录不要求签名。")
        return
    columns = ("|编号", "系统和来源", "|有效期", "现状和依据")
    console().print(titled(f"签名公钥：{len(rows)} 把", columns, rows))


@app.command("publish")
def publish(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The public half as the producer handed it over.")],
    begins: Annotated[
        str, typer.Option("--begins", help="From when it may sign (YYYY-MM-DDTHH:MM); as soon as may be if left out.")
    ] = "",
    demanded: Annotated[
        str, typer.Option("--demand", help="From when records have to be signed; from the beginning if left out.")
    ] = "",
    authority: Authority = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Publish a key. From its beginning on, records of that system have to be signed. A dry run unless --apply."""
    held = read_public_half(file)
    texts = _given(authority, "--authority"), _given(by or login_name(), "--by")
    begins_at = instant_given(begins) if begins else None
    demanded_since = instant_given(demanded) if demanded else None

    async def act(reader: MeshReader) -> ProducerKeyPublished:
        known = await known_keys(reader)
        if held.key_id in known:
            raise UserMistake(
                f"密钥 {held.key_id} 此前已公布，见 `shebao producers list`。",
                f"The key {held.key_id} was published before; `shebao producers list` shows it.",
            )
        earliest = earliest_beginning(known.values(), held.system, reader.broker_now)
        if begins_at is not None and earliest is not None and begins_at < earliest:
            raise UserMistake(
                f"该密钥最早可自 {local_time(earliest)} 起生效，届时各任务才都已知悉。",
                f"This key may begin at {local_time(earliest)} at the earliest: every task is to know it by then.",
            )
        word = first_word(held, begins_at or earliest or reader.broker_now, demanded_since, *texts)
        if apply:
            await publish_key(reader, word, reader.broker_now)
        return word

    word = run(connection(context), act)
    since = f"自 {local_time(word.begins_at)} 起有效，自 {local_time(word.obliges_since)} 起该系统的记录须经签名"
    _tell(f"公布公钥 {word.key_id}（{word.system}，{word.source}），{since}", apply=apply)


@app.command("end")
def end(
    context: typer.Context,
    key_id: Annotated[str, typer.Argument(help="The key, as `producers list` shows it.")],
    at: Annotated[
        str, typer.Option("--at", help="From when it may sign no more (YYYY-MM-DDTHH:MM); now if left out.")
    ] = "",
    because: Because = "",
    authority: Authority = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """End a key: rotated out, or not to be trusted any more. A dry run unless --apply."""
    ends_at = instant_given(at) if at else None
    texts = _given(because, "--because"), _given(authority, "--authority"), _given(by or login_name(), "--by")

    async def act(reader: MeshReader) -> ProducerKeyPublished:
        known = await known_keys(reader)
        if key_id not in known:
            raise UserMistake(
                f"没有密钥 {key_id}，现有密钥见 `shebao producers list`。",
                f"There is no key {key_id}; `shebao producers list` shows those that are.",
            )
        word = last_word(known[key_id], ends_at or reader.broker_now, *texts)
        if apply:
            await publish_key(reader, word, reader.broker_now)
        return word

    word = run(connection(context), act)
    until = "" if word.ends_at is None else local_time(word.ends_at)
    _tell(f"公布公钥 {word.key_id}（{word.system}，{word.source}）自 {until} 起失效", apply=apply)


def _given(text: str, option: str) -> str:
    if not text.strip():
        raise UserMistake(
            f"公布密钥须写明由谁决定、因何决定，请填 {option}。",
            f"A key is published with who decided it, and why: give {option}.",
        )
    if len(text) > TEXT_CHARACTERS_MAX:
        raise UserMistake(
            f"{option} 最多 {TEXT_CHARACTERS_MAX} 个字。", f"{option} may have {TEXT_CHARACTERS_MAX} characters."
        )
    return text


def _row(key: ProducerKeyPublished, now: datetime) -> tuple[str, ...]:
    standing = "有效" if key.is_in_force(now) else "未生效" if now < key.begins_at else "已失效"
    why = f"，{key.ended_because}" if key.ended_because else ""
    until = "" if key.ends_at is None else f"\n至 {local_time(key.ends_at)}"
    period = f"自 {local_time(key.begins_at)}{until}"
    return key.key_id, f"{key.system}\n{key.source}", period, f"{standing}{why}\n{key.authority}"


def _tell(what: str, *, apply: bool) -> None:
    text = f"已{what}。" if apply else f"将{what}。仅为预演，未作任何改动；确认后加 --apply 再执行。"
    console().print(text, highlight=False, soft_wrap=True)
