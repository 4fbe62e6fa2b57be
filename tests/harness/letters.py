"""Dead letters as operators bring them back."""

from schemas.mesh import OriginalHeader, OriginalRecord
from services.runtime.dead import split_dead
from services.runtime.records import InputRecord


def original_in(dead: InputRecord) -> OriginalRecord:
    """The record that a dead letter holds, whole."""
    headers, why = split_dead(dead.headers)
    return OriginalRecord(
        topic=why["topic"],
        partition=int(why["partition"]),
        offset=int(why["offset"]),
        append_time_ms=int(why["append_time_ms"]),
        key=dead.key,
        value=dead.value,
        headers=tuple(OriginalHeader(name=name, value=value) for name, value in headers),
    )
