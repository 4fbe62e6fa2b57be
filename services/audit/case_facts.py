"""The facts a case's story is told with: its own, what they caused under other keys, and what led to them.

Everything under the case's own key belongs to it. What it asked of a shared resource (the pool of experts, an outlet)
stands under that resource's key, and is followed by causation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from schemas import topics
from schemas.effects import EffectAttempted, EffectRequest
from schemas.fact import Fact
from services.audit import words
from services.audit.reading import MeshReader
from services.runtime.envelope import Envelope, envelope_of
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.service import Service

PASSES_MAX = 8
"""So often the topics are read for what led to what is known; a longer way back is told in the order of time."""


Place = tuple[str, int, int]
"""Topic, partition, offset."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact as it stands in its topic; `fact` None where it cannot be read."""

    record: InputRecord
    envelope: Envelope
    fact: Fact | None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.record.topic, self.record.partition, self.record.offset

    @property
    def text(self) -> str:
        """One Chinese sentence."""
        return "无法读取的记录" if self.fact is None else words.sentence(self.fact)


@dataclass(slots=True)
class CaseFacts:
    """Facts of the mesh by id, and how they caused each other."""

    by_id: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    _requests: dict[str, str] = field(default_factory=dict)
    """Ids of requests by effect."""

    def add(self, event: Event) -> None:
        """Take in a fact; the same id may stand in a topic more than once."""
        self.by_id[event.envelope.id].append(event)
        if isinstance(event.fact, EffectRequest):
            self._requests[event.fact.effect_id] = event.envelope.id

    def without(self, places: Collection[Place]) -> list[Event]:
        """Take out what stands at these places, and give it: it bears the id of whatever it likes, and tells nothing."""
        taken = [event for events in self.by_id.values() for event in events if event.place in places]
        for event in taken:
            self.by_id[event.envelope.id].remove(event)
            if not self.by_id[event.envelope.id]:
                del self.by_id[event.envelope.id]
        return taken

    def cause_of(self, event: Event) -> str:
        """The id of what led to a fact. A provider's answer comes from outside and names its request by the effect."""
        if isinstance(event.fact, EffectAttempted):
            return self._requests.get(event.fact.effect_id, "")
        return event.envelope.causation_id

    def chain(self, event_id: str) -> list[Event]:
        """A fact and, as far as they are here, the facts that led to it, the latest first."""
        found: list[Event] = []
        seen: set[str] = set()
        while event_id not in seen and (events := self.by_id.get(event_id)):
            seen.add(event_id)
            found.append(events[0])
            event_id = self.cause_of(events[0])
        return found

    def missing_causes(self, event_ids: Iterable[str]) -> set[str]:
        """Ids of facts that led to these and are not here."""
        found = set()
        for event_id in event_ids:
            chain = self.chain(event_id)
            found.add(self.cause_of(chain[-1]) if chain else event_id)
        return {event_id for event_id in found if event_id and event_id not in self.by_id}

    def unmet_effects(self) -> set[str]:
        """Effects whose answer is here and whose request is not."""
        facts = (events[0].fact for events in self.by_id.values())
        answers = {fact.effect_id for fact in facts if isinstance(fact, EffectAttempted)}
        return answers - self._requests.keys()


async def facts_of_case(reader: MeshReader, services: Sequence[Service], case_key: str) -> CaseFacts:
    """Two passes: the case's own facts, then their causes and what they caused under other keys."""
    key = case_key.encode()
    found, near = CaseFacts(), list[Event]()
    wanted: set[str] = set()
    commands = [topics.commands_topic(service.name) for service in services]
    async for record in reader.records([*fact_topics(), *commands]):
        if record.key == key and (event := event_of(reader, record)) is not None:
            found.add(event)
            wanted.add(event.envelope.causation_id)
    async for record in reader.records(fact_topics()):
        if record.key == key:
            continue
        event_id, cause = _ids(record)
        if (event_id in wanted or cause in found.by_id) and (event := event_of(reader, record)) is not None:
            near.append(event)
    for event in near:
        found.add(event)
    return found


async def complete_chains(
    reader: MeshReader, facts: CaseFacts, event_ids: Collection[str], names: set[str], timers: Collection[str]
) -> None:
    """Load what led to these facts, back to the first cause; `names`: further topics they may stand in.

    `timers`: ids of timers, which cause facts and are none.
    """
    for _ in range(PASSES_MAX):
        wanted, effects = facts.missing_causes(event_ids) - set(timers), facts.unmet_effects()
        if not wanted and not effects:
            return
        found = [
            event
            async for record in reader.records(sorted({*fact_topics(), *names}))
            if (_ids(record)[0] in wanted or (effects and _asks_for_effect(record)))
            and (event := event_of(reader, record)) is not None
            and (event.envelope.id in wanted or _is_request_of(event, effects))
        ]
        for event in found:
            facts.add(event)
        if not found:
            return


def fact_topics() -> list[str]:
    """Every topic of facts about cases."""
    return [topic.name for topic in topics.FACTS if topic.kind is topics.Kind.FACT]


def event_of(reader: MeshReader, record: InputRecord) -> Event | None:
    """Read a record; None where not even its headers can be read."""
    try:
        envelope = envelope_of(record.headers)
    except RefusedAtDoor:
        return None
    try:
        fact = reader.codec.decode(record.topic, record.value or b"")
    except RefusedAtDoor:
        fact = None
    return Event(record, envelope, fact)


def _ids(record: InputRecord) -> tuple[str, str]:
    headers = dict(record.headers)
    return _text(headers.get("ce_id")), _text(headers.get("ce_causationid"))


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _asks_for_effect(record: InputRecord) -> bool:
    contract = topics.BY_NAME[record.topic].fact
    return contract is not None and issubclass(contract, EffectRequest)


def _is_request_of(event: Event, effects: Collection[str]) -> bool:
    return isinstance(event.fact, EffectRequest) and event.fact.effect_id in effects
