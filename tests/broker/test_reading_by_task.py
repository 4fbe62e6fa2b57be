"""Topics read one partition number after the other, over one connection: the same records as read all at once."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest

from services.runtime.kafka_access import KafkaPublisher, read_tasks, read_topics
from services.runtime.publishing import published
from services.runtime.records import InputRecord
from tests.harness.counting import paid
from tests.harness.stack import Stack

TOPICS = ("contribution-paid", "contribution-assessed")


@pytest.mark.broker
@pytest.mark.asyncio
async def test_each_task_gets_its_records_and_no_others(own_stack: Stack) -> None:
    now, servers = datetime.now(UTC), own_stack.settings.connection
    facts = [paid(number, 100, f"by-task/{number}") for number in range(600)]
    records = [published(own_stack.codec, fact, f"by-task-{n}", "urn:test", now, 12) for n, fact in enumerate(facts)]
    async with KafkaPublisher(servers) as publisher:
        await publisher.append(records)
    expected: dict[int, list[InputRecord]] = defaultdict(list)
    async for record in read_topics(servers, TOPICS):
        expected[record.partition].append(record)

    found = {partition: list(given) async for partition, given in read_tasks(servers, TOPICS, range(12))}

    assert 600 == sum(map(len, expected.values()))
    assert {partition: expected[partition] for partition in range(12)} == found
