"""What a new mesh has to be told before anything else: the outlets and their first stock. In production the bank does."""

from collections.abc import Sequence
from datetime import datetime

from schemas.decision import LEGAL_ZONE
from schemas.fact import SourceFact
from schemas.outlets import OutletPublished
from schemas.topics import PARTITIONS
from services.audit.reading import MeshReader
from services.outlets import directory
from services.runtime.publishing import published, upstream_id
from services.runtime.records import OutputRecord, derived_id


async def tell_outlets(reader: MeshReader, now: datetime, blanks: int) -> bool:
    """Publish the 13 outlets and a first delivery of blank cards, unless some were published before."""
    async for _ in reader.records([OutletPublished.topic]):
        return False
    outlets, stock = directory.published_outlets(), directory.initial_stock(now.astimezone(LEGAL_ZONE).date(), blanks)
    await reader.append([*_broadcast(reader, outlets, now), *(_stocked(reader, fact, now) for fact in stock)])
    return True


def _broadcast(reader: MeshReader, outlets: Sequence[OutletPublished], now: datetime) -> list[OutputRecord]:
    records = []
    for outlet in outlets:
        event_id = upstream_id(directory.SOURCE, outlet.outlet_key, outlet.revision)
        for place in range(PARTITIONS):
            own_id = derived_id((event_id, str(place)))
            records.append(published(reader.codec, outlet, own_id, directory.SOURCE, now, PARTITIONS, place))
    return records


def _stocked(reader: MeshReader, fact: SourceFact, now: datetime) -> OutputRecord:
    event_id = upstream_id(directory.SOURCE, fact.business_reference, fact.revision)
    return published(reader.codec, fact, event_id, directory.SOURCE, now, PARTITIONS)
