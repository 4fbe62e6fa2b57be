"""Our contender: one worker process that runs one service of the mesh, and tells on standard output what it sees.

Lines of JSON: `opened` once all tasks run; `stages` at the end, when samples of where time goes were asked for.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import json
import signal
import time
from typing import Any

import psutil
import uvloop

from benchmarks.counting import bench_codec, counting_service
from benchmarks.sampling import Sampler
from services.arrears.worker import SERVICE as ARREARS
from services.runtime import logs
from services.runtime.client import broker_of
from services.runtime.metrics.exposition import Exposition
from services.runtime.metrics.inventory import DECIDING_WORKER
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.turns import Turns
from services.runtime.watch import Watch
from services.runtime.worker import ServiceRunner, collect_garbage_rarely

LOOK_EVERY_S = 0.01
OPEN_S_MAX = 120.0


def service_of(kind: str, name: str) -> Service:
    """The service to run: one that counts, or the arrears service under another name."""
    return counting_service(name) if kind == "counting" else dataclasses.replace(ARREARS, name=name)


def tell(event: str, **values: Any) -> None:
    """Tell the benchmark something."""
    print(json.dumps({"event": event, **values}), flush=True)


async def _run(given: argparse.Namespace) -> None:
    settings = MeshSettings(bootstrap_servers=given.bootstrap, client=given.client)
    service = service_of(given.kind, given.service)
    ended = asyncio.Event()
    faults: list[BaseException] = []

    def fatal(error: BaseException) -> None:
        faults.append(error)
        ended.set()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    runner = ServiceRunner(
        service,
        broker_of(service, settings),
        bench_codec(service.name),
        None,  # type: ignore[arg-type]  # no schema id here is unknown, so the registry is never asked
        None,
        settings,
        fatal,
        Turns(),
        watch=Watch(
            Exposition(service.name, DECIDING_WORKER)
        ),  # as in a real worker: what it costs is part of the figure
    )
    started = time.monotonic()
    await runner.start()
    await _opened(runner, ended)
    opened_s = time.monotonic() - started
    rss_mib = psutil.Process().memory_info().rss / 2**20
    tell("opened", seconds=opened_s, cases=sum(task.cases for task in runner.tasks.values()), rss_mib=rss_mib)
    if given.sample:
        await _sampled(runner, given.sample, ended)
    await ended.wait()
    await runner.stop()
    if faults:
        raise faults[0]


async def _sampled(runner: ServiceRunner, records: int, ended: asyncio.Event) -> None:
    """Look where the time goes until so many records are handled, and tell it."""
    handled, began, sampler = _handled(runner), time.monotonic(), Sampler()
    while not ended.is_set() and _handled(runner) < records:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), LOOK_EVERY_S)
    seconds = time.monotonic() - began
    tell("stages", **sampler.stop(), seconds=seconds, records=_handled(runner) - handled)


def _handled(runner: ServiceRunner) -> int:
    return sum(task.records for task in runner.tasks.values())


async def _opened(runner: ServiceRunner, ended: asyncio.Event) -> None:
    async with asyncio.timeout(OPEN_S_MAX):
        while not ended.is_set():
            states = [task.state for task in runner.tasks.values()]
            if len(states) == runner.service.partitions and set(states) == {"running"}:
                return
            await asyncio.sleep(LOOK_EVERY_S)


def main() -> None:
    """Run until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--service", required=True)
    parser.add_argument("--kind", choices=("counting", "arrears"), default="counting")
    parser.add_argument("--client", choices=("aiokafka", "confluent"), default="aiokafka")
    parser.add_argument("--sample", type=int, default=0, help="look where time goes until so many records are handled")
    given = parser.parse_args()
    logs.configure(MeshSettings(log_format="console", log_level="warning"), given.service)
    collect_garbage_rarely()
    uvloop.run(_run(given))


if __name__ == "__main__":
    main()
