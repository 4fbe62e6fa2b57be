"""A signed snapshot of the inventory (欠费底数签封件): what was in it, what it was drawn from, and who vouches for that.

One file, canonical JSON (RFC 8785: sorted names, no blanks, UTF-8), signed with Ed25519 by the key of the seals. The same
inventory of the same log gives the same statement, but for the instant at which it was drawn.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from schemas.topics import decisions_topic
from services.arrears.inventory import BREAKDOWNS_ZH, Inventory, of_rows
from services.arrears.inventory_changes import Changes, Principal, principals
from services.arrears.inventory_rows import FeeLeft, UnitRow
from services.arrears.worker import SERVICE
from services.audit.arrears import ChainHead, DrawnInventory
from services.audit.chain import LinkReader
from services.audit.reading import MeshReader
from services.audit.seal_keys import PublicKeys, SealKey
from services.runtime.errors import UserMistake

FORM = "arrears-inventory/1"
"""Stands in what is signed, so that no other statement can be taken for this one, and this one for no seal."""


class View(StrEnum):
    """What an inventory of a day is made of."""

    IN_FORCE = "in-force"
    """What is known today of that day."""
    KNOWN = "known"
    """What was known by the end of that day."""


class SnapshotFault(StrEnum):
    """Why a snapshot does not hold, besides the faults of its signature."""

    NOT_CANONICAL = "not-canonical"
    DOES_NOT_ADD_UP = "does-not-add-up"
    HEAD_MISSING = "head-missing"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as it was read: its statement, and the exact bytes of the file."""

    statement: dict[str, Any]
    signature: bytes
    content: bytes

    @property
    def as_of(self) -> date:
        """The day it tells of."""
        return date.fromisoformat(self.statement["as_of"])

    @property
    def digest(self) -> str:
        """SHA-256 of the file, hex: the next snapshot names it."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def rows(self) -> list[UnitRow]:
        """The list (清单)."""
        return msgspec.convert(self.statement["rows"], list[UnitRow])

    @property
    def principals(self) -> dict[str, Principal]:
        """What each unit owed, by its code."""
        return principals(self.rows)

    @property
    def heads(self) -> list[ChainHead]:
        """The chain heads of the log it was drawn from."""
        return [
            ChainHead(one["partition"], one["entries"], bytes.fromhex(one["head"])) for one in self.statement["heads"]
        ]


@dataclass(frozen=True, slots=True)
class SnapshotFinding:
    """One reason why a snapshot does not hold: a `SealFault` or `SnapshotFault`, and the task it is about."""

    code: str
    partition: int | None = None


def signed_snapshot(
    drawn: DrawnInventory,
    view: View,
    key: SealKey,
    now: datetime,
    changed: Changes | None = None,
    previous: Snapshot | None = None,
) -> bytes:
    """Give the bytes of a snapshot's file. `previous`: the snapshot that `changed` compares with, named by its hash."""
    statement = {
        "form": FORM,
        "view": view.value,
        "drawn_at": now.astimezone(UTC).isoformat(timespec="microseconds"),
        "key_id": key.key_id,
        "release": SERVICE.release,
        "heads": [{"partition": one.partition, "entries": one.entries, "head": one.head.hex()} for one in drawn.heads],
        "changes": None if changed is None else _changes(changed, previous),
        **_inventory(drawn.inventory),
    }
    signature = key.signature_of(_canonical(statement))
    return _canonical({"signature": base64.b64encode(signature).decode(), "statement": statement}) + b"\n"


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot's file; `UserMistake` where it is none."""
    try:
        content = path.read_bytes()
        plain = json.loads(content)
        statement, signature = plain["statement"], base64.b64decode(plain["signature"], validate=True)
        snapshot = Snapshot(statement, signature, content)
        is_ours = statement["form"] == FORM and (snapshot.as_of, snapshot.rows, snapshot.heads) is not None
    except OSError as error:
        raise UserMistake(f"{path} 无法读取。", f"{path} cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError, binascii.Error, msgspec.ValidationError):
        is_ours = False
    if not is_ours:
        raise UserMistake(
            f"{path} 不是本版本签封的欠费底数，请用 --sign 写出的文件。",
            f"{path} is no signed inventory of this release: take one that --sign has written.",
        )
    return snapshot


def faults_of(snapshot: Snapshot, keys: PublicKeys) -> list[SnapshotFinding]:
    """Judge a snapshot by itself: its bytes, its signature, and whether totals and breakdowns follow from its list."""
    statement = snapshot.statement
    findings = []
    whole = {"signature": base64.b64encode(snapshot.signature).decode(), "statement": statement}
    if _canonical(whole) + b"\n" != snapshot.content:
        findings.append(SnapshotFinding(SnapshotFault.NOT_CANONICAL))
    drawn_at = datetime.fromisoformat(statement["drawn_at"])
    fault = keys.fault_of(statement["key_id"], snapshot.signature, _canonical(statement), drawn_at)
    if fault is not None:
        findings.append(SnapshotFinding(fault))
    held = int(statement["held_units"]), int(statement["held_records"])
    paid_lines = msgspec.convert(statement["paid_lines"], FeeLeft)
    again = _inventory(of_rows(snapshot.rows, snapshot.as_of, *held, paid_lines))
    if any(_canonical(statement.get(name)) != _canonical(value) for name, value in again.items()):
        findings.append(SnapshotFinding(SnapshotFault.DOES_NOT_ADD_UP))
    return findings


async def faults_against_log(snapshot: Snapshot, reader: MeshReader) -> list[SnapshotFinding]:
    """Judge a snapshot by the log: each chain head it names must stand there, at its entry."""
    links, topic = LinkReader(reader.codec), decisions_topic(SERVICE.name)
    wanted = {head.partition: head for head in snapshot.heads}
    async for record in reader.records([topic]):
        head = wanted.get(record.partition)
        if head is None:
            continue
        link = links.link(record)
        if link.first_number < head.entries <= link.last_number + 1 and link.own_hash == head.head:
            del wanted[record.partition]
    return [SnapshotFinding(SnapshotFault.HEAD_MISSING, partition) for partition in sorted(wanted)]


def _inventory(found: Inventory) -> dict[str, Any]:
    return {
        "as_of": found.as_of.isoformat(),
        "total": msgspec.to_builtins(found.total),
        **{name: [_share(*share) for share in getattr(found, name)] for name in BREAKDOWNS_ZH},
        "rows": msgspec.to_builtins(found.rows),
        "held_units": found.held_units,
        "held_records": found.held_records,
        "paid_lines": msgspec.to_builtins(found.paid_lines),
    }


def _share(name: str, name_zh: str, sums: Any) -> dict[str, Any]:
    return {"name": name, "name_zh": name_zh, **msgspec.to_builtins(sums)}


def _changes(changed: Changes, previous: Snapshot | None) -> dict[str, Any]:
    return {
        "since": changed.since.isoformat(),
        "previous_sha256": None if previous is None else previous.digest,
        "sums": [
            {"kind": one.kind.value, "units": one.units, "difference_fen": one.difference_fen} for one in changed.sums
        ],
        "units": [
            {"unit_code": one.unit_code, "kind": one.kind.value, "before_fen": one.before_fen, "now_fen": one.now_fen}
            for one in changed.units
        ],
    }


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def write_new(path: Path, content: bytes) -> None:
    """Write a new file; `UserMistake` where there is one already, for a signed inventory is not written over."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise UserMistake(
            f"{path} 已存在，签封的底数不予覆盖，请另起文件名。",
            f"{path} exists already: a signed inventory is not written over.",
        ) from None
    except OSError as error:
        raise UserMistake(f"{path} 无法写入。", f"{path} cannot be written ({error.strerror}).") from None
