"""Sealing decides when a task's head is signed, and whether it may be. Pure: records and instants come in, seals go out.

    fresh ──first record──▶ following ──▶ following …
    resumed ──the sealed record, unchanged──▶ following
    any of them ──what is read does not continue what was sealed──▶ refused

Refused is final for the process: nothing of that task is sealed any more, not even what came before the break, since the
record before a break may be the one that was changed. People look, with `shebao audit verify`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.audit import DecisionsSealed
from services.audit.chain import BEGINNING, SERVICE_OF, ChainEnd, Link, LinkReader, NotALinkError
from services.audit.seal_keys import SealKey
from services.audit.seals import Task, contradictory, latest, task_of
from services.runtime.records import InputRecord


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a task is not sealed any further, and where it was seen."""

    service: str
    partition: int
    offset: int
    reason: str


@dataclass(slots=True)
class _TaskHead:
    """What the sealer knows of one task."""

    end: ChainEnd = BEGINNING
    offset: int = -1
    sealed: DecisionsSealed | None = None
    is_resumed: bool = False
    """The sealed record itself comes first: it must still be what was sealed."""
    unsealed_since: datetime | None = None
    refusal: Refusal | None = None

    @property
    def unsealed_entries(self) -> int:
        sealed = -1 if self.sealed is None else self.sealed.last_number
        return 0 if self.is_resumed else self.end.next_number - 1 - sealed


@dataclass(slots=True)
class Sealer:
    """Follows every task's chain. A head is due after `entries_max` entries, or `after` its first unsealed record."""

    links: LinkReader
    key: SealKey
    entries_max: int
    after: timedelta
    _tasks: dict[Task, _TaskHead] = field(default_factory=dict)

    def resume(self, seals: Iterable[DecisionsSealed]) -> None:
        """Take up what was sealed before: seals that were verified, of which the last of each task count."""
        known = list(seals)
        for task, seal in latest(known).items():
            self._tasks[task] = _TaskHead(sealed=seal, offset=seal.offset, is_resumed=True)
        for service, partition in contradictory(known):
            self.refuse(service, partition, self._tasks[service, partition].offset, "two seals contradict each other")

    def begin(self, service: str, partition: int, begin: int, end: int) -> int | None:
        """Give the offset to read a task from, of a topic that holds `begin` to `end`; None where it is refused."""
        head = self._tasks.setdefault((service, partition), _TaskHead())
        if head.refusal is not None:
            return None
        if head.sealed is None:
            return begin
        if not begin <= head.sealed.offset < end:
            reason = f"the sealed record is gone: the topic holds offsets {begin} to {end - 1}"
            self.refuse(service, partition, head.sealed.offset, reason)
            return None
        return head.sealed.offset

    def take(self, record: InputRecord, now: datetime) -> None:
        """Follow a record; what does not continue the chain refuses its task."""
        service = SERVICE_OF[record.topic]
        head = self._tasks.setdefault((service, record.partition), _TaskHead())
        if head.refusal is not None:
            return
        try:
            link = self.links.link(record)
        except NotALinkError as error:
            self.refuse(
                service, record.partition, record.offset, f"a record is no decision record of this task: {error}"
            )
            return
        if head.is_resumed:
            if not _is_sealed(link, head.sealed):
                self.refuse(service, record.partition, record.offset, "the sealed record is not what was sealed")
                return
            head.is_resumed = False
        elif not head.end.continues_with(link):
            reason = f"entry {link.first_number} does not continue the chain, which ends before {head.end.next_number}"
            self.refuse(service, record.partition, record.offset, reason)
            return
        else:
            head.unsealed_since = head.unsealed_since or now
        head.end, head.offset = ChainEnd(link.last_number + 1, link.own_hash), link.offset

    def refuse(self, service: str, partition: int, offset: int, reason: str) -> None:
        """Seal nothing more of a task; the first reason stands."""
        head = self._tasks.setdefault((service, partition), _TaskHead())
        head.refusal = head.refusal or Refusal(service, partition, offset, reason)

    def due(self, now: datetime, *, at_once: bool = False) -> list[DecisionsSealed]:
        """Sign the heads whose time has come; `at_once`: all that have anything unsealed."""
        return [
            self.key.signed(*task, head.end.next_number - 1, head.offset, head.end.head, now)
            for task, head in sorted(self._tasks.items())
            if head.refusal is None and head.unsealed_since is not None
            if at_once or head.unsealed_entries >= self.entries_max or now - head.unsealed_since >= self.after
        ]

    def written(self, seals: Iterable[DecisionsSealed]) -> None:
        """Remember seals that stand in their topic, before any more records are taken."""
        for seal in seals:
            head = self._tasks[task_of(seal)]
            head.sealed, head.unsealed_since = seal, None

    @property
    def refusals(self) -> list[Refusal]:
        """The tasks that are not sealed any further."""
        return [head.refusal for _, head in sorted(self._tasks.items()) if head.refusal is not None]

    @property
    def unsealed(self) -> Mapping[Task, int]:
        """How many entries read so far no seal covers, of the tasks that have any."""
        return {task: head.unsealed_entries for task, head in sorted(self._tasks.items()) if head.unsealed_entries}


def _is_sealed(link: Link, seal: DecisionsSealed | None) -> bool:
    assert seal is not None
    return (link.offset, link.last_number, link.own_hash) == (seal.offset, seal.last_number, seal.head_hash)
