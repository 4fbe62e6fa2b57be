"""Somebody moved an offset, or wrote into a changelog: the worker proves that the task is its own, then refuses."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from services.runtime.cases import META_KEY, TaskMeta, encode_struct
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.records import OutputRecord
from tests.broker.test_will_not_start import refused
from tests.harness.stack import Stack

CHANGELOG = ("arrears-changelog", 0, META_KEY.encode())


async def _write(stack: Stack, value: bytes | None) -> None:
    async with KafkaPublisher(stack.settings.connection) as publisher:
        await publisher.append([OutputRecord(*CHANGELOG, value)])


async def _decide(stack: Stack, value: bytes) -> None:
    async with KafkaPublisher(stack.settings.connection) as publisher:
        await publisher.append([OutputRecord("arrears-decisions", 0, b"0", value)])


async def _move(stack: Stack, topic: str, offset: int) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=stack.settings.bootstrap_servers, group_id="arrears", enable_auto_commit=False
    )
    await consumer.start()
    try:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        await consumer.commit({place: OffsetAndMetadata(offset, "")})
    finally:
        await consumer.stop()


@pytest.mark.broker
def test_a_changelog_that_is_ahead_of_the_group(own_stack: Stack) -> None:
    asyncio.run(_write(own_stack, encode_struct(TaskMeta(positions={"contribution-paid": 3}))))

    code, sentence = refused(own_stack)
    asyncio.run(_write(own_stack, None))

    assert 3 == code
    assert "contribution-paid stands at None in the group and at 3 in the changelog" in sentence


@pytest.mark.broker
def test_a_decision_record_that_the_state_knows_nothing_of(own_stack: Stack) -> None:
    asyncio.run(_decide(own_stack, b"\x00\x00\x00\x00\x01decided by a hand"))

    code, sentence = refused(own_stack)

    assert 3 == code
    assert "the last decision record of partition 0 has the hash" in sentence
    assert "and the state goes on from none" in sentence


@pytest.mark.broker
def test_an_offset_that_somebody_moved(own_stack: Stack) -> None:
    asyncio.run(_move(own_stack, "contribution-missed", 5))

    code, sentence = refused(own_stack)

    assert 3 == code
    assert "contribution-missed stands at 5 in the group and at None in the changelog" in sentence
