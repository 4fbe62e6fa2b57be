import asyncio
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.sandbox import stack
from services.sandbox.kafka import Kafka
from services.sandbox.processes import known_daemons
from services.sandbox.settings import SandboxSettings
from services.sandbox.software import fetch_software

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

TOPIC = "sandbox-test"


@pytest_asyncio.fixture
async def running(settings: SandboxSettings) -> AsyncIterator[Kafka]:
    """A real broker and a real registry."""
    await stack.start(settings, parts=["kafka", "registry"])
    software = await fetch_software(settings)
    yield Kafka(settings, software.kafka_class_path, software.kafka_fast_start)
    await stack.reset(settings)


async def create_topic(settings: SandboxSettings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()


async def produce(settings: SandboxSettings, *values: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, transactional_id="sandbox-test")
    await producer.start()
    async with producer.transaction():
        for value in values:
            await producer.send_and_wait(TOPIC, value)
    await producer.stop()


async def consume(settings: SandboxSettings, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=settings.bootstrap_servers,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    await consumer.start()
    values = [record.value for record in [await asyncio.wait_for(consumer.getone(), 20) for _ in range(count)]]
    await consumer.stop()
    return [value for value in values if value is not None]


def listening_addresses(settings: SandboxSettings) -> set[str]:
    processes = [daemon.process() for daemon in known_daemons(settings.run_dir, settings.log_dir)]
    connections = [connection for process in processes if process for connection in process.net_connections("inet")]
    return {connection.laddr.ip for connection in connections if connection.status == psutil.CONN_LISTEN}


async def test_a_real_broker_and_registry_serve_on_loopback_and_survive_kill_and_freeze(
    settings: SandboxSettings, running: Kafka
) -> None:
    assert listening_addresses(settings) <= {"127.0.0.1", "::ffff:127.0.0.1"}
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{settings.registry_url}/subjects")).json() == []
    await create_topic(settings)
    await produce(settings, b"one", b"two")

    await running.kill_hard(1)
    await running.restart(1)
    await produce(settings, b"three")
    running.pause(1)
    running.resume(1)

    assert await consume(settings, 3) == [b"one", b"two", b"three"]
    assert "INFO" in running.brokers[1].log_tail()
