"""One real Kafka broker for one run: ports of its own, data in a temporary folder that is removed afterwards."""

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.topics import PARTITIONS
from services.runtime.records import OutputRecord
from services.sandbox import stack
from services.sandbox.ports import free_port
from services.sandbox.settings import SandboxSettings

WRITE_BATCH_BYTES = 512 * 1024


@contextlib.asynccontextmanager
async def private_broker() -> AsyncIterator[str]:
    """Start a broker, give its bootstrap servers, and remove it and its data at the end."""
    with tempfile.TemporaryDirectory(prefix="shebao-bench-") as folder:
        settings = SandboxSettings(data_dir=Path(folder) / "data", kafka_port=free_port(neighbours=1))
        await stack.start(settings, parts=("kafka",))
        try:
            yield settings.bootstrap_servers
        finally:
            await stack.reset(settings)


async def create_topics(bootstrap: str, names: Iterable[str], compacted: Iterable[str] = ()) -> None:
    """Create topics with the mesh's partition count and broker append time."""
    plain = [_topic(name, "delete") for name in names]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([*plain, *(_topic(name, "compact") for name in compacted)])
    finally:
        await admin.close()


def _topic(name: str, cleanup: str) -> NewTopic:
    # max.message.bytes as the mesh gives its changelogs, so that one transaction's state fits in one batch.
    configs = {
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": cleanup,
        "max.message.bytes": str(8 * 1024 * 1024),
    }
    return NewTopic(name, PARTITIONS, 1, topic_configs=configs)


async def write(bootstrap: str, records: Sequence[OutputRecord]) -> None:
    """Write records in large batches, each to the partition it names."""
    places: dict[tuple[str, int], list[OutputRecord]] = defaultdict(list)
    for record in records:
        places[record.topic, record.partition].append(record)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_batch_size=WRITE_BATCH_BYTES, acks="all")
    await producer.start()
    try:
        for (topic, partition), waiting in places.items():
            await _write_partition(producer, topic, partition, waiting)
    finally:
        await producer.stop()


async def _write_partition(
    producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[OutputRecord]
) -> None:
    batch = producer.create_batch()
    sent = []
    for record in records:
        fields = {"key": record.key, "value": record.value, "timestamp": None, "headers": list(record.headers)}
        if batch.append(**fields) is None:
            sent.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**fields)
    sent.append(await producer.send_batch(batch, topic, partition=partition))
    for written in sent:
        await written
