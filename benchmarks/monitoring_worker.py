"""The monitoring worker as it is, over the benchmark's broker; tells on standard output when it began and when it has counted all."""

import argparse
import asyncio
import cProfile
import json
import logging
import pstats
import sys
import tempfile
import time
from pathlib import Path

import psutil

from services.monitoring.settings import MonitoringSettings
from services.monitoring.watch import Watch
from services.monitoring.worker import make_watch, run
from services.runtime import logs
from services.runtime.codec import local_codec
from services.sandbox.ports import free_port

LOOK_EVERY_S = 0.02
FUNCTIONS = 40
"""Functions of the profile that are shown."""


def tell(event: str, **values: float) -> None:
    """Tell the benchmark something."""
    print(json.dumps({"event": event, **values}), flush=True)


async def watched(watch: Watch, records: int, *, is_profiled: bool) -> None:
    """Tell when the first record is counted, and when all of them are."""
    counters, process = watch.reader.counters, psutil.Process()
    while not counters.records:  # noqa: ASYNC110 — counting tells nobody: what is measured stays as it is
        await asyncio.sleep(LOOK_EVERY_S)
    profile = cProfile.Profile() if is_profiled else None
    if profile is not None:
        profile.enable()
    began, cpu_s = time.monotonic(), _cpu_s(process)
    tell("begun")
    while counters.records < records:  # noqa: ASYNC110 — as above
        await asyncio.sleep(LOOK_EVERY_S)
    tell("counted", seconds=time.monotonic() - began, cpu_s=_cpu_s(process) - cpu_s)
    if profile is not None:
        profile.disable()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(FUNCTIONS)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def main() -> None:
    """Run until it is asked to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    logs.configure(MonitoringSettings(log_format="console", log_level="warning"), "monitoring")
    for noisy in ("faust", "mode"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="shebao-bench-") as folder:
        settings = MonitoringSettings(
            bootstrap_servers=given.bootstrap, work_dir=Path(folder), health_port=free_port(), monitoring_look_s=1.0
        )
        watch = make_watch(settings, local_codec())
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        watching = loop.create_task(watched(watch, given.records, is_profiled=given.profile))
        run(watch, loop)
        watching.cancel()


if __name__ == "__main__":
    main()
