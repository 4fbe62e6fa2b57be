"""The file of a ring of master keys: made, grown and narrowed whole or not at all, readable by its owner alone."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from schemas.sealed_fields import Compartment
from services.runtime.errors import UserMistake
from services.runtime.vault.database import OWNER_ONLY
from services.runtime.vault.erasures import sync_folder
from services.runtime.vault.masters import MasterKey, grown, narrowed, ring_keys


def grow(path: Path, compartments: Iterable[Compartment] = tuple(Compartment)) -> list[MasterKey]:
    """Add a new master key of each of the compartments, of chance; gives the whole ring. The file is made if need be."""
    text = grown(path.read_text(encoding="ascii") if path.exists() else "", compartments)
    _write(path, text)
    return ring_keys(text)


def write_part(path: Path, output: Path, only: Collection[Compartment]) -> list[MasterKey]:
    """Write the part of a ring that one service needs to a new file."""
    if output.exists():
        raise UserMistake(f"{output} 已存在，请另起文件名。", f"{output} is there already; name a new file.")
    text = narrowed(path.read_text(encoding="ascii"), only)
    _write(output, text)
    return ring_keys(text)


def _write(path: Path, text: str) -> None:
    """Write beside it, to the disk, then put it in its place: a crash leaves the old ring or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
