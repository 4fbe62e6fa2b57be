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


def said_in(newest: Iterable[InputRecord], codec: Codec, window_ms: int = WINDOW_MS) -> tuple[Said, int]:
    """Give what these records say, and how many cannot be read."""
    indicators: list[OpsIndicator] = []
    alerts: list[OpsAlert] = []
    first: dict[int, int] = {}
    """First offset read of each partition of indicators."""
    cut: dict[int, int] = {}
    unreadable = 0
    for record in newest:
        if record.topic == OpsIndicator.topic:
            first.setdefault(record.partition, record.offset)
        try:
            fact = codec.decode(record.topic, record.value or b"")
        except RefusedAtDoor:
            unreadable += 1
            continue
        if isinstance(fact, OpsIndicator):
            if fact.window_ends_at - fact.window_starts_at != timedelta(milliseconds=window_ms):
                continue  # said of windows of another length
            indicators.append(fact)
            if first[record.partition]:  # older ones are not read: its first window may not be whole
                cut.setdefault(record.partition, window_number(fact, window_ms) + 1)
        else:
            alerts.append(fact)
    return said_before(indicators, alerts, max(cut.values(), default=0), window_ms), unreadable
