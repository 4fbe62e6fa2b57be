"""`python -m benchmarks.page_fresh`: how long a fact takes from being published to being shown by the page.

A mesh of its own: real Kafka and registry, the clock, one deciding worker (arrears), the page with its feeder, each a process. A system says
at an even pace that a unit has missed a month. What is measured runs from just before the record is sent until

- *now*: the fact stands in the view `/now` of somebody who only watches, as the page's script does: told by the event stream, it asks for
  the view at most once a second;
- *list*: the unit stands in the list of arrears, which is so once its worker has decided and said what the unit owes. Asked for five times a second.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from benchmarks.feed import SOURCE, unit_code
from benchmarks.processes import Failed
from schemas import topics
from schemas.contributions import ContributionMissed, UnitRegistered
from schemas.decision import legal_date
from schemas.vocabulary import Agency, District, Insurance
from services.runtime.codec import Codec
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.publishing import published, upstream_id
from services.runtime.records import OutputRecord
from services.runtime.registry import RegistryClient, agree
from services.sandbox import stack
from services.sandbox.mesh import CLOCK, PAGE, Mesh
from services.sandbox.settings import SandboxSettings, on_free_ports
from tests.harness.page_visitor import PageVisitor, visitor_at

FACTS, PACE_S = 60, (0.5, 1.5)
WARM_UP = 5
WATCHED_EVERY_S, ASKED_EVERY_S = 1.0, 0.2
SHOWN_S_MAX, START_S_MAX = 30.0, 60.0
WATCHER, ASKER = "SJ-001", "YW-001"
SEED = 20_261_126
Shown = dict[str, float]
"""By unit: when it was seen first."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Seconds from publishing to being shown, of each fact."""

    now_s: list[float]
    list_s: list[float]

    @property
    def p95_s(self) -> float:
        """Of 100 facts 95 are shown in this time, in both views."""
        return max(p95(self.now_s), p95(self.list_s))


def p95(times_s: list[float]) -> float:
    """The time that 95 of 100 lie below."""
    return statistics.quantiles(times_s, n=100, method="inclusive")[94]


async def measured(facts: int = FACTS) -> Fresh:
    """Measure on a mesh that is made for it, and removed."""
    async with mesh() as settings, publisher(settings) as (codec, publishing):
        units = [unit_code(number) for number in range(facts + WARM_UP)]
        await publishing.append([_record(codec, _registered(code, number)) for number, code in enumerate(units)])
        counted = units[WARM_UP:]
        async with visitor_at(settings.page_url, WATCHER) as watcher, visitor_at(settings.page_url, ASKER) as asker:
            await _is_fed(asker)
            said, now_shown, list_shown = Shown(), Shown(), Shown()
            try:
                async with asyncio.TaskGroup() as group:
                    looking = [
                        group.create_task(_watch(watcher, said, now_shown)),
                        group.create_task(_ask(asker, said, list_shown)),
                    ]
                    await _say(codec, publishing, units, said)
                    await _all_shown(counted, now_shown, list_shown)
                    for one in looking:
                        one.cancel()
            except ExceptionGroup as failed:
                raise Failed(repr(failed.exceptions[0])) from failed
    return Fresh(
        [now_shown[code] - said[code] for code in counted], [list_shown[code] - said[code] for code in counted]
    )


@asynccontextmanager
async def mesh() -> AsyncIterator[SandboxSettings]:
    """Start clock, arrears and page, with their servers."""
    with tempfile.TemporaryDirectory(prefix="shebao-bench-") as folder:
        settings = on_free_ports(Path(folder) / "data")
        running = Mesh(settings, (CLOCK, "arrears", PAGE))
        try:
            await running.start()
            yield settings
        finally:
            await running.stop()
            await stack.reset(settings)


@asynccontextmanager
async def publisher(settings: SandboxSettings) -> AsyncIterator[tuple[Codec, KafkaPublisher]]:
    """Give what an upstream system publishes with."""
    codec = Codec()
    contracts = [topics.BY_NAME[fact.topic] for fact in (UnitRegistered, ContributionMissed)]
    async with RegistryClient(settings.registry_url) as registry:
        await agree(registry, contracts, codec, settings.data_dir / "bench.agreement.json")
    async with KafkaPublisher(settings.connection) as publishing:
        yield codec, publishing


