"""Replaying a service from its topics: decide everything again, compare, account for every record. Reads only.

Of inputs and decisions one task's are in memory at a time; of what was said, a digest of each record.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from schemas import topics
from schemas.decision_records import DecisionBatch
from services.audit.brought_back import BroughtBack
from services.audit.kept_schemas import is_kept
from services.audit.reading import MeshReader
from services.runtime import entries
from services.runtime.records import InputRecord, partition_of
from services.runtime.replay import Difference, ReplayReport, SpokenIndex, TaskReplay, note_spoken, spoken_name
from services.runtime.service import Service

Name = tuple[str, bytes]
"""A record that was said: its topic, and what names it there."""
Told = Callable[[int], None]
"""Hears after each task how many are left."""
Heard = Callable[[str, int, Sequence[entries.Entry]], None]
"""Hears service, partition, and the entries that one record or timer came to when it was decided again."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a replay is compared and counted; decided again is everything. Empty = all."""

    case_key: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """First instant that is not compared any more."""

    def takes(self, entry: entries.Entry) -> bool:
        """Tell whether an entry is compared."""
        is_of_case = self.case_key in ("", entry["case_key"])
        has_begun = self.since is None or entry["now"] >= self.since
        return is_of_case and has_begun and (self.until is None or entry["now"] < self.until)


@dataclass(slots=True)
class ReplayFindings:
    """What a replay of a service found; without differences and unexplained records it agrees."""

    service: str
    entries: int = 0
    """Entries that were compared."""
    facts: int = 0
    """Records said by those entries, each compared byte for byte."""
    tasks: int = 0
    differences: list[Difference] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    """Records in the service's output topics that no decision accounts for; of one case, those under its key. And records that
    an order brought back and that never stood where it says (`brought_back.py`)."""
    undecided: int = 0
    """Input records behind the last decision: the service has not read them yet."""

    def add(self, report: ReplayReport, unread: Sequence[InputRecord]) -> None:
        """Take in what was found in one task."""
        self.tasks += 1
        self.entries += report.entries
        self.facts += report.facts
        self.differences += report.differences
        self.undecided += len(unread)

    @property
    def agrees(self) -> bool:
        """Tell whether everything that was compared came out the same."""
        return not self.differences and not self.unexplained

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was compared, so that nothing can be said."""
        return self.agrees and not self.entries


def _nobody_hears(_: int) -> None:
    """Replay without telling how far it is."""


async def replay_service(
    reader: MeshReader,
    service: Service,
    scope: Scope | None = None,
    told: Told = _nobody_hears,
    heard: Heard | None = None,
) -> ReplayFindings:
    """Decide again from the beginning, task by task; report differences, perhaps only of one case or of a range of time.

    `heard` is told of what is decided again, while it is.
    """
    scope = scope or Scope()
    replayed = await replay_tasks(reader, service, _tasks_of(reader, scope.case_key), scope, told, heard)
    if scope.case_key and (elsewhere := replayed.unexplained):
        # What another case said under this key was not decided again just now.
        replayed.said |= await _said_by_all(reader, service, elsewhere)
    return joined([replayed])


@dataclass(slots=True)
class ReplayedTasks:
    """Some tasks of a service, replayed: what was found, the records that all its tasks said, and those that these said again."""

    findings: ReplayFindings
    own: set[Name]
    said: set[Name]

    @property
    def unexplained(self) -> set[Name]:
        """Records that these tasks do not account for."""
        return self.own - self.said


def joined(parts: Sequence[ReplayedTasks]) -> ReplayFindings:
    """Give what was found in all tasks of a service, which were replayed part by part, perhaps in several processes."""
    findings, own, said = ReplayFindings(parts[0].findings.service), set[Name](), set[Name]()
    for part in parts:
        findings.entries += part.findings.entries
        findings.facts += part.findings.facts
        findings.tasks += part.findings.tasks
        findings.differences += part.findings.differences
        findings.undecided += part.findings.undecided
        findings.unexplained += part.findings.unexplained
        own |= part.own
        said |= part.said
    findings.unexplained += [f"{topic} {name.decode('utf-8', 'replace')}" for topic, name in sorted(own - said)]
    return findings


async def replay_tasks(
    reader: MeshReader,
    service: Service,
    partitions: Collection[int],
    scope: Scope | None = None,
    told: Told = _nobody_hears,
    heard: Heard | None = None,
) -> ReplayedTasks:
    """Decide the tasks of some partitions again; what nobody accounts for is known once all tasks are `joined`."""
    scope, service = scope or Scope(), service.over(reader.partitions)
    index, own_names = await _index(reader, service, scope.case_key.encode())
    findings, said, brought_back = ReplayFindings(service.name), set[Name](), BroughtBack(service.name)

    def task_heard(partition: int, group: Sequence[entries.Entry]) -> None:
        brought_back.heard(partition, group)
        if heard is not None:
            heard(service.name, partition, group)

    async for partition, records in reader.by_task([*service.inputs, _decisions_of(service)], partitions):
        by_topic = defaultdict[str, list[InputRecord]](list)
        for record in records:
            by_topic[record.topic].append(record)
        records.clear()  # else they stay while the next task's are read
        decisions = by_topic.pop(_decisions_of(service), [])
        told_task = partial(task_heard, partition)
        task = TaskReplay(service, partition, reader.codec, by_topic, index, scope.takes, told_task)
        findings.add(task.run(decisions), [record for record in task.unread() if _is_of(record, scope.case_key)])
        said |= task.said_names
        del by_topic, decisions, task
        told(len(partitions) - findings.tasks)
    findings.unexplained = await brought_back.invented(reader)
    return ReplayedTasks(findings, own_names, said)


def _decisions_of(service: Service) -> str:
    return topics.decisions_topic(service.name)


def _tasks_of(reader: MeshReader, case_key: str) -> list[int]:
    """Number the tasks that one case is with; all where no case is named."""
    return [partition_of(case_key.encode(), reader.partitions)] if case_key else list(range(reader.partitions))


def _is_of(record: InputRecord, case_key: str) -> bool:
    return not case_key or record.key == case_key.encode()


async def _index(reader: MeshReader, service: Service, key: bytes) -> tuple[SpokenIndex, set[Name]]:
    """Read what the service said: the digests of all, and the names of what must be accounted for."""
    index: SpokenIndex = {}
    names: set[Name] = set()
    async for record in reader.records(_own_topics(service)):
        # What would be read by a foreign schema is not what was said, though its bytes behind the prefix are.
        note_spoken(index, record if is_kept(reader.codec, record) else replace(record, value=None))
        if not key or record.key == key:
            names.add((record.topic, spoken_name(record)))
    return index, names


async def _said_by_all(reader: MeshReader, service: Service, wanted: set[Name]) -> set[Name]:
    """Give those of the wanted records that some decision of the service names as said."""
    topic, ids = _decisions_of(service), {name for _, name in wanted}
    known: set[bytes] = set()
    async for record in reader.records([topic]):
        batch: DecisionBatch = reader.codec.decode(topic, record.value or b"")
        known.update(ids & {said.encode() for entry in batch.entries for said in entry.said})
    return {(topic, name) for topic, name in wanted if name in known}


def _own_topics(service: Service) -> list[str]:
    """The topics a service alone writes; an effect shell's notes of attempts come from outside and are inputs."""
    notes = {service.effect.attempted.topic} if service.effect is not None else set()
    return [fact.topic for fact in service.says if fact.topic not in notes] + [topics.dead_topic(service.name)]
