"""From a record to its counts and its window: only what our contracts can read is counted as what it says."""

import asyncio
from collections.abc import Iterable

import structlog

from schemas import topics
from schemas.decision_records import DecisionBatch
from schemas.mesh import ClockTicked
from services.monitoring.backlog import DECIDERS
from services.monitoring.counters import Content, Counters
from services.monitoring.observing import (
    observe_dead,
    observe_decisions,
    observe_fact,
    observe_payment,
    observe_unreadable,
)
from services.monitoring.payments import Payment, Payments
from services.monitoring.watermark import Watermark
from services.monitoring.window import WINDOW_MS
from services.monitoring.windows import Windows
from services.runtime.codec import Codec
from services.runtime.errors import RegistryUnavailable
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.registry import RegistryClient, resolve

log = structlog.get_logger(__name__)

REGISTRY_TRIES_MAX = 60
REGISTRY_WAIT_S = 1.0

HEARD = tuple(topic for topic in topics.TOPICS if "monitoring" in topic.consumers and topic.kind is not topics.Kind.OPS)
"""All topics that monitoring listens to, from the inventory; what it says itself it reads once, as it starts."""


class Reader:
    """Decodes records and counts them."""

    def __init__(self, codec: Codec, registry_url: str, begins_at_ms: int = 0, window_ms: int = WINDOW_MS) -> None:
        """`begins_at_ms`: windows that began earlier are not whole, so they are not counted; 0: from the log's beginning."""
        self.counters, self.watermark = Counters(), Watermark(begins_at_ms)
        self.windows = Windows(-(-begins_at_ms // window_ms), window_ms)
        self._payments = Payments()
        self._codec, self._registry_url = codec, registry_url

    async def read(self, records: Iterable[InputRecord]) -> None:
        """Count records; bad data is counted as unreadable and logged. Any other error is the caller's."""
        for record in records:
            await self._know_schema(record)
            self._count(record)

    def _count(self, record: InputRecord) -> None:
        try:
            content = self._content(record)
        except RefusedAtDoor as refused:
            code = refused.reason().code
            if record.topic not in DECIDERS:
                place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
                log.warning("unreadable", **place, code=code)
            if self.counters.observe_unreadable(record, code):
                self._observe(record, None, is_readable=False)
        else:
            if self.counters.observe(record, content):
                self._observe(record, content, is_readable=True)

    def _observe(self, record: InputRecord, content: Content, *, is_readable: bool) -> None:
        """Put a record that was not counted before in its window."""
        self.watermark.read_ms[record.topic, record.partition] = record.append_time_ms
        if isinstance(content, ClockTicked):
            self.watermark.tick(record.partition, record.append_time_ms)
        if is_readable and topics.BY_NAME[record.topic].kind is topics.Kind.BROADCAST and record.partition:
            return  # the same fact stands on every partition
        news = self._payments.news(record, content) if isinstance(content, Payment) else {}
        window = self.windows.of(record.append_time_ms)
        if window is None:
            return
        if not is_readable:
            observe_unreadable(window, record)
        elif isinstance(content, DecisionBatch):
            observe_decisions(window, record, content)
        elif content is None:
            observe_dead(window, record)
        else:
            observe_fact(window, record, content)
        if isinstance(content, Payment):
            observe_payment(window, content, news)

    def _content(self, record: InputRecord) -> Content:
        if topics.BY_NAME[record.topic].fact is None:
            return None
        if record.value is None:
            raise RefusedAtDoor("value-null")
        content: Content = self._codec.decode(record.topic, record.value)
        return content

    async def _know_schema(self, record: InputRecord) -> None:
        """Learn an id met for the first time; waits while the registry does not answer, then gives up."""
        schema_id = self._codec.unknown_id(record.value)
        if schema_id is None or topics.BY_NAME[record.topic].fact is None:
            return
        async with RegistryClient(self._registry_url) as registry:
            for tries_left in reversed(range(REGISTRY_TRIES_MAX)):
                try:
                    await resolve(registry, self._codec, [schema_id])
                except RegistryUnavailable:
                    if not tries_left:
                        raise
                    log.warning("the registry does not answer", schema_ids=[schema_id], tries_left=tries_left)
                    await asyncio.sleep(REGISTRY_WAIT_S)
                else:
                    return
