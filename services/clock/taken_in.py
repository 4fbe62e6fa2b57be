"""What stands in the clock's own topics, as the tasks have taken it in.

Whatever else somebody wrote there, every task has refused, each with a decision and a dead letter; the clock passes over it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

import structlog

from schemas.fact import Fact
from schemas.mesh import ClockTicked
from services.runtime.broker_connection import BrokerConnection
from services.runtime.codec import Codec
from services.runtime.door import admit, admit_tick
from services.runtime.kafka_access import read_topics
from services.runtime.records import InputRecord, append_time
from services.runtime.refusals import RefusedAtDoor

log = structlog.get_logger(__name__)

Ask = Callable[[Codec, Sequence[int]], Awaitable[None]]
"""Asks the registry about schema ids that the codec has never heard of: a newer release may have written under them."""


async def taken_in(
    broker: BrokerConnection, topics: Iterable[str], codec: Codec, ask: Ask | None
) -> AsyncIterator[Fact]:
    """Give the facts of broadcast topics. `ask` None: what stands there under ids not known by now is passed over."""
    async for record in read_topics(broker, topics):
        unknown = codec.unknown_id(record.value)
        if unknown is not None and ask is not None:
            await ask(codec, [unknown])
        try:
            yield _admitted(record, codec)
        except RefusedAtDoor as refused:
            code = refused.reason().code
            log.warning("passed over", topic=record.topic, partition=record.partition, offset=record.offset, code=code)


def _admitted(record: InputRecord, codec: Codec) -> Fact:
    if record.topic == ClockTicked.topic:
        return admit_tick(record, codec, append_time(record))[1]
    return admit(record, codec, None, 0).fact
