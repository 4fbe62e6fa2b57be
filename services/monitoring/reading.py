"""From a record to its counts: only what our contracts can read is counted as what it says."""

import asyncio

import structlog

from schemas import topics
from services.monitoring.counters import Content, Counters
from services.runtime.codec import Codec
from services.runtime.errors import RegistryUnavailable
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.registry import RegistryClient, resolve

log = structlog.get_logger(__name__)

REGISTRY_TRIES_MAX = 60
REGISTRY_WAIT_S = 1.0

HEARD = tuple(topic for topic in topics.TOPICS if "monitoring" in topic.consumers)
"""All topics that monitoring hears, from the inventory."""


class Reader:
    """Decodes records and counts them."""

    def __init__(self, codec: Codec, registry_url: str) -> None:
        self.counters = Counters()
        self._codec, self._registry_url = codec, registry_url

    async def read(self, record: InputRecord) -> None:
        """Count a record; bad data is counted as unreadable and logged. Any other error is the caller's."""
        try:
            content = await self._content(record)
        except RefusedAtDoor as refused:
            log.warning(
                "unreadable",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                code=refused.reason().code,
            )
            self.counters.observe_unreadable(record, refused.reason().code)
        else:
            self.counters.observe(record, content)

    async def _content(self, record: InputRecord) -> Content:
        if topics.BY_NAME[record.topic].fact is None:
            return None
        if record.value is None:
            raise RefusedAtDoor("value-null")
        await self._know_schema(record.value)
        content: Content = self._codec.decode(record.topic, record.value)
        return content

    async def _know_schema(self, value: bytes) -> None:
        """Learn an id met for the first time; waits while the registry does not answer, then gives up."""
        schema_id = self._codec.unknown_id(value)
        if schema_id is None:
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
