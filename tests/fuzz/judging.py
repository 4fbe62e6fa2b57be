"""What must be so after any feed of hostile records, read from the topics alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas import topics
from schemas.decision_records import DecisionEntry
from services.runtime.codec import Codec
from services.runtime.dead import split_dead
from services.runtime.records import Header, InputRecord
from services.runtime.replay import TaskReplay, spoken_index
from services.runtime.service import Service
from tests.fuzz.feeding import Stored, stored

INPUT_KINDS = frozenset({"record", "tick", "reference", "command"})
"""Kinds of entries that stand for a record read from an input topic."""
SHOWN_MAX = 5
Place = tuple[str, int, int]
"""Topic, partition, offset."""


@dataclass
class Verdict:
    """What was found of one service, or of several together."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    stood: Counter[Stored] = field(default_factory=Counter)
    """The records of the input topics."""
    decided_ids: set[str] = field(default_factory=set)
    refused_ids: dict[str, str] = field(default_factory=dict)
    """Why a record was refused, by its id."""
    faults: list[str] = field(default_factory=list)

    def assert_clean(self) -> None:
        """Nothing lost, nothing twice, nothing different, no rule broken, no letter that is not the original."""
        assert [] == self.faults[:SHOWN_MAX]

    def add(self, other: "Verdict") -> None:
        """Take in what was found of another service; a topic that both read counts once."""
        self.inputs += other.inputs
        self.outcomes += other.outcomes
        self.codes += other.codes
        self.stood |= other.stood
        self.decided_ids |= other.decided_ids
        self.refused_ids |= other.refused_ids
        self.faults += other.faults


class Topics:
    """The records of a service's topics, by topic and partition."""

    def __init__(self, service: Service, records: Iterable[InputRecord]) -> None:
        self.service = service
        self._found: dict[tuple[str, int], list[InputRecord]] = defaultdict(list)
        for record in records:
            self._found[record.topic, record.partition].append(record)

    @staticmethod
    def wanted(service: Service) -> list[str]:
        """The topics a judgement rests on."""
        said = {fact.topic for fact in service.says}
        return sorted({*service.inputs, *said, *(f"{service.name}-{kind}" for kind in ("decisions", "dead"))})

    def of(self, topic: str, partition: int) -> list[InputRecord]:
        """The records of one place."""
        return self._found.get((topic, partition), [])

    def all_of(self, names: Iterable[str]) -> list[InputRecord]:
        """The records of whole topics."""
        return [record for name in names for place in range(self.service.partitions) for record in self.of(name, place)]


def judged(found: Topics, codec: Codec) -> Verdict:
    """Judge one service: replay it, account for each input once, compare each dead letter with its original."""
    service, verdict = found.service, Verdict()
    inputs = found.all_of(service.inputs)
    verdict.inputs = len(inputs)
    verdict.stood = Counter(map(stored, inputs))
    notes = {service.effect.attempted.topic} if service.effect is not None else set()  # the effect runner says these
    own = [fact.topic for fact in service.says if fact.topic not in notes] + [topics.dead_topic(service.name)]
    index = spoken_index(found.all_of(own))
    for partition in range(service.partitions):
        mine = {topic: found.of(topic, partition) for topic in service.inputs}
        replay = TaskReplay(service, partition, codec, mine, index)
        report = replay.run(found.of(topics.decisions_topic(service.name), partition))
        verdict.faults += [f"other on replay: {difference}" for difference in report.differences]
        verdict.faults += [f"undecided: {record.topic}-{partition}@{record.offset}" for record in replay.unread()]
    _judge_entries(verdict, found, inputs, codec)
    return verdict


def _judge_entries(verdict: Verdict, found: Topics, inputs: Sequence[InputRecord], codec: Codec) -> None:
    originals = {(record.topic, record.partition, record.offset): record for record in inputs}
    letters = _letters(found)
    counts: Counter[Place] = Counter()
    for partition, entry in _entries(found, codec):
        verdict.outcomes[entry.outcome] += 1
        verdict.codes[entry.code] += 1
        if entry.code == "rules-broken":
            verdict.faults.append(f"rules broken: {found.service.name} {partition} {entry}")
        if not entry.code:
            verdict.faults.append(f"no reason: {entry}")
        if entry.kind not in INPUT_KINDS:
            continue
        place = (entry.topic, partition, entry.offset)
        counts[place] += 1
        if entry.outcome == "decided":
            verdict.decided_ids.add(entry.event_id)
        elif entry.outcome == "refused":
            verdict.refused_ids[entry.event_id] = entry.code
        if entry.outcome == "refused" and _content(originals[place]) not in letters[place]:
            verdict.faults.append(f"no whole dead letter: {entry}")
    verdict.faults += [f"{count} entries: {place}" for place, count in counts.items() if count != 1]
    verdict.faults += [f"no entry: {place}" for place in originals if place not in counts]


def _entries(found: Topics, codec: Codec) -> Iterable[tuple[int, DecisionEntry]]:
    name = topics.decisions_topic(found.service.name)
    for record in found.all_of([name]):
        for entry in codec.decode(name, record.value or b"").entries:
            yield record.partition, entry


Content = tuple[bytes | None, bytes | None, tuple[Header, ...]]


def _content(record: InputRecord) -> Content:
    return record.key, record.value, record.headers


def _letters(found: Topics) -> Mapping[Place, set[Content]]:
    """What the dead letters hold; a redrive may claim the place of another record, so a place may have several."""
    letters: dict[Place, set[Content]] = defaultdict(set)
    for letter in found.all_of([topics.dead_topic(found.service.name)]):
        original, why = split_dead(letter.headers)
        place = (why["topic"], int(why["partition"]), int(why["offset"]))
        letters[place].add((letter.key, letter.value, original))
    return letters
