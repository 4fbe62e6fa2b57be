"""Telling a broker that is not there from one that refuses us: aiokafka reports both as one connection error."""

import asyncio
import contextlib

from aiokafka.conn import collect_hosts

from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import BrokerRefused, BrokerUnavailable, MeshError

CONNECT_TIMEOUT_S = 2.0


async def why_unreachable(broker: BrokerConnection) -> MeshError:
    """Give what a failed connection means: `BrokerUnavailable` where nobody listens, else `BrokerRefused`.

    A broker that listens and yet lets no client in wants another password or another protocol: starting again will not
    help. Where none of the addresses takes a connection, it may be back in a moment.
    """
    heard = await asyncio.gather(*(_listens(host, port) for host, port, _ in collect_hosts(broker.servers)))
    if any(heard):
        return BrokerRefused(await broker.why_refused())
    return BrokerUnavailable(f"No broker listens at {broker.servers}: start it, or wait until it is back.")


async def _listens(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
