"""A connection that the loop has closed is broken, not an error that nobody expects; what was raised is not printed again."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError, ProducerFenced
from aiokafka.producer.message_accumulator import MessageBatch
from aiokafka.producer.transaction_manager import TransactionManager
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.structs import TopicPartition

from services.runtime.broker_connection import BrokerConnection
from services.runtime.client_mends import mend_clients


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


class Builder:
    """What a batch needs to know of its records where none is written."""

    def record_count(self) -> int:
        return 0


async def printed(fail: Callable[[Exception], object]) -> list[str]:
    """What the loop says of a failure that was raised elsewhere, once its futures are forgotten."""
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))
    owner = fail(ProducerFenced())
    await asyncio.sleep(0)
    del owner
    gc.collect()
    return said


def failed_batch(error: Exception) -> object:
    batch = MessageBatch(TopicPartition("clock-ticked", 0), Builder(), ttl=1, linger_time=0)
    batch.failure(exception=error)  # by name, as its sender calls it
    return batch


def failed_transaction(error: Exception) -> object:
    manager = TransactionManager("clock", 1_000)
    manager.set_pid_and_epoch(1, 0)
    manager.begin_transaction()
    manager.add_offsets_to_txn({TopicPartition("clock-ticked", 0): 1}, "clock")
    manager.fatal_error(error)
    return manager


@pytest.mark.parametrize("fail", [failed_batch, failed_transaction])
def test_a_failure_that_was_raised_is_not_printed_once_more_for_each_batch(fail: Callable[[Exception], object]) -> None:
    assert [] == uvloop.run(printed(fail))


@pytest.mark.parametrize("on_what", ["its answer", "room"])
def test_whoever_waits_for_a_batch_that_fails_still_hears_of_it(on_what: str) -> None:
    async def waiting() -> None:
        batch = MessageBatch(TopicPartition("clock-ticked", 0), Builder(), ttl=1, linger_time=0)
        batch.failure(ProducerFenced())
        await (batch.future if on_what == "its answer" else batch.wait_drain())

    with pytest.raises(ProducerFenced):
        uvloop.run(waiting())


def test_clients_are_mended_once_however_often_that_is_asked_for() -> None:
    before = AIOKafkaConnection.send
    mend_clients()

    assert before is AIOKafkaConnection.send