async def _is_fed(visitor: PageVisitor) -> None:
    """Wait until the feeder has laid the store out: a page that just began answers before that it has nothing."""
    async with asyncio.timeout(START_S_MAX):
        while (await visitor.get("/now")).is_error:  # noqa: ASYNC110 — only asking tells
            await asyncio.sleep(ASKED_EVERY_S)


async def _say(codec: Codec, publishing: KafkaPublisher, units: list[str], said: Shown) -> None:
    """Say of one unit after the other that it missed a month."""
    chance = random.Random(SEED)
    for number, code in enumerate(units):
        await asyncio.sleep(chance.uniform(*PACE_S))
        record = _record(codec, _missed(code, number))
        said[code] = time.perf_counter()
        await publishing.append([record])


async def _watch(visitor: PageVisitor, said: Shown, shown: Shown) -> None:
    """Watch the first view as the page's script does."""
    headers = {"HX-Request": "true", "X-Shebao-By-Itself": "1"}
    looked = 0.0
    async with visitor.events() as events:
        told = asyncio.Event()

        async def hear() -> None:
            async for event in events:
                if event == "changed":
                    told.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(hear())
            while True:
                await told.wait()
                await asyncio.sleep(max(0.0, looked + WATCHED_EVERY_S - time.perf_counter()))
                told.clear()
                looked = time.perf_counter()
                _note((await visitor.get("/now", headers)).raise_for_status().text, said, shown)


async def _ask(visitor: PageVisitor, said: Shown, shown: Shown) -> None:
    """Ask for the list again and again."""
    while True:
        _note((await visitor.get("/arrears/rows?rows=500")).raise_for_status().text, said, shown)
        await asyncio.sleep(ASKED_EVERY_S)


def _note(text: str, said: Mapping[str, float], shown: Shown) -> None:
    """Note which units stand in a view for the first time."""
    now = time.perf_counter()
    for code in said.keys() - shown.keys():
        if code in text:
            shown[code] = now


async def _all_shown(counted: list[str], *views: Shown) -> None:
    """Wait until every unit was seen in every view. Those of the warm-up may be hidden behind what the registrations led to."""
    try:
        async with asyncio.timeout(SHOWN_S_MAX):
            while any(not set(counted) <= shown.keys() for shown in views):  # noqa: ASYNC110 — what is waited for is elsewhere
                await asyncio.sleep(ASKED_EVERY_S)
    except TimeoutError:
        missing = [[number for number, code in enumerate(counted) if code not in shown] for shown in views]
        raise Failed(f"after {SHOWN_S_MAX:.0f} s not shown (now, list): {missing}") from None


def _record(codec: Codec, fact: UnitRegistered | ContributionMissed) -> OutputRecord:
    event_id = upstream_id(SOURCE, fact.business_reference, fact.revision)
    return published(codec, fact, event_id, SOURCE, datetime.now(UTC), topics.PARTITIONS)


def _registered(code: str, number: int) -> UnitRegistered:
    return UnitRegistered(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=legal_date(datetime.now(UTC)) - timedelta(days=900),
        business_reference=f"fresh/reg/{number}",
        unit_code=code,
        unit_name=f"文登区试验制造有限公司{number}号",
    )


def _missed(code: str, number: int) -> ContributionMissed:
    due_on = legal_date(datetime.now(UTC)) - timedelta(days=20)
    return ContributionMissed(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=due_on + timedelta(days=1),
        business_reference=f"fresh/miss/{number}",
        unit_code=code,
        month=f"{due_on - timedelta(days=due_on.day):%Y-%m}",
        insurance=Insurance.PENSION,
        assessed_fen=1_234_500 + number,
        due_on=due_on,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=FACTS)
    found = uvloop.run(measured(parser.parse_args().facts))
    for what, times_s in (("now", found.now_s), ("list", found.list_s)):
        middle = statistics.median(times_s)
        print(
            f"{what}: {len(times_s)} facts, median {middle:.2f} s, p95 {p95(times_s):.2f} s, longest {max(times_s):.2f} s"
        )


if __name__ == "__main__":
    main()
