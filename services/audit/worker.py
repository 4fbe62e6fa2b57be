"""The auditing worker: follows every task's decision records and signs their heads at intervals.

It keeps nothing: what it needs to go on is the last seal of each task, which it reads from its own topic. Two of them do no harm:
both sign what stands in the log, and the same statement twice is the same statement.
"""

import asyncio
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
import uvloop
from aiokafka.errors import KafkaError

from schemas import topics
from schemas.audit import DecisionsSealed
from services.audit import metrics
from services.audit.chain import LinkReader
from services.audit.decision_log import DecisionLog
from services.audit.seal_keys import PublicKeys, SealKey, public_keys_from_environment, seal_key_from_environment
from services.audit.sealer import Sealer
from services.audit.seals import LastSeals, seal_record
from services.audit.settings import AuditSettings
from services.runtime import health, logs
from services.runtime.codec import Codec
from services.runtime.ending import told_in_words
from services.runtime.errors import RegistryUnavailable, UserMistake, WillNotStart
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.metrics.exposition import Exposition
from services.runtime.records import InputRecord
from services.runtime.registry import RegistryClient, agree, resolve
from services.runtime.settings import read_settings

log = structlog.get_logger(__name__)

NAME = "audit"
SILENT_S_MAX = 60.0
"""A worker that has not looked for so long is not alive."""
CONTRACTS = tuple(topic for topic in topics.TOPICS if topic.kind in (topics.Kind.DECISIONS, topics.Kind.SEALS))


class AuditWorker:
    """One process that seals. Whatever goes wrong with broker or registry ends a session; the next begins from the log."""

    def __init__(self, key: SealKey, keys: PublicKeys, settings: AuditSettings) -> None:
        """Take the key to seal with; `WillNotStart` where the public keys would not verify what it seals."""
        if key.key_id not in keys:
            raise WillNotStart(
                f"签封公钥中没有 {key.key_id}，签封将无人能够核验，请加入 `shebao audit key` 给出的一行。",
                f"The public keys do not hold {key.key_id}, so nobody could verify the seals: add the line that "
                f"`shebao audit key` gives.",
            )
        self._key, self._keys, self._settings = key, keys, settings
        self._codec = Codec()
        self._ended = asyncio.Event()
        self._sealer = self._new_sealer()
        self._looked_at = time.monotonic()
        self._exposition = Exposition(settings.worker_name or NAME, metrics.AUDIT_WORKER)
        self._seals = 0
        self._told: set[tuple[str, int]] = set()
        self._forged = 0

    def end(self) -> None:
        """Ask the worker to stop."""
        self._ended.set()

    async def run(self) -> None:
        """Agree on schemas, then seal until asked to stop."""
        settings = self._settings
        async with RegistryClient(settings.registry_url) as registry:
            await agree(registry, CONTRACTS, self._codec, settings.work_dir / f"{NAME}.agreement.json")
            page, port = await health.serve(settings.health_port, self.page, self.metrics, settings.health_host)
            log.info("running", port=port)
            try:
                while not self._ended.is_set():
                    try:
                        await self._session(registry)
                    except (KafkaError, TimeoutError, OSError, RegistryUnavailable, UserMistake) as error:
                        log.warning("begins anew", error=repr(error))
                        await self._pause(settings.restart_backoff_s_max)
            finally:
                await page.cleanup()

    async def _session(self, registry: RegistryClient) -> None:
        """Resume from the last seals, with clients of its own, and seal until the end or the first doubt."""
        settings = self._settings
        self._sealer = self._new_sealer()
        await self._resume(registry)
        async with (
            KafkaPublisher(settings.connection) as publisher,
            DecisionLog(settings, self._sealer) as decisions,
        ):
            while not self._ended.is_set():
                await self._look(registry, decisions)
                await self._seal(publisher, self._sealer.due(datetime.now(UTC)))
                await self._pause(settings.audit_look_s)
            await self._look(registry, decisions)
            await self._seal(publisher, self._sealer.due(datetime.now(UTC), at_once=True))

    async def _resume(self, registry: RegistryClient) -> None:
        """Go on from the last seals that count; those that do not are told, and nothing rests on them."""
        last = LastSeals()
        async for record in read_topics(self._settings.connection, [topics.AUDIT_SEALS]):
            await self._know_schema(registry, record)
            last.take(record)
        judged = last.judged(self._codec, self._keys)
        faulty = [found for found in judged if found.fault]
        for found in faulty:
            place = {"partition": found.record.partition, "offset": found.record.offset}
            log.error("a seal does not count", code=found.fault, **place)
        self._forged = len(faulty)
        self._sealer.resume(found.seal for found in judged if found.seal is not None and not found.fault)
        for service, partition in last.buried(judged):
            self._sealer.refuse(service, partition, -1, "its last seals do not count")

    async def _look(self, registry: RegistryClient, decisions: DecisionLog) -> None:
        for record in await decisions.arrived():
            await self._know_schema(registry, record)
            self._sealer.take(record, datetime.now(UTC))
        self._looked_at = time.monotonic()
        for refusal in self._sealer.refusals:
            if (refusal.service, refusal.partition) not in self._told:
                self._told.add((refusal.service, refusal.partition))
                log.error("seals this task no more: see `shebao audit verify`", **asdict(refusal))

    async def _seal(self, publisher: KafkaPublisher, seals: Sequence[DecisionsSealed]) -> None:
        if not seals:
            return
        await publisher.append([seal_record(self._codec, seal) for seal in seals])
        self._sealer.written(seals)
        self._seals += len(seals)
        self._exposition.counter(metrics.SEALS).inc(len(seals))
        log.info("sealed", count=len(seals))

    async def _know_schema(self, registry: RegistryClient, record: InputRecord) -> None:
        unknown = self._codec.unknown_id(record.value)
        if unknown is not None:
            await resolve(registry, self._codec, [unknown])

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return

    def _new_sealer(self) -> Sealer:
        settings = self._settings
        after = timedelta(seconds=settings.audit_seal_after_s)
        return Sealer(LinkReader(self._codec), self._key, settings.audit_seal_entries_max, after)

    async def page(self) -> dict[str, Any]:
        """The health page: alive while it looks; what it refuses to seal waits for people, not for a restart."""
        return {
            "worker": self._settings.worker_name or NAME,
            "alive": time.monotonic() - self._looked_at < SILENT_S_MAX,
            "effects_in_flight": 0,
            "tasks": [],
            "key_id": self._key.key_id,
            "seals": self._seals,
            "unsealed_entries": sum(self._sealer.unsealed.values()),
            "seals_that_do_not_count": self._forged,
            "refused": [asdict(refusal) for refusal in self._sealer.refusals],
        }

    async def metrics(self) -> bytes:
        """The metrics, for whoever scrapes."""
        shown = await self.page()
        self._exposition.gauge(metrics.UNSEALED).set(shown["unsealed_entries"])
        self._exposition.gauge(metrics.REFUSED_TASKS).set(len(shown["refused"]))
        self._exposition.gauge(metrics.FORGED).set(shown["seals_that_do_not_count"])
        return self._exposition.text(alive=shown["alive"])


def main() -> None:
    """Run the worker as a process; exit codes as every worker's."""
    with told_in_words():
        settings = read_settings(AuditSettings).logged_in_as(NAME)
        logs.configure(settings, settings.worker_name or NAME)
        uvloop.run(_run(AuditWorker(seal_key_from_environment(), public_keys_from_environment(), settings)))


async def _run(worker: AuditWorker) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.end)
    await worker.run()
