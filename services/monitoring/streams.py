"""The Faust app: agents that count, a timer that looks and tells, a timer that reports. Faust itself writes nothing to Kafka.

Held to docs/decisions/0099: at least once, concurrency 1, no tables, windows, sinks, sends or internal topics of Faust's. A
recount is harmless, because counts and windows live in memory and each offset is counted once.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import cast

import faust
import mode
import structlog
from faust.app.base import BootStrategy
from faust.auth import Credentials, SASLCredentials, SSLCredentials
from faust.types import StreamT

from schemas.topics import Kind
from services.monitoring import pages
from services.monitoring.reading import HEARD, Reader
from services.monitoring.transport import CountingConsumer, CountingTransport, records_of
from services.monitoring.watch import LOOK_TIMEOUT_S, Watch
from services.runtime.broker_connection import BrokerConnection

log = structlog.get_logger(__name__)

GROUP = "monitoring"
EXIT_CRASHED = 1
TAKEN_MAX = 8
"""Bundles taken at once: what a partition gave in one fetch is one (`transport.py`)."""
BUNDLES_BUFFERED_MAX = 32
FETCHED_RECORDS_MAX = 2_000
TAKEN_WITHIN_S = 0.2
AGENTS = {
    "facts": (Kind.FACT,),
    "clock-and-references": (Kind.BROADCAST,),
    "decisions": (Kind.DECISIONS,),
    "dead-letters": (Kind.DEAD,),
}
"""Agents, each with the kinds of topics it hears: what is taken at once comes from all of them."""


class NoProducer(BootStrategy):
    """What is never started cannot write: what monitoring says goes through a producer of its own."""

    enable_kafka_producer = False


class MonitoringApp(faust.App):
    """The app of monitoring."""

    BootStrategy = NoProducer


def make_app(watch: Watch) -> faust.App:
    """Make the app; nothing is connected before its worker starts it."""
    settings = watch.settings
    app = MonitoringApp(
        GROUP,
        broker=[f"kafka://{server}" for server in settings.bootstrap_servers.split(",")],
        broker_credentials=_credentials(settings.connection),
        autodiscover=False,
        datadir=settings.work_dir / "monitoring.faust",
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",  # every partition is sought before it is read
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,  # the pages are our own: Faust's would show tables and routes
        web_tables_enabled=False,
        producer_request_timeout=30.0,
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.heartbeat_interval_ms / 1000,
        broker_request_timeout=30.0,  # also bounds the seek over all partitions, slow on topics made a moment ago
        stream_wait_empty=False,
        stream_buffer_maxsize=BUNDLES_BUFFERED_MAX,
        broker_max_poll_records=FETCHED_RECORDS_MAX,
        worker_redirect_stdouts=False,
    )
    app.transport = CountingTransport(app.conf.broker_consumer, app, watch)
    for name, kinds in AGENTS.items():
        heard = [topic.name for topic in HEARD if topic.kind in kinds]
        raw = app.topic(*heard, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        app.agent(raw, name=name, concurrency=1)(_counting(watch.reader))
    _add_timers(app, watch)
    app.service(_pages_service(watch))
    return app


def _credentials(broker: BrokerConnection) -> Credentials | None:
    """The connection in Faust's words; it hands them to aiokafka."""
    context = broker.tls()
    if broker.logs_in:
        password = broker.password.get_secret_value() if broker.password is not None else ""
        return SASLCredentials(username=broker.user, password=password, mechanism=broker.mechanism, ssl_context=context)
    return None if context is None else SSLCredentials(context=context)


def _counting(reader: Reader) -> Callable[[StreamT[bytes]], Awaitable[None]]:
    async def count(stream: StreamT[bytes]) -> None:
        """Count every record of the topics, many at a time."""
        batches = cast("faust.Stream[bytes]", stream).take_events(TAKEN_MAX, within=TAKEN_WITHIN_S)
        async for events in batches:
            try:
                for event in events:
                    await reader.read(records_of(event.message))
                    await asyncio.sleep(0)  # a bundle holds thousands: pages and timers have their turn
            except Exception as error:  # Faust would pass over the records; a process begun anew counts them again
                _crash("records could not be counted", error)

    return count


def _crash(why: str, error: Exception | None = None) -> None:
    log.error(why, exc_info=error)
    os._exit(EXIT_CRASHED)


def _add_timers(app: faust.App, watch: Watch) -> None:
    """On every process, not on a leader: each knows only the partitions it counts."""

    async def look() -> None:
        consumer = app.consumer
        assert isinstance(consumer, CountingConsumer)
        seen_ms = watch.reader.watermark.seen_ms()
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                others, progress = await watch.made_anew(), await consumer.progress()
        except Exception as error:  # the broker does not answer: no progress; too long without, and the process ends
            log.warning("could not look", error=repr(error))
        else:
            if others:
                _crash(f"{', '.join(others)} was deleted and made anew, and so is the counting")
            watch.look(seen_ms, progress)
            if watch.is_log_another():
                _crash("a topic ends before where it was read to: it was made anew, and so is the counting")
            try:
                await watch.tell()
            except Exception as error:  # what was said is not known: a process begun anew reads it
                _crash("what was measured could not be said", error)
        if watch.is_stuck():
            _crash("nothing was counted for too long")

    async def report() -> None:
        counters = watch.reader.counters
        counts = {f"{service} {outcome}": count for (service, outcome), count in sorted(counters.decisions.items())}
        alerts = len(watch.book.standing)
        log.info("summary", records=counters.records, lag=watch.lag, count=counts, code=f"{alerts} alerts")

    app.timer(watch.settings.monitoring_look_s)(look)
    app.timer(watch.settings.monitoring_report_s)(report)


def _pages_service(watch: Watch) -> type[mode.Service]:
    class Pages(mode.Service):
        """Our producer and our pages, served once the first partitions are assigned."""

        async def on_start(self) -> None:
            await watch.open()
            self._runner, port = await pages.serve(watch.settings.health_port, watch)
            log.info("running", port=port, topics=len(HEARD))

        async def on_stop(self) -> None:
            await self._runner.cleanup()
            await watch.close()

    return Pages
