"""Judges a run by what stands in the topics alone: nothing lost, twice, in another order, or different on replay.

The oracle is the replay on the memory twin's road, given the order of the decision records; beside it stand checks
that share no code with the runtime: numbers, hashes, one entry an input, sequences, sums, ticks behind facts.
"""

from collections import defaultdict
from collections.abc import Iterator

from schemas.contributions import ContributionPaid
from schemas.decision_records import DecisionEntry
from schemas.mesh import ClockTicked
from schemas.signing import SIGNATURE_HEADER
from schemas.topics import BY_NAME, changelog_topic, dead_topic, decisions_topic
from services.runtime.codec import Codec
from services.runtime.envelope import envelope_of
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.replay import TaskReplay, spoken_index
from services.runtime.service import Service
from services.runtime.shard import Shard
from tests.harness.accounts import INPUT_KINDS, accounts, chain, orders, states
from tests.simulation.cluster import Cluster
from tests.simulation.plan import Shape
from tests.simulation.tally import REFUSED_FEN, UNLUCKY_FEN

FINDINGS_MAX = 20


class Verdict:
    """Looks at one service's topics after a run."""

    def __init__(self, cluster: Cluster, service: Service, codec: Codec, shape: Shape) -> None:
        self._cluster, self._service, self._codec, self._shape = cluster, service, codec, shape
        self.decided = 0
        """Decision entries seen."""

    def findings(self) -> list[str]:
        """Everything that is not as promised."""
        found: list[str] = []
        explained: set[tuple[str, bytes]] = set()
        spoken = spoken_index(record for topic in self._own_topics() for record in self._all(topic))
        for partition in range(self._shape.partitions):
            found += [f"task {partition}: {fault}" for fault in self._of_task(partition, spoken, explained)]
        names = {(topic, name) for (topic, _), records in spoken.items() for name in records}
        found += [f"said and not decided: {topic} {name!r}" for topic, name in sorted(names - explained)]
        found += self._sequences()
        return found[:FINDINGS_MAX]

    def _own_topics(self) -> list[str]:
        return [fact.topic for fact in self._service.says] + [dead_topic(self._service.name)]

    def _all(self, topic: str) -> Iterator[InputRecord]:
        for partition in range(self._shape.partitions):
            yield from self._cluster.log(topic, partition).records()

    def _of_task(
        self,
        partition: int,
        spoken: dict[tuple[str, int], dict[bytes, list[bytes]]],
        explained: set[tuple[str, bytes]],
    ) -> Iterator[str]:
        inputs = {topic: self._cluster.log(topic, partition).records() for topic in self._service.inputs}
        decisions = self._cluster.log(decisions_topic(self._service.name), partition).records()
        entries: list[DecisionEntry] = []
        yield from chain(self._codec, decisions, entries)
        self.decided += len(entries)
        yield from accounts(inputs, entries)
        yield from orders(entries)
        if self._shape.signed:
            yield from _signatures(inputs, entries)
        yield from self._ticks(partition, entries)
        replay = TaskReplay(self._service, partition, self._codec, inputs, spoken)
        report = replay.run(decisions)
        explained |= replay.said_names
        for difference in report.differences:
            yield f"replay differs at {difference.number}: {difference.what}: {difference.then} → {difference.now}"
        for record in replay.unread():
            yield f"never decided: {record.topic}@{record.offset}"
        restored = self._restored(partition)
        yield from states(replay.shard, restored)
        yield from self._positions(partition, restored, inputs)
        if self._shape.service == "tally":
            yield from self._sums(inputs[ContributionPaid.topic], restored, entries)

    # --- without the runtime's code -----------------------------------------------------------------

    def _ticks(self, partition: int, entries: list[DecisionEntry]) -> Iterator[str]:
        """A tick, and the timers it fires, come after every fact that was readable when it became readable."""
        decided_at = {
            (entry.topic, entry.offset): place for place, entry in enumerate(entries) if entry.kind in INPUT_KINDS
        }
        first: dict[object, int] = {}
        for position, entry in enumerate(entries):
            if entry.kind in ("timer", "tick") and entry.code != "tick-not-later":
                first.setdefault(entry.now, position)
        for tick in self._cluster.log(ClockTicked.topic, partition).committed(0):
            assert tick.record is not None
            now = self._codec.decode(ClockTicked.topic, tick.record.value or b"").now
            place = first.get(now)
            if place is None or tick.visible_s is None:
                continue
            for topic in self._service.inputs:
                for slot in self._cluster.log(topic, partition).committed(0):
                    is_before = slot.visible_s is not None and slot.visible_s <= tick.visible_s
                    if topic != ClockTicked.topic and is_before and decided_at.get((topic, slot.offset), -1) > place:
                        yield f"the tick of {now} overtook {topic}@{slot.offset}"

    def _sequences(self) -> list[str]:
        """What is said of a case is numbered without gap; a case that was forgotten begins again."""
        found = []
        if self._shape.service != "tally":
            return []
        last: dict[bytes | None, int] = defaultdict(int)
        for kind in self._service.says:
            for record in self._all(kind.topic):
                sequence = int(dict(record.headers)["ce_sequence"] or b"0")
                if sequence not in (last[record.key] + 1, 1):
                    found.append(f"sequence {sequence} of {record.key!r} after {last[record.key]}")
                last[record.key] = sequence
        return found

    def _sums(self, paid: list[InputRecord], restored: Shard, entries: list[DecisionEntry]) -> Iterator[str]:
        """Payments added up from the inputs, for cases in which nothing but payments changes the count."""
        unclear = {entry.case_key for entry in entries if entry.code in ("forgotten", "looked", "rules-broken")}
        unclear |= {entry.case_key for entry in entries if entry.kind in ("redriven", "released")}
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        known: set[str] = set()
        for record in paid:
            if self._shape.signed and SIGNATURE_HEADER not in dict(record.headers):
                continue  # a stranger's
            try:
                fact: ContributionPaid = self._codec.decode(record.topic, record.value or b"")
                event_id = envelope_of(record.headers).id
            except RefusedAtDoor:
                continue
            if event_id in known or fact.paid_fen == REFUSED_FEN:
                continue
            if fact.paid_fen == UNLUCKY_FEN:
                unclear.add(fact.unit_code)
            known.add(event_id)
            sums[fact.unit_code][0] += 1
            sums[fact.unit_code][1] += fact.paid_fen
        for unit, (count, total_fen) in sums.items():
            if unit in unclear:
                continue
            case = restored.cases.get(unit)
            seen = None if case is None else (case.state.payments, case.state.total_fen)
            if seen != (count, total_fen):
                yield f"payments of {unit}: {(count, total_fen)} were said, {seen} are known"

    # --- state ----------------------------------------------------------------------------------------

    def _restored(self, partition: int) -> Shard:
        shard = Shard(self._service, partition)
        for record in self._cluster.log(changelog_topic(self._service.name), partition).records():
            shard.restore((record.key or b"").decode(), record.value)
        return shard

    def _positions(self, partition: int, restored: Shard, inputs: dict[str, list[InputRecord]]) -> Iterator[str]:
        for topic, records in inputs.items():
            group = self._cluster.group.get((topic, partition))
            kept = restored.meta.positions.get(topic)
            due = records[-1].offset + 1 if records else None
            if not group == kept == due:
                yield f"{topic}: {due} is due, the group has {group}, the changelog {kept}"


def _signatures(inputs: dict[str, list[InputRecord]], entries: list[DecisionEntry]) -> Iterator[str]:
    """Keys are published before anything is signed with them, so tasks know them first; and nobody may go unsigned."""
    unsigned = {
        (topic, record.offset)
        for topic, records in inputs.items()
        for record in records
        if BY_NAME[topic].is_upstream and SIGNATURE_HEADER not in dict(record.headers)
    }
    for entry in entries:
        is_unsigned = (entry.topic, entry.offset) in unsigned
        if entry.code.startswith("signing-") or is_unsigned != (entry.code == "signature-missing"):
            yield f"{entry.code}: {entry.topic}@{entry.offset}, {'unsigned' if is_unsigned else 'signed'}"
