"""The inventory of units in arrears: from what the arrears service remembers now, or from its log as it was known then."""

import gc
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from schemas.decision import LEGAL_ZONE
from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from schemas.topics import changelog_topic, decisions_topic
from services.arrears import law
from services.arrears.inventory import Inventory, day_of_inventory, drawn
from services.arrears.inventory_recovery import Recovery
from services.arrears.inventory_rows import Handling, handling_then
from services.arrears.rules_state import UnitCase
from services.arrears.worker import SERVICE
from services.audit.reading import MeshReader
from services.runtime.cases import META_KEY, REFERENCE_PREFIX, CaseFormat
from services.runtime.rebuilding import TaskRebuild
from services.runtime.records import InputRecord
from services.runtime.shard import Shard


@dataclass(frozen=True, slots=True)
class ChainHead:
    """How far the log of one task reached: `entries` decision entries, the last in the record whose hash is `head`."""

    partition: int
    entries: int
    head: bytes


@dataclass(frozen=True, slots=True)
class DrawnInventory:
    """An inventory with the chain heads of the log it was drawn from."""

    inventory: Inventory
    heads: tuple[ChainHead, ...]


Told = Callable[[int, int], None]
"""Hears after each task how many are left, and how many entries were decided again so far."""


def _nobody_hears(left: int, entries: int) -> None:
    """Rebuild without telling how far it is."""


async def arrears_inventory(reader: MeshReader, as_of: date | None = None) -> Inventory:
    """Draw up the inventory in force on a legal date; None: the mesh's own date, by its latest tick.

    `UserMistake` for a date after that.
    """
    return (await inventory_in_force(reader, as_of)).inventory


async def inventory_in_force(
    reader: MeshReader,
    on: date | None = None,
    *,
    with_lines: bool = False,
    recovery: Recovery | None = None,
    told: Told = _nobody_hears,
) -> DrawnInventory:
    """Draw up how things stood at the end of a day, by what is known today: later payments had not been made then.

    Each case is decoded, looked at and let go, so that a hundred thousand of them need little memory. `recovery` adds them up, too.
    Stage, measure and officer of a past day are those that the log of then makes of itself: nothing said later changes what was done.
    """
    latest: dict[str, tuple[int, bytes]] = {}
    async for record in reader.records([changelog_topic(SERVICE.name)]):
        key = (record.key or b"").decode()
        place = key if not key.startswith("@") else f"{record.partition}{key}"
        if record.value is None:
            latest.pop(place, None)
        else:
            latest[place] = record.partition, record.value
    shards = _task_values(latest)
    today = _today(shards.values())
    day = day_of_inventory(on, today)
    handled = await _handled_on(reader, day, told) if day < today else None
    form = CaseFormat(SERVICE)
    with _without_collecting():
        cases = (case for _, value in latest.values() if (case := form.decode(value).state) is not None)
        found = drawn(
            _watched(cases, recovery, day),
            day,
            late_fee_is_capped=_is_capped(shards.values(), day),
            with_lines=with_lines,
            handled=handled,
        )
    heads = (ChainHead(number, one.meta.next_number, one.meta.head) for number, one in sorted(shards.items()))
    return DrawnInventory(found, tuple(head for head in heads if head.entries))


async def inventory_known(
    reader: MeshReader,
    on: date,
    *,
    with_lines: bool = False,
    recovery: Recovery | None = None,
    told: Told = _nobody_hears,
) -> DrawnInventory:
    """Draw up how things stood at the end of a day by what was known then: the log is decided again up to that instant.

    Whatever was recorded later is not in it: a payment reported late is not paid here, a correction not yet made.
    """
    cases: dict[str, UnitCase] = {}
    heads, is_capped = [], False
    with _without_collecting():
        async for partition, task in _rebuilt_tasks(reader, on, told):
            cases |= {key: case.state for key, case in task.shard.cases.items() if case.state is not None}
            is_capped = is_capped or _is_capped([task.shard], on)
            if task.taken:
                heads.append(ChainHead(partition, task.taken, task.head))
        watched = _watched(cases.values(), recovery, on)
        found = drawn(watched, on, late_fee_is_capped=is_capped, with_lines=with_lines)
    return DrawnInventory(found, tuple(heads))


