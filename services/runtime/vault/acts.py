"""Acts on the vault (密钥操作): who did what to which keys, why, and on what authority. Kept in the vault, never altered."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from schemas.sealed_fields import Compartment
from services.runtime.errors import UserMistake
from services.runtime.vault.database import VaultDatabase

TEXT_CHARACTERS_MAX = 200


class Action(StrEnum):
    """What was done, or asked for."""

    MASTER_ROTATED = "master-rotated"
    DATA_ROTATED = "data-rotated"
    ERASURE_ASKED = "erasure-asked"
    ERASED = "erased"
    READMISSION_ASKED = "readmission-asked"
    READMITTED = "readmitted"


CONFIRMED_BY = {Action.ERASURE_ASKED: Action.ERASED, Action.READMISSION_ASKED: Action.READMITTED}
"""What becomes of a request once a second person confirms it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, under which login, when and why; `authority`: the paragraph, judgment or request it rests on."""

    name: str
    login: str
    at: datetime
    because: str
    authority: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.because.strip():
            raise UserMistake(
                "密钥操作须写明由谁办理、因何办理，请填 --by 和 --because。",
                "An act on keys is recorded with who and why: give --by and --because.",
            )
        if max(len(self.name), len(self.login), len(self.because), len(self.authority)) > TEXT_CHARACTERS_MAX:
            raise UserMistake(
                f"姓名、原因、依据各不超过 {TEXT_CHARACTERS_MAX} 个字。",
                f"Name, reason and authority may have {TEXT_CHARACTERS_MAX} characters each.",
            )


@dataclass(frozen=True, slots=True)
class Act:
    """One act as it is kept. `confirms`: the request it carries out; `keys`: how many data keys it touched."""

    number: int
    at: datetime
    action: Action
    subject: str
    compartments: tuple[Compartment, ...]
    issued_by: str
    login: str
    because: str
    authority: str
    confirms: int | None
    keys: int


def record(
    database: VaultDatabase,
    action: Action,
    actor: Actor,
    subject: str = "",
    compartments: Iterable[Compartment] = (),
    confirms: int | None = None,
    keys: int = 0,
    erasure: str | None = None,
) -> int:
    """Write an act down inside the caller's transaction; gives its number. `erasure`: its name in the journal."""
    last = database.rows("SELECT number, hash FROM acts ORDER BY number DESC LIMIT 1")
    number, before = (last[0][0] + 1, last[0][1]) if last else (1, b"")
    values = (
        number,
        actor.at.astimezone(UTC).isoformat(timespec="seconds"),
        action.value,
        subject,
        ",".join(one.value for one in compartments),
        actor.name,
        actor.login,
        actor.because,
        actor.authority,
        confirms,
        keys,
        erasure,
    )
    database.changed("INSERT INTO acts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *values, _hash(before, values))
    return number


def _hash(before: bytes, values: Sequence[Any]) -> bytes:
    """SHA-256 over the hash of the act before and the act itself."""
    return hashlib.sha256(before + msgspec.json.encode(values)).digest()


def head(database: VaultDatabase) -> str:
    """Give the hash of the last act, as hex: noted elsewhere, it shows whether acts were cut off or made anew."""
    last = database.rows("SELECT hash FROM acts ORDER BY number DESC LIMIT 1")
    return last[0][0].hex() if last else ""


def first_altered(database: VaultDatabase) -> int | None:
    """Give the number of the first act that does not continue the chain of hashes; None where all do."""
    before = b""
    for place, row in enumerate(database.rows("SELECT * FROM acts ORDER BY number"), 1):
        *values, kept = row
        before = _hash(before, values)
        if kept != before or values[0] != place:
            return place
    return None


def acts(database: VaultDatabase) -> list[Act]:
    """Give every act, oldest first."""
    return [_act(row) for row in database.rows(f"SELECT {_COLUMNS} FROM acts ORDER BY number")]  # noqa: S608 — a constant


def open_request(database: VaultDatabase, number: int) -> Act:
    """Give a request that waits for its second person; `UserMistake` where there is none of that number."""
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM acts WHERE number = ? AND NOT EXISTS "  # noqa: S608 — a constant
        "(SELECT 1 FROM acts AS later WHERE later.confirms = acts.number)",
        number,
    )
    found = [act for act in map(_act, rows) if act.action in CONFIRMED_BY]
    if not found:
        raise UserMistake(
            f"没有待确认的申请 {number}，待确认的见 `shebao keys status`。",
            f"No request {number} waits to be confirmed; `shebao keys status` shows those that do.",
        )
    return found[0]


_COLUMNS = "number, at, action, subject, compartments, issued_by, login, because, authority, confirms, keys"


def _act(row: tuple[int, str, str, str, str, str, str, str, str, int | None, int]) -> Act:
    number, at, action, subject, compartments, issued_by, login, because, authority, confirms, keys = row
    return Act(
        number,
        datetime.fromisoformat(at),
        Action(action),
        subject,
        tuple(Compartment(one) for one in compartments.split(",") if one),
        issued_by,
        login,
        because,
        authority,
        confirms,
        keys,
    )
