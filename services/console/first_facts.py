"""What a new mesh has to be told before anything else: keys of signatures, the outlets and their first stock.

In production the producers and the bank say it; what is said here is signed with the published development keys.
"""

from datetime import datetime

from schemas.decision import LEGAL_ZONE
from schemas.fact import SourceFact
from schemas.outlets import OutletPublished
from schemas.producers import ProducerKeyPublished
from services.audit.reading import MeshReader
from services.console.producer_keys import publish_key
from services.gateway.signing import SigningSink
from services.outlets import directory
from services.runtime.publishing import published, published_everywhere, upstream_id
from services.runtime.records import OutputRecord
from services.runtime.signing import development_keys, development_published, development_signer


async def tell_outlets(reader: MeshReader, now: datetime, blanks: int) -> bool:
    """Publish the 13 outlets and a first delivery of blank cards, unless some were published before."""
    async for _ in reader.records([OutletPublished.topic]):
        return False
    outlets, stock = directory.published_outlets(), directory.initial_stock(now.astimezone(LEGAL_ZONE).date(), blanks)
    records = [record for outlet in outlets for record in _outlet_records(reader, outlet, now)]
    sink = SigningSink(reader, development_signer)
    await sink.append([*records, *(_stocked(reader, fact, now) for fact in stock)])
    return True


async def tell_producer_keys(reader: MeshReader, now: datetime) -> bool:
    """Publish the development keys of all upstream systems, unless some key was published before."""
    async for _ in reader.records([ProducerKeyPublished.topic]):
        return False
    for key in development_published(development_keys()):
        await publish_key(reader, key, now)
    return True


def _outlet_records(reader: MeshReader, outlet: OutletPublished, now: datetime) -> list[OutputRecord]:
    event_id = upstream_id(directory.SOURCE, outlet.outlet_key, outlet.revision)
    return published_everywhere(reader.codec, outlet, event_id, directory.SOURCE, now, reader.partitions)


def _stocked(reader: MeshReader, fact: SourceFact, now: datetime) -> OutputRecord:
    event_id = upstream_id(directory.SOURCE, fact.business_reference, fact.revision)
    return published(reader.codec, fact, event_id, directory.SOURCE, now, reader.partitions)
