"""What a task knows of keys when it takes records in: all that was published before them.

Topics are read from several brokers, and one of them may be behind. Without this a record could be taken in before the key it was
signed with, although that was published first, and be refused; or one without a signature be let in, although its system has a
key by then.
"""

from collections.abc import Iterable, Mapping, Sequence

from schemas.producers import ProducerKeyPublished
from schemas.signing import KEY_ID_HEADER
from schemas.topics import BY_NAME
from services.runtime.broker import TaskReader
from services.runtime.errors import TaskMustRestart
from services.runtime.records import InputRecord
from services.runtime.service import Service
from services.runtime.settings import MeshSettings

References = Mapping[str, Mapping[str, object]]
"""Reference facts by topic and key."""
TOPIC = ProducerKeyPublished.topic
_UPSTREAM = frozenset(name for name, topic in BY_NAME.items() if topic.is_upstream)


class KeyBarrier:
    """Of one life of one task: reads keys before the records that need them."""

    def __init__(self, service: Service, settings: MeshSettings) -> None:
        self._hears_upstream = TOPIC in service.inputs
        self._settings = settings
        self._has_begun = False

    async def keys_before(
        self, records: Sequence[InputRecord], known: References, reader: TaskReader
    ) -> list[InputRecord]:
        """Read the keys' topic as far as these records ask for; gives what was read.

        Up to the end asked for now, at the beginning and where a record is signed with a key that is not `known`; else up to the end that
        the last fetch told. `TaskMustRestart` where the broker does not give what it says it has.
        """
        if not self._hears_upstream:
            return []
        if self._has_begun and all(key_id in known.get(TOPIC, ()) for key_id in _named(records)):
            return await self._read(reader, reader.heard_ends().get(TOPIC, 0))
        found = await self._read(reader, (await reader.stable_ends()).get(TOPIC, 0))
        self._has_begun = True
        return found

    async def _read(self, reader: TaskReader, end: int) -> list[InputRecord]:
        settings = self._settings
        found: list[InputRecord] = []
        silent = 0
        while await reader.position(TOPIC) < end:
            fetched = await reader.fetch(settings.batch_records_max, settings.turn_ms, TOPIC)
            found += fetched
            silent = 0 if fetched else silent + 1
            if silent * settings.turn_ms > settings.stuck_after_s * 1_000:
                raise TaskMustRestart("the keys of producers cannot be read to their end")
        return found


def _named(records: Iterable[InputRecord]) -> Iterable[str]:
    """Give the key ids that upstream records say they were signed with; on other topics such a header means nothing."""
    return (
        (value or b"").decode("ascii", "replace")
        for record in records
        if record.topic in _UPSTREAM
        for name, value in record.headers
        if name == KEY_ID_HEADER
    )
