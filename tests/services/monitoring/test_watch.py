"""What a process does with how far it is: what it may say, and when it has to end."""

from collections.abc import Mapping

import pytest
from aiokafka import TopicPartition

from schemas.topics import PARTITIONS
from services.monitoring.reading import HEARD
from services.monitoring.settings import MonitoringSettings
from services.monitoring.transport import Progress
from services.monitoring.watch import SHORTER_LOOKS_MAX, Watch
from services.monitoring.window import WINDOW_MS
from services.monitoring.worker import make_watch
from services.runtime.codec import Codec
from tests.services.monitoring.lives import NOON_MS

PLACES = [TopicPartition(topic.name, number) for topic in HEARD for number in range(PARTITIONS)]
ONE = PLACES[0]


def watch() -> Watch:
    made = make_watch(MonitoringSettings(), Codec())
    made.begin(dict.fromkeys(PLACES, 10))
    return made


def progress(ends: Mapping[TopicPartition, int]) -> Progress:
    return Progress(ends, ends, ends)


ALL = dict.fromkeys(PLACES, 10)


@pytest.mark.parametrize(("looks", "expected"), [(SHORTER_LOOKS_MAX - 1, False), (SHORTER_LOOKS_MAX, True)])
def test_a_topic_that_stays_shorter_than_it_was_read_is_another(looks: int, expected: bool) -> None:
    made = watch()
    for _ in range(looks):
        made.look(0, progress(ALL | {ONE: 3}))

    assert expected == made.is_log_another()


def test_a_topic_that_was_shorter_for_a_moment_is_the_same() -> None:
    made = watch()
    for end in (3, 10, 3, 3, 10):
        made.look(0, progress(ALL | {ONE: end}))

    assert not made.is_log_another()


def test_who_does_not_count_every_partition_says_nothing() -> None:
    made = watch()
    part = {place: end for place, end in ALL.items() if place != ONE}
    made.look(NOON_MS, progress(part))

    assert (False, 0) == (made.is_whole, made._until_ms)

    made.look(NOON_MS, progress(ALL))

    assert (True, NOON_MS) == (made.is_whole, made._until_ms)


def test_a_mesh_of_fewer_partitions_is_counted_whole() -> None:
    made = make_watch(MonitoringSettings(partitions=4), Codec())
    few = {place: end for place, end in ALL.items() if place.partition < 4}
    made.begin(dict.fromkeys(few, 10))
    made.look(NOON_MS, progress(few))

    assert (True, 4) == (made.is_whole, made.teller.partitions)


def test_a_partition_that_was_not_sought_yet_is_behind_wherever_the_group_has_committed() -> None:
    made = make_watch(MonitoringSettings(), Codec())
    made.look(NOON_MS, progress(ALL))

    assert 10 * len(PLACES) == made.lag


def test_who_has_no_partitions_yet_is_not_alive() -> None:
    made = watch()
    made.look(NOON_MS, progress({}))

    assert not made.is_alive()

    made.look(NOON_MS, progress(ALL))

    assert made.is_alive()


def test_what_was_handed_on_and_is_not_counted_keeps_windows_open() -> None:
    made = watch()
    made.reader.watermark.read_ms |= dict.fromkeys(PLACES, NOON_MS - WINDOW_MS)
    made.look(NOON_MS, Progress(ALL | {ONE: 12}, ALL | {ONE: 12}, ALL | {ONE: 12}))

    assert made._until_ms == NOON_MS - WINDOW_MS
