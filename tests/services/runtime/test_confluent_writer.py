"""A producer of the second client ends where its writer is closed, though the error that it failed with is still held."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from confluent_kafka import Producer

from schemas.topics import changelog_topic
from services.runtime.confluent import ConfluentWriter
from services.runtime.confluent_clients import producer_config
from services.runtime.errors import TaskMustRestart
from services.runtime.records import OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.transaction_ends import TransactionEnds
from tests.harness.counting import COUNTING
from tests.harness.waiting import until

pytestmark = pytest.mark.asyncio

NOWHERE = MeshSettings(bootstrap_servers="127.0.0.1:1", transaction_timeout_ms=1_000, request_timeout_ms=1_000)
RECORD = OutputRecord(changelog_topic(COUNTING.name), 0, b"@key", b"value")


async def opened(writer: ConfluentWriter) -> None:
    await writer.open()


async def committed(writer: ConfluentWriter) -> None:
    writer._producers.append(Producer(producer_config(NOWHERE, "arrears-0")))
    await writer.commit([RECORD], {})


@pytest.mark.parametrize("fail", [opened, committed])
async def test_a_producer_that_failed_ends_with_its_writer(
    fail: Callable[[ConfluentWriter], Awaitable[None]],
) -> None:
    transactions = TransactionEnds(AIOKafkaAdminClient(**NOWHERE.connection.client()), COUNTING.name, NOWHERE)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(str).result()
        before = psutil.Process().num_threads()
        writer = ConfluentWriter(COUNTING.name, 0, NOWHERE, transactions, None, threads)
        with pytest.raises(TaskMustRestart) as failed:
            await fail(writer)
        await writer.close()

        async def has_ended() -> bool:
            return psutil.Process().num_threads() <= before

        await until(has_ended, 30, "the threads of the producer have ended")
        assert failed.tb is not None, "its traceback was held all the time"
