"""Letting go of a client of the broker, broken or not, and of answers for which nobody waits any more."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, ProducerClosed

CLOSE_TIMEOUT_S = 1.5
ROUND_S, ROUNDS_MAX = 0.5, 3
"""A routine of aiokafka that waits for another one takes a cancellation for the other's end, and goes on: it is cancelled again."""
ANSWERS_SOMEBODY = "_proc_offset_request"
"""A part of a question that somebody else may wait for, who would take its cancellation for his own; it fails with its connection."""
OF_NO_INTEREST = (KafkaError, TimeoutError, OSError)


async def closed(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Close a client that may be broken: at most a few seconds, and nothing of it goes on.

    Its own errors are of no interest any more. `stop` does one thing after the other, waits as long as the broker is silent, and breaks off
    where one of its routines has failed or is cancelled; then the rest is cut off. It is a task of its own: a cancellation inside of
    it, which aiokafka lets out here and there, must not be taken for one of whoever closes, whose task would end with it and
    be opened by nobody (decision 0113).
    """
    stopping = asyncio.create_task(client.stop())
    stopping.add_done_callback(let_go)
    try:
        await asyncio.wait({stopping}, timeout=CLOSE_TIMEOUT_S)
    finally:
        if not _is_well(stopping):
            await _cut_off(client, stopping)
    if stopping.done() and not stopping.cancelled() and not isinstance(stopping.exception(), OF_NO_INTEREST):
        stopping.result()


def _is_well(stopping: asyncio.Task[None]) -> bool:
    return stopping.done() and not stopping.cancelled() and stopping.exception() is None


async def _cut_off(client: AIOKafkaProducer | AIOKafkaConsumer, stopping: asyncio.Task[None]) -> None:
    """End what `stop` did not come to: it would go on for as long as this process.

    That is a member's fetching for nobody, a producer's sending, the routine that learns where leaders are, and their connections.
    """
    if isinstance(client, AIOKafkaProducer):
        # Whoever else waits for an answer of this producer hears that there will be none.
        client._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 — aiokafka has no way to give up
    for _ in range(ROUNDS_MAX):
        going_on = [routine for routine in (stopping, *_routines(client)) if not routine.done()]
        for routine in going_on:
            routine.add_done_callback(let_go)
            routine.cancel()
        _disconnect(client)
        if not going_on:
            return
        await asyncio.wait(going_on, timeout=ROUND_S)


def _routines(client: AIOKafkaProducer | AIOKafkaConsumer) -> list[asyncio.Task[Any]]:
    """What runs of a client: all that is a method of one of its parts. aiokafka keeps the names of some only."""
    parts = {id(part) for part in vars(client).values() if type(part).__module__.startswith("aiokafka.")}
    return [task for task in asyncio.all_tasks() if id(_part_of(task)) in parts]


def _part_of(task: asyncio.Task[Any]) -> object:
    routine = task.get_coro()
    frame = getattr(routine, "cr_frame", None)
    if frame is None or frame.f_code.co_name == ANSWERS_SOMEBODY:
        return None
    return frame.f_locals.get("self")


def _disconnect(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Close every connection, without waiting: they end at once (`client_mends.py`)."""
    for part in vars(client).values():
        if isinstance(part, AIOKafkaClient):
            for connection in part._conns.values():  # noqa: SLF001 — its own `close` waits
                connection.close()


def let_go(answer: asyncio.Future[Any]) -> None:
    """Take note of how an answer ended; to be called when it is done.

    Of several that fail together the first is raised to whoever waits. The loop would print each of the others, with a
    traceback, as an error that nobody has seen.
    """
    if not answer.cancelled():
        answer.exception()
