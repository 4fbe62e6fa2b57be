"""Every kind of bad input on the real broker, among good records: each in the dead letters, whole, and no worker stops."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from schemas.topics import dead_topic
from services.runtime.dead import split_dead
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published
from services.runtime.registry import RegistryClient
from tests.harness import audit
from tests.harness.bad_records import KINDS, OTHER_TYPE, BadRecords, producer_keys
from tests.harness.counting import COUNTING, unit_code
from tests.harness.stack import Stack, free_port
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]


async def test_every_kind_of_bad_input_is_refused_and_the_good_records_between_are_decided(own_stack: Stack) -> None:
    async with RegistryClient(own_stack.settings.registry_url) as registry:
        other_type = await registry.register("another-system-value", OTHER_TYPE)
    own_stack.codec.learn(other_type, OTHER_TYPE)  # as every reader of the topics asks for ids that it meets
    now = datetime.now(UTC)
    records = BadRecords(own_stack.codec, now + timedelta(minutes=10), other_type, signed_at=now)
    bad = records.all()
    worker = WorkerProcess("tests.harness.counting_worker", own_stack.settings, free_port())
    worker.start()
    try:
        async with KafkaPublisher(own_stack.settings.connection) as publisher:
            await publisher.append(
                [
                    published(own_stack.codec, key, f"{key.key_id}-{place}", "/console", now, 12, place)
                    for key in producer_keys()
                    for place in range(12)
                ]
            )
            await publisher.append([records.good("first")])
            for number, kind in enumerate(KINDS):
                await publisher.append([bad[kind], records.good(f"after-{number}")])
        await own_stack.quiet([worker], [COUNTING], 60, "all of it is decided")
        page = await worker.health()
    finally:
        await worker.stop()
    found = await audit.check(own_stack.settings.connection, COUNTING, own_stack.codec)
    codes = await audit.codes(own_stack.settings.connection, COUNTING, own_stack.codec, unit_code(1))
    letters = [record async for record in read_topics(own_stack.settings.connection, [dead_topic("arrears")])]

    found.assert_clean()
    assert Counter(kind.partition(" ")[0] for kind in KINDS) == Counter(
        split_dead(record.headers)[1]["code"] for record in letters
    )
    assert ["counted"] * (len(KINDS) + 1) == codes
    assert sorted(repr((record.key, record.value, record.headers)) for record in bad.values()) == sorted(
        repr((record.key, record.value, split_dead(record.headers)[0])) for record in letters
    )
    assert page is not None
    assert [0] * 12 == [task["restarts"] for task in page["tasks"]]
