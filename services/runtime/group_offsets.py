"""Where a group has committed, by the broker's own word."""

from collections.abc import Collection

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.runtime.errors import TaskMustRestart

NO_OFFSET = -1


async def committed_offsets(
    admin: AIOKafkaAdminClient, group: str, places: Collection[TopicPartition]
) -> dict[TopicPartition, int]:
    """Give what a group has committed of the places; none for a place where it never has.

    `TaskMustRestart` where the coordinator does not say: while it moves it refuses the question as a whole, names no place, and
    aiokafka 0.14 gives that out as an empty answer (it looks at the errors of places only). Taken for "nothing was
    committed", that is a group that disagrees with its changelog: the campaigns of faults saw a worker refuse to start for it.
    """
    found = await admin.list_consumer_group_offsets(group, partitions=list(places))
    silent = set(places) - set(found)
    if silent:
        raise TaskMustRestart(f"the coordinator of {group} does not say now where it stands ({len(silent)} places)")
    return {place: committed.offset for place, committed in found.items() if committed.offset != NO_OFFSET}
