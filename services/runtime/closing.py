"""Letting go of a client of the broker, broken or not, and of answers for which nobody waits any more."""

import asyncio
import contextlib
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed

CLOSE_TIMEOUT_S = 1.5
ROUTINES = (
    "_sender_task",
    "_fetch_task",
    "_coordination_task",
    "_heartbeat_task",
    "_commit_refresh_task",
    "_reset_committed_task",
)
"""What goes on in the background of a producer, of a consumer, of a member of a group."""


async def closed(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Close a client that may be broken: at most a few seconds, its own errors are of no interest any more.

    A consumer without a group that was never given a partition lets the cancellation of its own routine out of
    `stop` (aiokafka 0.14, `NoGroupCoordinator.close`); only a cancellation meant for us goes on.
    """
    is_closed = False
    try:
        with contextlib.suppress(KafkaError, TimeoutError, OSError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await client.stop()
                is_closed = True
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
    finally:
        if not is_closed:
            await _cut_off(client)


async def _cut_off(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """End what `stop` did not come to: it breaks off where its time is over, or where a routine of the client has failed.

    What it leaves would go on for as long as this process: connections, the routine that learns where leaders are, the one that fetches for
    nobody (seen of a member that was to leave its group while the broker was silent), the one that sends.
    """
    if isinstance(client, AIOKafkaProducer):
        connections = client.client
        client._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 — else `stop` waits on for what is never sent
    else:
        connections = client._client  # noqa: SLF001
    routines = _routines(client)
    for routine in routines:
        routine.cancel()
    with contextlib.suppress(KafkaError, TimeoutError, OSError):
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await connections.close()
            await asyncio.gather(*routines, return_exceptions=True)


def _routines(client: AIOKafkaProducer | AIOKafkaConsumer) -> list[asyncio.Task[Any]]:
    """The routines of a client that it has begun, and what its fetcher asks just now; aiokafka 0.14 gives no other way to them."""
    owners = [getattr(client, name, None) for name in ("_sender", "_fetcher", "_coordinator")]
    routines = [getattr(owner, name, None) for owner in owners for name in ROUTINES]
    asked = [question for owner in owners for question in getattr(owner, "_pending_tasks", ())]
    return [*asked, *(routine for routine in routines if routine is not None)]


def let_go(answer: asyncio.Future[Any]) -> None:
    """Take note of how an answer ended; to be called when it is done.

    Of several that fail together the first is raised to whoever waits. The loop would print each of the others, with a
    traceback, as an error that nobody has seen.
    """
    if not answer.cancelled():
        answer.exception()
