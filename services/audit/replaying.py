"""Replaying a service from its topics: decide everything again, compare, account for every record. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas import topics
from schemas.mesh import DecisionBatch
from services.audit.reading import MeshReader
from services.runtime.records import InputRecord, partition_of
from services.runtime.replay import Difference, SpokenIndex, TaskReplay, spoken_index
from services.runtime.service import Service

ByPlace = Mapping[tuple[str, int], list[InputRecord]]


@dataclass(slots=True)
class ReplayFindings:
    """What a replay of a service found; without differences, undecided and unexplained records it agrees."""

    service: str
    entries: int = 0
    facts: int = 0
    tasks: int = 0
    differences: list[Difference] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    """Records in the service's output topics that no decision accounts for."""
    undecided: int = 0
    """Input records behind the last decision: the service has not read them yet."""

    @property
    def agrees(self) -> bool:
        """Tell whether everything came out the same."""
        return not self.differences and not self.unexplained


async def replay_service(
    reader: MeshReader, service: Service, case_key: str = "", since: datetime | None = None
) -> ReplayFindings:
    """Decide again from the beginning; report differences, perhaps only of one case or since an instant."""
    inputs = await _by_place(reader, service.inputs)
    decisions = await _by_place(reader, [topics.decisions_topic(service.name)])
    own = _own_topics(service)
    spoken = [record async for record in reader.records(own)]
    wanted = range(service.partitions)
    if case_key:
        only = partition_of(case_key.encode(), service.partitions)
        wanted = range(only, only + 1)
    findings = ReplayFindings(service.name)
    said = _replay_tasks(reader, service, wanted, inputs, decisions, spoken_index(spoken), findings)
    if case_key:
        findings.differences = [found for found in findings.differences if found.case_key == case_key]
    else:
        findings.unexplained = _unexplained(spoken, said)
    if since is not None:
        numbers = _numbers_since(reader, service, decisions, since)
        findings.differences = [
            found for found in findings.differences if found.number >= numbers.get(found.partition, 1 << 62)
        ]
    return findings


def _replay_tasks(
    reader: MeshReader,
    service: Service,
    wanted: Iterable[int],
    inputs: ByPlace,
    decisions: ByPlace,
    index: SpokenIndex,
    findings: ReplayFindings,
) -> set[tuple[str, bytes]]:
    said: set[tuple[str, bytes]] = set()
    for partition in wanted:
        mine = {topic: inputs.get((topic, partition), []) for topic in service.inputs}
        task = TaskReplay(service, partition, reader.codec, mine, index)
        report = task.run(decisions.get((topics.decisions_topic(service.name), partition), []))
        findings.tasks += 1
        findings.entries += report.entries
        findings.facts += report.facts
        findings.differences += report.differences
        findings.undecided += len(task.unread())
        said |= task.said_names
    return said


def _own_topics(service: Service) -> list[str]:
    """The topics a service alone writes; an effect shell's notes of attempts come from outside and are inputs."""
    notes = {service.effect.attempted.topic} if service.effect is not None else set()
    return [fact.topic for fact in service.says if fact.topic not in notes] + [topics.dead_topic(service.name)]


def _unexplained(spoken: Iterable[InputRecord], said: set[tuple[str, bytes]]) -> list[str]:
    names = {(topic, name) for (topic, _), found in spoken_index(spoken).items() for name in found}
    return [f"{topic} {name.decode('utf-8', 'replace')}" for topic, name in sorted(names - said)]


def _numbers_since(reader: MeshReader, service: Service, decisions: ByPlace, since: datetime) -> dict[int, int]:
    """The first entry's number at or after an instant, by partition."""
    topic, found = topics.decisions_topic(service.name), {}
    for (_, partition), records in decisions.items():
        for record in records:
            batch: DecisionBatch = reader.codec.decode(topic, record.value or b"")
            numbers = [batch.first_number + place for place, entry in enumerate(batch.entries) if entry.now >= since]
            if numbers:
                found[partition] = numbers[0]
                break
    return found


async def _by_place(reader: MeshReader, names: Iterable[str]) -> ByPlace:
    found: dict[tuple[str, int], list[InputRecord]] = defaultdict(list)
    async for record in reader.records(list(names)):
        found[record.topic, record.partition].append(record)
    return found
