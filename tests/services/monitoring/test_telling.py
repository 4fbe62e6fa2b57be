"""What the real monitoring worker says on the real broker: killed, and wiped."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from schemas.arrears import ArrearsSettled
from schemas.mesh import ClockTicked
from schemas.ops import OpsAlert, OpsIndicator
from schemas.topics import PARTITIONS
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published, published_everywhere
from services.runtime.records import OutputRecord
from services.sandbox.ports import free_port
from tests.harness.counting import paid
from tests.harness.stack import Stack
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess
from tests.services.monitoring.samples import arrears_fact

pytestmark = pytest.mark.broker
WINDOW_S = 1
START_S = 40
PAYMENTS = 30
PAID = "facts/tax/371003/contribution-paid"
SETTLED = "facts/arrears/371003/arrears-settled"
Held = dict[tuple[str, datetime], tuple[int, dict[str, int]]]


@pytest_asyncio.fixture
async def monitoring(own_stack: Stack) -> AsyncIterator[WorkerProcess]:
    settings = {"SHEBAO_MONITORING_LOOK_S": "0.2", "SHEBAO_MONITORING_WINDOW_S": str(WINDOW_S)}
    worker = WorkerProcess("services.monitoring", own_stack.settings, free_port(), settings)
    worker.start()
    yield worker
    await worker.stop()


async def publish(own_stack: Stack, records: list[OutputRecord]) -> None:
    async with KafkaPublisher(own_stack.settings.connection) as publisher:
        await publisher.append(records)


async def publish_payments(own_stack: Stack, reference: str, payments: int = PAYMENTS) -> None:
    now = datetime.now(UTC)
    facts = [paid(number, 100, f"{reference}-{number}") for number in range(payments)]
    await publish(
        own_stack,
        [
            published(own_stack.codec, fact, f"id-{fact.business_reference}", "urn:weihai:tax", now, 12)
            for fact in facts
        ],
    )


async def tick(own_stack: Stack) -> None:
    now = datetime.now(UTC)
    ticks = published_everywhere(
        own_stack.codec, ClockTicked(now=now), f"tick-{now.isoformat()}", "/services/clock", now, PARTITIONS
    )
    await publish(own_stack, ticks)


async def abort_one(own_stack: Stack) -> None:
    """Write a fact that never comes true."""
    producer = AIOKafkaProducer(bootstrap_servers=own_stack.settings.bootstrap_servers, transactional_id="aborting")
    await producer.start()
    await producer.begin_transaction()
    value = own_stack.codec.encode(ArrearsSettled.topic, arrears_fact(ArrearsSettled))
    await producer.send_and_wait(ArrearsSettled.topic, value, b"key")
    await producer.abort_transaction()
    await producer.stop()


async def said(own_stack: Stack) -> list[OpsIndicator]:
    topics = [OpsIndicator.topic]
    records = [record async for record in read_topics(own_stack.settings.connection, topics)]
    return [own_stack.codec.decode(record.topic, record.value or b"") for record in records]


def held(indicators: list[OpsIndicator]) -> Held:
    """The value of the highest revision of each series and window."""
    found: Held = {}
    for one in indicators:
        place = one.series, one.window_starts_at
        if one.revision > found.get(place, (0, {}))[0]:
            found[place] = one.revision, one.values
    return found


def facts(indicators: list[OpsIndicator], series: str) -> int:
    return sum(values["facts"] for (name, _), (_, values) in held(indicators).items() if name == series)


async def until_told(own_stack: Stack, payments: int) -> None:
    async def is_told() -> bool:
        await tick(own_stack)
        return facts(await said(own_stack), PAID) == payments

    await until(is_told, START_S, f"{payments} payments are said")


async def wipe(own_stack: Stack) -> None:
    """Take away all that monitoring said."""
    admin = AIOKafkaAdminClient(bootstrap_servers=own_stack.settings.bootstrap_servers)
    await admin.start()
    places = [TopicPartition(topic, number) for topic in (OpsIndicator.topic, OpsAlert.topic) for number in range(12)]
    try:
        await admin.delete_records({place: RecordsToDelete(before_offset=-1) for place in places})
    finally:
        await admin.close()


@pytest.mark.asyncio
async def test_what_a_killed_and_a_wiped_process_say_is_the_same(own_stack: Stack, monitoring: WorkerProcess) -> None:
    await publish_payments(own_stack, "first")
    await abort_one(own_stack)
    await until_told(own_stack, PAYMENTS)
    await publish_payments(own_stack, "second")
    await monitoring.kill()
    await publish_payments(own_stack, "third")
    monitoring.start()
    await until_told(own_stack, 3 * PAYMENTS)
    before = await said(own_stack)

    assert 0 == facts(before, SETTLED)
    assert len(before) == len({one.indicator_id for one in before})

    await monitoring.kill()
    await wipe(own_stack)
    monitoring.start()
    await until_told(own_stack, 3 * PAYMENTS)
    again = held(await said(own_stack))

    assert {place: values for place, (_, values) in held(before).items()} == {
        place: values for place, (_, values) in again.items() if place in held(before)
    }
