"""How long a worker takes to open with a hundred thousand open cases, and how much memory it then holds."""

import statistics
import sys
from dataclasses import dataclass

from benchmarks.broker import create_topics
from benchmarks.open_cases import CASES, write_cases
from benchmarks.processes import Failed, running
from schemas.topics import changelog_topic, commands_topic, dead_topic, decisions_topic
from services.arrears.worker import SERVICE as ARREARS

OPEN_S_MAX = 90.0
ROUNDS = 2


@dataclass(frozen=True)
class Restored:
    """Seconds from joining the group until every task runs; resident memory of the whole process then."""

    seconds: float
    rss_mib: float
    bytes_a_case: float


async def measured(bootstrap: str, name: str) -> Restored:
    """Write the cases, then let one worker open with them, more than once."""
    said = [fact.topic for fact in ARREARS.says]  # a worker learns where they are before it opens
    plain = [commands_topic(name), decisions_topic(name), dead_topic(name), *said]
    await create_topics(bootstrap, plain, [changelog_topic(name)])
    written = await write_cases(bootstrap, name)
    command = [sys.executable, "-m", "benchmarks.worker", "--bootstrap", bootstrap, "--service", name]
    opened = []
    for number in range(ROUNDS):
        with running(f"{name}-{number}", [*command, "--kind", "arrears"]) as process:
            told = await process.wait_told("opened", OPEN_S_MAX)
            await process.end()
        if told["cases"] != CASES:
            raise Failed(f"opened with {told['cases']} of {CASES} cases")
        opened.append(told)
    seconds = statistics.median(told["seconds"] for told in opened)
    return Restored(seconds, statistics.median(told["rss_mib"] for told in opened), written / CASES)
