"""What is let go of is not printed as an error that nobody has seen."""

import asyncio
import gc
from typing import Any

import pytest

from services.runtime.closing import let_go

pytestmark = pytest.mark.asyncio


async def printed(*, is_let_go: bool) -> list[str]:
    """What the loop says of two answers that fail together, of which the first is raised."""
    loop, said = asyncio.get_running_loop(), list[str]()
    loop.set_exception_handler(lambda _, context: said.append(context["message"]))
    answers: list[asyncio.Future[Any]] = [loop.create_future() for _ in range(2)]
    for answer in answers:
        if is_let_go:
            answer.add_done_callback(let_go)
        answer.set_exception(ConnectionError("the broker is away"))
    with pytest.raises(ConnectionError):
        await answers[0]
    await asyncio.sleep(0)
    del answers, answer
    gc.collect()
    return said


async def test_of_answers_that_fail_together_one_is_raised_and_none_printed() -> None:
    assert [] == await printed(is_let_go=True)


async def test_the_loop_prints_what_is_not_let_go() -> None:
    assert ["Future exception was never retrieved"] == await printed(is_let_go=False)


async def test_an_answer_that_was_called_off_is_let_go_too() -> None:
    loop, said = asyncio.get_running_loop(), list[str]()
    loop.set_exception_handler(lambda _, context: said.append(context["message"]))
    answer: asyncio.Future[Any] = loop.create_future()
    answer.add_done_callback(let_go)

    answer.cancel()
    await asyncio.sleep(0)

    assert [] == said
