"""`make bench`: the same work on this runtime and its peers, then latency, restore and memory of this runtime,
and how long documents take.

Prints tables and writes `build/bench.json`. One broker of its own for everybody, on this machine; one process a
contender; everyone twice, in turns, so that a slow minute of the machine meets all alike.
"""

import argparse
import os
import sys
import time
from collections.abc import Awaitable, Callable

import httpx
import uvloop
from rich.console import Console

from benchmarks import (
    arrears_facts,
    feed,
    inventory,
    latency,
    monitoring,
    notices,
    page_fresh,
    page_list,
    page_store,
    report,
    restore,
    stages,
)
from benchmarks.broker import create_topics, private_broker, write
from benchmarks.contenders import OURS, OURS_ON_CONFLUENT, PEERS, Contender
from benchmarks.counting import counting_service
from benchmarks.drain import Drained, drained
from benchmarks.processes import ROOT, Failed
from schemas.arrears import ArrearsChanged
from services.arrears.worker import SERVICE as ARREARS
from services.runtime.codec import local_codec
from services.sandbox.errors import SandboxError

FIGURES = ROOT / "build" / "bench.json"
EVENTS, UNITS = 150_000, 12_500
"""Twelve payments a unit on average."""
ROUNDS = 2
HOP, RESTORED, SAMPLED = "hop", "restored", "run-sampled"


class Bench:
    """One run of everything."""

    def __init__(self, bootstrap: str, console: Console, contenders: tuple[Contender, ...]) -> None:
        self._bootstrap, self._console = bootstrap, console
        self.runs: dict[Contender, list[Drained]] = {contender: [] for contender in contenders}
        self.failures: dict[Contender, str] = {}
        self.figures: dict[str, float] = {}
        self.stages: stages.Stages | None = None
        self.latency: latency.Latency | None = None
        self.restored: restore.Restored | None = None

    async def prepare(self) -> None:
        """Write the backlog that everyone will do."""
        self._say(f"writing {EVENTS:,} payments of {UNITS:,} units, in both forms")
        inputs = {*ARREARS.inputs, *counting_service("any").inputs} - {"arrears-commands", "any-commands"}
        await create_topics(self._bootstrap, [*sorted(inputs), ArrearsChanged.topic, feed.JSON_TOPIC])
        facts = feed.payments(EVENTS, UNITS)
        await write(self._bootstrap, feed.both_forms(local_codec(), facts))

    async def race(self) -> None:
        """Let everyone do the backlog, in turns."""
        for number in range(ROUNDS):
            for contender, done in self.runs.items():
                self._say(f"{contender.title}, {contender.guarantee}, run {number + 1} of {ROUNDS}")
                try:
                    done.append(await drained(contender, self._bootstrap, contender.run_name(number), EVENTS))
                except (Failed, OSError, TimeoutError) as error:
                    self.failures[contender] = str(error) or type(error).__name__
                    self._console.print(f"  failed: {self.failures[contender]}", markup=False)
        self.figures |= report.medians(self.runs)

    async def look_inside(self) -> None:
        """Let ours do it once more while it is watched."""
        self._say("this runtime once more, looking where its time goes")
        self.stages = await stages.measured(self._bootstrap, SAMPLED, EVENTS)

    async def hop(self) -> None:
        """Measure latency."""
        self._say("idle latency of one hop")
        self.latency = await latency.measured(self._bootstrap, HOP, UNITS)
        self.figures |= {"hop_latency_ms_p50": self.latency.p50_ms, "hop_latency_ms_p99": self.latency.p99_ms}

    async def restore(self) -> None:
        """Measure how a worker opens with many cases."""
        self._say("restore of 100,000 open cases")
        self.restored = await restore.measured(self._bootstrap, RESTORED)
        self.figures |= {"restore_100k_cases_s": self.restored.seconds, "open_cases_100k_mib": self.restored.rss_mib}

    async def arrears(self) -> None:
        """Measure deciding of mixed arrears facts, the inventory, and its rebuilding from the log."""
        self._say("mixed arrears facts, the inventory of 100,000 units, its rebuilding")
        self.figures["arrears_facts_per_s"] = arrears_facts.measured().per_s
        self.figures["as_of_events_per_s"] = (await inventory.rebuilt()).per_s
        self.figures["inventory_100k_s"] = (await inventory.drawn(self._bootstrap)).seconds

    async def monitoring(self) -> None:
        """Measure how many records monitoring takes in."""
        self._say("monitoring, one worker over what a mesh says")
        self.figures["monitoring_records_per_s"] = (await monitoring.measured()).per_s

    async def notices(self) -> None:
        """Measure how long notices take to be made out."""
        self._say("1,000 notices as PDF")
        self.figures |= {"notices_1000_s": (await notices.measured()).seconds}

    async def page_store(self) -> None:
        """Measure how fast the page's store takes facts in, and answers."""
        self._say("the page's store: facts taken in, 100,000 cases asked for")
        fed, answered = await page_store.measured()
        self.figures |= {
            "page_store_facts_per_s": fed["facts"].per_s,
            "page_queries_100k_ms_p95": answered.p95_ms,
        }

    async def page_list(self) -> None:
        """Measure how fast the page gives its list of 100,000 units."""
        self._say("the page's list of 100,000 units, 50 requests a second")
        listed = await page_list.measured()
        self.figures |= {"page_list_100k_ms_p95": listed.p95_ms, "page_list_100k_cpu_ms": listed.cpu_ms}

    async def page_fresh(self) -> None:
        """Measure how long a fact takes until the page shows it."""
        self._say("from a fact to the page")
        self.figures |= {"fact_to_page_s_p95": (await page_fresh.measured()).p95_s}

    async def attempt(self, part: Callable[[], Awaitable[None]]) -> None:
        """Do one part; what fails is said, and the others go on."""
        try:
            await part()
        except (Failed, OSError, TimeoutError, httpx.HTTPError, notices.NotMadeOut) as error:
            self._console.print(f"  failed: {str(error) or type(error).__name__}", markup=False)

    def show(self) -> None:
        """Print what was measured."""
        self._console.print()
        report.show(self._console, report.contenders_table(self.runs, self.failures))
        if self.stages is not None and OURS.figure in self.figures:
            report.show(self._console, report.stages_table(self.stages, self.figures[OURS.figure]))
        report.show(self._console, report.targets_table(self.figures, self.latency, self.restored))

    def _say(self, what: str) -> None:
        self._console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] {what}")


