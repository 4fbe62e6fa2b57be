"""What is counted, and that counting again, or in another order, gives the same."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.arrears import ArrearsOpened
from schemas.notifications import NotificationUnclear
from schemas.outlets import OutletPublished
from schemas.vocabulary import Channel, District
from services.monitoring.alerts import AlertBook
from services.monitoring.counters import MINUTE_MS, MINUTES_KEPT_MAX, Counters
from services.monitoring.pages import summary
from services.monitoring.reading import HEARD, Reader
from services.monitoring.windows import Windows
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, partition_of
from tests.harness.counting import COUNTING, NOON, paid, unit_code
from tests.services.monitoring.samples import CODEC, arrears_fact, counted, notification, written

NOON_MS = int(NOON.timestamp() * 1000)


def worked() -> list[InputRecord]:
    """What a mesh says that decided 30 payments, knew one before, refused two and parked one."""
    mesh = MemoryMesh([COUNTING], NOON)
    for number in range(30):
        mesh.clock = NOON + timedelta(minutes=number // 10)
        mesh.publish(paid(number, 100, f"pay-{number}"))
        mesh.run()
    mesh.publish(paid(0, 100, "pay-0"))
    mesh.publish(paid(31, 13, "bug"))
    for _ in range(2):
        key = unit_code(1).encode()
        mesh.append_raw("contribution-paid", partition_of(key, 12), key, b"junk")
    mesh.run()
    heard = [mesh.log.get(topic.name, []) for topic in HEARD]
    return [record for partitions in heard for partition in partitions for record in partition]


WORKED = worked()


def shown(counters: Counters) -> object:
    return summary(counters, AlertBook(), Windows(), 0)


def test_decisions_are_counted_by_outcome_and_refusals_by_code() -> None:
    counters = counted(WORKED)

    assert {("arrears", "decided"): 30, ("arrears", "already-known"): 1, ("arrears", "refused"): 2} | {
        ("arrears", "parked"): 1
    } == dict(counters.decisions)
    assert {("arrears", "undecodable"): 2} == dict(counters.refusals) == dict(counters.dead)
    assert {(District.WENDENG, "changed"): 30} == dict(counters.arrears)
    assert {} == dict(counters.unreadable)


def test_decisions_fall_into_the_minute_in_which_the_broker_took_them() -> None:
    minutes = counted(WORKED).minutes["arrears"]

    noon = NOON_MS // MINUTE_MS
    assert [10, 10, 10] == [minutes[noon + later]["decided"] for later in range(3)]


def in_partition_order(records: Iterable[InputRecord], choice: st.DataObject) -> list[InputRecord]:
    """The records in an order in which a consumer may get them: partitions mixed, each in its own order."""
    waiting: dict[tuple[str, int], list[InputRecord]] = {}
    for record in records:
        waiting.setdefault((record.topic, record.partition), []).append(record)
    places = choice.draw(st.permutations([(record.topic, record.partition) for record in records]))
    return [waiting[place].pop(0) for place in places]


@settings(max_examples=40)
@given(st.data())
def test_any_order_of_partitions_and_any_record_given_again_counts_the_same(choice: st.DataObject) -> None:
    order = in_partition_order(WORKED, choice)
    again = choice.draw(st.lists(st.sampled_from(WORKED), max_size=20))

    assert shown(counted(WORKED)) == shown(counted([*order, *again]))


def test_only_the_newest_minutes_are_kept_and_the_totals_stay() -> None:
    record = next(record for record in WORKED if record.topic == "arrears-decisions")
    later = [
        InputRecord(record.topic, 0, number, NOON_MS + number * MINUTE_MS, record.key, record.value, ())
        for number in range(MINUTES_KEPT_MAX + 1)
    ]
    counters = counted(later)

    assert MINUTES_KEPT_MAX == len(counters.minutes["arrears"])
    assert NOON_MS // MINUTE_MS not in counters.minutes["arrears"]
    assert len(later) == sum(counters.decisions.values())


def test_arrears_are_counted_by_district_and_deliveries_by_outcome() -> None:
    counters = counted(
        [
            written(arrears_fact(ArrearsOpened), 0),
            written(notification(NotificationUnclear), 0),
            written(notification(NotificationUnclear), 1),
        ]
    )

    assert {(District.WENDENG, "opened"): 1} == dict(counters.arrears)
    assert {(Channel.TELEPHONE, "unclear"): 2} == dict(counters.deliveries)
    assert {("arrears-opened", District.WENDENG): 1, ("notification-unclear", District.WENDENG): 2} == counters.facts


@pytest.mark.parametrize(("value", "code"), [(b"junk", "undecodable"), (None, "value-null")])
def test_bad_data_is_counted_as_unreadable(value: bytes | None, code: str) -> None:
    bad = InputRecord("arrears-opened", 3, 7, NOON_MS, b"key", value, ())

    assert {("arrears-opened", code): 1} == dict(counted([bad, bad]).unreadable)


def test_an_error_that_is_no_bad_data_reaches_the_caller() -> None:
    with pytest.raises(KeyError):
        asyncio.run(Reader(CODEC, "").read([InputRecord("a-topic-nobody-knows", 0, 0, 0, None, b"", ())]))


def test_monitoring_hears_decisions_dead_letters_and_lifecycle_facts() -> None:
    names = {topic.name for topic in HEARD}

    assert {"arrears-decisions", "cards-dead", "arrears-opened", "notification-unclear", OutletPublished.topic} <= names
    assert not [name for name in names if name.endswith(("-commands", "-changelog"))]
