"""The feeding worker on a real broker: killed again and again while records come, it holds what a fresh store is fed to."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from schemas.contributions import ContributionPaid
from schemas.topics import TOPICS
from services.page.store.database import Database
from services.page.store.projection import places
from services.runtime.codec import PREFIX_BYTES
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.records import InputRecord, OutputRecord
from tests.harness.page_store import all_rows, fed, sqlite_url
from tests.harness.page_world import World, world
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio, pytest.mark.xdist_group("page_store")]

MODULE = "services.page.store"
WAIT_S = 60.0
OWN_TOPICS = TOPICS
Rows = dict[str, list[tuple[Any, ...]]]
LIVES = 4


@pytest.fixture(scope="module")
def mesh() -> World:
    """Made before any loop runs: the console's commands run loops of their own."""
    return world()


def as_registered(stack: Stack, record: InputRecord) -> OutputRecord:
    """A record of the twin under the schema ids of the broker's registry."""
    value, contract = record.value, stack.codec.contracts.get(record.topic)
    if value is not None and contract is not None and value[:1] == b"\x00":
        value = contract.prefix + value[PREFIX_BYTES:]
    return OutputRecord(record.topic, record.partition, record.key, value, record.headers)


async def write(stack: Stack, records: Sequence[InputRecord]) -> None:
    async with KafkaPublisher(stack.settings.connection) as publisher:
        await publisher.append([as_registered(stack, record) for record in records])


async def write_and_abort(stack: Stack, record: InputRecord) -> None:
    """Write a record in a transaction that is taken back."""
    producer = AIOKafkaProducer(**stack.settings.connection.client(), transactional_id="taken-back")
    await producer.start()
    try:
        await producer.begin_transaction()
        written = as_registered(stack, record)
        await producer.send_and_wait(
            written.topic, written.value, written.key, written.partition, headers=list(written.headers)
        )
        await producer.abort_transaction()
    finally:
        await producer.stop()


class Feeding:
    """The worker, and what its health page says."""

    def __init__(self, stack: Stack, url: str) -> None:
        self._port = free_port()
        extra = {"SHEBAO_PAGE_STORE_URL": url, "SHEBAO_PAGE_LOOK_S": "0.2"}
        self.worker = WorkerProcess(MODULE, stack.settings, self._port, extra)

    async def health(self) -> dict[str, int]:
        """The page; empty while nobody listens."""
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                found: dict[str, int] = (await client.get(f"http://127.0.0.1:{self._port}/health")).json()
        except httpx.HTTPError:
            return {}
        return found

    async def has_read(self, records: int) -> None:
        """Wait until this life has read so many records."""

        async def is_so() -> bool:
            return (await self.health()).get("records", 0) >= records

        await until(is_so, WAIT_S, f"{records} records read\n{self.worker.log[-2_000:]}")

    async def holds(self, url: str, expected: Rows) -> None:
        """Wait until the store holds these rows, and no others."""

        async def is_so() -> bool:
            async with Database(url) as database:
                return await all_rows(database) == expected

        await until(is_so, WAIT_S, f"the store holds what a fresh one is fed to\n{self.worker.log[-2_000:]}")


async def in_the_log(stack: Stack) -> list[InputRecord]:
    names = sorted({topic for topic, _ in places()})
    return [record async for record in read_topics(stack.settings.connection, names)]


async def test_a_feeder_killed_while_records_come_holds_each_of_them_once(
    own_stack: Stack, mesh: World, tmp_path: Path
) -> None:
    url, records = sqlite_url(tmp_path), mesh.records
    feeding = Feeding(own_stack, url)
    share = len(records) // LIVES
    try:
        for life in range(LIVES):
            feeding.worker.start()
            part = records[life * share : (life + 1) * share if life < LIVES - 1 else None]
            writing = asyncio.create_task(write(own_stack, part))
            if life < LIVES - 1:
                await feeding.has_read(share // 4)
                await feeding.worker.kill()
            await writing
        paid = next(record for record in records if record.topic == ContributionPaid.topic)
        await write_and_abort(own_stack, paid)
        await write(own_stack, [paid])
        held = await in_the_log(own_stack)
        async with Database(sqlite_url(tmp_path, "fresh")) as fresh:
            await fed(fresh, own_stack.codec, held)
            expected = await all_rows(fresh)
        await feeding.holds(url, expected)
    finally:
        await feeding.worker.stop()

    assert len(records) + 1 == len(held) + _read_by_nobody(records)


def _read_by_nobody(records: Sequence[InputRecord]) -> int:
    """Records of topics that the store does not read."""
    names = {topic for topic, _ in places()}
    return len([record for record in records if record.topic not in names])
