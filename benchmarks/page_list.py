"""`python -m benchmarks.page_list`: the list page of 100,000 units, asked for 50 times a second for some seconds.

The page is a process of its own over an SQLite store; requests leave at their times whether or not earlier ones are answered. Filters, orders and
pages differ from request to request. It prints what was seen, and what a page costs of the processor, which a busy machine changes least; `make bench`
has the same figures.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import uvloop

from benchmarks.page_rows import fill
from benchmarks.processes import ROOT, Failed
from schemas.page import PageActRecorded
from schemas.topics import PARTITIONS
from services.audit.all_services import ALL_SERVICES
from services.page.store.answers import EVERY_DISTRICT
from services.page.store.database import Database
from services.page.store.store import Store
from services.page.web.app import make_page
from services.page.web.guard import SESSION_COOKIE
from services.page.web.people import Person, Role
from services.page.web.serving import serve as serve_page
from services.page.web.serving import server_of
from services.page.web.settings import WebSettings
from services.runtime.codec import Codec, local_codec
from services.runtime.records import InputRecord, OutputRecord
from services.sandbox.ports import free_port

UNITS, REQUESTS_PER_S, SECONDS, WARM_UP_S = 100_000, 50, 20, 3
START_S_MAX, ANSWER_S_MAX = 120.0, 120.0
MANY = httpx.Limits(max_connections=None)
"""Who waits for the page does not wait for us."""
AUDITOR = Person("SJ-001", "", frozenset({Role.AUDITOR}), EVERY_DISTRICT)
PATHS = (
    "/arrears",
    "/arrears?sort=age",
    "/arrears?district=371003",
    "/arrears?stage=notice&sort=late-fee",
    "/arrears?text=样例0123",
    "/arrears?sort=deadline&descending=false",
    "/arrears?cohort=stock&sort=owed",
    "/arrears?officer=WD-003",
)


@dataclass(frozen=True, slots=True)
class Answered:
    """How long answers took, in milliseconds, at so many requests a second; `cpu_ms`: what each took of the page's process, all threads."""

    requests: int
    per_s: float
    p50_ms: float
    p95_ms: float
    longest_ms: float
    cpu_ms: float


class NoMesh:
    """A `MeshPort` with nobody behind it: lists are read from the store alone."""

    codec: Codec = local_codec()
    partitions: int = PARTITIONS

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Take them."""

    async def dead_record(self, _service: str, _partition: int, _offset: int, /) -> InputRecord | None:
        """Give none."""
        return None

    async def acts(self) -> AsyncIterator[tuple[datetime, PageActRecorded]]:
        """Give none."""
        none: tuple[tuple[datetime, PageActRecorded], ...] = ()
        for one in none:
            yield one


async def serve(folder: Path, port: int, units: int) -> None:
    """Fill a store and serve its page; the token of a session is written beside it once all is ready."""
    settings = WebSettings(page_port=port, page_requests_a_minute_max=1_000_000)
    async with Database(f"sqlite+aiosqlite:///{folder / 'page.db'}") as database, httpx.AsyncClient() as client:
        await database.take_over()
        await fill(database, units)
        await database.analyze()  # as the feeder does once all is taken in
        app = make_page(settings, Store(database, ALL_SERVICES), NoMesh(), client, lambda: datetime.now(UTC))
        token = app.state.desk.sessions.begin(AUDITOR)
        (folder / "token").write_text(token, encoding="ascii")
        await serve_page(server_of(app, settings), settings)


async def measured(units: int = UNITS, per_s: int = REQUESTS_PER_S, seconds: int = SECONDS) -> Answered:
    """Measure in a process of its own."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = ["-m", "benchmarks.page_list", "--serve", name, "--port", str(port), "--units", str(units)]
        server = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
        try:
            token = await _token(folder, server)
            cookies = {"Cookie": f"{SESSION_COOKIE}={token}"}
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", headers=cookies, timeout=ANSWER_S_MAX, limits=MANY, trust_env=False
            ) as client:
                await _answers(client, per_s, WARM_UP_S)
                began, cpu_before_s = time.perf_counter(), _cpu_s(server.pid)
                times_ms = sorted(await _answers(client, per_s, seconds))
                took_s, cpu_s = time.perf_counter() - began, _cpu_s(server.pid) - cpu_before_s
        finally:
            if server.returncode is None:
                server.terminate()
                await server.wait()
    cuts = statistics.quantiles(times_ms, n=100)
    asked = len(times_ms)
    return Answered(asked, asked / took_s, cuts[49], cuts[94], times_ms[-1], cpu_s * 1_000 / asked)


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


async def _token(folder: Path, server: asyncio.subprocess.Process) -> str:
    file = folder / "token"
    async with asyncio.timeout(START_S_MAX):
        while not file.exists() or not file.stat().st_size:
            if server.returncode is not None:
                raise Failed(f"the page ended with {server.returncode}")
            await asyncio.sleep(0.1)
    return file.read_text(encoding="ascii")


async def _answers(client: httpx.AsyncClient, per_s: int, seconds: int) -> list[float]:
    """Ask at even times; gives how long each answer took from when it was to be asked for."""
    begin = time.perf_counter()
    asked = [
        asyncio.create_task(_answer(client, PATHS[place % len(PATHS)], begin + place / per_s))
        for place in range(per_s * seconds)
    ]
    return await asyncio.gather(*asked)


async def _answer(client: httpx.AsyncClient, path: str, at: float) -> float:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    for tries_left in reversed(range(50)):
        try:
            answer = await client.get(path)
            break
        except httpx.ConnectError:  # it writes its token a moment before it listens
            if not tries_left:
                raise
            await asyncio.sleep(0.1)
    answer.raise_for_status()
    return (time.perf_counter() - at) * 1_000


def main() -> None:
    """Measure and print, or be the page that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--per-s", type=int, default=REQUESTS_PER_S)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--serve", default="")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    if given.serve:
        uvloop.run(serve(Path(given.serve), given.port, given.units))
        return
    seen = uvloop.run(measured(given.units, given.per_s, given.seconds))
    print(f"{seen.requests} list pages of {given.units:,} units, {seen.per_s:.1f}/s, {seen.cpu_ms:.1f} ms of CPU each")
    print(f"p50 {seen.p50_ms:.0f} ms, p95 {seen.p95_ms:.0f} ms, longest {seen.longest_ms:.0f} ms")


if __name__ == "__main__":
    main()
