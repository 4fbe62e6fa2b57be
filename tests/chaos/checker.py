"""`python -m tests.chaos.checker`: the judge of a campaign, a process of its own that reads only topics.

It decides everything again on the road of replay, and counts beside it with checks that do not share that road. What
the feed's producer was told to be safe comes as a file of digests, so that a record lost by the brokers themselves
is seen as well. Prints one JSON object; ends with 1 on any finding.
"""

import argparse
import asyncio
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from schemas import topics
from schemas.access import CONSOLE
from schemas.decision_records import DecisionEntry
from schemas.topics import changelog_topic, dead_topic, decisions_topic
from services.arrears.worker import SERVICE as ARREARS
from services.runtime.broker_connection import BrokerConnection
from services.runtime.codec import Codec
from services.runtime.kafka_access import read_tasks, read_topics
from services.runtime.records import InputRecord
from services.runtime.registry import RegistryClient, agree
from services.runtime.replay import Difference, SpokenIndex, TaskReplay, note_spoken
from services.runtime.service import Service
from services.runtime.settings import MeshSettings, read_settings
from services.runtime.shard import Shard
from tests.harness.accounts import accounts, chain, orders, states

SHOWN_MAX = 20
DIGEST_BYTES = 16


@dataclass
class Judgement:
    """What was read, and what is not as promised: each finding in words, by its kind."""

    records: int = 0
    """Records in the inputs of the service, ticks included."""
    entries: int = 0
    spoken: int = 0
    cases_max: int = 0
    """Cases of the task that has most."""
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    """Breaks in numbers or hashes of the decision records."""
    state: list[str] = field(default_factory=list)
    """What tasks keep that is not what their inputs come to."""
    different: list[str] = field(default_factory=list)

    @property
    def findings(self) -> list[str]:
        """All of them."""
        return [*self.lost, *self.duplicated, *self.reordered, *self.gaps, *self.state, *self.different]

    def file(self, difference: Difference) -> None:
        """Put a difference of the replay under its kind."""
        text = str(difference)
        if difference.what.startswith("said on") and difference.then == "missing":
            self.lost.append(text)
        elif difference.what.startswith("said on") and difference.then.endswith("found"):
            self.duplicated.append(text)
        else:
            self.different.append(text)

    def file_account(self, fault: str) -> None:
        """Put a finding of the accounts under its kind."""
        if fault.endswith("has 0 entries"):
            self.lost.append(fault)
        elif fault.endswith("entries"):
            self.duplicated.append(fault)
        else:
            self.different.append(fault)


def safe_digest(topic: str, value: bytes | None) -> bytes:
    """Name a record of the feed by what it holds."""
    return hashlib.blake2b(topic.encode() + b"\x00" + (value or b""), digest_size=DIGEST_BYTES).digest()


class Spoken:
    """What a service said: an index for the replay, and how what each case said is numbered."""

    def __init__(self, service: Service) -> None:
        self.topics = [*sorted(fact.topic for fact in service.says), dead_topic(service.name)]
        self.index: SpokenIndex = {}
        self._dead = dead_topic(service.name)
        self._numbers = defaultdict[bytes, set[int]](set)
        self._last: dict[tuple[str, bytes], int] = {}

    def take(self, record: InputRecord, found: Judgement) -> None:
        """Take in one record, in the order of its partition."""
        found.spoken += 1
        note_spoken(self.index, record)
        if record.topic == self._dead:
            return
        key, number = record.key or b"", int(dict(record.headers)["ce_sequence"] or b"0")
        place = record.topic, key
        if number < self._last.get(place, 0):
            found.reordered.append(f"{record.topic} of {key!r}: {number} after {self._last[place]}")
        if number in self._numbers[key]:
            found.duplicated.append(f"{record.topic} of {key!r}: {number} was said before")
        self._last[place] = number
        self._numbers[key].add(number)

    def end(self, found: Judgement) -> None:
        """All is taken in: see that no number is missing."""
        found.lost += [
            f"of what {key!r} said, {max(seen) - len(seen)} are missing"
            for key, seen in self._numbers.items()
            if max(seen) != len(seen)
        ]

    def unexplained(self, explained: set[tuple[str, bytes]], found: Judgement) -> None:
        """Every task is judged: see that nothing was said that no decision names."""
        said = {(topic, name) for (topic, _), spoken in self.index.items() for name in spoken}
        found.duplicated += [f"said and not decided: {topic} {name!r}" for topic, name in sorted(said - explained)]


