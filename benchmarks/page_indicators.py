"""`python -m benchmarks.page_indicators`: how long the page's view of indicators takes over a day, a week and a month of windows of a minute.

The windows are those of thirty days: eight services that decide and have a backlog in every minute (of which no two are alike), notices of seven
districts that move every twenty minutes, a hundred reasons of which five are given in a minute. `--url` asks another database than a file.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import uvloop

from schemas.ops import Indicator, series_of
from schemas.vocabulary import District
from services.audit.all_services import ALL_SERVICES
from services.page.store import tables
from services.page.store.answers import WHOLE
from services.page.store.answers_indicators import IndicatorFilter, Split
from services.page.store.applying_hours import close_hours, note_open_hours
from services.page.store.changes import Row, micros_of
from services.page.store.database import Database
from services.page.store.feeder import HOURS_AT_ONCE_MAX
from services.page.store.store import Store

BEGINS_AT = datetime(2026, 10, 28, 16, tzinfo=UTC)
DAYS, ROWS_AT_ONCE, SEED = 30, 20_000, 20_261_127
MINUTE = timedelta(minutes=1)
SERVICES = tuple(f"service-{number}" for number in range(8))
REASONS, REASON_SHARE = 100, 0.05
SPANS = {"day": (timedelta(minutes=15), 96), "week": (timedelta(hours=2), 84), "month": (timedelta(days=1), 30)}
SPLITS = {
    Indicator.DECISIONS: Split.SERVICE,
    Indicator.REASONS: Split.SERVICE,
    Indicator.BACKLOG: Split.SERVICE,
    Indicator.NOTICES_STANDING: Split.DISTRICT,
}


class Took(NamedTuple):
    """The shortest of some answers, in milliseconds: on the clock, and of this process."""

    ms: float
    cpu_ms: float


def windows(days: int) -> Iterator[Row]:
    """Give the rows of all windows."""
    chance = random.Random(SEED)
    for minute in range(days * 24 * 60):
        for service in SERVICES:
            yield _row(Indicator.DECISIONS, minute, {"decided": minute % 50, "refused": minute % 2}, service=service)
            waits = {"records": chance.randrange(200), "oldest_age_s": chance.randrange(60)}
            yield _row(Indicator.BACKLOG, minute, waits, service=service)
        for place, district in enumerate(District):
            stages = {
                name: (minute // 20 + place) % most for name, most in (("due", 7), ("issued", 11), ("served", 13))
            }
            yield _row(Indicator.NOTICES_STANDING, minute, stages, district=district.value)
        for code in range(REASONS):
            if chance.random() < REASON_SHARE:
                service = SERVICES[code % len(SERVICES)]
                yield _row(Indicator.REASONS, minute, {"entries": 1}, service=service, kind=f"code-{code}")


def _row(
    indicator: Indicator, minute: int, values: Mapping[str, int], service: str = "", district: str = "", kind: str = ""
) -> Row:
    starts_at = BEGINS_AT + minute * MINUTE
    return {
        "series": series_of(indicator, service, district, kind),
        "window_starts_at": micros_of(starts_at),
        "window_ends_at": micros_of(starts_at + MINUTE),
        "revision": 1 + (minute % 97 == 0),
        "indicator": indicator.value,
        "service": service,
        "district": district,
        "kind": kind,
        "values": msgspec.json.encode(values, order="sorted").decode(),
    }


async def fill(database: Database, days: int = DAYS) -> int:
    """Put all windows into a store that is laid out, and their hours together; gives how many windows there are."""
    rows, count = windows(days), 0
    part: list[Any] = []
    engine = database._engine  # noqa: SLF001 — rows no log tells of
    for row in rows:
        part.append(row)
        if len(part) == ROWS_AT_ONCE:
            count += await _write(engine, part)
            part = []
    count += await _write(engine, part)
    async with engine.begin() as connection:
        while await close_hours(connection, HOURS_AT_ONCE_MAX):
            pass
    await database.analyze()
    return count


async def _write(engine: Any, rows: list[Any]) -> int:
    async with engine.begin() as connection:
        await connection.execute(tables.indicator.insert(), rows)
        await note_open_hours(connection, rows)
    return len(rows)


async def answered(database: Database, days: int = DAYS, times: int = 3) -> dict[tuple[str, str], Took]:
    """Ask for each indicator over each span up to the last window."""
    store, found = Store(database, ALL_SERVICES), {}
    for indicator, split in SPLITS.items():
        for span, (step, steps) in SPANS.items():
            begins_at = BEGINS_AT + timedelta(days=days) - step * steps
            wanted = IndicatorFilter(indicator, begins_at, step, steps, split=split)
            took = []
            for _ in range(times):
                began, cpu = time.perf_counter(), time.process_time()
                await store.measured(WHOLE, wanted)
                took.append(Took((time.perf_counter() - began) * 1_000, (time.process_time() - cpu) * 1_000))
            found[indicator.value, span] = min(took)
    return found


async def main_of(url: str, days: int) -> None:
    """Fill, ask and print."""
    async with Database(url) as database:
        await database.take_over()
        print(f"{await fill(database, days):,} windows of {days} days")
        for (indicator, span), took in (await answered(database, days)).items():
            print(f"{indicator} over a {span}: {took.ms:.0f} ms ({took.cpu_ms:.0f} ms of CPU)")


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--days", type=int, default=DAYS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(main_of(given.url or f"sqlite+aiosqlite:///{Path(folder) / 'indicators.db'}", given.days))


if __name__ == "__main__":
    main()
