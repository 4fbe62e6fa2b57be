"""Replay: the recorded inputs are decided again, in the order of the decision entries, and compared byte for byte.

It reads only topics, has no effect ports and cannot write. What was parked then is taken as parked. The same walk
is the oracle of the tests that kill workers: every input must appear exactly once, every entry must come out the
same, every fact said must stand in its topic with the same bytes.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.decision import Outcome, Timer
from schemas.decision_records import DecisionBatch
from schemas.topics import dead_topic, decisions_topic
from services.runtime import entries
from services.runtime.batch import RESUMED, Batch
from services.runtime.cases import Halt, state_digest
from services.runtime.codec import PREFIX_BYTES, Codec
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.service import Service
from services.runtime.shard import Shard

DIFFERENCES_MAX = 1_000
"""A replay that differs everywhere stops listing here, and says so."""

_DEAD = dead_topic("")
_NEW_RECORD = (entries.RECORD, entries.TICK, entries.REFERENCE, entries.COMMAND)
_BEFORE_ITS_CAUSE = (entries.RELEASED, entries.REDRIVEN, entries.KEPT)
"""Entries that stand before the entry of the command or timer that made them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise: where, what, then and now."""

    service: str
    partition: int
    number: int
    case_key: str
    what: str
    then: str
    now: str
    release: str = ""


@dataclass(slots=True)
class ReplayReport:
    """What a replay saw."""

    entries: int = 0
    facts: int = 0
    differences: list[Difference] = field(default_factory=list)
    is_cut: bool = False

    def add(self, difference: Difference) -> None:
        """Note a difference, up to the bound."""
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(difference)
        else:
            self.is_cut = True


SpokenIndex = dict[tuple[str, int], dict[bytes, list[bytes]]]
"""What stands in the output topics: (topic, partition) → name of the record → digests of those found."""


def spoken_index(records: Iterable[InputRecord]) -> SpokenIndex:
    """Index the records of the topics that deciding services write (facts said, dead letters)."""
    index: SpokenIndex = {}
    for record in records:
        note_spoken(index, record)
    return index


def note_spoken(index: SpokenIndex, record: InputRecord) -> None:
    """Put one record into an index; only its digest is kept."""
    found = index.setdefault((record.topic, record.partition), {})
    found.setdefault(spoken_name(record), []).append(_digest(record))


def plain_entries(batch: DecisionBatch) -> list[entries.Entry]:
    """Give the entries of a decision record as the ledger has them, numbered."""
    return [{"number": batch.first_number + place, **entry._asdict()} for place, entry in enumerate(batch.entries)]


def everything(_: entries.Entry) -> bool:
    """Compare every entry."""
    return True


def spoken_name(record: InputRecord | OutputRecord) -> bytes:
    """Name a record: the id of a fact; of a dead letter where the original stood, and when it was refused."""
    headers = dict(record.headers)
    if _is_dead_letter(record):
        return b"\x00".join(headers[name] or b"" for name in ("dead_topic", "dead_offset", "dead_decided_at"))
    return headers.get("ce_id") or b""


def _is_dead_letter(record: InputRecord | OutputRecord) -> bool:
    """Tell by the topic: a header of that name may stand in anybody's record."""
    return record.topic.endswith(_DEAD)


def _digest(record: InputRecord | OutputRecord) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    value = record.value or b""
    for part in (record.key or b"", value if _is_dead_letter(record) else value[PREFIX_BYTES:]):
        digest.update(len(part).to_bytes(4, "big") + part)
    for name, content in record.headers:
        digest.update(name.encode() + b"\x00" + (content or b"") + b"\x00")
    return digest.digest()


