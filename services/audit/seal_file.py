"""The latest seals as a file for safe keeping elsewhere: JSON, one seal a line, and one hash that stands for all."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from schemas.audit import DecisionsSealed
from services.audit.merkle import merkle_root
from services.audit.seal_keys import statement
from services.audit.seals import task_of
from services.runtime.errors import UserMistake


class _LastLine(BaseModel):
    """The end of the file: without it the file was cut."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    merkle_root: str
    seals: int
    exported_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class SealFile:
    """Seals that were taken out of the mesh, in the order of their tasks, and the root the file itself names."""

    seals: tuple[DecisionsSealed, ...]
    merkle_root: str
    exported_at: datetime

    @property
    def is_whole(self) -> bool:
        """Tell whether the root the file names is the root of the seals in it."""
        return self.merkle_root == root_of(self.seals)


def root_of(seals: Iterable[DecisionsSealed]) -> str:
    """Give the Merkle root (RFC 6962, hex) over what the seals state, in the order of service and partition."""
    return merkle_root([statement(seal) for seal in sorted(seals, key=task_of)]).hex()


def write_seal_file(path: Path, seals: Iterable[DecisionsSealed], now: datetime) -> SealFile:
    """Write a new file; `UserMistake` where there is one already, for a copy in safe keeping is not written over."""
    ordered = tuple(sorted(seals, key=task_of))
    file = SealFile(ordered, root_of(ordered), now.astimezone(UTC))
    last = _LastLine(merkle_root=file.merkle_root, seals=len(ordered), exported_at=file.exported_at)
    text = "".join(f"{line.model_dump_json()}\n" for line in (*ordered, last))
    try:
        with path.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise UserMistake(
            f"{path} 已存在，妥存的签封不予覆盖，请另起文件名。",
            f"{path} exists already; seals in safe keeping are not written over: name a new file.",
        ) from None
    except OSError as error:
        raise UserMistake(f"{path} 无法写入。", f"{path} cannot be written ({error.strerror}).") from None
    return file


def read_seal_file(path: Path) -> SealFile:
    """Read a file of seals; `UserMistake` names the first line that is none, or says that the end is missing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserMistake(
            f"{path} 不能作为签封文件读取。", f"{path} cannot be read as a file of seals ({type(error).__name__})."
        ) from None
    if not lines or "merkle_root" not in _keys(lines[-1]):
        raise UserMistake(
            f"{path} 末尾没有默克尔根，文件不完整，或不是签封文件。",
            f"{path} does not end with its Merkle root: it was cut, or is no file of seals.",
        )
    seals, last = [], None
    for number, line in enumerate(lines, start=1):
        try:
            if number == len(lines):
                last = _LastLine.model_validate_json(line)
            else:
                seals.append(DecisionsSealed.model_validate_json(line))
        except ValidationError:
            raise UserMistake(f"{path} 第 {number} 行不是签封。", f"{path}, line {number} is no seal.") from None
    assert last is not None
    if last.seals != len(seals):
        raise UserMistake(
            f"{path} 所记签封为 {last.seals} 个，实有 {len(seals)} 个，文件已被改动。",
            f"{path} names {last.seals} seals and holds {len(seals)}: it was altered.",
        )
    return SealFile(tuple(seals), last.merkle_root, last.exported_at)


def _keys(line: str) -> set[str]:
    try:
        found = json.loads(line)
    except ValueError:
        return set()
    return set(found) if isinstance(found, dict) else set()
