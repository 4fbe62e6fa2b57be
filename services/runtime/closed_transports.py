"""A connection that uvloop has closed is a broken connection, and to aiokafka too.

asyncio's own transports take a write after their end in silence; uvloop raises `RuntimeError`, which aiokafka 0.14 does not
expect of a write (aio-libs/aiokafka issue 1038, open). It goes through every one of its routines that sends something in the
moment between the end of a connection and its notice of it, and ends it for good: a member that never joins its group
again, a client that never learns of new leaders, while the process seems to live (seen: one of four
workers fought the others for all their tasks, decision 0113).
"""

from collections.abc import Callable
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError, KafkaError

WRITES = ("send", "_send_sasl_token")
"""The methods of a connection that write."""


def expect_closed_transports() -> None:
    """Let connections of this process end with `KafkaConnectionError` where their transport is closed; once is enough."""
    for name in WRITES:
        write = getattr(AIOKafkaConnection, name)
        if not getattr(write, "expects_closed_transports", False):
            setattr(AIOKafkaConnection, name, _expecting(write))


def _expecting(write: Callable[..., Any]) -> Callable[..., Any]:
    def written(connection: AIOKafkaConnection, *arguments: Any, **named: Any) -> Any:
        try:
            return write(connection, *arguments, **named)
        except KafkaError:  # itself a RuntimeError
            raise
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"Connection at {connection.host}:{connection.port} broken: {error}") from error

    written.expects_closed_transports = True  # type: ignore[attr-defined]  # a mark, so that it is done once
    return written
