"""How many records wait for a service, by the broker's own word."""

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.runtime.broker_connection import BrokerConnection
from services.runtime.group_offsets import committed_offsets
from services.runtime.service import Service
from services.runtime.stable_ends import StableEnds


async def records_waiting(connection: BrokerConnection, service: Service) -> int:
    """Records of cases' facts that stand in the topics and that no transaction of the service has taken in."""
    places = [TopicPartition(fact.topic, number) for fact in service.hears for number in range(service.partitions)]
    admin = AIOKafkaAdminClient(**connection.client())
    await admin.start()
    try:
        taken = await committed_offsets(admin, service.name, places)
        async with StableEnds(connection) as ends:
            await ends.know(fact.topic for fact in service.hears)
            found = await ends.of(places)
    finally:
        await admin.close()
    return sum(max(0, found[place] - taken.get(place, 0)) for place in places)
