"""Handing records to a producer for an edge: the broker's answers come later, and are waited for together."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaProducer

from services.runtime.closing import let_go
from services.runtime.records import OutputRecord


async def sent(producer: AIOKafkaProducer, record: OutputRecord) -> asyncio.Future[Any]:
    """Hand over one record; gives the answer that is to be waited for. Of several that fail together one is raised, none printed."""
    answer: asyncio.Future[Any] = await producer.send(
        record.topic, record.value, record.key, record.partition, headers=list(record.headers)
    )
    answer.add_done_callback(let_go)
    return answer
