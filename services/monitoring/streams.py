"""The Faust app: an agent a topic that counts, a timer that looks, a timer that reports. It writes nothing to Kafka.

Held to docs/decisions/0060: at least once, concurrency 1, no tables, windows, sinks, sends or internal topics. A
recount is harmless, because counts live in memory and each offset is counted once.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import cast

import faust
import mode
import structlog
from faust.app.base import BootStrategy
from faust.auth import Credentials, SASLCredentials, SSLCredentials
from faust.types import StreamT
from faust.types.tuples import Message

from services.monitoring import pages
from services.monitoring.alarms import AlarmBook, standing_alarms
from services.monitoring.reading import HEARD, Reader
from services.monitoring.settings import MonitoringSettings
from services.monitoring.transport import CountingConsumer, CountingTransport, Positions
from services.runtime.broker_connection import BrokerConnection
from services.runtime.records import Header, InputRecord

log = structlog.get_logger(__name__)

GROUP = "monitoring"
EXIT_CRASHED = 1
LOOK_TIMEOUT_S = 15.0


class NoProducer(BootStrategy):
    """What is never started cannot write: monitoring has no producer."""

    enable_kafka_producer = False


class MonitoringApp(faust.App):
    """The app of monitoring."""

    BootStrategy = NoProducer


class Watch:
    """What one process has counted, how far, and which alarms stand."""

    def __init__(self, reader: Reader, settings: MonitoringSettings, now_ms: Callable[[], int]) -> None:
        self.reader, self.settings, self.now_ms = reader, settings, now_ms
        self.book = AlarmBook()
        self.lag = 0
        self.looked_at = self.progressed_at = time.monotonic()
        self._read = -1

    @property
    def positions(self) -> Positions:
        """Next offset to count by (topic, partition)."""
        return self.reader.counters.positions

    @property
    def connection(self) -> BrokerConnection:
        """How the brokers are reached."""
        return self.settings.connection

    def begins_at_ms(self) -> int:
        """Where a partition begins that this process has not counted yet."""
        return self.now_ms() - self.settings.monitoring_recount_hours * 3_600_000

    def look(self, read: int, lag: int) -> None:
        """Note progress and lag, and tell alarms that are new or have passed."""
        self.looked_at = time.monotonic()
        if read != self._read or lag == 0:
            self.progressed_at = self.looked_at
        self._read, self.lag = read, lag
        current = standing_alarms(self.reader.counters, self.now_ms(), self.settings.monitoring_refusals_max)
        raised, passed = self.book.turn(current)
        for key, reason in raised.items():
            log.warning("alarm raised", code=key.kind, service=key.service, reason=reason)
        for key, reason in passed.items():
            log.info("alarm passed", code=key.kind, service=key.service, reason=reason)

    def is_stuck(self) -> bool:
        """Tell whether records wait and none was read for too long."""
        return time.monotonic() - self.progressed_at > self.settings.monitoring_stuck_after_s

    def is_alive(self) -> bool:
        """Tell whether the looks still happen, and show progress."""
        return not self.is_stuck() and time.monotonic() - self.looked_at < 2 * LOOK_TIMEOUT_S


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
        worker_redirect_stdouts=False,
    )
    app.transport = CountingTransport(app.conf.broker_consumer, app, watch)
    for topic in HEARD:
        raw = app.topic(topic.name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        app.agent(raw, name=topic.name, concurrency=1)(_counting(watch.reader))
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
        """Count every record of the topic."""
        async for event in stream.events():
            try:
                await reader.read(_record(event.message))
            except Exception as error:  # Faust would pass over the record; a process begun anew counts it again
                _crash("a record could not be counted", error)

    return count


def _record(message: Message) -> InputRecord:
    append_time_ms = round((message.timestamp or 0.0) * 1000)
    # Pairs in their order, as aiokafka gives them, whatever Faust's types allow: dead letters rest on the order.
    headers = tuple(cast("Iterable[Header]", message.headers or ()))
    return InputRecord(
        message.topic, message.partition, message.offset, append_time_ms, message.key, message.value, headers
    )


def _crash(why: str, error: Exception | None = None) -> None:
    log.error(why, exc_info=error)
    os._exit(EXIT_CRASHED)


def _add_timers(app: faust.App, watch: Watch) -> None:
    """On every process, not on a leader: each knows only the partitions it counts."""

    async def look() -> None:
        consumer = app.consumer
        assert isinstance(consumer, CountingConsumer)
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                watch.look(*await consumer.progress())
        except Exception as error:  # the broker does not answer: no progress; too long without, and the process ends
            log.warning("could not look", error=repr(error))
        if watch.is_stuck():
            _crash("nothing was counted for too long")

    async def report() -> None:
        counters = watch.reader.counters
        counts = {f"{service} {outcome}": count for (service, outcome), count in sorted(counters.decisions.items())}
        alarms = len(watch.book.standing)
        log.info("summary", records=counters.records, lag=watch.lag, count=counts, code=f"{alarms} alarms")

    app.timer(watch.settings.monitoring_look_s)(look)
    app.timer(watch.settings.monitoring_report_s)(report)


def _pages_service(watch: Watch) -> type[mode.Service]:
    class Pages(mode.Service):
        """Our pages, served once the first partitions are assigned."""

        async def on_start(self) -> None:
            self._runner, port = await pages.serve(watch.settings.health_port, watch)
            log.info("running", port=port, topics=len(HEARD))

        async def on_stop(self) -> None:
            await self._runner.cleanup()

    return Pages
