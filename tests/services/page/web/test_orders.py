"""Orders of the page go to the task that has the case, however many partitions the mesh was made with."""

from datetime import UTC, datetime

import pytest

from schemas.topics import commands_topic
from services.console.all_services import ALL_SERVICES
from services.page.web.orders import written
from services.page.web.proposals import Proposal
from services.page.web.recording import Recorder
from services.runtime.memory import MemoryMesh
from services.runtime.records import partition_of
from tests.harness.page_desk import LI, TwinMesh
from tests.services.console.towns import UNIT

BEGIN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.mark.asyncio
@pytest.mark.parametrize("partitions", [3, 12])
async def test_an_order_lies_on_the_partition_of_its_case(partitions: int) -> None:
    mesh = TwinMesh(MemoryMesh(ALL_SERVICES, BEGIN, {}, partitions))
    proposal = Proposal("matter-1", "release", "arrears", (UNIT,), "", "YW-001", "规则已修正", BEGIN)
    await written(mesh, proposal, BEGIN)

    (order,) = mesh.twin.records(commands_topic("arrears"))
    assert partition_of(UNIT.encode(), partitions) == order.partition
    assert mesh.codec.decode(order.topic, order.value or b"").subject == UNIT


@pytest.mark.asyncio
async def test_an_act_is_recorded_on_a_partition_that_is_there() -> None:
    mesh = TwinMesh(MemoryMesh(ALL_SERVICES, BEGIN, {}, 1))
    for number in range(8):
        assert await Recorder(mesh, lambda: BEGIN).refused(LI, "GET /trouble", "role-missing", [str(number)])

    assert 8 == len([act async for act in mesh.acts()])
