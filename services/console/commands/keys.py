"""`shebao keys`: the data keys of sealed fields: look, rotate, erase, readmit. Every act leaves a record in the vault."""

import os
import pwd
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.sealed_fields import GATEWAY, KEPT_BY_LAW, Compartment, compartments_of
from services.console import keys_output
from services.console.commands.carrying_out import Apply, Because, By
from services.console.commands.look import key_of
from services.console.screen import console
from services.console.vault import vault_environment
from services.runtime.errors import UserMistake
from services.runtime.sealing import DEVELOPMENT, MASTER_KEYS_VARIABLE, VAULT_VARIABLE, keys_from_environment
from services.runtime.vault import keeping, ring_file
from services.runtime.vault.acts import Action, Actor, acts, first_altered, head, open_request
from services.runtime.vault.database import create
from services.runtime.vault.erasures import not_in_journal
from services.runtime.vault.store import StoredVault
from services.sandbox.settings import load_settings
from services.sandbox.vault_files import vault_file

EXIT_ALTERED = 1

Subject = Annotated[str, typer.Argument(help="A unit code, a person's key, or a citizen number.")]
Compartments = Annotated[
    list[Compartment] | None,
    typer.Option("--compartment", help="What to erase; contacts and names when left out: findings have to be named."),
]
Authority = Annotated[
    str, typer.Option("--authority", help="On what authority: paragraph, judgment, request. 依据，随记录留存。")
]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Keys of sealed fields: rotate, erase. 密钥：轮换、删除。"
)


@app.command("init")
def init() -> None:
    """Make the vault that `SHEBAO_VAULT` names, once; and the ring of master keys, if its file is not there yet."""
    given = vault_environment()
    create(_file(given.get(VAULT_VARIABLE, ""), VAULT_VARIABLE))
    ring = _file(given.get(f"{MASTER_KEYS_VARIABLE}_FILE", ""), f"{MASTER_KEYS_VARIABLE}_FILE")
    if not ring.exists():
        ring_file.grow(ring)
    console().print("已建立密钥库；主密钥文件请另行妥善备份，不得与密钥库同存一处。")


@app.command("add-master")
def add_master(
    compartments: Annotated[list[Compartment] | None, typer.Option("--compartment", help="Only these.")] = None,
    apply: Apply = False,
) -> None:
    """Add a new master key of each compartment to the ring's file; `rotate-master` then puts them to use."""
    variable = f"{MASTER_KEYS_VARIABLE}_FILE"
    ring = _file(vault_environment().get(variable, ""), variable)
    if apply:
        for key in ring_file.grow(ring, compartments or tuple(Compartment)):
            console().print(key.reference, highlight=False)
    else:
        _only_rehearsed(f"将向 {ring} 加入新的主密钥：{keys_output.names(compartments or tuple(Compartment))}")


@app.command("ring")
def ring_part(
    service: Annotated[str, typer.Argument(help="A service that opens fields, such as deliveries.")],
    output: Annotated[Path, typer.Argument(help="A new file, for that service alone.")],
) -> None:
    """Write the part of the ring that one service needs: what is not in it, that service cannot open."""
    only = compartments_of(service)
    if not only:
        raise UserMistake(
            f"{service} 无权开启任何密封字段（`schemas/sealed_fields.py`），不发给密钥。",
            f"{service} may open nothing (`schemas/sealed_fields.py`), so it gets no key.",
        )
    variable = f"{MASTER_KEYS_VARIABLE}_FILE"
    for key in ring_file.write_part(_file(vault_environment().get(variable, ""), variable), output, only):
        console().print(key.reference, highlight=False)


@app.command("status")
def status() -> None:
    """Count keys by compartment and master key, and show the requests that wait for a second person."""
    with _vault() as vault:
        console().print(keys_output.status_table(vault))
        waiting = keys_output.waiting(acts(vault.database))
    if waiting:
        console().print(keys_output.acts_table(waiting, "等候第二人确认的申请"))


@app.command("log")
def log() -> None:
    """Show every act on the keys, oldest first; exit 1 if one was altered, or an erasure is missing in the journal."""
    with _vault() as vault:
        console().print(keys_output.acts_table(acts(vault.database), "密钥操作记录"))
        altered, hash_of_last = first_altered(vault.database), head(vault.database)
        missing = not_in_journal(vault.database)
    if missing:
        numbers = "、".join(map(str, missing))
        console().print(
            f"删除日志（….erasures.ndjson）中没有第 {numbers} 项删除：此后若恢复旧备份，其密钥会随之复活；请用另存的副本补全。",
            style="red",
            soft_wrap=True,
        )
    if altered is not None:
        console().print(f"第 {altered} 项起，记录被改动、删除或调换。", style="red")
        raise typer.Exit(EXIT_ALTERED)
    if hash_of_last:
        console().print(f"记录首尾相连；末项的哈希值（请另行抄存）：{hash_of_last}", highlight=False, soft_wrap=True)
    if missing:
        raise typer.Exit(EXIT_ALTERED)


@app.command("show")
def show(subject: Subject) -> None:
    """Show which keys a subject has, from which day on, and which were erased; never a key."""
    with _vault() as vault:
        found = keeping.subjects_keys(vault, key_of(subject.strip()))
    if not found:
        raise UserMistake(
            "此对象从未有过密封内容，也没有删除过。", "Nothing was ever sealed for this subject, and nothing erased."
        )
    console().print(keys_output.keys_table(found))


