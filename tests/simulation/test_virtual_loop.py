"""The loop that simulated runs rest on."""

import asyncio
import random
from collections.abc import Iterator

import pytest

from tests.simulation.virtual_loop import NothingLeftToDo, VirtualLoop


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    made = VirtualLoop(random.Random(1))
    yield made
    made.bury()


async def _sleeps(seen: list[str], name: str, seconds: float) -> None:
    try:
        await asyncio.sleep(seconds)
        seen.append(name)
    finally:
        seen.append(f"{name} ends")


def test_time_jumps_to_what_comes_due(loop: VirtualLoop) -> None:
    loop.run_until_complete(asyncio.sleep(86_400.0))

    assert 86_400.0 == loop.time()


def test_one_process_keeps_the_order_of_its_callbacks(loop: VirtualLoop) -> None:
    seen: dict[str, list[int]] = {"a": [], "b": []}
    for name, found in seen.items():
        process = loop.process(name)
        for number in range(50):
            loop.call_soon(found.append, number, context=process.context)

    loop.run_until_complete(asyncio.sleep(1.0))

    assert [list(range(50))] * 2 == list(seen.values())


def test_what_is_killed_runs_no_further_not_even_its_finally(loop: VirtualLoop) -> None:
    seen: list[str] = []
    process = loop.process("a")
    loop.create_task(_sleeps(seen, "a", 5.0), context=process.context)
    loop.call_later(1.0, process.kill)

    loop.run_until_complete(asyncio.sleep(10.0))

    assert [] == seen


def test_what_is_stopped_goes_on_where_it_stood_and_late(loop: VirtualLoop) -> None:
    seen: list[str] = []
    process = loop.process("a")
    loop.create_task(_sleeps(seen, "a", 2.0), context=process.context)
    loop.call_later(1.0, process.stop)
    loop.call_later(8.0, process.go_on)

    loop.run_until_complete(asyncio.sleep(7.0))
    before = list(seen)
    loop.run_until_complete(asyncio.sleep(2.0))

    assert ([], ["a", "a ends"]) == (before, seen)


def test_a_wait_that_nothing_ends_is_seen(loop: VirtualLoop) -> None:
    async def waits_for_ever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingLeftToDo):
        loop.run_until_complete(waits_for_ever())


def test_an_error_that_nobody_asked_about_is_seen(loop: VirtualLoop) -> None:
    async def fails() -> None:
        raise ValueError("unheard")

    loop.create_task(fails())
    loop.run_until_complete(asyncio.sleep(1.0))

    assert ["unheard"] == [str(error) for error in loop.unheard()]
