"""The consumer of one task on aiokafka 0.14: its own, assigned by hand, read-committed, never jumping."""

from collections.abc import AsyncIterator, Mapping

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError, UnsupportedCodecError

from services.runtime.closing import closed
from services.runtime.errors import BrokerRefused, TaskMustRestart
from services.runtime.fetching import Fetching
from services.runtime.own_topics import OwnTopics
from services.runtime.records import InputRecord
from services.runtime.restoring import new_consumer, restored
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from services.runtime.task_questions import TaskQuestions
from services.runtime.transaction_ends import TransactionEnds

PREFETCH_NEVER_S = 1e6


class KafkaReader(TaskQuestions):
    """The consumer of one task: its own, assigned by hand, read-committed, never jumping."""

    def __init__(
        self,
        service: Service,
        partition: int,
        settings: MeshSettings,
        admin: AIOKafkaAdminClient,
        ends: StableEnds,
        own: OwnTopics,
        transactions: TransactionEnds,
    ) -> None:
        super().__init__(service, partition, settings, admin, ends, own, transactions)
        self._only: str | None = None
        self._consumer = new_consumer(settings, settings.fetch_wait_ms)
        self._fetching = Fetching(self._consumer, settings.connection, settings.request_timeout_ms)

    async def restored(self) -> AsyncIterator[tuple[str, bytes | None]]:
        """Read the changelog up to the last stable offset."""
        await self._consumer.start()
        _never_fetch_a_part(self._consumer)
        async for entry in restored(self._settings, self._changelog):
            yield entry

    async def open(self, positions: Mapping[str, int]) -> None:
        """Turn to the inputs."""
        self._fetching.begin({place: positions[topic] for topic, place in self._places.items()})

    async def fetch(self, records_max: int, wait_ms: int, only: str | None = None) -> list[InputRecord]:
        """Give what has arrived."""
        self._turn_to(only)
        places = self._places.values() if only is None else [self._places[only]]
        try:
            fetched = await self._fetching.fetch(places, wait_ms, records_max)
        except (TopicAuthorizationFailedError, UnsupportedCodecError) as error:
            raise BrokerRefused(
                f"{self._group} 无法读取其输入主题。", f"{self._group} cannot read its inputs: {error!r}."
            ) from error
        except KafkaError as error:
            # A wrong checksum too: that is no bad input but a broken broker, and what it holds must not be passed over.
            raise TaskMustRestart(f"the inputs cannot be read: {error!r}") from error
        return [record for records in fetched.values() for record in records]

    def _turn_to(self, only: str | None) -> None:
        if only == self._only:
            return
        others = [place for topic, place in self._places.items() if topic != only]
        self._consumer.resume(*self._places.values())  # what is wanted now may have been among the others before
        if only is not None:
            self._consumer.pause(*others)
        self._only = only

    async def position(self, topic: str) -> int:
        """Where the next fetch of a topic begins; past the markers of transactions. Known at once after `open`."""
        return int(await self._consumer.position(self._places[topic]))

    def heard_ends(self) -> dict[str, int]:
        """What the last fetch of each input told."""
        heard = {topic: self._consumer.last_stable_offset(place) for topic, place in self._places.items()}
        return {topic: end for topic, end in heard.items() if end is not None}

    async def close(self) -> None:
        """Let go of the connections."""
        await closed(self._consumer)


def _never_fetch_a_part(consumer: AIOKafkaConsumer) -> None:
    """Let no fetch leave out a partition whose records still wait in the consumer.

    aiokafka keeps one fetch under way to a broker. While records of one partition wait to be taken for more than
    0.1 s, as under backlog they do, it fetches the others; where these have nothing, the broker holds that fetch for all
    of `fetch_max_wait_ms`, and the partition with the backlog stands still for so long (seen: 2 to 5 s, again and
    again). There is no setting for it; a release that renames the attribute stops here.
    """
    fetcher = consumer._fetcher  # noqa: SLF001 — no public setting, see above
    if not hasattr(fetcher, "_prefetch_backoff"):
        raise BrokerRefused(
            "此版本的 aiokafka 预取方式不同，见 services/runtime/kafka.py。",
            "this aiokafka keeps its prefetch elsewhere: see services/runtime/kafka.py.",
        )
    fetcher._prefetch_backoff = PREFETCH_NEVER_S  # noqa: SLF001
