"""What aiokafka 0.14 does not expect, and says too often. Each mend falls away once aiokafka does so itself.

**A connection that uvloop has closed is a broken connection.** asyncio's own transports take a write after their end in silence;
uvloop raises `RuntimeError`, which aiokafka does not expect of a write (aio-libs/aiokafka issue 1038, open). It goes through
every one of its routines that sends something in the moment between the end of a connection and its notice of it, and ends it
for good: a member that never joins its group again, a client that never learns of new leaders, while the process seems to live
(seen: one of four workers fought the others for all their tasks, decision 0113).

**A connection that is closed ends at once.** Over TLS uvloop waits for the broker's word that it ends too, and a broker reads that we
do only once it has answered what it was asked before: 5 s for a fetch that it holds, and while it stands still half a minute (seen:
tasks waited a second and a half for each client that had read their changelog). Closing fails every request of a connection, so
nobody is left to wait for what it may still have to send or to read.

**An error that was raised is not printed again.** A producer that fails puts its error into futures that only a producer that
waits for room or for its commit ever looks at, and into those of whoever has stopped waiting, as a commit does that took too
long; the loop prints each of the others with a traceback, thirteen for one tick.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import cache, wraps
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.producer.message_accumulator import MessageBatch
from aiokafka.producer.transaction_manager import TransactionManager

from services.runtime.closing import let_go

Method = Callable[..., Any]
Answers = Callable[[Any], Sequence[asyncio.Future[Any]]]
"""The futures of an object into which its failure is put."""


@cache
def mend_clients() -> None:
    """Mend the clients of this process; before any is made, and once."""
    for write in ("send", "_send_sasl_token"):
        setattr(AIOKafkaConnection, write, _expecting_closed_transports(getattr(AIOKafkaConnection, write)))
    AIOKafkaConnection.close = _ending_at_once(AIOKafkaConnection.close)
    MessageBatch.failure = _letting_go(_answers_of_batch, MessageBatch.failure)
    for failing in ("fatal_error", "error_transaction"):
        mended = _letting_go(_answers_of_transaction, getattr(TransactionManager, failing))
        setattr(TransactionManager, failing, mended)


def _expecting_closed_transports(write: Method) -> Method:
    @wraps(write)
    def written(connection: AIOKafkaConnection, *arguments: Any, **named: Any) -> Any:
        try:
            return write(connection, *arguments, **named)
        except KafkaError:  # itself a RuntimeError
            raise
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
            broken = f"Connection at {connection.host}:{connection.port} broken: {error}"
            raise KafkaConnectionError(broken) from error

    return written


def _ending_at_once(close: Method) -> Method:
    @wraps(close)
    def closed(connection: AIOKafkaConnection, *arguments: Any, **named: Any) -> Any:
        writer = connection._writer  # noqa: SLF001 — it is forgotten as the connection closes
        ended = close(connection, *arguments, **named)
        if writer is not None:
            writer.transport.abort()
        return ended

    return closed


def _answers_of_batch(batch: MessageBatch) -> Sequence[asyncio.Future[Any]]:
    return [batch.future, batch._drain_waiter]  # noqa: SLF001 — aiokafka gives no other way to it


def _answers_of_transaction(manager: TransactionManager) -> Sequence[asyncio.Future[Any]]:
    pending = manager._pending_txn_offsets  # noqa: SLF001 — as above
    return [manager._transaction_waiter, *(answer for _, _, answer in pending)]  # noqa: SLF001


def _letting_go(answers: Answers, failing: Method) -> Method:
    """After `failing`, the error in the futures of the object is taken note of; whoever waits for one of them still gets it."""

    @wraps(failing)
    def failed(owner: object, *arguments: Any, **named: Any) -> None:
        before = answers(owner)  # some are forgotten as it fails, some are made for it
        failing(owner, *arguments, **named)
        for answer in (*before, *answers(owner)):
            if answer.done():
                let_go(answer)

    return failed
