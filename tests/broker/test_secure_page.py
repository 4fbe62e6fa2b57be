"""The page on the broker that checks who may do what: it is fed and its people act, all with its own account, and nothing is denied."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from schemas.access import CONSOLE
from schemas.decision import Reason
from schemas.outlets import OutletStocked, StockKind
from schemas.page import PageAct, PageActRecorded
from schemas.topics import PARTITIONS, commands_topic
from schemas.vocabulary import Agency, District
from services.console.broker_mesh import BrokerMesh
from services.runtime.dead import dead_letter
from services.runtime.envelope import source_of
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.orders import PAGE_SOURCE
from services.runtime.publishing import published
from services.runtime.records import InputRecord
from services.sandbox.provider import Provider
from tests.harness.page_visitor import PageVisitor, visitor_at
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

SERVICE, OUTLET = "outlets", "outlet-nobody-knows"
"""An outlet that no story knows."""
START_S_MAX = FED_S_MAX = 60.0
BECAUSE = "库存已核对"


@asynccontextmanager
async def page(stack: Stack, folder: Path) -> AsyncIterator[str]:
    """Run the page with its feeder and the sandbox's provider; gives its address."""
    settings = stack.settings.model_copy(update={"sign_in_port": free_port(), "page_port": free_port()})
    provider = Provider(settings)
    extra = {
        "SHEBAO_PAGE_PORT": str(settings.page_port),
        "SHEBAO_PAGE_PROVIDER": settings.sign_in_url,
        "SHEBAO_PAGE_CLIENT_SECRET": "development",
        "SHEBAO_PAGE_STORE_URL": f"sqlite+aiosqlite:///{folder / 'page.db'}",
    }
    worker = WorkerProcess("services.page", settings, free_port(), extra)

    async def is_alive() -> bool:
        return bool(((await worker.health()) or {}).get("alive"))

    try:
        worker.start()
        await provider.start()
        await until(is_alive, START_S_MAX, f"the page serves\n{worker.log[-2_000:]}")
        yield settings.page_url
    finally:
        await worker.stop()
        await provider.daemon.stop(settings.stop_timeout_s)


async def refuse_a_stock(stack: Stack) -> str:
    """Leave a dead letter as its service would, with that service's account; gives its name at the page."""
    now = datetime.now(UTC)
    fact = OutletStocked(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2024, 1, 2),
        business_reference="secure-page/1",
        outlet_key=OUTLET,
        kind=StockKind.COUNTED,
        blanks=40,
    )
    said = published(stack.codec, fact, "secure-page-1", "urn:weihai:outlets", now, PARTITIONS)
    at_ms = int(now.timestamp() * 1_000)
    record = InputRecord(said.topic, said.partition, 0, at_ms, said.key, said.value, said.headers)
    letter = dead_letter(SERVICE, said.partition, record, Reason("revision-conflict"), now)
    async with KafkaPublisher(stack.connection_as(SERVICE)) as publisher:
        await publisher.append([letter])
    return f"{SERVICE}/{said.partition}"


async def named_at(visitor: PageVisitor, place: str) -> str:
    """Wait until the page shows the dead letter of a partition; gives its name."""
    found: list[str] = []

    async def is_shown() -> bool:
        text = (await visitor.get(f"/trouble/dead?service={SERVICE}&code=revision-conflict")).text
        found[:] = [part.partition('"')[0] for part in text.split('value="') if part.startswith(f"{place}/")]
        return bool(found)

    await until(is_shown, FED_S_MAX, "the feeder has read the dead letter")
    return found[-1]


async def test_a_redrive_of_two_people_is_fed_recorded_and_ordered_and_nothing_is_denied(
    secure_stack: Stack, tmp_path: Path
) -> None:
    before = secure_stack.broker_log()
    place = await refuse_a_stock(secure_stack)
    async with (
        page(secure_stack, tmp_path) as address,
        visitor_at(address, "YW-001") as first,
        visitor_at(address, "YW-002") as second,
    ):
        item = await named_at(first, place)
        wish = {"action": "redrive", "service": SERVICE, "item": item, "because": BECAUSE}
        proposed = await first.post("/proposals", f"/trouble/dead/{item}", wish)
        where = proposed.headers["location"]
        approved = await second.post(f"{where}/approve", where, {"because": "同意"})
    settings = secure_stack.mesh_settings(CONSOLE)
    async with BrokerMesh(settings) as mesh:
        said = [mesh.codec.decode(one.topic, one.value or b"") async for one in mesh.records([PageActRecorded.topic])]
        ordered = [
            one async for one in mesh.records([commands_topic(SERVICE)]) if source_of(one.headers) == PAGE_SOURCE
        ]

    assert httpx.codes.SEE_OTHER == approved.status_code
    assert [PageAct.PROPOSED, PageAct.APPROVED, PageAct.CARRIED_OUT] == [
        act.act for act in said if act.matter == where.rpartition("/")[2]
    ]
    assert 1 == len(ordered)
    assert [] == secure_stack.denied_since(before)
