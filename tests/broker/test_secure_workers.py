"""The workers that no story needs, on the broker that checks who may do what: they work, and are denied nothing."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from schemas.access import CLOCK, CONSOLE
from schemas.topics import AUDIT_SEALS, commands_topic
from services.clock.clock import Clock
from services.clock.worker import seed
from services.console.broker_mesh import BrokerMesh
from services.outlets.worker import SERVICE as OUTLETS
from services.runtime.errors import WillNotStart
from services.runtime.kafka_access import read_topics
from services.runtime.orders import Issuer, issue, resume_order
from services.sandbox.logins import PEOPLE
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
"""Before the stories begin: time never goes back for them."""


async def test_decisions_are_sealed_and_watched(secure_stack: Stack) -> None:
    before, settings = secure_stack.broker_log(), secure_stack.settings
    soon = {"SHEBAO_AUDIT_SEAL_AFTER_S": "1"}
    workers = [
        WorkerProcess("services.outlets", settings, free_port()),
        WorkerProcess("services.audit", settings, free_port(), soon),
        WorkerProcess("services.monitoring", settings, free_port()),
    ]
    clock = Clock(secure_stack.codec, secure_stack.mesh_settings(CLOCK))
    try:
        for worker in workers:
            worker.start()
        await until(lambda: secure_stack.all_running(workers[:1], [OUTLETS]), 90, "all tasks of outlets run")
        await clock.open()
        await clock.tick(LONG_AGO, simulated=True)
        await until(lambda: is_sealed(secure_stack), 60, "a decision is sealed")
        await until(lambda: is_counted(workers[2]), 60, "monitoring has counted")
    finally:
        await clock.close()
        await asyncio.gather(*(worker.stop() for worker in workers))

    assert [] == secure_stack.denied_since(before)


async def is_sealed(stack: Stack) -> bool:
    return bool([record async for record in read_topics(stack.connection_as(CONSOLE), [AUDIT_SEALS])])


async def is_counted(worker: WorkerProcess) -> bool:
    if await worker.health() is None:
        return False
    async with httpx.AsyncClient(timeout=5.0, verify=False, trust_env=False) as client:
        return bool((await client.get(f"http://127.0.0.1:{worker.port}/summary")).json()["records"])


async def test_the_clock_publishes_what_nobody_published_yet(secure_stack: Stack) -> None:
    before, settings = secure_stack.broker_log(), secure_stack.mesh_settings(CLOCK)
    clock = Clock(secure_stack.codec, settings)
    await clock.open()
    try:
        first = await seed(clock, secure_stack.codec, settings, LONG_AGO.date(), LONG_AGO)
        again = await seed(clock, secure_stack.codec, settings, LONG_AGO.date(), LONG_AGO)
    finally:
        await clock.close()

    assert (True, 0) == (first > 1, again)
    assert [] == secure_stack.denied_since(before)


async def test_people_look_and_give_orders_each_as_who_may(secure_stack: Stack) -> None:
    before, issuer = secure_stack.broker_log(), Issuer("a tester", "to see that orders come through")
    async with BrokerMesh(secure_stack.people_settings()) as mesh:
        order = await issue(mesh, resume_order(OUTLETS, 0), issuer, LONG_AGO)
        found = [record async for record in mesh.records([commands_topic("outlets")])]

    assert order.encode() in {dict(record.headers)["ce_id"] for record in found}
    assert [] == secure_stack.denied_since(before)


async def test_whoever_holds_no_password_of_the_operators_gives_no_orders(secure_stack: Stack, tmp_path: Path) -> None:
    shutil.copy(secure_stack.settings.logins_dir(PEOPLE) / CONSOLE, tmp_path)
    settings = secure_stack.people_settings().model_copy(update={"broker_logins_dir": tmp_path})
    async with BrokerMesh(settings) as mesh:
        with pytest.raises(WillNotStart, match="holds no password of operators, so this may not be done here"):
            await issue(mesh, resume_order(OUTLETS, 0), Issuer("a tester", "to try"), LONG_AGO)
