"""Before a record under a key that a task has never heard of is taken in, all keys that were published before it are read.

Topics are read from several brokers: without this, a record could be taken in before the key it was signed with, although
that was published first, and be refused for it.
"""

from collections.abc import Collection, Iterable, Sequence

from schemas.producers import ProducerKeyPublished
from schemas.signing import KEY_ID_HEADER
from services.runtime.broker import TaskReader
from services.runtime.errors import TaskMustRestart
from services.runtime.records import InputRecord

FETCHES_MAX = 1_000
"""So often the keys' topic is fetched from, each time waiting at most a turn."""


async def keys_before(
    records: Sequence[InputRecord], known: Collection[str], reader: TaskReader, records_max: int, wait_ms: int
) -> list[InputRecord]:
    """Read the keys' topic up to the end it has now, where some record is signed with a key that is not `known`.

    `TaskMustRestart` where the broker does not give what it says it has.
    """
    if not any(key_id not in known for key_id in _named(records)):
        return []
    topic = ProducerKeyPublished.topic
    end = (await reader.stable_ends())[topic]
    found: list[InputRecord] = []
    for _ in range(FETCHES_MAX):
        if await reader.position(topic) >= end:
            return found
        found += await reader.fetch(records_max, wait_ms, topic)
    raise TaskMustRestart("the keys of producers cannot be read to their end")


def _named(records: Iterable[InputRecord]) -> Iterable[str]:
    """Give the key ids that records say they were signed with."""
    return (
        (value or b"").decode("ascii", "replace")
        for record in records
        for name, value in record.headers
        if name == KEY_ID_HEADER
    )
