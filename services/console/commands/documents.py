"""`shebao documents`: get a document out of the store, its hash proved."""

import re
from pathlib import Path
from typing import Annotated

import typer

from services.console.screen import console
from services.documents.settings import DocumentSettings
from services.documents.store import Entry, FolderStore
from services.runtime.errors import UserMistake
from services.runtime.settings import read_settings
from services.sandbox.settings import load_settings

_SHA256 = re.compile(r"[0-9a-f]{64}")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Documents with an official number, as they were made out. 已制作的文书。",
)


@app.callback()
def _documents() -> None:
    """Make the application a group of words."""


@app.command("show")
def show(
    sha256: Annotated[str, typer.Argument(help="The hash that `document-completed` names (64 hex digits).")] = "",
    number: Annotated[str, typer.Option(help="The document's number (文号) instead of the hash.")] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF file to write.")] = Path(),
) -> None:
    """Write a document to a file, exactly as it was made out; its hash is proved first."""
    if bool(sha256) == bool(number):
        raise UserMistake(
            "请指定一份文书：写其哈希值，或用 --number 写其文号。",
            "Name one document: by its hash, or with --number by its number.",
        )
    if output == Path():
        raise UserMistake("请用 --output 指定要写入的文件。", "Name the file to write with --output.")
    store = FolderStore(_folder())
    entry = _entry(store, number) if number else None
    wanted = sha256.lower() if entry is None else entry.sha256
    if not _SHA256.fullmatch(wanted):
        raise UserMistake("哈希值应为 64 位十六进制数。", "A hash has 64 hexadecimal digits.")
    pdf = store.document(wanted)
    if pdf is None:
        raise UserMistake(f"没有哈希值为 {wanted} 的文书。", f"No document is kept as {wanted}.")
    output.write_bytes(pdf)
    told = f"已写入 {output}：{len(pdf):,} 字节，SHA-256 {wanted}，核对一致。"
    if entry is not None:
        told += f"文号 {entry.document_number}，单位 {entry.unit_code}，{entry.page_count} 页，模板 {entry.template_release}。"
    console(to_stderr=True).print(told, highlight=False, markup=False, soft_wrap=True)


def _entry(store: FolderStore, number: str) -> Entry:
    entry = store.entry(number)
    if entry is None:
        raise UserMistake(f"没有文号为 {number} 的文书。", f"No document bears the number {number}.")
    return entry


def _folder() -> Path:
    """Where the environment says; what it does not say is the sandbox's."""
    named = read_settings(DocumentSettings)
    return named.folder if "folder" in named.model_fields_set else load_settings().documents_dir
