"""`shebao audit`: verify the decision records against hashes and seals, take the seals away, show the public key."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from schemas.topics import AUDIT_SEALS
from services.audit.findings import Verification
from services.audit.reading import MeshReader
from services.audit.seal_file import read_seal_file, write_seal_file
from services.audit.seal_keys import public_entry, seal_key_from_environment
from services.audit.seals import FoundSeal, LastSeals, latest
from services.audit.verifying import verify as verified
from services.console import seals_output
from services.console.commands.carrying_out import chosen_services
from services.console.screen import connection, console, run
from services.console.vault import console_public_keys
from services.runtime.errors import UserMistake

EXIT_FOUND = 1

_ROOT = re.compile(r"[0-9a-fA-F]{64}")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Verify the decision records, take the seals away. 核验决定记录，导出签封。",
)


class VerificationFormat(StrEnum):
    """How a verification is written."""

    TABLE = "table"
    JSON = "json"


@app.command("verify")
def verify(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="Only this service; all when left out.")] = "",
    seals: Annotated[Path | None, typer.Option(help="Seals that were exported earlier and kept elsewhere.")] = None,
    root: Annotated[str, typer.Option(help="The Merkle root noted for them (64 hex digits).")] = "",
    form: Annotated[VerificationFormat, typer.Option("--format", help="How it is written.")] = VerificationFormat.TABLE,
) -> None:
    """Find records that were changed, removed, inserted, reordered or cut off; exit 1 on any finding. It writes nothing."""
    if root and seals is None:
        raise UserMistake(
            "--root 是所导出签封的根，请用 --seals 指定签封文件。",
            "A root is the root of exported seals: name their file with --seals.",
        )
    if root and not _ROOT.fullmatch(root):
        raise UserMistake(
            f"--root {root} 不是默克尔根：应为 `audit export` 给出的 64 位十六进制数。",
            f"--root {root} is no Merkle root: it has 64 hex digits, as `audit export` said it.",
        )
    services = [one.name for one in chosen_services(service)]
    exported = None if seals is None else read_seal_file(seals)
    keys = console_public_keys()

    async def read(reader: MeshReader) -> Verification:
        return await verified(reader, services, keys, exported, root.lower())

    found = run(connection(context), read)
    unproved = seals_output.not_proved(with_seals=exported is not None, with_root=bool(root))
    if form is VerificationFormat.JSON:
        typer.echo(seals_output.as_json(found, unproved))
    else:
        console().print(seals_output.as_text(found, unproved))
    if not found.is_sound:
        raise typer.Exit(EXIT_FOUND)


@app.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, to be kept where nobody of the mesh can write.")],
) -> None:
    """Write the latest seal of every task to a file for safe keeping elsewhere, and say its Merkle root."""
    keys = console_public_keys()

    async def read(reader: MeshReader) -> list[FoundSeal]:
        last = LastSeals()
        async for record in reader.records([AUDIT_SEALS]):
            last.take(record)
        return last.judged(reader.codec, keys)

    found = run(connection(context), read)
    standing = latest(one.seal for one in found if one.seal is not None and not one.fault).values()
    if not standing:
        raise UserMistake(
            "尚无签封；审计服务（`services.audit`）运行时会定时签封。",
            "Nothing is sealed yet; the auditing worker (`services.audit`) seals while it runs.",
        )
    written = write_seal_file(file, standing, datetime.now(UTC))
    screen = console()
    screen.print(f"已导出 {len(written.seals)} 个任务的签封：{file}", highlight=False)
    faulty = sum(one.seal is None or bool(one.fault) for one in found)
    if faulty:
        screen.print(f"{faulty} 个签封无效，未予导出；请用 shebao audit verify 核验。", style="red", highlight=False)
    screen.print(f"总根（RFC 6962 Merkle，请另行抄存）：{written.merkle_root}", highlight=False, soft_wrap=True)
    if faulty:
        raise typer.Exit(EXIT_FOUND)


@app.command("key")
def key() -> None:
    """Show the public half of the key in `SHEBAO_SEAL_KEY` (or `…_FILE`), as an entry of the file of public keys."""
    entry = public_entry(seal_key_from_environment(), datetime.now(UTC).replace(microsecond=0))
    typer.echo(entry.model_dump_json())
