"""A service that has read everything there is: its positions kept twice, as the runtime wants them."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas.topics import changelog_topic
from services.runtime.cases import META_KEY, TaskMeta, encode_struct
from services.runtime.kafka import KafkaWriter
from services.runtime.records import OutputRecord
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.transaction_ends import TransactionEnds

RECORDS_A_TRANSACTION = 2_000


async def caught_up(bootstrap: str, service: Service, partition: int, state: Sequence[OutputRecord] = ()) -> None:
    """Write `state` to the changelog of one task, and put the task at the end of its inputs."""
    settings = MeshSettings(bootstrap_servers=bootstrap)
    admin = AIOKafkaAdminClient(**settings.connection.client())
    writer = KafkaWriter(service.name, partition, settings, TransactionEnds(admin, service.name, settings))
    await writer.open()
    try:
        for start in range(0, len(state), RECORDS_A_TRANSACTION):
            await writer.commit(state[start : start + RECORDS_A_TRANSACTION], {})
        positions = await _ends(bootstrap, service, partition)
        meta = encode_struct(TaskMeta(positions=positions))
        await writer.commit(
            [OutputRecord(changelog_topic(service.name), partition, META_KEY.encode(), meta)], positions
        )
    finally:
        await writer.close()
        await admin.close()


async def _ends(bootstrap: str, service: Service, partition: int) -> dict[str, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None)
    await consumer.start()
    try:
        places = [TopicPartition(topic, partition) for topic in sorted(service.inputs)]
        return {place.topic: end for place, end in (await consumer.end_offsets(places)).items()}
    finally:
        await consumer.stop()
