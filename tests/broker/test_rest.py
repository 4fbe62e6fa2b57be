"""A mesh is not at rest while something that was said still stands in an open transaction."""

from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from schemas.cards import CardLost
from services.runtime.closing import closed
from services.runtime.stable_ends import StableEnds
from services.sandbox.quiet import Rest
from tests.harness.stack import Stack
from tests.harness.waiting import until

PLACE = TopicPartition(CardLost.topic, 0)


def idle_at(offset: int) -> list[dict[str, Any]]:
    """The page of a worker whose only task has read everything before an offset."""
    task = {"service": "cards", "partition": PLACE.partition, "restarts": 0, "holds_ticks": False}
    return [
        {"worker": "cards", "effects_in_flight": 0, "tasks": [{**task, "positions": {PLACE.topic: offset}}]},
    ]


@pytest.mark.broker
@pytest.mark.asyncio
async def test_what_stands_in_an_open_transaction_is_still_to_come(stack: Stack) -> None:
    connection = stack.settings.connection
    producer = AIOKafkaProducer(bootstrap_servers=stack.settings.bootstrap_servers, transactional_id="rest")
    await producer.start()
    async with StableEnds(connection) as readable, Rest(connection) as rest:
        before = (await readable.of([PLACE]))[PLACE]
        assert await rest.is_reached(idle_at(before))

        await producer.begin_transaction()
        await producer.send_and_wait(PLACE.topic, b"said, and not yet to be read", partition=PLACE.partition)

        assert before == (await readable.of([PLACE]))[PLACE]
        assert not await rest.is_reached(idle_at(before))

        await producer.abort_transaction()

        async def is_reached() -> bool:
            return await rest.is_reached(idle_at((await readable.of([PLACE]))[PLACE]))

        await until(is_reached, 30, "the marker is written")
    await closed(producer)
