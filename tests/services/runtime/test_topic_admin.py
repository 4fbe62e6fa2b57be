"""Topics on a real broker: created as the inventory says, compared afterwards, never changed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.topics import BY_NAME, SERVICES, TOPICS, Kind, Topic
from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import UserMistake
from services.runtime.topic_admin import apply, usable
from services.runtime.topic_config import configuration
from tests.harness.stack import Stack

FACT = BY_NAME["arrears-opened"]
UPSTREAM = BY_NAME["contribution-missed"]
CHANGELOG = BY_NAME["arrears-changelog"]
DEAD = BY_NAME["arrears-dead"]


def test_facts_are_kept_for_ever_and_stamped_by_the_broker() -> None:
    settings = configuration(FACT, 1)

    assert ("LogAppendTime", "delete", "-1", "-1") == (
        settings["message.timestamp.type"],
        settings["cleanup.policy"],
        settings["retention.ms"],
        settings["retention.bytes"],
    )


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_what_no_service_of_ours_writes_is_unpacked_by_the_broker(topic: Topic) -> None:
    expected = "producer" if set(topic.producers) <= set(SERVICES) else "uncompressed"

    assert expected == configuration(topic, 1)["compression.type"]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_whatever_a_service_refuses_fits_into_its_dead_letters(topic: Topic) -> None:
    """Its own headers, and those that say why, come on top of it."""
    is_heard = topic.kind in {Kind.FACT, Kind.BROADCAST, Kind.COMMANDS}

    assert not is_heard or topic.bytes_max + 2**20 < DEAD.bytes_max


@pytest.mark.parametrize(("topic", "bytes_max"), [(FACT, 4 * 2**20), (UPSTREAM, 4 * 2**20), (DEAD, 8 * 2**20)])
def test_the_broker_refuses_what_is_too_large(topic: Topic, bytes_max: int) -> None:
    assert str(bytes_max) == configuration(topic, 1)["max.message.bytes"]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_state_alone_is_compacted(topic: Topic) -> None:
    assert (topic.kind is Kind.CHANGELOG) == (configuration(topic, 1)["cleanup.policy"] == "compact")


def test_a_retention_in_days_is_kept_in_milliseconds() -> None:
    assert configuration(replace(FACT, retention_days=2), 1)["retention.ms"] == "172800000"


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_one_machine_may_fail(replication: int, in_sync: str) -> None:
    assert in_sync == configuration(FACT, replication)["min.insync.replicas"]


def _named(prefix: str, *topics: Topic) -> tuple[Topic, ...]:
    return tuple(replace(topic, name=f"{prefix}-{topic.name}", partitions=2) for topic in topics)


async def _create(stack: Stack, asked: Sequence[NewTopic]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.settings.bootstrap_servers)
    await admin.start()
    await admin.create_topics(list(asked))
    await admin.close()


@pytest.mark.broker
@pytest.mark.asyncio
async def test_the_whole_inventory_is_on_the_broker_as_it_says(stack: Stack) -> None:
    report = await apply(stack.settings.connection, 1)

    assert ((), ()) == (report.created, report.differences)
    assert {topic.name for topic in TOPICS} == set(report.present)


@pytest.mark.broker
@pytest.mark.asyncio
async def test_missing_topics_are_created_once_and_can_be_used(stack: Stack) -> None:
    wanted = _named("once", FACT, UPSTREAM, CHANGELOG, DEAD)
    names = tuple(topic.name for topic in wanted)
    planned = await apply(stack.settings.connection, 1, wanted, dry_run=True)
    first = await apply(stack.settings.connection, 1, wanted)
    await usable(stack.settings.connection, wanted)
    second = await apply(stack.settings.connection, 1, wanted)

    assert (names, names, ()) == (planned.created, first.created, second.created)
    assert (names, ()) == (second.present, second.differences)


@pytest.mark.broker
@pytest.mark.asyncio
async def test_a_topic_that_is_kept_otherwise_is_reported_and_left_alone(stack: Stack) -> None:
    (wanted,) = _named("otherwise", FACT)
    await _create(stack, [NewTopic(wanted.name, 2, 1, topic_configs={"retention.ms": "1000"})])
    first = await apply(stack.settings.connection, 1, [wanted])
    second = await apply(stack.settings.connection, 1, [wanted])

    assert first.differences == second.differences
    assert f"{wanted.name}: retention.ms is 1000, the inventory says -1" in map(str, first.differences)
    assert {"message.timestamp.type", "retention.ms"} == {difference.setting for difference in first.differences}


@pytest.mark.broker
@pytest.mark.asyncio
async def test_another_partition_count_is_refused_before_anything_is_created(stack: Stack) -> None:
    present, missing = _named("count", FACT, UPSTREAM)
    await _create(stack, [NewTopic(present.name, 3, 1)])

    with pytest.raises(UserMistake, match=f"{present.name} has 3 partitions and the inventory says 2"):
        await apply(stack.settings.connection, 1, [present, missing])

    report = await apply(stack.settings.connection, 1, [missing], dry_run=True)
    assert (missing.name,) == report.created


@pytest.mark.broker
@pytest.mark.asyncio
async def test_a_topic_nobody_knows_is_named(stack: Stack) -> None:
    await _create(stack, [NewTopic("misspelt-topic", 1, 1)])
    report = await apply(stack.settings.connection, 1)

    assert "misspelt-topic" in report.strangers


@pytest.mark.broker
@pytest.mark.asyncio
async def test_more_copies_than_brokers_is_one_clear_sentence(stack: Stack) -> None:
    with pytest.raises(UserMistake, match="The broker refuses to create copies-arrears-opened"):
        await apply(stack.settings.connection, 3, _named("copies", FACT))


@pytest.mark.asyncio
async def test_no_broker_is_one_clear_sentence() -> None:
    with pytest.raises(UserMistake, match=r"No broker answers at 127\.0\.0\.1:1: start the mesh with `shebao up`"):
        await apply(BrokerConnection("127.0.0.1:1"), 1)


@pytest.mark.asyncio
async def test_waiting_for_topics_ends() -> None:
    with pytest.raises(UserMistake, match="does not serve all topics"):
        await usable(BrokerConnection("127.0.0.1:1"), [FACT], timeout_s=1)
