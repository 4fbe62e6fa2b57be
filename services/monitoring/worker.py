"""The monitoring worker: agrees on schemas, then hands over to Faust's worker or its command line."""

import asyncio
import logging
import sys
import time

import faust
import structlog
from aiokafka.errors import KafkaConnectionError

from schemas.topics import OPS
from services.monitoring.alerts import AlertBook
from services.monitoring.reading import HEARD, Reader
from services.monitoring.said import Said
from services.monitoring.settings import MonitoringSettings
from services.monitoring.streams import GROUP, make_app
from services.monitoring.tail import read_said
from services.monitoring.telling import Teller
from services.monitoring.watch import Watch
from services.runtime import logs
from services.runtime.codec import Codec
from services.runtime.compression import refuse_missing_codecs
from services.runtime.ending import told_in_words
from services.runtime.listening import why_unreachable
from services.runtime.registry import RegistryClient, agree
from services.runtime.settings import read_settings
from services.runtime.stable_ends import StableEnds

log = structlog.get_logger(__name__)

EXIT_MISUSED = 2
COMMANDS = ("agents",)
"""Commands of Faust that only look; `send`, `reset` and their like are not offered."""


def main() -> None:
    """Run the worker; or, with an argument, one of Faust's commands that only look."""
    with told_in_words():
        _main(read_settings(MonitoringSettings).logged_in_as(GROUP))


def _main(settings: MonitoringSettings) -> None:
    logs.configure(settings, settings.worker_name or GROUP)
    for noisy in ("faust", "mode"):  # each of their many services tells of its start
        logging.getLogger(noisy).setLevel(logging.WARNING)
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    codec = Codec()
    watch = make_watch(settings, codec)
    if len(sys.argv) == 1:
        _run(watch, codec)
    elif sys.argv[1] in COMMANDS:
        asyncio.set_event_loop(asyncio.new_event_loop())  # Faust asks for the current one, which Python >= 3.12 refuses
        make_app(watch).main()
    else:
        sys.stderr.write(f"Unknown command {sys.argv[1]!r}: give none to run the worker, or {', '.join(COMMANDS)}.\n")
        sys.exit(EXIT_MISUSED)


def _run(watch: Watch, codec: Codec) -> None:
    refuse_missing_codecs()
    watch.teller.said = asyncio.run(_agree(watch, codec))
    watch.teller.said.begin(watch.reader.windows.first)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    run(watch, loop)


def make_watch(settings: MonitoringSettings, codec: Codec) -> Watch:
    """Make what counts, before anything is read."""
    hours = settings.monitoring_recount_hours
    begins_at_ms = 0 if hours is None else _now_ms() - hours * 3_600_000
    window_ms = settings.monitoring_window_s * 1_000
    reader = Reader(codec, settings.registry_url, begins_at_ms, window_ms)
    teller = Teller(codec, book=AlertBook(window_ms=window_ms), window_ms=window_ms, partitions=settings.partitions)
    return Watch(reader, teller, settings, begins_at_ms)


def run(watch: Watch, loop: asyncio.AbstractEventLoop) -> None:
    """Run the app until it is asked to end."""
    worker = faust.Worker(make_app(watch), loop=loop, quiet=True, override_logging=False)
    worker.spinner = None  # it writes control characters among the log lines
    worker.execute_from_commandline()


async def _agree(watch: Watch, codec: Codec) -> Said:
    """Agree on schemas, learn which topics these are, and what was said before."""
    settings = watch.settings
    try:
        # Faust would try for ever what a wrong password never mends.
        async with StableEnds(settings.connection):
            pass
    except KafkaConnectionError as error:
        raise await why_unreachable(settings.connection) from error
    await watch.know_topics()
    async with RegistryClient(settings.registry_url) as registry:
        await agree(registry, (*HEARD, *OPS), codec, settings.work_dir / f"{GROUP}.agreement.json")
        said, unreadable = await read_said(settings.connection, codec, registry, settings.monitoring_window_s * 1_000)
    if unreadable:
        log.warning("what was said before cannot all be read: it is said again", count=unreadable)
    return said


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
