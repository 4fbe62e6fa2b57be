"""Group membership on aiokafka: it only says which tasks this process runs; safety rests on fencing alone.

The assignor gives all topics of a partition number together, and sits still when it can: whoever had a task keeps
it, and only what must move does.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError

from services.runtime.closing import closed
from services.runtime.errors import BrokerRefused, BrokerUnavailable
from services.runtime.former_member import FormerMember
from services.runtime.listening import why_unreachable
from services.runtime.settings import MeshSettings

log = structlog.get_logger(__name__)

POLL_MS = 500


def distribute(partitions: int, owned: Mapping[str, Iterable[int]]) -> dict[str, list[int]]:
    """Share out partition numbers among members (name → numbers it has now).

    Nobody gets more than one number more than another; whoever has a number keeps it unless it has too many.
    Of two that claim the same number the first by name keeps it.
    """
    claims = _undisputed(partitions, owned)
    quotas = _quotas(partitions, claims)
    shares = {member: numbers[: quotas[member]] for member, numbers in claims.items()}
    taken = {number for numbers in shares.values() for number in numbers}
    free = [number for number in range(partitions) if number not in taken]
    for member, share in shares.items():
        missing = quotas[member] - len(share)
        share.extend(free[:missing])
        del free[:missing]
    return shares


def _undisputed(partitions: int, owned: Mapping[str, Iterable[int]]) -> dict[str, list[int]]:
    claims: dict[str, list[int]] = {}
    taken: set[int] = set()
    for member in sorted(owned):
        claims[member] = sorted({number for number in owned[member] if 0 <= number < partitions} - taken)
        taken.update(claims[member])
    return claims


def _quotas(partitions: int, claims: Mapping[str, list[int]]) -> dict[str, int]:
    """The larger shares go to those who have most already, so that the fewest numbers move."""
    if not claims:
        return {}
    fewest, extra = divmod(partitions, len(claims))
    by_claims = sorted(claims, key=lambda member: (-len(claims[member]), member))
    return {member: fewest + (1 if place < extra else 0) for place, member in enumerate(by_claims)}


def sticky_assignor(partitions: int, owned: Callable[[], Iterable[int]]) -> type[AbstractPartitionAssignor]:
    """Make the assignor of one membership: aiokafka wants a class, and each membership needs its own memory."""

    class TogetherAndStill(AbstractPartitionAssignor):  # type: ignore[misc]  # aiokafka ships no types
        name = "together-and-still"

        @classmethod
        def assign(
            cls, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
        ) -> dict[str, ConsumerProtocolMemberAssignment]:
            shares = distribute(partitions, {name: _numbers(meta.user_data) for name, meta in members.items()})
            return {
                name: ConsumerProtocolMemberAssignment(
                    0, [(topic, shares[name]) for topic in sorted(members[name].subscription)], b""
                )
                for name in members
            }

        @classmethod
        def metadata(cls, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
            claims = json.dumps(sorted(owned())).encode()
            return ConsumerProtocolMemberMetadata(0, sorted(topics), claims)

        @classmethod
        def on_assignment(cls, assignment: ConsumerProtocolMemberAssignment) -> None:
            """Nothing to remember: what is owned is asked when it is needed."""

    return TogetherAndStill


def _numbers(user_data: bytes) -> list[int]:
    return [int(number) for number in json.loads(user_data or b"[]")]


def _nobody_listens(_: frozenset[int]) -> None:
    """Until `start`."""


class KafkaMembership(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types for it
    """A consumer that joins the group and fetches nothing."""

    def __init__(self, service: str, topics: Iterable[str], settings: MeshSettings, former: FormerMember) -> None:
        """`former` takes a note of which member this process is, for the one that follows it."""
        self.generation = 0
        self._former = former
        self._service = service
        self._topics = sorted(topics)
        self._settings = settings
        self._owned: frozenset[int] = frozenset()
        self._on_change: Callable[[frozenset[int]], None] = _nobody_listens
        self._consumer: AIOKafkaConsumer | None = None
        self._polling: asyncio.Task[None] | None = None

    async def start(self, on_change: Callable[[frozenset[int]], None]) -> None:
        """Join the group."""
        self._on_change = on_change
        await self._join()
        self._polling = asyncio.create_task(self._poll(), name=f"membership-{self._service}")

    async def _join(self) -> None:
        """Join the group with a new consumer; `BrokerUnavailable` or `BrokerRefused` where that cannot be."""
        settings = self._settings
        self._consumer = consumer = AIOKafkaConsumer(
            **settings.connection.client(),
            group_id=self._service,
            enable_auto_commit=False,
            auto_offset_reset="latest",  # never fetches: paused from the moment of assignment
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=settings.heartbeat_interval_ms,
            max_poll_interval_ms=settings.poll_interval_max_ms,
            rebalance_timeout_ms=settings.rebalance_timeout_ms,
            partition_assignment_strategy=(sticky_assignor(settings.partitions, lambda: self._owned),),
        )
        consumer.subscribe(self._topics, listener=self)
        try:
            await consumer.start()
        except KafkaConnectionError as error:
            await self._let_go()
            raise await why_unreachable(settings.connection) from error
        except KafkaError as error:
            await self._let_go()
            if error.retriable or isinstance(error, KafkaTimeoutError):
                raise BrokerUnavailable(
                    f"Kafka（{settings.bootstrap_servers}）尚未就绪，请稍后再试。",
                    f"The broker at {settings.bootstrap_servers} is not ready: {error}.",
                ) from error
            raise BrokerRefused(
                f"Kafka（{settings.bootstrap_servers}）无法使用。",
                f"The broker at {settings.bootstrap_servers} cannot be used: {error}.",
            ) from error

    async def _let_go(self) -> None:
        if self._consumer is not None:
            await closed(self._consumer)
        self._consumer = None

    async def _poll(self) -> None:
        """Stay in the group, or join it anew.

        An error that trying again does not cure has ended the consumer's part in the group (aiokafka: `Unexpected error in
        coordinator routine`). The group goes on without it, and this process would fight the new owners for tasks that it
        believes to be its own (decision 0113). Such a consumer is let go of.
        """
        while True:
            try:
                if self._consumer is None:
                    await self._join()
                assert self._consumer is not None
                await self._consumer.getmany(timeout_ms=POLL_MS)
            except Exception as error:  # whatever it was, nobody else would join
                log.warning("membership poll failed", service=self._service, error=repr(error))
                if not (isinstance(error, KafkaError) and error.retriable):
                    await self._let_go()
                await asyncio.sleep(POLL_MS / 1000)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """A rebalance begins: tasks keep running, fencing keeps them safe."""

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """A rebalance ended: say which tasks are ours now."""
        assert self._consumer is not None
        partitions = list(assigned)
        self._consumer.pause(*partitions)
        self._former.note(self._consumer._coordinator.member_id)  # noqa: SLF001 — aiokafka 0.14 tells it nowhere else
        self._owned = frozenset(place.partition for place in partitions)
        self.generation += 1
        log.info("assigned", service=self._service, partitions=sorted(self._owned), generation=self.generation)
        self._on_change(self._owned)

    async def stop(self) -> None:
        """Leave the group."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
        if self._consumer is not None:
            await self._consumer.stop()
            self._former.forget()
