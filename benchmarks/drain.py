"""How fast a contender goes through a backlog, measured from outside and the same way for all.

The backlog is written before the contender starts. Its follow-ups carry the broker's append time; the rate is what
was committed after the first of them, over the time from the first to the last. So starting, and what is never
committed, count for nothing. A slow contender is stopped when its time is over; its rate is then that of the
window.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.broker import create_topics
from benchmarks.contenders import Contender
from benchmarks.outputs import OutputTopic, Written
from benchmarks.processes import Failed, Process, running

FIRST_S_MAX = 90.0
"""A contender that has written nothing by then has failed."""
WINDOW_S = 15.0
POLL_S = 0.25
QUIET_S = 1.0
"""A contender that has written enough is done when it writes nothing for so long: commit markers count as writing."""


@dataclass(frozen=True)
class Drained:
    """What one run showed. `repeated`: follow-ups with the unit and count of another one."""

    events_per_s: float
    events: int
    seconds: float
    cpu_us_per_event: float
    repeated: int


async def drained(contender: Contender, bootstrap: str, run: str, events: int) -> Drained:
    """Let a contender do the backlog once; `Failed` says why it did not."""
    python = await contender.prepared()
    await create_topics(bootstrap, *contender.topics(run))
    output = OutputTopic(bootstrap, contender.target(run))
    await output.open()
    try:
        with tempfile.TemporaryDirectory(prefix="shebao-bench-peer-") as folder:
            command = contender.command(python, bootstrap, run, contender.target(run), Path(folder))
            with running(run, command) as process:
                cpu_us = await _watched(process, output, events)
                await process.end()
        return _figures(contender, await output.committed(), cpu_us)
    finally:
        await output.close()


async def _watched(process: Process, output: OutputTopic, events: int) -> float:
    """Wait until the contender is done or its time is over; gives the processor microseconds an event it used."""
    first = advance = await _first(process, output)
    began, cpu_before = time.monotonic(), process.cpu_s()
    quiet_since, cpu_s = began, 0.0
    while time.monotonic() - began < WINDOW_S:
        await asyncio.sleep(POLL_S)
        process.check()
        now, reached = time.monotonic(), await output.advance()
        if reached != advance:
            advance, quiet_since, cpu_s = reached, now, process.cpu_s() - cpu_before
        elif advance >= events and now - quiet_since > QUIET_S:
            break
    return cpu_s * 1e6 / max(1, advance - first)


async def _first(process: Process, output: OutputTopic) -> int:
    end = time.monotonic() + FIRST_S_MAX
    while time.monotonic() < end:
        process.check()
        if (advance := await output.advance()) > 0:
            return advance
        await asyncio.sleep(POLL_S)
    raise Failed(f"wrote nothing within {FIRST_S_MAX:.0f} s")


def _figures(contender: Contender, written: Sequence[Written], cpu_us: float) -> Drained:
    if not written:
        raise Failed("committed nothing")
    first = min(record.at_ms for record in written)
    inside = [record for record in written if record.at_ms <= first + WINDOW_S * 1000]
    last = max(record.at_ms for record in inside)
    later = sum(1 for record in inside if record.at_ms > first)
    seconds = (last - first) / 1000
    if not later:
        raise Failed("committed everything in one instant: too few events to measure")
    repeated = len(written) - _distinct(written, contender.count_reader())
    if repeated and contender.guarantee == "exactly once":
        raise Failed(f"said {repeated} follow-ups twice")
    return Drained(later / seconds, len(inside), seconds, cpu_us, repeated)


def _distinct(written: Sequence[Written], count_of: Callable[[bytes], int]) -> int:
    return len({(record.key, count_of(record.value)) for record in written})