async def judged(broker: BrokerConnection, service: Service, codec: Codec, safe: set[bytes]) -> Judgement:
    """Read everything and judge it, task by task. `safe`: digests of what the feed's producer was told to be written."""
    found, spoken = Judgement(), Spoken(service)
    async for record in read_topics(broker, spoken.topics):
        spoken.take(record, found)
    spoken.end(found)
    explained: set[tuple[str, bytes]] = set()
    names = [*service.inputs, decisions_topic(service.name), changelog_topic(service.name)]
    async for partition, records in read_tasks(broker, names, range(service.partitions)):
        by_topic = defaultdict[str, list[InputRecord]](list)
        for record in records:
            by_topic[record.topic].append(record)
        records.clear()  # else they stay while the next task's are read
        explained |= judge_task(found, service, partition, codec, by_topic, spoken.index)
        for fact in service.hears:
            safe -= {safe_digest(record.topic, record.value) for record in by_topic[fact.topic]}
    found.lost += [f"the brokers lost what they had confirmed: {digest.hex()}" for digest in sorted(safe)]
    spoken.unexplained(explained, found)
    return found


def judge_task(
    found: Judgement,
    service: Service,
    partition: int,
    codec: Codec,
    by_topic: Mapping[str, Sequence[InputRecord]],
    index: SpokenIndex,
) -> set[tuple[str, bytes]]:
    """Judge one task by all records of its partition number; gives the names of what its decisions said."""
    decisions = by_topic.get(decisions_topic(service.name), [])
    inputs = {topic: by_topic.get(topic, []) for topic in service.inputs}
    restored = _restored(service, partition, by_topic.get(changelog_topic(service.name), []))
    entries: list[DecisionEntry] = []
    found.gaps += [f"task {partition}: {fault}" for fault in chain(codec, decisions, entries)]
    for fault in accounts(inputs, entries):
        found.file_account(f"task {partition}: {fault}")
    found.reordered += [f"task {partition}: {fault}" for fault in orders(entries)]
    replay = TaskReplay(service, partition, codec, inputs, index)
    for difference in replay.run(decisions).differences:
        found.file(difference)
    found.state += [f"task {partition}: {fault}" for fault in states(replay.shard, restored)]
    found.records += sum(len(records) for records in inputs.values())
    found.entries += len(entries)
    found.cases_max = max(found.cases_max, len(restored.cases))
    return replay.said_names


def _restored(service: Service, partition: int, changelog: Iterable[InputRecord]) -> Shard:
    shard = Shard(service, partition)
    for record in changelog:
        shard.restore((record.key or b"").decode(), record.value)
    return shard


def shown(found: Judgement) -> dict[str, object]:
    """The judgement as JSON: counts, and the first findings of each kind."""
    plain = asdict(found)
    examples = {name: value[:SHOWN_MAX] for name, value in plain.items() if isinstance(value, list) and value}
    return {name: len(value) if isinstance(value, list) else value for name, value in plain.items()} | {
        "examples": examples
    }


async def _run(registry_url: str, kept: bytes, work_dir: Path) -> int:
    broker, codec = read_settings(MeshSettings).logged_in_as(CONSOLE).connection, Codec()
    async with RegistryClient(registry_url) as registry:
        await agree(registry, topics.TOPICS, codec, work_dir / "checker.agreement.json")
    safe = {kept[at : at + DIGEST_BYTES] for at in range(0, len(kept), DIGEST_BYTES)}
    found = await judged(broker, ARREARS, codec, safe)
    sys.stdout.write(json.dumps(shown(found), ensure_ascii=False) + "\n")
    return 1 if found.findings else 0


def main() -> int:
    """Judge the topics of the arrears service, as the people's account; the environment says where the brokers are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registry", required=True)
    parser.add_argument("--safe", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    asked = parser.parse_args()
    return asyncio.run(_run(asked.registry, asked.safe.read_bytes(), asked.work_dir))


if __name__ == "__main__":
    sys.exit(main())
