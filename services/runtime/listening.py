"""Telling a broker that is not there from one that refuses us: aiokafka reports both as one connection error."""

import asyncio
import contextlib
import struct

from aiokafka.conn import collect_hosts

from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import BrokerRefused, BrokerUnavailable, MeshError

CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S = 2.0, 5.0
_ASK_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""What every broker answers before any login: which requests it knows (ApiVersions, version 0, without a name)."""


async def why_unreachable(broker: BrokerConnection) -> MeshError:
    """Give what a failed connection means: `BrokerUnavailable` where nobody answers, else `BrokerRefused`.

    A broker that answers and yet lets no client in wants another password or another protocol: starting again will not
    help. Where none of the addresses takes a connection, or where it is taken and nothing is said (a frozen broker, a broken
    network), it may be back in a moment.
    """
    heard = await asyncio.gather(*(_answers(host, port) for host, port, _ in collect_hosts(broker.servers)))
    if any(heard):
        return BrokerRefused(*await broker.why_refused())
    return BrokerUnavailable(
        f"{broker.servers} 上的 Kafka 没有应答，请启动，或等其恢复。",
        f"No broker answers at {broker.servers}: start it, or wait until it is back.",
    )


async def _answers(host: str, port: int) -> bool:
    """Tell whether somebody takes a connection there and answers, be it by hanging up."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            writer.write(_ASK_VERSIONS)
            await reader.read(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return True
