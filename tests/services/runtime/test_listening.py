"""A broker that is away is told from one that refuses: only an answer refuses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from services.runtime import listening
from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import BrokerRefused, BrokerUnavailable
from services.runtime.listening import why_unreachable
from services.sandbox.ports import free_port

pytestmark = pytest.mark.asyncio
Serve = Callable[[Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]], Awaitable[BrokerConnection]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers that stand in for a broker."""
    servers = []

    async def start(
        behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    ) -> BrokerConnection:
        port = free_port()
        servers.append(await asyncio.start_server(behave, "127.0.0.1", port))
        return BrokerConnection(f"127.0.0.1:{port}")

    yield start
    for server in servers:
        server.close()


async def test_a_broker_that_takes_connections_and_is_silent_is_away(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "ANSWER_TIMEOUT_S", 0.2)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    broker = await serve(silent)

    assert isinstance(await why_unreachable(broker), BrokerUnavailable)


async def test_a_broker_that_hangs_up_refuses(serve: Serve) -> None:
    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    broker = await serve(hangs_up)

    assert isinstance(await why_unreachable(broker), BrokerRefused)
