"""The clock worker: publishes calendars and parameters nobody has published yet, then ticks once a minute."""

import asyncio
import signal
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import structlog
import uvloop

from schemas import topics
from schemas.access import CLOCK
from schemas.fact import Fact
from schemas.mesh import CalendarPublished, ClockTicked, ParameterPublished
from services.clock.calendars import published_calendars
from services.clock.clock import Clock
from services.clock.metrics import CLOCK_WORKER, LAST_TICK
from services.clock.taken_in import Ask, taken_in
from services.runtime import health, logs
from services.runtime.codec import Codec
from services.runtime.compression import refuse_missing_codecs
from services.runtime.effects import EFFECTS_FROM
from services.runtime.ending import told_in_words
from services.runtime.metrics.exposition import Exposition
from services.runtime.registry import RegistryClient, agree, resolve
from services.runtime.settings import MeshSettings, read_settings

log = structlog.get_logger(__name__)

TICK_EVERY_S = 60.0
SPOKEN = (ClockTicked.topic, CalendarPublished.topic, ParameterPublished.topic)


async def agreed_codec(settings: MeshSettings) -> Codec:
    """Agree with the registry on the topics the clock writes."""
    codec = Codec()
    async with RegistryClient(settings.registry_url) as registry:
        contracts = [topics.BY_NAME[name] for name in SPOKEN]
        await agree(registry, contracts, codec, settings.work_dir / "clock.agreement.json")
    return codec


async def seed(
    clock: Clock, codec: Codec, settings: MeshSettings, effects_from: date, now: datetime, ask: Ask | None = None
) -> int:
    """Publish the calendars and parameters that are not in their topics yet; gives how many. `ask` as for `taken_in`."""
    known: set[tuple[str, str, int]] = set()
    async for fact in taken_in(settings.connection, SPOKEN[1:], codec, ask):
        known.add((fact.topic, fact.case_key, getattr(fact, "revision", 1)))
    parameter = ParameterPublished(name=EFFECTS_FROM, value=effects_from.isoformat(), effective_on=date(1949, 10, 1))
    wanted: list[Fact] = [*published_calendars()]
    if not any(name == EFFECTS_FROM for _, name, _ in known):
        wanted.append(parameter)
    missing = [fact for fact in wanted if (fact.topic, fact.case_key, getattr(fact, "revision", 1)) not in known]
    if missing:
        await clock.broadcast(missing, now)
    return len(missing)


async def _tick_until(ended: asyncio.Event, clock: Clock) -> None:
    while not ended.is_set():
        await clock.tick(datetime.now(UTC), simulated=False)
        wait_s = TICK_EVERY_S - datetime.now(UTC).timestamp() % TICK_EVERY_S
        try:
            await asyncio.wait_for(ended.wait(), wait_s)
        except TimeoutError:
            continue


async def _run(settings: MeshSettings) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    refuse_missing_codecs()
    codec = await agreed_codec(settings)
    clock = Clock(codec, settings)
    exposition = Exposition(settings.worker_name or CLOCK, CLOCK_WORKER)
    page, port = await health.serve(
        settings.health_port,
        lambda: _page(settings, clock),
        lambda: _metrics(exposition, settings, clock),
        settings.health_host,
    )
    try:
        async with RegistryClient(settings.registry_url) as registry:
            ask = partial(resolve, registry)
            await clock.open(ask)
            now = datetime.now(UTC)
            count = await seed(clock, codec, settings, now.date(), now, ask)
        log.info("running", count=count, port=port)
        await _tick_until(ended, clock)
    finally:
        await clock.close()
        await page.cleanup()


async def _page(settings: MeshSettings, clock: Clock) -> dict[str, Any]:
    """Alive while the last tick is younger than two periods."""
    silent_s = 0.0 if clock.last is None else (datetime.now(UTC) - clock.last).total_seconds()
    return {
        "worker": settings.worker_name or "clock",
        "alive": silent_s < 2 * TICK_EVERY_S,
        "effects_in_flight": 0,
        "tasks": [],
    }


async def _metrics(exposition: Exposition, settings: MeshSettings, clock: Clock) -> bytes:
    exposition.gauge(LAST_TICK).set(0.0 if clock.last is None else clock.last.timestamp())
    return exposition.text(alive=(await _page(settings, clock))["alive"])


def main() -> None:
    """Run the clock as a process; exit codes as every worker's."""
    with told_in_words():
        settings = read_settings(MeshSettings).logged_in_as(CLOCK)
        logs.configure(settings, settings.worker_name or "clock")
        uvloop.run(_run(settings))
