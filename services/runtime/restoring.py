"""Reading a task's changelog from its beginning to its last stable offset, and taking it in; the same with both clients."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.runtime.closing import closed
from services.runtime.errors import TaskMustRestart
from services.runtime.settings import MeshSettings
from services.runtime.shard import Shard

FETCH_BYTES = 8 * 1024 * 1024
PARTITION_FETCH_BYTES = 1024 * 1024
RESTORE_WAIT_MS = 200
IDLE_LOOK_MS = 2_000
"""How often an idle consumer of aiokafka looks around by itself; what happens wakes it at once."""

DECODED_A_TURN = 500
"""So many cases are decoded before others of the process get their turn."""


async def restore(
    shard: Shard, records: AsyncIterator[tuple[str, bytes | None]], progressed: Callable[[], None]
) -> int:
    """Take a changelog's records into a shard; gives how many there were. `progressed` hears that it goes on.

    Its newest part is not compacted yet: what was written many times there is decoded once (seen: 15,000 records of 2,000
    cases, two seconds a task while others waited for their turn).
    """
    count, latest = 0, dict[str, bytes | None]()
    async for key, value in records:
        latest[key] = value
        count += 1
        progressed()
    for place, key in enumerate(list(latest)):
        shard.restore(key, latest.pop(key))
        if place % DECODED_A_TURN == 0:
            await asyncio.sleep(0)
            progressed()
    return count


def new_consumer(settings: MeshSettings, wait_ms: int) -> AIOKafkaConsumer:
    """Make a read-committed consumer that is assigned by hand; the broker holds its fetches for so long."""
    return AIOKafkaConsumer(
        **settings.connection.client(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",  # a lost offset stops the task, it does not jump
        isolation_level="read_committed",
        fetch_max_wait_ms=wait_ms,
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=PARTITION_FETCH_BYTES,
        request_timeout_ms=settings.request_timeout_ms,
        metadata_max_age_ms=60_000,
        consumer_timeout_ms=IDLE_LOOK_MS,
    )


async def restored(settings: MeshSettings, changelog: TopicPartition) -> AsyncIterator[tuple[str, bytes | None]]:
    """Read every record of a changelog, with a consumer of its own.

    The one that reads the inputs must not have a fetch of the changelog under way when it turns to them: the broker
    would hold it for the whole of its wait.
    """
    timeout_s = settings.request_timeout_ms / 1000
    consumer = new_consumer(settings, RESTORE_WAIT_MS)
    try:
        await consumer.start()
        async with asyncio.timeout(timeout_s):
            begin = (await consumer.beginning_offsets([changelog]))[changelog]
            end = (await consumer.end_offsets([changelog]))[changelog]
        if begin == end:
            return
        consumer.assign([changelog])
        consumer.seek(changelog, begin)
        silent = 0
        while await consumer.position(changelog) < end:
            fetched = await consumer.getmany(timeout_ms=RESTORE_WAIT_MS)
            for record in fetched.get(changelog, []):
                yield record.key.decode(), record.value
            silent = 0 if fetched else silent + 1
            if silent * RESTORE_WAIT_MS > timeout_s * 1_000:
                raise TaskMustRestart("the changelog cannot be read to its end")
    finally:
        await closed(consumer)
