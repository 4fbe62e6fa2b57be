"""Topics are created from the inventory and checked against it. Nothing that exists is changed."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code

from schemas.topics import TOPICS, Topic
from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import UserMistake
from services.runtime.learning import learn_of
from services.runtime.topic_config import configuration

REQUEST_TIMEOUT_MS = 60_000
CREATED_IN_ONE_REQUEST_MAX = 500
VISIBLE_TIMEOUT_S = 30.0
USABLE_TIMEOUT_S = 60.0
_VISIBLE_POLL_S = 0.05
_NO_LEADER = -1


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting of an existing topic that is not as the inventory says."""

    topic: str
    setting: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.setting} is {self.found}, the inventory says {self.wanted}"


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What `apply` did and saw. `strangers` are topics on the broker that the inventory does not know."""

    created: tuple[str, ...]
    present: tuple[str, ...]
    differences: tuple[Difference, ...]
    strangers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    partitions: int
    replication: int


async def apply(
    broker: BrokerConnection, replication: int, inventory: Sequence[Topic] = TOPICS, *, dry_run: bool = False
) -> TopicReport:
    """Create the topics that are missing and compare the others; returns when every partition has a leader.

    The broker goes on making their files, a few milliseconds a partition: `usable` waits for that.
    `UserMistake` when an existing topic has another number of partitions (nothing is created then), when the broker
    does not answer, or when it refuses. With `dry_run`, `created` names what would be created.
    """
    async with _admin(broker) as admin:
        existing = await _existing(admin)
        _refuse_other_partition_counts(inventory, existing)
        missing = [topic for topic in inventory if topic.name not in existing]
        present = [topic for topic in inventory if topic.name in existing]
        if missing and not dry_run:
            await _create(admin, missing, replication)
        differences = await _differences(admin, present, existing, replication)
    known = {topic.name for topic in inventory}
    return TopicReport(
        tuple(topic.name for topic in missing),
        tuple(topic.name for topic in present),
        differences,
        tuple(sorted(name for name in existing if name not in known and not name.startswith("_"))),
    )


async def usable(
    broker: BrokerConnection, inventory: Sequence[Topic] = TOPICS, timeout_s: float = USABLE_TIMEOUT_S
) -> None:
    """Wait until the broker answers for every partition of the inventory; `UserMistake` when it does not in time."""
    consumer = AIOKafkaConsumer(**broker.client(), group_id=None, request_timeout_ms=REQUEST_TIMEOUT_MS)
    places = [TopicPartition(topic.name, number) for topic in inventory for number in range(topic.partitions)]
    try:
        async with asyncio.timeout(timeout_s):
            await consumer.start()
            learn_of(consumer, places)
            await consumer.end_offsets(places)
    except (KafkaError, TimeoutError) as error:
        raise UserMistake(
            f"已过 {timeout_s:.0f} 秒，Kafka（{broker.servers}）仍未能提供全部主题。",
            f"The broker at {broker.servers} does not serve all topics after {timeout_s:.0f} s.",
        ) from error
    finally:
        await consumer.stop()


@asynccontextmanager
async def _admin(broker: BrokerConnection) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**broker.client(), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await admin.start()
        yield admin
    except KafkaConnectionError as error:
        raise UserMistake(*await broker.why_refused()) from error
    except KafkaError as error:
        raise UserMistake(
            f"Kafka（{broker.servers}）不允许管理主题。",
            f"The broker at {broker.servers} refuses to manage topics: {error}.",
        ) from error
    finally:
        await admin.close()


async def _existing(admin: AIOKafkaAdminClient) -> dict[str, _Found]:
    return {
        found["topic"]: _Found(len(found["partitions"]), min(len(part["replicas"]) for part in found["partitions"]))
        for found in await admin.describe_topics()
        if found["partitions"]
    }


def _refuse_other_partition_counts(inventory: Iterable[Topic], existing: Mapping[str, _Found]) -> None:
    for topic in inventory:
        found = existing.get(topic.name)
        if found is not None and found.partitions != topic.partitions:
            raise UserMistake(
                f"主题 {topic.name} 现有 {found.partitions} 个分区，清单规定 {topic.partitions} 个：分区数决定案件归哪个任务，运行中的网格不得更改，请另建网格（本机可用 `shebao reset`）。",
                f"Topic {topic.name} has {found.partitions} partitions and the inventory says {topic.partitions}: the "
                f"count decides which task holds which case, so it is never changed on a living mesh; use a new mesh "
                f"(in the sandbox: `shebao reset`).",
            )


async def _create(admin: AIOKafkaAdminClient, missing: Sequence[Topic], replication: int) -> None:
    for start in range(0, len(missing), CREATED_IN_ONE_REQUEST_MAX):
        asked = [
            NewTopic(topic.name, topic.partitions, replication, topic_configs=dict(configuration(topic, replication)))
            for topic in missing[start : start + CREATED_IN_ONE_REQUEST_MAX]
        ]
        answer = (await admin.create_topics(asked)).to_object()
        for error in answer["topic_errors"]:
            kind = for_code(error["error_code"])
            # Another `apply` at the same time may have been first; its topics are the same.
            if error["error_code"] and kind is not TopicAlreadyExistsError:
                raise UserMistake(
                    f"Kafka 拒绝建立主题 {error['topic']}。",
                    f"The broker refuses to create {error['topic']}: {error.get('error_message') or kind.__name__}",
                )
    await _until_usable(admin, {topic.name: topic.partitions for topic in missing})


async def _until_usable(admin: AIOKafkaAdminClient, partitions: Mapping[str, int]) -> None:
    """Wait until every partition has a leader: the controller answers before the brokers know."""
    deadline = time.monotonic() + VISIBLE_TIMEOUT_S
    while waiting := await _without_leader(admin, partitions):
        if time.monotonic() > deadline:
            raise UserMistake(
                f"主题 {waiting[0]} 已建立，但 {VISIBLE_TIMEOUT_S:.0f} 秒后仍没有 Kafka 节点负责。",
                f"Topic {waiting[0]} was created, but {VISIBLE_TIMEOUT_S:.0f} s later nobody leads it.",
            )
        await asyncio.sleep(_VISIBLE_POLL_S)


async def _without_leader(admin: AIOKafkaAdminClient, partitions: Mapping[str, int]) -> list[str]:
    led = {
        found["topic"]: sum(part["leader"] != _NO_LEADER for part in found["partitions"])
        for found in await admin.describe_topics(list(partitions))
    }
    return [name for name, count in partitions.items() if led.get(name, 0) < count]


async def _differences(
    admin: AIOKafkaAdminClient, present: Sequence[Topic], existing: Mapping[str, _Found], replication: int
) -> tuple[Difference, ...]:
    settings = await _settings(admin, present, replication)
    differences = []
    for topic in present:
        wanted = {**configuration(topic, replication), "replication": str(replication)}
        found = {**settings.get(topic.name, {}), "replication": str(existing[topic.name].replication)}
        differences += [
            Difference(topic.name, name, value, found.get(name, "not said"))
            for name, value in wanted.items()
            if found.get(name) != value
        ]
    return tuple(differences)


async def _settings(
    admin: AIOKafkaAdminClient, present: Sequence[Topic], replication: int
) -> dict[str, dict[str, str]]:
    if not present:
        return {}
    asked = [
        ConfigResource(ConfigResourceType.TOPIC, topic.name, dict(configuration(topic, replication)))
        for topic in present
    ]
    found: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs(asked):
        for resource in answer.to_object()["resources"]:
            found[resource["resource_name"]] = _entries(resource)
    return found


def _entries(resource: Mapping[str, Any]) -> dict[str, str]:
    return {entry["config_names"]: entry["config_value"] for entry in resource["config_entries"]}
