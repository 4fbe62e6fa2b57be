"""`python -m benchmarks.page_store`: how many facts a second the page's store takes in, and how fast it answers for 100,000 cases.

The log lies in memory, so that the rates are those of the store: decoding, projecting, writing, and SQLite's own work on a file of its own.
Queries come as people's do: fifty a second, at once where they take longer, over totals, breakdowns, lists in every order with every filter, searches,
what is due, the overview. It prints what was seen; `make bench` has the same figures.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import uvloop

from benchmarks import arrears_facts
from benchmarks.feed import SOURCE
from benchmarks.open_cases import stored_cases
from schemas.topics import BY_NAME, PARTITIONS, Kind, changelog_topic
from schemas.vocabulary import AGENCY_OF_DISTRICT, District
from services.arrears.rules_assignment_state import Assignment
from services.arrears.worker import SERVICE as ARREARS
from services.audit.all_services import ALL_SERVICES
from services.page.store.answers import WHOLE, Access
from services.page.store.answers_arrears import EVERYTHING, InventoryFilter, InventorySort
from services.page.store.database import Database, StoreUnavailable
from services.page.store.feeder import Feeder
from services.page.store.projection import Projection
from services.page.store.store import Store
from services.page.store.worker import TURNED_AT_ONCE_MAX
from services.runtime.cases import META_KEY, CaseFormat, TaskMeta, encode_struct
from services.runtime.codec import local_codec
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, partition_of
from tests.harness.page_store import RecordsLog, records_of

FACTS, CASES = 60_000, 100_000
DECIDED_FACTS = 20_000
"""Facts of upstream systems that are decided; what the service says because of them counts, too."""
PORTION = 2_000
REQUESTS_A_S, SECONDS = 50, 20
NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
SEED = 20_261_126


@dataclass(frozen=True, slots=True)
class Fed:
    """So many things taken in, in so many seconds on the clock and of this process."""

    count: int
    seconds: float
    cpu_s: float

    @property
    def per_s(self) -> float:
        """Things a second."""
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Answered:
    """Milliseconds of each question, by name; `cpu_ms`: what one took of this process on average, which a crowded machine changes least."""

    by_name: dict[str, list[float]]
    refused: int
    """Questions that found every connection in use for too long."""
    cpu_ms: float

    @property
    def p95_ms(self) -> float:
        """95 of 100 were answered in this time."""
        return percentile([ms for found in self.by_name.values() for ms in found])


def percentile(values: Sequence[float], share: float = 0.95) -> float:
    """The value that so large a share lies below."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


async def ingested(folder: Path, records: Sequence[InputRecord], count: int) -> Fed:
    """Feed a store from nothing."""
    async with Database(f"sqlite+aiosqlite:///{folder / 'ingest.db'}") as database:
        feeder = _feeder(database, records)
        await feeder.open()
        began, cpu = time.perf_counter(), time.process_time()
        while await feeder.step(0):
            pass
        return Fed(count, time.perf_counter() - began, time.process_time() - cpu)


