"""The real monitoring worker beside a real deciding worker, on the real broker."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from schemas.arrears import ArrearsSettled
from schemas.examples.values import sample
from schemas.outlets import OutletPublished
from schemas.topics import TOPICS
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.publishing import published
from services.sandbox.ports import free_port
from tests.harness.counting import COUNTING, paid
from tests.harness.header_batches import append_raw, raw, raw_batch
from tests.harness.quick_monitoring import LOOKS_OFTEN
from tests.harness.stack import Stack
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess
from tests.services.monitoring.samples import arrears_fact

pytestmark = pytest.mark.broker
OWN_TOPICS = TOPICS
PAYMENTS = 40
START_S = 40


@pytest_asyncio.fixture
async def deciding(own_stack: Stack) -> AsyncIterator[WorkerProcess]:
    worker = WorkerProcess("tests.harness.counting_worker", own_stack.settings, free_port())
    worker.start()
    yield worker
    await worker.stop()


@pytest_asyncio.fixture
async def monitoring(own_stack: Stack) -> AsyncIterator[WorkerProcess]:
    worker = WorkerProcess("services.monitoring", own_stack.settings, free_port(), LOOKS_OFTEN)
    worker.start()
    yield worker
    await worker.stop()


async def page(worker: WorkerProcess, name: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{worker.port}/{name}")
    return answer.raise_for_status().text


async def summary(worker: WorkerProcess) -> dict[str, Any]:
    shown: dict[str, Any] = httpx.Response(200, text=await page(worker, "summary")).json()
    return shown


async def all_read(worker: WorkerProcess) -> bool:
    health = await worker.health()
    return health is not None and bool(health["alive"]) and not (await summary(worker))["lag"]


def counts(shown: dict[str, Any]) -> tuple[int, int, int]:
    """Decided by arrears, changed in Wendeng, settled in Wendeng."""
    arrears = shown["arrears"].get("371003", {})
    return (
        shown["decisions"].get("arrears", {}).get("decided", 0),
        arrears.get("changed", 0),
        arrears.get("settled", 0),
    )


async def publish_payments(own_stack: Stack, reference: str) -> None:
    now = datetime.now(UTC)
    facts = [paid(number, 100, f"{reference}-{number}") for number in range(PAYMENTS)]
    records = [
        published(own_stack.codec, fact, f"id-{fact.business_reference}", "urn:weihai:tax", now, 12) for fact in facts
    ]
    async with KafkaPublisher(own_stack.settings.connection) as publisher:
        await publisher.append(records)


async def abort_one(own_stack: Stack) -> None:
    """Write a fact that never comes true."""
    producer = AIOKafkaProducer(bootstrap_servers=own_stack.settings.bootstrap_servers, transactional_id="aborting")
    await producer.start()
    await producer.begin_transaction()
    value = own_stack.codec.encode(ArrearsSettled.topic, arrears_fact(ArrearsSettled))
    await producer.send_and_wait(ArrearsSettled.topic, value, b"key")
    await producer.abort_transaction()
    await producer.stop()


async def topics_of(own_stack: Stack) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=own_stack.settings.bootstrap_servers)
    await admin.start()
    try:
        return {name for name in await admin.list_topics() if not name.startswith("__")}
    finally:
        await admin.close()


@pytest.mark.asyncio
async def test_decisions_are_counted_once_and_a_new_process_counts_the_same(
    own_stack: Stack, deciding: WorkerProcess, monitoring: WorkerProcess
) -> None:
    topics_before = await topics_of(own_stack)
    await until(lambda: own_stack.all_running([deciding], [COUNTING]), START_S, "the deciding worker runs")
    await until(lambda: all_read(monitoring), START_S, "monitoring has read what there was")
    before = counts(await summary(monitoring))

    await abort_one(own_stack)
    await publish_payments(own_stack, "monitored")

    async def is_counted() -> bool:
        return counts(await summary(monitoring))[0] == before[0] + PAYMENTS and await all_read(monitoring)

    await until(is_counted, 30, "every decision is counted")
    after = await summary(monitoring)

    assert (before[0] + PAYMENTS, before[1] + PAYMENTS, before[2]) == counts(after)
    assert "shebao_decision_entries_total{" in await page(monitoring, "metrics")
    assert topics_before == await topics_of(own_stack)

    await monitoring.kill()
    monitoring.start()
    await until(lambda: all_read(monitoring), START_S, "monitoring has counted again")

    again = await summary(monitoring)
    assert {**after, "lag": 0} == again


@pytest.mark.asyncio
async def test_a_header_whose_name_is_not_text_does_not_stop_the_counting(
    own_stack: Stack, monitoring: WorkerProcess
) -> None:
    outlet = OutletPublished.model_validate(sample(OutletPublished, whole=True))
    now, servers = datetime.now(UTC), own_stack.settings.connection
    record = published(own_stack.codec, outlet, "outlet-1", "urn:weihai:outlets", now, 12, 0)
    good, bad = raw(record), raw(record, (b"na\xffme", b"x"))
    await append_raw(servers, record.topic, 0, raw_batch([good, bad, good]))
    await until(lambda: all_read(monitoring), START_S, "monitoring has read what there was")
    await append_raw(servers, record.topic, 0, raw_batch([bad, good]))

    async def is_counted() -> bool:
        return sum((await summary(monitoring))["facts"].get(record.topic, {}).values()) == 5 and monitoring.is_running()

    await until(is_counted, 30, "what lies around the name is counted")


@pytest.mark.asyncio
async def test_monitoring_that_is_asked_to_end_does_so_in_good_order(
    own_stack: Stack, monitoring: WorkerProcess
) -> None:
    await until(lambda: all_read(monitoring), START_S, "monitoring runs")
    process = monitoring._daemon.process()
    assert process is not None
    process.terminate()

    assert 0 == await asyncio.to_thread(process.wait, 20)
