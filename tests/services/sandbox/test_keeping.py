"""Whoever keeps workers running starts again what a fault ended, and tells people of what will not stay."""

import asyncio
import sys
from pathlib import Path

import pytest

from services.sandbox.errors import StartError
from services.sandbox.keeping import STARTS_AGAIN_MAX, Keeping
from services.sandbox.processes import Daemon
from tests.harness.waiting import until

ENDS_ONCE = """
import pathlib, sys, time
mark = pathlib.Path(sys.argv[1])
if mark.exists():
    time.sleep(60)
mark.touch()
sys.exit(1)
"""
ENDS_IN_GOOD_ORDER = """
import pathlib, signal, sys, time
def end(*_):
    time.sleep(0.02)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""
ENDED_S_MAX = 20


def daemon_of(tmp_path: Path, *arguments: str) -> Daemon:
    return Daemon("worker", [sys.executable, "-c", *arguments], tmp_path / "run", tmp_path / "logs")


async def ended(daemon: Daemon) -> None:
    async def has_ended() -> bool:
        return daemon.exit_code() is not None

    await until(has_ended, ENDED_S_MAX, "the worker ends")


@pytest.mark.asyncio
async def test_what_a_fault_ended_is_started_again(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, ENDS_ONCE, str(tmp_path / "mark"))
    daemon.start()
    await ended(daemon)

    Keeping([daemon]).start_again_what_ended()

    assert daemon.is_running()
    await daemon.stop(5.0)


@pytest.mark.asyncio
async def test_what_says_that_it_will_not_start_is_told(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, "print('wrong password'); raise SystemExit(3)")
    daemon.start()
    await ended(daemon)

    with pytest.raises(StartError, match=r"will not start(.|\n)*wrong password"):
        Keeping([daemon]).start_again_what_ended()


@pytest.mark.asyncio
async def test_what_ends_again_and_again_is_told(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, "raise SystemExit(1)")
    keeping = Keeping([daemon])
    daemon.start()
    for _ in range(STARTS_AGAIN_MAX):
        await ended(daemon)
        keeping.start_again_what_ended()
    await ended(daemon)

    with pytest.raises(StartError, match="ended 6 times"):
        keeping.start_again_what_ended()


@pytest.mark.asyncio
async def test_what_was_stopped_is_let_be(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, "import time; time.sleep(60)")
    daemon.start()
    await daemon.stop(5.0)

    Keeping([daemon]).start_again_what_ended()

    assert not daemon.is_running()


@pytest.mark.asyncio
async def test_what_is_stopped_from_another_terminal_is_let_be_from_the_first_moment_on(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    async def runs() -> bool:
        return mark.exists()

    daemon = daemon_of(tmp_path, ENDS_IN_GOOD_ORDER, str(mark))
    daemon.start()
    await until(runs, ENDED_S_MAX, "the worker runs")
    keeping, elsewhere = Keeping([daemon]), daemon_of(tmp_path, "the command is known from the run file")
    stopping = asyncio.create_task(elsewhere.stop(ENDED_S_MAX))
    processes = set()
    while not stopping.done():
        keeping.start_again_what_ended()
        identity = daemon.identity()
        processes |= set() if identity is None else {identity.pid}
        await asyncio.sleep(0)

    await stopping

    assert 1 == len(processes)
    assert not daemon.is_running()
    assert [] == list((tmp_path / "run").iterdir())


@pytest.mark.asyncio
async def test_what_was_to_end_and_is_started_anew_is_looked_after(tmp_path: Path) -> None:
    daemon = daemon_of(tmp_path, "raise SystemExit(1)")
    daemon.start()
    await daemon.stop(ENDED_S_MAX)
    daemon.start()

    await ended(daemon)

    assert 1 == daemon.exit_code()