@app.command("rotate-master")
def rotate_master(because: Because = "", by: By = "", apply: Apply = False) -> None:
    """Wrap every data key with the newest master keys; what was sealed stays as it is. A dry run unless --apply."""
    with _vault() as vault:
        if not apply:
            _only_rehearsed(f"将以最新主密钥重新包裹 {keeping.wrapped_by_older(vault):,} 个数据密钥")
            return
        count = keeping.rotate_master(vault, _actor(by, because))
    console().print(f"已重新包裹 {count:,} 个数据密钥；旧主密钥现已不用，可在旧备份到期后销毁。", highlight=False)


@app.command("rotate")
def rotate(
    subject: Annotated[str, typer.Argument(help="A unit code, a person's key, or a citizen number.")] = "",
    is_all: Annotated[bool, typer.Option("--all", help="Every subject.")] = False,
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Give a subject, or all, a new generation of data keys for what happens from the day after tomorrow on.

    What was sealed before goes on opening. A dry run unless --apply.
    """
    if is_all == bool(subject):
        raise UserMistake("请指明一个对象，或用 --all。", "Say which: one subject, or --all.")
    wanted = key_of(subject.strip()) if subject else ""
    with _vault() as vault:
        if not apply:
            from_on = keeping.begins_on(Actor("-", "-", datetime.now(UTC), "-"))
            count = len(keeping.rotation_due(vault, wanted, from_on))
            _only_rehearsed(f"将为 {count:,} 个数据密钥各生成新一代，自 {from_on} 起启用")
            return
        actor = _actor(by, because)
        count = keeping.rotate_data(vault, actor, wanted)
    console().print(f"已生成 {count:,} 个新一代数据密钥，自 {keeping.begins_on(actor)} 起启用。", highlight=False)


@app.command("erase")
def erase(
    subject: Subject,
    compartments: Compartments = None,
    authority: Authority = "",
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Ask for a subject's keys to be erased for good; a second person confirms it. A dry run unless --apply.

    What was sealed becomes unreadable; facts, decisions and amounts stay (社会保险法 74). 个人信息保护法 47.
    """
    chosen = tuple(compartments or (one for one in Compartment if one not in KEPT_BY_LAW))
    _ask(Action.ERASURE_ASKED, subject, chosen, _actor(by, because, authority) if apply else None)


@app.command("readmit")
def readmit(
    subject: Subject,
    compartments: Compartments = None,
    authority: Authority = "",
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Ask that an erased subject may be sealed for again, from the day after tomorrow on; a second person confirms it."""
    with _vault() as vault:
        erased = keeping.erased_compartments(vault, key_of(subject.strip()))
    chosen = tuple(compartments or sorted(erased))
    _ask(Action.READMISSION_ASKED, subject, chosen, _actor(by, because, authority) if apply else None)


@app.command("confirm")
def confirm(
    number: Annotated[int, typer.Argument(min=1, help="The request's number, as `keys status` shows it.")],
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Confirm another person's request, and so carry it out. A dry run unless --apply."""
    with _vault() as vault:
        asked = open_request(vault.database, number)
        console().print(keys_output.acts_table([asked], "申请"))
        if not apply:
            _only_rehearsed("将予确认并执行；删除后不可恢复")
            return
        is_alone = vault.database.path == vault_file(load_settings())
        keeping.confirm(vault, number, _actor(by, because), is_alone=is_alone)
    console().print(f"已执行申请 {number}。", highlight=False)


def _ask(action: Action, subject: str, compartments: Sequence[Compartment], actor: Actor | None) -> None:
    key = key_of(subject.strip())
    if not compartments:
        raise UserMistake("此对象没有删除过任何内容。", "Nothing of this subject was erased.")
    with _vault() as vault:
        found = keeping.subjects_keys(vault, key)
        if found:
            console().print(keys_output.keys_table([one for one in found if one[0] in compartments]))
        else:
            console().print(f"请注意：{key} 名下没有任何密封内容，请核对编号。", highlight=False, soft_wrap=True)
        if actor is None:
            _only_rehearsed(f"将为 {key} 提出申请：{keys_output.names(compartments)}")
            return
        number = keeping.ask(vault, action, actor, key, compartments)
    console().print(f"申请 {number} 已记录，须由另一人执行：shebao keys confirm {number} --apply", highlight=False)


def account_name() -> str:
    """Name the account this process runs as, by its number: not what a variable of the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account without a name, as in containers
        return f"uid-{os.getuid()}"


def _only_rehearsed(what: str) -> None:
    console().print(f"{what}。以上仅为预演，未作任何改动；确认后加 --apply --because 原因 再执行。", highlight=False)


def _actor(by: str, because: str, authority: str = "") -> Actor:
    login = account_name()
    return Actor(by or login, login, datetime.now(UTC), because, authority)


@contextmanager
def _vault() -> Iterator[StoredVault]:
    keys = keys_from_environment(GATEWAY, vault_environment())
    if not isinstance(keys, StoredVault):
        raise UserMistake(
            "开发用密钥库不保存密钥：请用 `shebao up` 启动，或设置 SHEBAO_VAULT。",
            "The development vault keeps no keys: start a sandbox with `shebao up`, or set SHEBAO_VAULT.",
        )
    try:
        yield keys
    finally:
        keys.close()


def _file(named: str, variable: str) -> Path:
    if named in ("", DEVELOPMENT):
        raise UserMistake(f"请用 {variable} 指定文件。", f"Name a file with {variable}.")
    return Path(named)
