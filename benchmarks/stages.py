"""What each stage of our road costs: one worker is looked at while it goes through the backlog."""

import sys
from dataclasses import dataclass

from benchmarks.broker import create_topics
from benchmarks.contenders import OURS
from benchmarks.processes import running

OPEN_S_MAX = 60.0
DONE_S_MAX = 120.0


@dataclass(frozen=True)
class Stages:
    """Share of the time that each stage takes, and each of the functions seen most often; the rate while watched."""

    shares: dict[str, float]
    functions: dict[str, float]
    events_per_s: float


async def measured(bootstrap: str, service: str, events: int) -> Stages:
    """Let a worker do `events` while it is sampled, from when its tasks run to when the last is committed."""
    await create_topics(bootstrap, *OURS.topics(service))
    command = [sys.executable, "-m", "benchmarks.worker", "--bootstrap", bootstrap, "--service", service]
    with running(service, [*command, "--sample", str(events)]) as process:
        await process.wait_told("opened", OPEN_S_MAX)
        told = await process.wait_told("stages", DONE_S_MAX)
        await process.end()
    return Stages(told["shares"], told["functions"], told["records"] / told["seconds"])
