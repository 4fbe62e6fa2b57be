"""A real worker on a real broker lets be seen what it does: at its endpoint, and at a collector of traces."""

import re
from datetime import UTC, date, datetime

import httpx
import pytest

from schemas.access import CONSOLE
from schemas.contributions import UnitRegistered
from schemas.topics import BY_NAME
from schemas.vocabulary import Agency, District
from services.console.broker_mesh import BrokerMesh
from services.runtime.envelope import trace_named
from services.runtime.metrics import inventory
from services.runtime.metrics.inventory import DECIDING_WORKER
from services.runtime.publishing import published
from tests.harness.counting import unit_code
from tests.harness.otlp import Receiver
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

EVENT_ID = "watched-1"


def registered() -> UnitRegistered:
    return UnitRegistered(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2020, 1, 6),
        business_reference="watched/1",
        unit_code=unit_code(424_242),
        unit_name="文登样例有限公司",
    )


async def scraped(worker: WorkerProcess) -> str:
    async with httpx.AsyncClient(timeout=5.0, verify=False, trust_env=False) as client:
        return (await client.get(f"http://127.0.0.1:{worker.port}/metrics")).text


async def test_what_a_worker_decides_is_counted_and_traced(stack: Stack) -> None:
    async with Receiver() as receiver:
        traced = {"SHEBAO_TRACES_ENDPOINT": receiver.endpoint}
        worker = WorkerProcess("services.arrears", stack.settings, free_port(), traced)
        try:
            worker.start()
            record = published(stack.codec, registered(), EVENT_ID, "urn:weihai:tax", datetime.now(UTC), 12)
            settings = stack.mesh_settings(CONSOLE).model_copy(update={"traces_endpoint": receiver.endpoint})
            async with BrokerMesh(settings) as mesh:
                await mesh.append([record])

            async def is_traced() -> bool:
                return {"publish unit-registered", "process unit-registered"} <= {
                    span.name for span in receiver.spans if span.trace == trace_named(EVENT_ID)
                }

            await until(is_traced, 60, "the record's span has come")
            text = await scraped(worker)
        finally:
            await worker.stop()
    seen = {span.name: span for span in receiver.spans if span.trace == trace_named(EVENT_ID)}
    said, decided = seen["publish unit-registered"], seen["process unit-registered"]
    header = dict(record.headers)["traceparent"] or b""

    assert header.decode()[36:52] == said.span == decided.parent
    assert (BY_NAME[UnitRegistered.topic].owner, "arrears") == (said.service, decided.service)
    assert re.search(rf'^{inventory.DECISIONS.name}{{.*service="arrears".*}} [1-9]', text, re.MULTILINE)
    assert {metric.name for metric in DECIDING_WORKER} == set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