async def bench(console: Console, only: str) -> int:
    """Measure everything, or the contenders whose figure's name contains `only`; gives the exit code."""
    contenders = tuple(contender for contender in (OURS, OURS_ON_CONFLUENT, *PEERS) if only in contender.figure)
    before = os.getloadavg()[0]
    if before > 1:
        console.print(
            f"[yellow]This machine is busy (load {before:.1f}): the figures will be lower than they could.[/]"
        )
    async with private_broker() as bootstrap:
        measuring = Bench(bootstrap, console, contenders)
        await measuring.prepare()
        await measuring.race()
        if OURS in contenders:
            await measuring.attempt(measuring.look_inside)
            await measuring.attempt(measuring.hop)
            await measuring.attempt(measuring.restore)
            await measuring.attempt(measuring.arrears)
    if OURS in contenders:
        await measuring.attempt(measuring.monitoring)
        await measuring.attempt(measuring.notices)
        await measuring.attempt(measuring.page_store)
        await measuring.attempt(measuring.page_list)
        await measuring.attempt(measuring.page_fresh)
    measuring.show()
    if only:
        return 0
    report.write_figures(FIGURES, measuring.figures)
    console.print(f"Written: {FIGURES.relative_to(ROOT)}")
    missing = [name for name in report.FIGURES if name not in measuring.figures]
    if missing:
        console.print(f"Not measured: {', '.join(missing)}; the reasons stand above.")
    return 1 if missing else 0


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only contenders whose figure's name contains this; writes no file")
    given = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    try:
        sys.exit(uvloop.run(bench(console, given.only)))
    except SandboxError as error:
        sys.exit(f"The broker did not start: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")


if __name__ == "__main__":
    main()