def facts_alone() -> list[InputRecord]:
    """Mixed facts of upstream systems."""
    return arrears_facts.mixed_records(local_codec(), arrears_facts.mixed_facts(FACTS // 20))


def facts_with_what_follows() -> list[InputRecord]:
    """Mixed facts with all that the arrears service wrote because of them: facts, decisions, states."""
    facts = arrears_facts.mixed_facts(DECIDED_FACTS // 20)
    twin = MemoryMesh([ARREARS], arrears_facts.recorded_at(facts[0]))
    for fact in facts:
        twin.clock = arrears_facts.recorded_at(fact)
        twin.publish(fact, SOURCE)
    twin.run()
    return records_of(twin.log)


def changelog_of_cases(count: int = CASES) -> list[InputRecord]:
    """The states of many open cases, of all districts and officers."""
    form, chance, topic = CaseFormat(ARREARS), random.Random(SEED), changelog_topic(ARREARS.name)
    offsets = [0] * PARTITIONS
    records = []

    def add(partition: int, key: bytes, value: bytes) -> None:
        at_ms = int(NOW.timestamp() * 1_000)
        records.append(InputRecord(topic, partition, offsets[partition], at_ms, key, value, ()))
        offsets[partition] += 1

    for partition in range(PARTITIONS):
        add(partition, META_KEY.encode(), encode_struct(TaskMeta(last_tick=NOW)))
    for key, value in stored_cases(count):
        case = form.decode(value)
        district = chance.choice(list(District))
        registered = case.state.registrations[0]
        moved = msgspec.structs.replace(registered, district=district, agency=AGENCY_OF_DISTRICT[district])
        on = date(2026, 11, 2) + timedelta(days=chance.randrange(-20, 40))
        officer = f"{AGENCY_OF_DISTRICT[district].value[:2].upper()}-{chance.randrange(101, 130)}"
        assignment = Assignment(officer, on, "found", on, 20, NOW, deadline_on=on)
        state = msgspec.structs.replace(case.state, registrations=(moved,), assignment=assignment)
        add(partition_of(key, PARTITIONS), key, form.encode(msgspec.structs.replace(case, state=state)))
    return records


Question = Callable[[Store, random.Random], Awaitable[object]]


def _wanted(chance: random.Random) -> InventoryFilter:
    """A filter as people choose them: mostly one thing, sometimes two."""
    district = frozenset({chance.choice(list(District)).value})
    officer = f"{chance.choice(('WE', 'HU', 'RO', 'RU'))}-{chance.randrange(101, 130)}"
    choices = (
        EVERYTHING,
        InventoryFilter(districts=district),
        InventoryFilter(officer=officer),
        InventoryFilter(stage="found"),
        InventoryFilter(districts=district, age="91-to-365-days"),
        InventoryFilter(cohort="new", amount="50k-to-200k-yuan"),
    )
    return chance.choice(choices)


async def _deep_page(store: Store, chance: random.Random) -> object:
    """A page and the one behind it, of an order and filter."""
    wanted, sort = _wanted(chance), chance.choice(list(InventorySort))
    first = await store.inventory(WHOLE, wanted, sort)
    return await store.inventory(WHOLE, wanted, sort, after=first.next_after)


async def _list(store: Store, chance: random.Random) -> object:
    sort, falls = chance.choice(list(InventorySort)), chance.random() < 0.5
    return await store.inventory(WHOLE, _wanted(chance), sort, descending=falls)


QUESTIONS: dict[str, tuple[int, Question]] = {
    "list": (10, _list),
    "deep page": (3, _deep_page),
    "totals": (4, lambda store, chance: store.totals(WHOLE, _wanted(chance))),
    "structure": (4, lambda store, chance: store.structure(WHOLE, _wanted(chance))),
    "own district": (4, lambda store, _: store.inventory(Access(frozenset({"371003"})), EVERYTHING)),
    "due": (3, lambda store, chance: store.due(WHOLE, f"WE-{chance.randrange(101, 130)}", date(2026, 11, 20))),
    "search": (1, lambda store, chance: store.search(WHOLE, f"有限公司{chance.randrange(CASES)}号")),
    "overview": (1, lambda store, _: store.overview(WHOLE, NOW)),
}
"""How often of thirty each is asked, and how."""


async def answered(database: Database, seconds: int = SECONDS) -> Answered:
    """Ask fifty a second; what takes longer than its turn goes on beside the next."""
    store, chance = Store(database, ALL_SERVICES), random.Random(SEED)
    names = [name for name, (times, _) in QUESTIONS.items() for _ in range(times)]
    found: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    refused: list[str] = []

    async def ask(name: str, number: int) -> None:
        began = time.perf_counter()
        try:
            await QUESTIONS[name][1](store, random.Random(number))
        except StoreUnavailable:  # too many at once: it counts as what it took to say so
            refused.append(name)
        found[name].append((time.perf_counter() - began) * 1_000)

    begin, cpu_before_s = asyncio.get_running_loop().time(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for number in range(REQUESTS_A_S * seconds):
            await asyncio.sleep(max(0.0, begin + number / REQUESTS_A_S - asyncio.get_running_loop().time()))
            group.create_task(ask(chance.choice(names), number))
    return Answered(found, len(refused), (time.process_time() - cpu_before_s) * 1_000 / (REQUESTS_A_S * seconds))


async def measured(seconds: int = SECONDS) -> tuple[dict[str, Fed], Answered]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "whole").mkdir()
        facts = facts_alone()
        fed = {"facts": await ingested(folder, facts, len(facts))}
        followed = facts_with_what_follows()
        said = sum(BY_NAME[record.topic].kind is Kind.FACT for record in followed)
        fed["facts, with decisions and states"] = await ingested(folder / "whole", followed, said)
        async with Database(f"sqlite+aiosqlite:///{folder / 'cases.db'}") as database:
            states = changelog_of_cases()
            feeder = _feeder(database, states)
            await feeder.open()
            fed["cases"] = await _timed(lambda: feeder.step(0))
            feeder = _feeder(database, [*states, _tick_of_the_next_day(states)])
            await feeder.open()
            await feeder.step(0)
            fed["cases counted to another day"] = await _timed(lambda: feeder.catch_up(TURNED_AT_ONCE_MAX))
            await feeder.tidy()
            return fed, await answered(database, seconds)


def _tick_of_the_next_day(states: Sequence[InputRecord]) -> InputRecord:
    """A task has heard a tick of the day after."""
    last = next(record for record in reversed(states) if record.partition == 0)
    meta = encode_struct(TaskMeta(last_tick=NOW + timedelta(days=1)))
    return InputRecord(last.topic, 0, last.offset + 1, last.append_time_ms, META_KEY.encode(), meta, ())


async def _timed(step: Callable[[], Awaitable[int]]) -> Fed:
    count, began, cpu = 0, time.perf_counter(), time.process_time()
    while done := await step():
        count += done
    return Fed(count, time.perf_counter() - began, time.process_time() - cpu)


def _feeder(database: Database, records: Sequence[InputRecord]) -> Feeder:
    return Feeder(database, RecordsLog(records, PORTION), Projection(local_codec(), ALL_SERVICES))


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long questions are asked")
    fed, found = uvloop.run(measured(parser.parse_args().seconds))
    for what, one in fed.items():
        print(f"{what}: {one.count:,} in {one.seconds:.2f} s ({one.cpu_s:.2f} s of CPU), {one.per_s:,.0f} a second")
    for name, times in found.by_name.items():
        if times:
            print(
                f"{name}: {len(times)} asked, median {statistics.median(times):.1f} ms, p95 {percentile(times):.1f} ms"
            )
    print(
        f"all: p95 {found.p95_ms:.1f} ms at {REQUESTS_A_S} a second, {found.cpu_ms:.1f} ms of CPU each, {found.refused} refused"
    )


if __name__ == "__main__":
    main()
