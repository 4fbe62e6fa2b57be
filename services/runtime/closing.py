"""Letting go of a client of the broker, broken or not, and of answers for which nobody waits any more."""

import asyncio
import contextlib
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

CLOSE_TIMEOUT_S = 1.5


async def closed(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Close a client that may be broken: at most a few seconds, its own errors are of no interest any more.

    A consumer without a group that was never given a partition lets the cancellation of its own routine out of
    `stop` (aiokafka 0.14, `NoGroupCoordinator.close`); only a cancellation meant for us goes on.
    """
    try:
        with contextlib.suppress(KafkaError, TimeoutError, OSError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await client.stop()
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise


def let_go(answer: asyncio.Future[Any]) -> None:
    """Take note of how an answer ended; to be called when it is done.

    Of several that fail together the first is raised to whoever waits. The loop would print each of the others, with a
    traceback, as an error that nobody has seen.
    """
    if not answer.cancelled():
        answer.exception()