async def _handled_on(reader: MeshReader, on: date, told: Told) -> dict[str, Handling]:
    """Tell how each unit's case was handled at the end of a day."""
    found: dict[str, Handling] = {}
    with _without_collecting():
        async for _, task in _rebuilt_tasks(reader, on, told):
            found |= {
                key: handling_then(case.state)
                for key, case in task.shard.cases.items()
                if case.state is not None and case.state.register is None
            }
    return found


async def _rebuilt_tasks(reader: MeshReader, on: date, told: Told) -> AsyncIterator[tuple[int, TaskRebuild]]:
    """Decide the log of every task again up to the end of a day, one after the other."""
    entries, topic, partitions = 0, decisions_topic(SERVICE.name), range(reader.partitions)
    async for partition, records in reader.by_task([*SERVICE.inputs, topic], partitions):
        task = _rebuilt(reader, partition, records, law.end_of(on))
        records.clear()  # else they stay while the next task's are read
        yield partition, task
        entries += task.taken
        told(len(partitions) - partition - 1, entries)


async def mesh_today(reader: MeshReader) -> date:
    """Give the mesh's own date, by its latest tick."""
    latest: dict[str, tuple[int, bytes]] = {}
    async for record in reader.records([changelog_topic(SERVICE.name)]):
        if record.key == META_KEY.encode() and record.value is not None:
            latest[f"{record.partition}{META_KEY}"] = record.partition, record.value
    return _today(_task_values(latest).values())


def _watched(cases: Iterable[UnitCase], recovery: Recovery | None, on: date) -> Iterator[UnitCase]:
    for case in cases:
        if case.register is not None:  # a register of document numbers: no unit's
            continue
        if recovery is not None:
            recovery.add(case, on)
        yield case


def _rebuilt(reader: MeshReader, partition: int, records: list[InputRecord], before: datetime) -> TaskRebuild:
    by_topic = defaultdict[str, list[InputRecord]](list)
    for record in records:
        by_topic[record.topic].append(record)
    decisions = by_topic.pop(decisions_topic(SERVICE.name), [])
    task = TaskRebuild(SERVICE.over(reader.partitions), partition, reader.codec, by_topic, before)
    task.rebuild(decisions)
    return task


def _task_values(latest: dict[str, tuple[int, bytes]]) -> dict[int, Shard]:
    """Take out of the changelog's values what is about tasks and not cases: where each stands, and its reference facts."""
    shards: dict[int, Shard] = {}
    for place in [place for place in latest if "@" in place]:
        partition, value = latest.pop(place)
        key = "@" + place.partition("@")[2]
        if key == META_KEY or key.startswith(REFERENCE_PREFIX + ParameterPublished.topic):
            shards.setdefault(partition, Shard(SERVICE, partition)).restore(key, value)
    return shards


def _today(shards: Collection[Shard]) -> date:
    ticks = [shard.meta.last_tick for shard in shards if shard.meta.last_tick is not None]
    return (max(ticks) if ticks else datetime.now(UTC)).astimezone(LEGAL_ZONE).date()


def _is_capped(shards: Collection[Shard], on: date) -> bool:
    """Tell whether the disputed cap on late fees held on a day: it is a schedule, and an inventory of a day is drawn by what held then."""
    known: Mapping[str, Fact] = next((one.references.get(ParameterPublished.topic, {}) for one in shards), {})
    cap = known.get(law.LATE_FEE_CAP_PARAMETER)
    return isinstance(cap, ParameterPublished) and cap.value_on(on) == law.LATE_FEE_CAP_ON


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave cyclic garbage alone while very many small things are made that hold no circles: looking for it took half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
