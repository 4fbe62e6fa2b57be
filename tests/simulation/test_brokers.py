"""The simulated brokers do what Kafka's would: what the runs show is worth no more than this."""

import asyncio
import random
from collections.abc import Iterator

import pytest

from services.runtime.records import OutputRecord
from tests.simulation.cluster import Cluster, RequestRefused, StaleEpoch, TryAgain
from tests.simulation.partition_log import TOMBSTONE_KEPT_S
from tests.simulation.tally import NOON
from tests.simulation.virtual_loop import VirtualLoop

NAME, PLACE, INPUT = "arrears-0", ("changelog", 0), ("paid", 0)


def record(key: str, value: str | None) -> OutputRecord:
    return OutputRecord(*PLACE, key.encode(), None if value is None else value.encode())


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    loop = VirtualLoop(random.Random(1))
    yield Cluster(loop, random.Random(1), NOON, timeout_s=5.0)
    loop.bury()


def passes(cluster: Cluster, seconds: float) -> None:
    cluster.loop.run_until_complete(asyncio.sleep(seconds))


def opened(cluster: Cluster) -> int:
    while True:
        try:
            return cluster.initialise(NAME)
        except TryAgain:
            passes(cluster, 1.0)


def begun(cluster: Cluster, key: str = "a") -> int:
    epoch = opened(cluster)
    cluster.add(NAME, epoch, [PLACE])
    cluster.produce(NAME, epoch, 0, [record(key, "new")])
    cluster.add_offsets(NAME, epoch, {INPUT: 7})
    return epoch


def seen(cluster: Cluster) -> list[str]:
    return [(found.key or b"").decode() for found in cluster.log(*PLACE).records()]


def test_a_transaction_is_seen_whole_once_its_markers_stand(cluster: Cluster) -> None:
    epoch = begun(cluster)
    cluster.end(NAME, epoch)
    at_once = seen(cluster), dict(cluster.group)

    passes(cluster, 5.0)

    assert (([], {}), (["a"], {INPUT: 7})) == (at_once, (seen(cluster), cluster.group))
    assert 2 == cluster.log(*PLACE).end


def test_a_pending_transaction_holds_back_what_comes_after_it(cluster: Cluster) -> None:
    begun(cluster)
    cluster.append(record("later", "b"))
    before = seen(cluster)

    passes(cluster, 20.0)

    assert ([], ["later"]) == (before, seen(cluster))


def test_whoever_opens_fences_the_old_owner_and_ends_what_it_left(cluster: Cluster) -> None:
    epoch = begun(cluster)

    assert epoch < opened(cluster)
    with pytest.raises(StaleEpoch):
        cluster.end(NAME, epoch)
    assert ([], {}) == (seen(cluster), cluster.group)


def test_a_transaction_that_stays_open_too_long_is_aborted_and_its_producer_fenced(cluster: Cluster) -> None:
    epoch = begun(cluster)

    passes(cluster, 10.0)

    with pytest.raises(StaleEpoch):
        cluster.produce(NAME, epoch, 1, [record("b", "late")])
    assert cluster.is_still()


def test_a_commit_that_is_asked_for_again_is_answered_again(cluster: Cluster) -> None:
    epoch = begun(cluster)
    cluster.end(NAME, epoch)
    passes(cluster, 5.0)

    cluster.end(NAME, epoch)

    assert ["a"] == seen(cluster)


def test_a_late_commit_hits_the_next_transaction_of_the_same_epoch(cluster: Cluster) -> None:
    epoch = begun(cluster)
    cluster.end(NAME, epoch)
    passes(cluster, 5.0)
    cluster.add(NAME, epoch, [PLACE])
    cluster.produce(NAME, epoch, 1, [record("half", "b")])

    cluster.end(NAME, epoch)
    passes(cluster, 5.0)

    with pytest.raises(RequestRefused):
        cluster.add_offsets(NAME, epoch, {INPUT: 8})
    assert (["a", "half"], {INPUT: 7}) == (seen(cluster), cluster.group)


def test_a_repeated_request_writes_once_and_a_gap_is_refused(cluster: Cluster) -> None:
    epoch = begun(cluster)
    cluster.produce(NAME, epoch, 0, [record("a", "new")])

    with pytest.raises(RequestRefused):
        cluster.produce(NAME, epoch, 2, [record("c", "new")])
    assert 1 == cluster.log(*PLACE).end


def test_nothing_is_produced_outside_the_places_of_a_transaction(cluster: Cluster) -> None:
    epoch = begun(cluster)

    with pytest.raises(RequestRefused):
        cluster.produce(NAME, epoch, 0, [OutputRecord("elsewhere", 0, b"a", b"b")])


def test_compaction_keeps_the_last_value_and_for_a_while_the_tombstone(cluster: Cluster) -> None:
    for key, value in (("a", "1"), ("b", "1"), ("a", "2"), ("b", None)):
        cluster.append(record(key, value))

    cluster.log(*PLACE).compact(cluster.loop.time())
    soon = [(found.offset, found.value) for found in cluster.log(*PLACE).records()]
    cluster.log(*PLACE).compact(TOMBSTONE_KEPT_S + 1)

    assert [(2, b"2"), (3, None)] == soon
    assert [2] == [found.offset for found in cluster.log(*PLACE).records()]
