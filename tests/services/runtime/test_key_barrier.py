"""A record under an unknown key waits until the keys that were published before it have been read."""

import asyncio
from collections.abc import Sequence

import pytest

from schemas.producers import ProducerKeyPublished
from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.runtime.errors import TaskMustRestart
from services.runtime.key_barrier import KeyBarrier
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.signing import development_published
from tests.harness.counting import COUNTING, NOON
from tests.services.runtime.signed_records import KEY, PLACE, Office

TOPIC = ProducerKeyPublished.topic
OFFICE = Office()
SETTINGS = MeshSettings()


class SlowBroker:
    """A reader whose keys lie on another broker: each fetch gives one record of them, the first gives none."""

    def __init__(self, keys: Sequence[InputRecord], end: int | None = None, *, told: bool = False) -> None:
        self._keys, self._end = keys, len(keys) if end is None else end
        self._told = told
        self._fetched = 0
        self.asked = 0

    async def stable_ends(self) -> dict[str, int]:
        self.asked += 1
        return {TOPIC: self._end}

    def heard_ends(self) -> dict[str, int]:
        return {TOPIC: self._end} if self._told else {}

    async def position(self, topic: str) -> int:
        assert topic == TOPIC
        return max(0, min(self._fetched - 1, len(self._keys)))

    async def fetch(self, records_max: int, wait_ms: int, only: str | None = None) -> list[InputRecord]:
        assert only == TOPIC
        self._fetched += 1
        return list(self._keys[self._fetched - 2 : self._fetched - 1]) if self._fetched > 1 else []


def read(record: OutputRecord) -> InputRecord:
    return InputRecord(record.topic, record.partition, 0, 0, record.key, record.value, record.headers)


def keys() -> list[InputRecord]:
    words = development_published([KEY])
    return [read(published(OFFICE.mesh.codec, one, "id", "/console", NOON, 12, PLACE)) for one in words * 3]


def heard(reader: SlowBroker, *records: InputRecord, known: bool = False, begun: bool = True) -> list[InputRecord]:
    """What is read of the keys' topic before these records are taken in."""
    barrier = KeyBarrier(COUNTING, SETTINGS)
    barrier._has_begun = begun
    references = {TOPIC: {KEY.key_id: KEY}} if known else {}
    return asyncio.run(barrier.keys_before(records, references, reader))  # type: ignore[arg-type]


def test_all_keys_are_read_before_a_record_under_one_that_is_unknown() -> None:
    assert keys() == heard(SlowBroker(keys()), read(OFFICE.signed()))


def test_all_keys_are_read_before_a_task_takes_in_anything() -> None:
    assert keys() == heard(SlowBroker(keys()), read(OFFICE.payment()), begun=False)


def test_keys_that_a_fetch_told_of_are_read_before_a_record_without_a_signature() -> None:
    reader = SlowBroker(keys(), told=True)

    assert (keys(), 0) == (heard(reader, read(OFFICE.payment())), reader.asked)


def test_nobody_is_asked_where_every_key_is_known() -> None:
    reader = SlowBroker(keys())

    assert ([], 0) == (heard(reader, read(OFFICE.signed()), read(OFFICE.payment()), known=True), reader.asked)


def test_a_key_that_nobody_published_holds_up_nothing() -> None:
    assert [] == heard(SlowBroker([]), read(OFFICE.signed()))


def test_a_header_on_a_topic_of_our_own_holds_up_nothing() -> None:
    reader = SlowBroker([])
    record = read(OFFICE.signed()._replace(topic="reminder-requested"))

    assert ([], 0) == (heard(reader, record), reader.asked)


def test_a_service_that_hears_no_upstream_system_reads_no_keys() -> None:
    reader = SlowBroker(keys())
    barrier = KeyBarrier(NOTIFICATIONS, SETTINGS)

    assert [] == asyncio.run(barrier.keys_before([], {}, reader))  # type: ignore[arg-type]


def test_keys_that_never_come_throw_the_clients_away() -> None:
    with pytest.raises(TaskMustRestart, match="keys of producers"):
        heard(SlowBroker(keys(), end=9), read(OFFICE.signed()))
