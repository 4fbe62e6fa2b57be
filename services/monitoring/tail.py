"""The newest of what monitoring said before, read once as it starts."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.ops import OpsAlert, OpsIndicator
from services.monitoring.said import Said, said_before, window_number
from services.monitoring.window import WINDOW_MS
from services.runtime.broker_connection import BrokerConnection
from services.runtime.codec import Codec
from services.runtime.kafka_access import read_topics
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.registry import RegistryClient, resolve

NEWEST_MAX = 2_000
"""Records of each partition: those of some hours, far more windows than may be corrected."""


async def read_said(
    broker: BrokerConnection, codec: Codec, registry: RegistryClient, window_ms: int
) -> tuple[Said, int]:
    """Give what was said before, and how many of its records cannot be read: they count as not said."""
    newest = [
        record async for record in read_topics(broker, (OpsIndicator.topic, OpsAlert.topic), newest_max=NEWEST_MAX)
    ]
    ids = {schema_id for record in newest if (schema_id := codec.unknown_id(record.value)) is not None}
    await resolve(registry, codec, sorted(ids))
    return said_in(newest, codec, window_ms)


def said_in(
    newest: Iterable[InputRecord], codec: Codec, window_ms: int = WINDOW_MS, newest_max: int = NEWEST_MAX
) -> tuple[Said, int]:
    """Give what these records say, and how many cannot be read. `newest_max`: so many offsets of a partition are read at most."""
    indicators: list[OpsIndicator] = []
    alerts: list[OpsAlert] = []
    offsets: dict[int, tuple[int, int]] = {}
    """First and last offset that was read of each partition of indicators."""
    oldest: dict[int, int] = {}
    """Oldest window of each partition."""
    unreadable = 0
    for record in newest:
        if record.topic == OpsIndicator.topic:
            first, _ = offsets.get(record.partition, (record.offset, 0))
            offsets[record.partition] = first, record.offset
        try:
            fact = codec.decode(record.topic, record.value or b"")
        except RefusedAtDoor:
            unreadable += 1
            continue
        if isinstance(fact, OpsAlert):
            alerts.append(fact)
        elif fact.window_ends_at - fact.window_starts_at == timedelta(milliseconds=window_ms):
            # Else it is said of windows of another length, which are others.
            indicators.append(fact)
            oldest.setdefault(record.partition, window_number(fact, window_ms))
    # Where older ones were not read, the oldest window may not be whole.
    from_number = max(
        (
            oldest[partition] + 1
            for partition, (first, last) in offsets.items()
            if partition in oldest and last - first + 1 >= newest_max
        ),
        default=0,
    )
    return said_before(indicators, alerts, from_number, window_ms), unreadable
