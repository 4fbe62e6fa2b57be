"""The independent check: reads only topics, decides everything again, and accounts for every record."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas import topics
from schemas.decision_records import DecisionEntry
from services.runtime.broker_connection import BrokerConnection
from services.runtime.codec import Codec
from services.runtime.kafka_access import read_topics
from services.runtime.records import InputRecord
from services.runtime.replay import TaskReplay, spoken_index
from services.runtime.service import Service


@dataclass
class Findings:
    """What the check found. Everything but the counts must be empty."""

    inputs: int = 0
    entries: int = 0
    spoken: int = 0
    differences: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    """Records in output topics that no decision explains."""

    @property
    def are_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not (self.differences or self.undecided or self.unaccounted)

    def assert_clean(self) -> None:
        """Nothing lost, nothing twice, nothing different."""
        found = (self.differences[:5], self.undecided[:5], self.unaccounted[:5])
        assert found == ([], [], []), found


def own_topics(service: Service) -> list[str]:
    """The topics a service alone writes and others read."""
    notes = {service.effect.attempted.topic} if service.effect is not None else set()
    return [fact.topic for fact in service.says if fact.topic not in notes] + [topics.dead_topic(service.name)]


async def check(broker: BrokerConnection, service: Service, codec: Codec) -> Findings:
    """Replay all tasks of a service from its topics."""
    inputs = await _by_partition(broker, service.inputs)
    decisions = await _by_partition(broker, [topics.decisions_topic(service.name)])
    spoken = [record async for record in read_topics(broker, own_topics(service))]
    index = spoken_index(spoken)
    findings = Findings(inputs=sum(len(found) for found in inputs.values()), spoken=len(spoken))
    explained: set[tuple[str, bytes]] = set()
    for partition in range(service.partitions):
        mine = {topic: inputs.get((topic, partition), []) for topic in service.inputs}
        replay = TaskReplay(service, partition, codec, mine, index)
        report = replay.run(decisions.get((topics.decisions_topic(service.name), partition), []))
        findings.entries += report.entries
        findings.differences += [str(difference) for difference in report.differences]
        findings.undecided += [f"{record.topic}-{partition}@{record.offset}" for record in replay.unread()]
        explained |= replay.said_names
    names = {(topic, name) for (topic, _), found in index.items() for name in found}
    findings.unaccounted = [f"{topic} {name!r}" for topic, name in sorted(names - explained)]
    return findings


async def _by_partition(broker: BrokerConnection, names: Iterable[str]) -> dict[tuple[str, int], list[InputRecord]]:
    found: dict[tuple[str, int], list[InputRecord]] = defaultdict(list)
    async for record in read_topics(broker, names):
        found[record.topic, record.partition].append(record)
    return found


async def entries(broker: BrokerConnection, service: Service, codec: Codec) -> list[DecisionEntry]:
    """Every decision entry of a service, task by task in order."""
    found = await _by_partition(broker, [topics.decisions_topic(service.name)])
    decoded: list[DecisionEntry] = []
    for place in sorted(found):
        for record in found[place]:
            decoded += codec.decode(place[0], record.value or b"").entries
    return decoded


async def codes(broker: BrokerConnection, service: Service, codec: Codec, case_key: str) -> list[str]:
    """The reason codes of one case, in order."""
    return [entry.code for entry in await entries(broker, service, codec) if entry.case_key == case_key]


async def timers(broker: BrokerConnection, service: Service, codec: Codec) -> list[str]:
    """The cases whose timers were handled, once for each time."""
    return [entry.case_key for entry in await entries(broker, service, codec) if entry.kind == "timer"]
