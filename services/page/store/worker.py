"""The feeding worker: one process that keeps the page's store in step with the log. Two of them: the later one writes."""

import asyncio
import signal
import time
from datetime import UTC, datetime
from typing import Any

import structlog
import uvloop
from aiokafka.errors import KafkaError

from schemas import topics
from services.audit.all_services import ALL_SERVICES
from services.page.store import metrics
from services.page.store.database import Database
from services.page.store.feeder import Feeder
from services.page.store.kafka_log import KafkaLog
from services.page.store.log_port import LogLost
from services.page.store.looking import Looking
from services.page.store.projection import Projection
from services.page.store.settings import StoreSettings
from services.runtime import health, logs
from services.runtime.codec import Codec
from services.runtime.ending import told_in_words
from services.runtime.errors import Unavailable
from services.runtime.metrics.exposition import Exposition
from services.runtime.registry import RegistryClient, agree
from services.runtime.settings import read_settings

log = structlog.get_logger(__name__)

NAME = "page"
"""Its account at the broker."""
CONTRACTS = tuple(topic for topic in topics.TOPICS if topic.fact is not None)
WAIT_MS = 200
TURNED_AT_ONCE_MAX = 1_000
TURNS_AT_LEAST_EVERY_S = 10.0
"""Under a backlog that does not end, late fees are counted on all the same, some units at a time."""
MISSING_LOOKED_FOR_S = 30.0
TIDIED_EVERY_S = 3_600.0
SILENT_S_MAX = 60.0


class FeedingWorker:
    """Feeds until asked to stop. Whatever goes wrong outside ends a session; the next goes on from the rows."""

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._codec = Codec()
        self._ended = asyncio.Event()
        self._looked_at = time.monotonic()
        self._records = self._waiting = 0
        self._exposition = Exposition(settings.worker_name or NAME, metrics.STORE_WORKER)

    def end(self) -> None:
        """Ask the worker to stop."""
        self._ended.set()

    async def run(self) -> None:
        """Agree on schemas, then feed until asked to stop."""
        settings = self._settings
        async with RegistryClient(settings.registry_url) as registry, Database(settings.store_url) as database:
            await agree(registry, CONTRACTS, self._codec, settings.work_dir / f"{NAME}.agreement.json")
            page, port = await health.serve(settings.health_port, self.page, self.metrics, settings.health_host)
            log.info("running", port=port)
            try:
                while not self._ended.is_set():
                    try:
                        await self._session(registry, database)
                    except (KafkaError, TimeoutError, OSError, Unavailable, LogLost) as error:
                        log.warning("begins anew", error=repr(error))
                        await self._pause(settings.restart_backoff_s_max)
            finally:
                await page.cleanup()

    async def _session(self, registry: RegistryClient, database: Database) -> None:
        settings = self._settings
        source = KafkaLog(settings.connection, self._codec, registry, settings.request_timeout_ms)
        feeder = Feeder(database, source, Projection(self._codec, ALL_SERVICES))
        look = Looking(source, settings.page_look_s)
        try:
            await feeder.open()
            began = turned = tidy_at = time.monotonic()
            while not self._ended.is_set():
                taken = await feeder.step(WAIT_MS)
                self._records += taken
                self._exposition.counter(metrics.FED).inc(taken)
                self._looked_at = now = time.monotonic()
                if not taken or now - turned > TURNS_AT_LEAST_EVERY_S:
                    await feeder.catch_up(TURNED_AT_ONCE_MAX)
                    turned = now
                behind = look.taken(now)
                if behind is not None:
                    self._waiting = await feeder.note(behind)
                    if not self._waiting and now >= tidy_at:
                        await feeder.tidy()
                        tidy_at = now + TIDIED_EVERY_S
                if source.missing and now - began > MISSING_LOOKED_FOR_S:
                    return  # the next session looks for them
        finally:
            await look.end()
            await source.close()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return

    async def page(self) -> dict[str, Any]:
        """The health page: alive while it looks."""
        return {
            "worker": self._settings.worker_name or NAME,
            "alive": time.monotonic() - self._looked_at < SILENT_S_MAX,
            "effects_in_flight": 0,
            "tasks": [],
            "records": self._records,
            "waiting": self._waiting,
            "at": datetime.now(UTC).isoformat(),
        }

    async def metrics(self) -> bytes:
        """The metrics, for whoever scrapes."""
        shown = await self.page()
        self._exposition.gauge(metrics.WAITING).set(self._waiting)
        return self._exposition.text(alive=shown["alive"])


def main() -> None:
    """Run the worker as a process; exit codes as every worker's."""
    with told_in_words():
        settings = read_settings(StoreSettings).logged_in_as(NAME)
        logs.configure(settings, settings.worker_name or NAME)
        uvloop.run(_run(FeedingWorker(settings)))


async def _run(worker: FeedingWorker) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.end)
    await worker.run()
