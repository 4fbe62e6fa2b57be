"""The log as brokers hold it: every place by hand, read-committed, never jumping."""

from collections.abc import Mapping

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import OffsetOutOfRangeError, TopicAuthorizationFailedError

from schemas import topics
from services.page.store.changes import Place
from services.page.store.log_port import LogLost, refuse_others
from services.page.store.projection import READ, places
from services.runtime.broker_connection import BrokerConnection
from services.runtime.closing import closed
from services.runtime.codec import Codec
from services.runtime.errors import BrokerRefused
from services.runtime.fetching import Fetching
from services.runtime.learning import learn_of
from services.runtime.records import InputRecord
from services.runtime.registry import RegistryClient, resolve
from services.runtime.stable_ends import StableEnds
from services.runtime.topic_ids import TopicIds

log = structlog.get_logger(__name__)

RECORDS_A_FETCH_MAX = 4_000
FETCH_WAIT_MS = 500


class KafkaLog:
    """A `Log` over one consumer. Opened anew after any error; topics that are not there yet are left out, and named in `missing`."""

    def __init__(
        self, connection: BrokerConnection, codec: Codec, registry: RegistryClient, request_timeout_ms: int
    ) -> None:
        self._connection, self._codec, self._registry = connection, codec, registry
        self._timeout_ms = request_timeout_ms
        self._consumer: AIOKafkaConsumer | None = None
        self._fetching: Fetching | None = None
        self._ends = StableEnds(connection, request_timeout_ms)
        self._places: list[TopicPartition] = []
        self._topic_ids = TopicIds(connection, READ)
        self.missing: frozenset[str] = frozenset()
        self.identities: Mapping[str, str] = {}

    async def open(self, positions: Mapping[Place, int]) -> None:
        """Turn to every place there is; `BrokerRefused` where one may not be read."""
        await self.close()
        there = await self._there()
        self.missing = READ - there.keys()
        self.identities = await self._topic_ids.now()
        self._places = [TopicPartition(*place) for place in places(there)]
        self._consumer = AIOKafkaConsumer(
            **self._connection.client(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            request_timeout_ms=self._timeout_ms,
        )
        await self._consumer.start()
        self._fetching = Fetching(self._consumer, self._connection, self._timeout_ms)
        learn_of(self._consumer, self._places)
        begins = await self._consumer.beginning_offsets(self._places)
        ends = await self._consumer.end_offsets(self._places)
        self._fetching.begin({place: _begin(place, positions, begins[place], ends[place]) for place in self._places})

    async def _there(self) -> dict[str, int]:
        """How many partitions each topic has that is there: what the mesh was made with, whatever the inventory says."""
        admin = AIOKafkaAdminClient(**self._connection.client())
        await admin.start()
        try:
            described = await admin.describe_topics(sorted(READ))
        finally:
            await admin.close()
        for topic in described:
            if topic["error_code"] == TopicAuthorizationFailedError.errno:
                raise BrokerRefused(
                    f"账号 {self._connection.user} 无权读取主题 {topic['topic']}，权限见 `shebao acls list`。",
                    f"{self._connection.user} may not read {topic['topic']}: see `shebao acls list`.",
                )
        return {topic["topic"]: len(topic["partitions"]) for topic in described if not topic["error_code"]}

    async def fetch(self, wait_ms: int) -> list[InputRecord]:
        """Give what has arrived; asks the registry about schemas met first."""
        assert self._fetching is not None
        try:
            fetched = await self._fetching.fetch(self._places, wait_ms, RECORDS_A_FETCH_MAX)
        except OffsetOutOfRangeError as error:
            raise LogLost(f"the next record is gone: {error.args[0]}") from error
        records = [record for found in fetched.values() for record in found]
        for record in records:
            unknown = self._codec.unknown_id(record.value) if topics.BY_NAME[record.topic].fact is not None else None
            if unknown is not None:
                await resolve(self._registry, self._codec, [unknown])
        return records

    async def waiting(self) -> Mapping[Place, int]:
        """Offsets between where each place is read next and its last stable one; `LogLost` where a topic was made anew meanwhile."""
        assert self._consumer is not None
        refuse_others(self.identities, await self._topic_ids.now())
        ends = await self._ends.of(self._places)
        behind = {place: ends[place] - await self._consumer.position(place) for place in self._places}
        return {(place.topic, place.partition): max(0, count) for place, count in behind.items()}

    async def close(self) -> None:
        """Let go of the connections."""
        await self._ends.close()
        if self._consumer is not None:
            await closed(self._consumer)
            self._consumer = None


def _begin(place: TopicPartition, positions: Mapping[Place, int], begin: int, end: int) -> int:
    """Where to go on. What the brokers themselves let go of after its time is no loss."""
    position = positions.get((place.topic, place.partition))
    if position is None:
        return begin
    if position > end:
        raise LogLost(f"{place.topic} {place.partition} ends at {end}, and was read up to {position}")
    if position < begin and topics.BY_NAME[place.topic].retention_days is None:
        raise LogLost(f"{place.topic} {place.partition} begins at {begin}, and was read up to {position}")
    return max(position, begin)
