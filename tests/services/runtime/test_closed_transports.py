"""A connection that the loop has closed is broken, and is not an error that nobody expects."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from services.runtime.broker_connection import BrokerConnection
from services.runtime.closed_transports import expect_closed_transports


async def error_of(send: Callable[[AIOKafkaConnection], Any]) -> BaseException | None:
    """What a write raises after uvloop has closed the transport, and before aiokafka has noticed."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        connection = AIOKafkaConnection(host, port)
        connection._versions = {MetadataRequest([]).API_KEY: (0, 1)}
        connection._reader, connection._writer = await asyncio.open_connection(host, port)
        connection._read_task = asyncio.create_task(asyncio.Event().wait())  # has noticed nothing
        connection._writer.transport.abort()
        await asyncio.sleep(0)
        try:
            send(connection)
        except RuntimeError as error:  # KafkaError is one
            return error
        return None


WRITES: dict[str, Callable[[AIOKafkaConnection], Any]] = {
    "a request": lambda connection: connection.send(MetadataRequest([])),
    "a login": lambda connection: connection._send_sasl_token(b"token"),
}


@pytest.mark.parametrize("what", WRITES)
def test_a_write_to_a_transport_that_uvloop_has_closed_is_a_broken_connection(what: str) -> None:
    BrokerConnection("127.0.0.1:1").client()

    error = uvloop.run(error_of(WRITES[what]))

    assert isinstance(error, KafkaConnectionError)
    assert isinstance(error.__cause__, RuntimeError)
    assert "handler is closed" in str(error)


def test_it_is_expected_once_however_often_that_is_asked_for() -> None:
    before = AIOKafkaConnection.send
    expect_closed_transports()

    assert before is AIOKafkaConnection.send
