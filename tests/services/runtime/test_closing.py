"""Whoever closes a client goes on, whatever the client does; what is let go of is not printed as an error that nobody has seen."""

import asyncio
import gc
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError

from services.runtime.closing import closed, let_go

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


class Unwell(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka ships no types
    """A consumer whose `stop` ends otherwise."""

    def __init__(self, end: BaseException | None) -> None:
        super().__init__(bootstrap_servers="127.0.0.1:1")
        self.end, self.is_asked = end, asyncio.Event()
        self.routine = asyncio.create_task(self._client._md_synchronizer())

    async def stop(self) -> None:
        self._closed = True  # else it prints, once it is forgotten, that nobody has closed it
        self.is_asked.set()
        if self.end is not None:
            raise self.end
        await asyncio.Event().wait()


@pytest.mark.parametrize("end", [None, asyncio.CancelledError(), KafkaConnectionError("gone"), TimeoutError()])
async def test_whoever_closes_a_client_goes_on_and_of_the_client_nothing_does(end: BaseException | None) -> None:
    client = Unwell(end)
    async with asyncio.timeout(30):
        await closed(client)
        await asyncio.wait({client.routine})

    assert client.routine.cancelled()


async def test_an_error_that_no_broker_causes_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await closed(Unwell(ZeroDivisionError()))


async def test_whoever_is_cancelled_while_it_closes_is_cancelled_and_of_the_client_nothing_goes_on() -> None:
    client = Unwell(None)
    closing = asyncio.create_task(closed(client))
    async with asyncio.timeout(30):
        await client.is_asked.wait()
        closing.cancel()
        await asyncio.wait({closing, client.routine})

    assert (True, True) == (closing.cancelled(), client.routine.cancelled())
