"""Reading an inventory as it was asked for: which view of which day, and what changed since another."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.arrears.inventory import day_of_inventory
from services.arrears.inventory_changes import Changes, changes, principals
from services.arrears.inventory_recovery import Recovery
from services.audit.arrears import DrawnInventory, Told, inventory_in_force, inventory_known, mesh_today
from services.audit.inventory_snapshot import Snapshot, View, read_snapshot
from services.audit.reading import MeshReader
from services.runtime.errors import UserMistake


@dataclass(frozen=True, slots=True)
class Wanted:
    """A view of a day (None: the mesh's today); `since`: a day, or a signed inventory, to compare with."""

    view: View
    on: date | None
    with_lines: bool = False
    with_recovery: bool = False
    since: date | Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An inventory, what changed since the one it is compared with, and what was recovered of arrears by month."""

    drawn: DrawnInventory
    changed: Changes | None = None
    previous: Snapshot | None = None
    recovery: Recovery | None = None


def since_of(text: str) -> date | Snapshot | None:
    """Read what `--since` names: the file of a signed inventory, or a day; None where it names nothing."""
    if not text:
        return None
    path = Path(text)
    if path.exists():
        return read_snapshot(path)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserMistake(
            f"--since 应为日期（YYYY-MM-DD）或已签封的底数文件，{text} 都不是。",
            f"--since {text} is neither a date (YYYY-MM-DD) nor the file of a signed inventory.",
        ) from None


def day_of(text: str) -> date:
    """Read a day; `UserMistake` for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserMistake(f"{text} 不是日期（YYYY-MM-DD）。", f"{text} is not a date (YYYY-MM-DD).") from None


async def read_inventory(reader: MeshReader, wanted: Wanted, told: Told) -> Found:
    """Draw up what is wanted. `told` hears how far the log is decided again, where it is."""
    recovery = Recovery() if wanted.with_recovery else None
    drawn = await _drawn(reader, wanted, wanted.on, told, recovery)
    if wanted.since is None:
        return Found(drawn, recovery=recovery)
    now = principals(drawn.inventory.rows)
    if isinstance(wanted.since, Snapshot):
        changed = changes(wanted.since.as_of, wanted.since.principals, now)
        return Found(drawn, changed, wanted.since, recovery)
    before = await _drawn(reader, wanted, wanted.since, told, None)
    return Found(drawn, changes(wanted.since, principals(before.inventory.rows), now), None, recovery)


async def _drawn(
    reader: MeshReader, wanted: Wanted, on: date | None, told: Told, recovery: Recovery | None
) -> DrawnInventory:
    if wanted.view is View.IN_FORCE:
        return await inventory_in_force(reader, on, with_lines=wanted.with_lines, recovery=recovery, told=told)
    day = day_of_inventory(on, await mesh_today(reader))
    return await inventory_known(reader, day, with_lines=wanted.with_lines, recovery=recovery, told=told)