class TaskReplay:
    """Replays one task of one service. Everything is decided again; only what `takes` an entry says is compared and counted."""

    def __init__(
        self,
        service: Service,
        partition: int,
        codec: Codec,
        inputs: Mapping[str, Iterable[InputRecord]],
        spoken: SpokenIndex | None,
        takes: Callable[[entries.Entry], bool] = everything,
        heard: Callable[[Sequence[entries.Entry]], None] | None = None,
    ) -> None:
        """`heard` is told of the entries that were decided again and are compared, as they came out now."""
        self._heard = heard
        self._service, self._partition, self._codec = service, partition, codec
        self._inputs: dict[str, Iterator[InputRecord]] = {topic: iter(found) for topic, found in inputs.items()}
        self._spoken, self._takes = spoken, takes
        self._is_compared = True
        self.shard = Shard(service, partition)
        self.report = ReplayReport()
        self.said_names: set[tuple[str, bytes]] = set()
        self._said_counts: Counter[tuple[tuple[str, int], bytes]] = Counter()
        self._release = ""
        self._rules: Service | None = service
        self._stored: dict[str, bytes] = {}
        """Cases as the release before the present one left them in the changelog."""
        self._next_number = 0
        self._begun: list[entries.Entry] = []
        """Entries whose cause was not met yet."""

    def run(self, decisions: Iterable[InputRecord]) -> ReplayReport:
        """Walk the decision records in order; afterwards every input must have been used up."""
        head = b""
        for record in decisions:
            value = record.value or b""
            batch: DecisionBatch = self._codec.decode(decisions_topic(self._service.name), value)
            recorded = plain_entries(batch)
            self._is_compared = any(map(self._takes, recorded))
            if batch.previous_hash != head:
                self._differs(
                    batch.first_number, "", "hash of the record before", batch.previous_hash.hex(), head.hex()
                )
            head = hashlib.sha256(memoryview(value)[PREFIX_BYTES:]).digest()
            self._turn_to(batch.release)
            self._walk(recorded)
        for entry in self._begun[:1]:
            self._differs(entry["number"], entry["case_key"], "command or timer that follows it", "present", "absent")
        self._find_said_too_often()
        return self.report

    def _turn_to(self, release: str) -> None:
        """Go on with the rules of a release, if they are kept; else with those in force, and differences name the release."""
        if release == self._release:
            return
        self._release, self._rules = release, self._service.released(release)
        service = self._rules or self._service
        if (service.state, service.state_version) != (self.shard.service.state, self.shard.service.state_version):
            self._restore_as(service)

    def _restore_as(self, service: Service) -> None:
        """Take the cases in as a task of that release did when it opened: from their stored form, migrated where it is older."""
        before, self.shard = self.shard, Shard(service, self._partition)
        stored = {key: before.format.encode(case) for key, case in before.cases.items()}
        # What the release before never touched still stands as an earlier one wrote it.
        self._stored = {
            key: value if state_digest(value) == before.digests[key] else self._stored[key]
            for key, value in stored.items()
        }
        for key, value in self._stored.items():
            self.shard.restore(key, value)
        self.shard.meta, self.shard.parked, self.shard.kept = before.meta, before.parked, before.kept
        self.shard.references, self.shard.calendar = before.references, before.calendar

    def unread(self) -> list[InputRecord]:
        """Inputs that no decision entry accounts for."""
        return [record for found in self._inputs.values() for record in found]

    def _walk(self, recorded: Sequence[entries.Entry]) -> None:
        for group in self._groups(recorded):
            self._again(group)

    def _groups(self, recorded: Sequence[entries.Entry]) -> Iterator[Sequence[entries.Entry]]:
        """Part entries by what made them: each record, tick, command or timer with what it brought along.

        That may be more than one decision record holds: what stands at the end of one waits for its cause in the next.
        """
        for entry in recorded:
            self._begun.append(entry)
            if entry["kind"] not in _BEFORE_ITS_CAUSE:
                group, self._begun = self._begun, []
                yield group

    def _again(self, group: Sequence[entries.Entry]) -> None:
        """Decide one record (with all its entries), or one timer, again."""
        last = group[-1]
        taken = sum(map(self._takes, group))
        self._is_compared = taken > 0
        if group[0]["number"] != self._next_number:
            self._differs(
                group[0]["number"], last["case_key"], "number", str(group[0]["number"]), str(self._next_number)
            )
        self._next_number = last["number"] + 1
        parked = {entry["number"]: entry for entry in group if entry["outcome"] == Outcome.PARKED.value}
        batch = Batch(self.shard, self._codec, refusals_max=1 << 62, parked_then=parked, rules=self._rules)
        batch.decide_at(last["now"])
        if last["kind"] == entries.COMMAND:  # at how many refusals a task halts is a setting: taken as it was
            batch.halted = Halt("", "", last["now"]) if last["code"] == RESUMED else None
        if last["kind"] == entries.TIMER:
            self._fire(batch, last)
        elif last["kind"] in _NEW_RECORD:
            record = self._next_input(last)
            if record is None:
                return
            batch.handle(record, None)
        self._compare(group, batch)
        self._compare_spoken(last, batch.spoken())
        batch.apply()
        self.report.entries += taken
        if self._heard is not None and taken:
            self._heard(batch.decided_entries)

    def _fire(self, batch: Batch, entry: entries.Entry) -> None:
        if entry["case_key"] not in self.shard.cases:
            self._differs(entry["number"], entry["case_key"], "case of a timer", "present", "absent")
            return
        due_at = entry["timer_due_at"]
        if due_at is None:  # the timer was parked; its entry names only its cause
            timer = self.shard.service.next_timer(self.shard.cases[entry["case_key"]].state)
            assert timer is not None
        else:
            timer = Timer(due_at, entry["timer_name"])
        batch.fire(entry["case_key"], timer, entry["now"])

    def _next_input(self, entry: entries.Entry) -> InputRecord | None:
        record = next(self._inputs.get(entry["topic"], iter(())), None)
        found = "none" if record is None else str(record.offset)
        if record is None or record.offset != entry["offset"]:
            self._differs(
                entry["number"], entry["case_key"], f"next input of {entry['topic']}", str(entry["offset"]), found
            )
        return record

    def _compare(self, group: Sequence[entries.Entry], batch: Batch) -> None:
        if len(group) != len(batch.decided_entries):
            self._differs(
                group[-1]["number"],
                group[-1]["case_key"],
                "count of entries",
                str(len(group)),
                str(len(batch.decided_entries)),
            )
        for then, now in zip(group, batch.decided_entries, strict=False):
            for name, value in then.items():
                again = _comparable(now[name])
                if name != "number" and _comparable(value) != again:
                    self._differs(then["number"], then["case_key"], name, str(value), str(again))

    def _compare_spoken(self, entry: entries.Entry, spoken: Sequence[OutputRecord]) -> None:
        if self._spoken is None:
            return
        for record in spoken:
            self.report.facts += self._is_compared
            place = record.topic, record.partition
            name = spoken_name(record)
            self.said_names.add((record.topic, name))
            found = self._spoken.get(place, {}).get(name, [])
            # One name may rightly be said again: a dead letter of the same instant, a fact of a case forgotten since.
            said_before = self._said_counts[place, name]
            self._said_counts[place, name] += 1
            if found[said_before : said_before + 1] != [_digest(record)]:
                what = "missing" if len(found) <= said_before else "other bytes"
                self._differs(
                    entry["number"], entry["case_key"], f"said on {record.topic}", what, name.decode("utf-8", "replace")
                )

    def _find_said_too_often(self) -> None:
        if self._spoken is None:
            return
        for (place, name), count in self._said_counts.items():
            found = len(self._spoken.get(place, {}).get(name, []))
            if found > count:
                self._differs(-1, "", f"said on {place[0]}", f"{found} found", f"{count} of {name!r}")

    def _differs(self, number: int, case_key: str, what: str, then: str, now: str) -> None:
        if not self._is_compared:
            return
        self.report.add(
            Difference(self._service.name, self._partition, number, case_key, what, then, now, self._release)
        )


def _comparable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
