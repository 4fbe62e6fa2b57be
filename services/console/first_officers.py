"""Officers of a new mesh on one machine: made up, so that cases have somebody who answers for them. The desk publishes its own."""

from datetime import date, datetime

from schemas.officers import Duty, OfficerPublished
from schemas.vocabulary import District
from services.audit.reading import MeshReader
from services.gateway.signing import SigningSink
from services.runtime.publishing import published_everywhere, upstream_id
from services.runtime.signing import development_signer, source_of_system

SOURCE = source_of_system("collection-desk")
SERVES_FROM = date(2020, 1, 1)
AUTHORITY = "样例岗位分工（假定）"

_OFFICES = {
    "HC": (District.HUANCUI,),
    "WD": (District.WENDENG,),
    "WH": (District.GAOQU, District.JINGQU, District.LINGANG),
    "RC": (District.RONGCHENG,),
    "RS": (District.RUSHAN,),
}
_DUTIES = (
    ("101", Duty.HANDLER),
    ("102", Duty.HANDLER),
    ("103", Duty.HANDLER),
    ("201", Duty.SENIOR),
    ("301", Duty.HEAD),
)


def made_up_officers() -> tuple[OfficerPublished, ...]:
    """Give three handlers, a senior officer and a head for each centre, with the districts it answers for."""
    return tuple(
        OfficerPublished(
            officer=f"{office}-{number}",
            duty=duty,
            districts=districts,
            serves_from=SERVES_FROM,
            authority=AUTHORITY,
        )
        for office, districts in _OFFICES.items()
        for number, duty in _DUTIES
    )


async def tell_officers(reader: MeshReader, now: datetime) -> bool:
    """Publish the made-up officers, unless some were published before."""
    async for _ in reader.records([OfficerPublished.topic]):
        return False
    sink = SigningSink(reader, development_signer)
    for officer in made_up_officers():
        event_id = upstream_id(SOURCE, officer.officer, officer.revision)
        await sink.append(published_everywhere(reader.codec, officer, event_id, SOURCE, now, reader.partitions))
    return True
