"""What the real monitoring worker says on the real broker: killed, wiped, and after a topic was made anew beneath it and the page's feeder."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from schemas.arrears import ArrearsSettled
from schemas.contributions import ContributionPaid
from schemas.mesh import ClockTicked
from schemas.ops import OpsAlert, OpsIndicator
from schemas.topics import PARTITIONS, TOPICS
from services.page.store import tables
from services.page.store.database import Database
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published, published_everywhere
from services.runtime.records import OutputRecord
from services.runtime.topic_admin import apply
from services.sandbox.ports import free_port
from tests.harness.counting import paid
from tests.harness.page_store import sqlite_url
from tests.harness.quick_monitoring import LOOKS_OFTEN
from tests.harness.stack import Stack
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess
from tests.services.monitoring.samples import arrears_fact

pytestmark = pytest.mark.broker
OWN_TOPICS = TOPICS
WINDOW_S = 1
START_S = 40
PAYMENTS = 30
PAID = "facts/tax/371003/contribution-paid"
SETTLED = "facts/arrears/371003/arrears-settled"
Held = dict[tuple[str, datetime], tuple[int, dict[str, int]]]


@pytest_asyncio.fixture
async def monitoring(own_stack: Stack) -> AsyncIterator[WorkerProcess]:
    settings = {**LOOKS_OFTEN, "SHEBAO_MONITORING_WINDOW_S": str(WINDOW_S)}
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


@pytest_asyncio.fixture
async def feeding(own_stack: Stack, tmp_path: Path) -> AsyncIterator[WorkerProcess]:
    settings = {"SHEBAO_PAGE_STORE_URL": sqlite_url(tmp_path), "SHEBAO_PAGE_LOOK_S": "0.2"}
    worker = WorkerProcess("services.page.store", own_stack.settings, free_port(), settings)
    worker.start()
    yield worker
    await worker.stop()


async def in_store(folder: Path) -> int:
    """How many payments the page's store holds; -1 while it has no tables."""
    try:
        async with Database(sqlite_url(folder)) as database, database.reading() as connection:
            asked = select(func.count()).select_from(tables.fact).where(tables.fact.c.topic == ContributionPaid.topic)
            return await connection.scalar(asked) or 0
    except OperationalError:
        return -1


async def topics_of(own_stack: Stack) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=own_stack.settings.bootstrap_servers)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def make_anew(own_stack: Stack, topic: str) -> None:
    """Delete a topic, and make it again as soon as it is gone."""
    admin = AIOKafkaAdminClient(bootstrap_servers=own_stack.settings.bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_topics([topic])
    finally:
        await admin.close()

    async def is_gone() -> bool:
        return topic not in await topics_of(own_stack)

    await until(is_gone, START_S, f"{topic} is gone")
    await apply(own_stack.settings.connection, 1)


@pytest.mark.asyncio
async def test_a_topic_that_was_deleted_and_made_anew_is_counted_as_it_is_now_and_once(
    own_stack: Stack, monitoring: WorkerProcess, feeding: WorkerProcess, tmp_path: Path
) -> None:
    topic = ContributionPaid.topic
    await publish_payments(own_stack, "before")
    before = len([one async for one in read_topics(own_stack.settings.connection, [topic])])

    async def is_fed(payments: int) -> bool:
        return await in_store(tmp_path) == payments

    await until_told(own_stack, before)
    await until(lambda: is_fed(before), START_S, f"{before} payments are in the store\n{feeding.log[-2_000:]}")
    await make_anew(own_stack, topic)
    await publish_payments(own_stack, "anew", before + PAYMENTS)  # it grows past where the one before was read to

    async def has_ended() -> bool:
        return not monitoring.is_running()

    await until(has_ended, START_S, f"monitoring sees another topic\n{monitoring.log[-2_000:]}")
    monitoring.start()
    await until_told(own_stack, before + PAYMENTS)
    await until(lambda: is_fed(before + PAYMENTS), START_S, f"the store is fed anew\n{feeding.log[-2_000:]}")

    assert f"{topic} was deleted and made anew, and so is the counting" in monitoring.log
    # By another topic, by one that ends too early, by a record that is gone: it hangs on when it looks.
    assert "the store is fed anew" in feeding.log
