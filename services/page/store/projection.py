"""From records to changes of rows: the whole of what the store knows of the mesh's contracts. Pure: no database, no clock."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from schemas import topics
from schemas.decision import legal_date
from schemas.mesh import ParameterPublished
from schemas.topics import Kind
from services.arrears import law
from services.arrears.worker import SERVICE as ARREARS
from services.page.store.changes import Changes
from services.page.store.projection_dead import take_dead
from services.page.store.projection_decisions import take_decisions
from services.page.store.projection_facts import take_fact
from services.page.store.projection_ops import ALERTS, INDICATORS, take_ops
from services.page.store.projection_tasks import States
from services.runtime.codec import Codec
from services.runtime.records import InputRecord
from services.runtime.service import Service

Take = Callable[[InputRecord, Codec, Changes], None]
_TAKES: Mapping[Kind, Take] = {
    Kind.FACT: take_fact,
    Kind.BROADCAST: take_fact,
    Kind.COMMANDS: take_fact,
    Kind.DECISIONS: take_decisions,
    Kind.DEAD: take_dead,
}
_OPS = (ALERTS, INDICATORS)


class Standing(NamedTuple):
    """What late fees are counted by: the latest tick a task of the arrears service has handled, and what was published of their cap (None: nothing)."""

    last_tick: datetime | None = None
    cap: ParameterPublished | None = None

    @property
    def day(self) -> date | None:
        """The mesh's legal date; None before its first tick."""
        return None if self.last_tick is None else legal_date(self.last_tick)

    @property
    def is_capped(self) -> bool:
        """Whether the disputed cap on late fees is switched on that day."""
        return self.cap is not None and self.day is not None and self.cap.value_on(self.day) == law.LATE_FEE_CAP_ON


class Projection:
    """Turns batches of records into changes. `services`: whose changelogs are read, all that there are."""

    def __init__(self, codec: Codec, services: Iterable[Service]) -> None:
        self.codec = codec
        self._services = {topics.changelog_topic(service.name): service for service in services}

    def changes(self, records: Iterable[InputRecord], standing: Standing) -> tuple[Changes, Standing]:
        """Give what a batch changes, and how the mesh stands after it. Records of one place come in their order."""
        changes, states = Changes(), dict[str, States]()
        for record in records:
            place = (record.topic, record.partition)
            changes.positions[place] = (record.offset + 1, record.append_time_ms)
            kind = topics.BY_NAME[record.topic].kind
            if record.topic in _OPS:
                take_ops(record, self.codec, changes)
            elif kind is not Kind.CHANGELOG:
                _TAKES[kind](record, self.codec, changes)
            elif record.topic in self._services:
                if record.topic not in states:
                    states[record.topic] = States(self._services[record.topic])
                states[record.topic].take(record)
        of_arrears = states.get(topics.changelog_topic(ARREARS.name))
        tick = None if of_arrears is None else of_arrears.last_tick()
        if tick is not None and (standing.last_tick is None or tick > standing.last_tick):
            standing = standing._replace(last_tick=tick)
        for one in states.values():
            one.changes(changes, standing.day, is_capped=standing.is_capped)
        return changes, standing


READ = frozenset(
    topic.name for topic in topics.TOPICS if topic.kind in _TAKES or topic.kind is Kind.CHANGELOG or topic.name in _OPS
)
"""Topics that are read."""
OF_INVENTORY = {topic.name: topic.partitions for topic in topics.TOPICS}


def places(partitions: Mapping[str, int] = OF_INVENTORY) -> list[tuple[str, int]]:
    """Every place that is read of topics with so many partitions. What is written to each partition alike is read from the first."""
    return [
        (name, partition)
        for name, count in partitions.items()
        if name in READ
        for partition in range(1 if topics.BY_NAME[name].kind is Kind.BROADCAST else count)
    ]
