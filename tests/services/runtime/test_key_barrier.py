"""A record under an unknown key waits until the keys that were published before it have been read."""

from collections.abc import Sequence

import pytest

from schemas.producers import ProducerKeyPublished
from services.runtime.errors import TaskMustRestart
from services.runtime.key_barrier import keys_before
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.signing import development_published
from tests.harness.counting import NOON
from tests.services.runtime.signed_records import KEY, PLACE, Office

pytestmark = pytest.mark.asyncio
TOPIC = ProducerKeyPublished.topic
OFFICE = Office()
SETTINGS = MeshSettings()


class SlowBroker:
    """A reader whose keys lie on another broker: each fetch gives one record of them, the first gives none."""

    def __init__(self, keys: Sequence[InputRecord], end: int | None = None) -> None:
        self._keys, self._end = keys, len(keys) if end is None else end
        self._fetched = 0
        self.asked = 0

    async def stable_ends(self) -> dict[str, int]:
        self.asked += 1
        return {TOPIC: self._end}

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


async def test_all_keys_are_read_before_a_record_under_one_that_is_unknown() -> None:
    reader = SlowBroker(keys())

    found = await keys_before([read(OFFICE.signed())], {}, reader, SETTINGS)  # type: ignore[arg-type]

    assert keys() == found


async def test_nobody_is_asked_where_every_key_is_known() -> None:
    reader = SlowBroker(keys())
    records = [read(OFFICE.signed()), read(OFFICE.payment())]

    found = await keys_before(records, {TOPIC: {KEY.key_id: KEY}}, reader, SETTINGS)  # type: ignore[arg-type]

    assert ([], 0) == (found, reader.asked)


async def test_a_key_that_nobody_published_holds_up_nothing() -> None:
    reader = SlowBroker([])

    assert [] == await keys_before([read(OFFICE.signed())], {}, reader, SETTINGS)  # type: ignore[arg-type]


async def test_keys_that_never_come_throw_the_clients_away() -> None:
    reader = SlowBroker(keys(), end=9)

    with pytest.raises(TaskMustRestart, match="keys of producers"):
        await keys_before([read(OFFICE.signed())], {}, reader, SETTINGS)  # type: ignore[arg-type]


async def test_a_header_on_a_topic_of_our_own_holds_up_nothing() -> None:
    reader = SlowBroker([])
    record = read(OFFICE.signed()._replace(topic="reminder-requested"))

    found = await keys_before([record], {}, reader, SETTINGS)  # type: ignore[arg-type]

    assert ([], 0) == (found, reader.asked)
