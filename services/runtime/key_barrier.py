"""Before a record under a key that a task has never heard of is taken in, all keys that were published before it are read.

Topics are read from several brokers: without this, a record could be taken in before the key it was signed with, although
that was published first, and be refused for it.
"""

from collections.abc import Iterable, Mapping, Sequence

from schemas.producers import ProducerKeyPublished
from schemas.signing import KEY_ID_HEADER
from schemas.topics import BY_NAME
from services.runtime.broker import TaskReader
from services.runtime.errors import TaskMustRestart
from services.runtime.records import InputRecord
from services.runtime.settings import MeshSettings

References = Mapping[str, Mapping[str, object]]
"""Reference facts by topic and key."""
FETCHES_MAX = 1_000
"""So often the keys' topic is fetched from, each time waiting at most a turn."""

_UPSTREAM = frozenset(name for name, topic in BY_NAME.items() if topic.is_upstream)


async def keys_before(
    records: Sequence[InputRecord], known: References, reader: TaskReader, settings: MeshSettings
) -> list[InputRecord]:
    """Read the keys' topic up to the end it has now, where some record is signed with a key that is not `known`.

    Whoever hears an upstream system reads that topic as well.

    `TaskMustRestart` where the broker does not give what it says it has.
    """
    topic = ProducerKeyPublished.topic
    keys = known.get(topic, {})
    if all(key_id in keys for key_id in _named(records)):
        return []
    end = (await reader.stable_ends())[topic]
    found: list[InputRecord] = []
    for _ in range(FETCHES_MAX):
        if await reader.position(topic) >= end:
            return found
        found += await reader.fetch(settings.batch_records_max, settings.turn_ms, topic)
    raise TaskMustRestart("the keys of producers cannot be read to their end")


def _named(records: Iterable[InputRecord]) -> Iterable[str]:
    """Give the key ids that upstream records say they were signed with; on other topics such a header means nothing."""
    return (
        (value or b"").decode("ascii", "replace")
        for record in records
        if record.topic in _UPSTREAM
        for name, value in record.headers
        if name == KEY_ID_HEADER
    )
