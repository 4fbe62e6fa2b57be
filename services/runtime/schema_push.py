"""Register every contract of the inventory, each subject kept FULL_TRANSITIVE by the registry itself."""

import asyncio
from collections.abc import Iterable

from schemas.avro import avro_schema
from schemas.topics import TOPICS, Topic
from services.runtime.registry import RegistryClient

COMPATIBILITY = "FULL_TRANSITIVE"
AT_ONCE_MAX = 8


async def push(client: RegistryClient, inventory: Iterable[Topic] = TOPICS) -> dict[str, int]:
    """Set the level and register the schema of each topic that has a contract; gives the id of each subject.

    The registry refuses an incompatible schema (`SchemaDisagreement`); registering the same again changes nothing.
    """
    at_once = asyncio.Semaphore(AT_ONCE_MAX)
    ids: dict[str, int] = {}

    async def register(topic: Topic) -> None:
        assert topic.fact is not None
        async with at_once:
            await client.set_compatibility(topic.subject, COMPATIBILITY)
            ids[topic.subject] = await client.register(topic.subject, avro_schema(topic.fact))

    async with asyncio.TaskGroup() as group:
        for topic in inventory:
            if topic.fact is not None:
                group.create_task(register(topic))
    return ids
