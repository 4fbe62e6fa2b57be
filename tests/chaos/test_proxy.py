"""The bad network itself: what it holds, delays and breaks, and that it alters nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.sandbox.ports import free_port
from tests.chaos.network import Network
from tests.chaos.proxy import FAIR, HOST, Weather

pytestmark = pytest.mark.asyncio
PATIENCE_S = 20.0


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[Network, asyncio.StreamReader, asyncio.StreamWriter]]:
    """An echo behind a proxy, and one connection to it that has spoken once."""
    port = free_port()
    async with await asyncio.start_server(echo, HOST, port), Network({1: port}) as network:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(HOST, network.ports[1])
            writer.write(b"hello")
            assert b"hello" == await reader.readexactly(5)
            yield network, reader, writer
            writer.close()


async def said_again(network: Network) -> bytes:
    """What a new connection hears of what it says."""
    reader, writer = await asyncio.open_connection(HOST, network.ports[1])
    try:
        writer.write(b"again")
        return await reader.readexactly(5)
    finally:
        writer.close()


async def test_what_passes_is_unaltered_however_much() -> None:
    async with proxied() as (_, reader, writer):
        sent = bytes(range(256)) * 40_000
        writer.write(sent)

        assert sent == await reader.readexactly(len(sent))


async def test_what_was_held_arrives_late_and_in_order() -> None:
    async with proxied() as (network, reader, writer):
        await network.change(1, Weather("held"))
        writer.write(b"one ")
        await writer.drain()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.3)
        writer.write(b"two")
        await network.change(1, FAIR)

        assert b"one two" == await reader.readexactly(7)


async def test_a_slow_network_delays_both_ways() -> None:
    async with proxied() as (network, reader, writer):
        await network.change(1, Weather("slow", delay_s=0.2))
        begin = asyncio.get_running_loop().time()
        writer.write(b"slow")

        assert b"slow" == await reader.readexactly(4)
        assert asyncio.get_running_loop().time() - begin >= 0.4


async def test_a_cut_resets_and_lets_nobody_in_until_it_is_over() -> None:
    async with proxied() as (network, reader, _):
        await network.change(1, Weather("cut"))
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        with pytest.raises(ConnectionResetError):
            await said_again(network)
        await network.change(1, FAIR)

        assert b"again" == await said_again(network)


async def test_answers_may_be_lost_of_requests_that_arrived() -> None:
    async with proxied() as (network, reader, writer):
        await network.change(1, Weather("answers-held"))
        writer.write(b"done?")
        await writer.drain()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.3)
        await network.drop(1)

        with pytest.raises(ConnectionResetError):
            await reader.readexactly(5)


async def test_what_waits_for_one_who_has_gone_harms_nobody() -> None:
    async with proxied() as (network, _, writer):
        await network.change(1, Weather("answers-held"))
        writer.write(b"who is there?")
        await writer.drain()
        writer.transport.abort()
        await network.change(1, FAIR)

        assert b"again" == await said_again(network)
