"""Finds out what an account may really do: by doing it to every topic, group and transactional id, so that nothing comes of it."""

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
from aiokafka.protocol.api import Request
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.group import HeartbeatRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import EndTxnRequest

from schemas.access import Grant, Right, Thing
from services.runtime.broker_connection import BrokerConnection

NOBODYS_PRODUCER, NOBODYS_MEMBER = 2**62, "nobody"
NO_RECORDS = b""
TRY_MS = 10_000


class Account:
    """One account at one broker, trying everything."""

    def __init__(self, connection: BrokerConnection) -> None:
        self._user = connection.user
        self._admin = AIOKafkaAdminClient(**connection.client())
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._open.push_async_callback(self._admin.close)
        await self._admin.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def _asked(self, request: Request[Any]) -> Any:
        (broker,) = self._admin._client.cluster.brokers()
        return await self._admin._send_request_to_node(broker.nodeId, request)

    async def may(self, table: Iterable[Grant]) -> set[Grant]:
        """Everything named in the table that this account can do, by trying."""
        things = {(grant.thing, grant.name) for grant in table}
        topics, groups, ids = (
            sorted(name for thing, name in things if thing is kind)
            for kind in (Thing.TOPIC, Thing.GROUP, Thing.TRANSACTIONAL_ID)
        )
        return {
            *await self._may_read(topics),
            *await self._may_write(topics),
            *[grant for name in groups for grant in await self._may_join(name)],
            *[grant for name in ids for grant in await self._may_use(name)],
        }

    async def _may_read(self, topics: Sequence[str]) -> list[Grant]:
        """Fetch from the beginning of every topic; takes whatever lies there."""
        if not topics:
            return []
        wanted = [(topic, [(0, 0, 1)]) for topic in topics]
        answer = await self._asked(FetchRequest(0, 0, 1, 1, wanted))
        codes = {topic: partition[1] for topic, (partition,) in answer.topics}
        assert set(topics) == set(codes)
        return [
            Grant(self._user, Thing.TOPIC, topic, Right.READ)
            for topic, code in codes.items()
            if code != TopicAuthorizationFailedError.errno
        ]

    async def _may_write(self, topics: Sequence[str]) -> list[Grant]:
        """Send no records at all to every topic: whoever may write is told that this is no batch."""
        if not topics:
            return []
        nothing = [(topic, [(0, NO_RECORDS)]) for topic in topics]
        answer = await self._asked(ProduceRequest(None, -1, TRY_MS, nothing))
        codes = {topic: partition[1] for topic, (partition,) in answer.topics}
        assert set(topics) == set(codes)
        assert 0 not in codes.values(), "something was written"
        return [
            Grant(self._user, Thing.TOPIC, topic, Right.WRITE)
            for topic, code in codes.items()
            if code != TopicAuthorizationFailedError.errno
        ]

    async def _may_join(self, group: str) -> list[Grant]:
        """Beat the heart of a member that is not there."""
        answer = await self._asked(HeartbeatRequest(group, 0, NOBODYS_MEMBER))
        refused = answer.error_code == GroupAuthorizationFailedError.errno
        assert answer.error_code != 0
        return [] if refused else [Grant(self._user, Thing.GROUP, group, Right.READ)]

    async def _may_use(self, name: str) -> list[Grant]:
        """End a transaction of a producer that never was."""
        answer = await self._asked(EndTxnRequest(name, NOBODYS_PRODUCER, 0, False))
        refused = answer.error_code == TransactionalIdAuthorizationFailed.errno
        assert answer.error_code != 0
        return [] if refused else [Grant(self._user, Thing.TRANSACTIONAL_ID, name, Right.WRITE)]
