"""Questions that tell whether a server serves."""

import asyncio

import httpx

CONNECT_TIMEOUT_S = 2.0


async def accepts_connections(host: str, port: int) -> bool:
    """True when somebody listens there."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), CONNECT_TIMEOUT_S)
    except (OSError, TimeoutError):
        return False
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        return False
    return True


async def answers_ok(url: str, timeout_s: float = 5.0) -> bool:
    """True when a GET of this address answers 200."""
    try:
        # The sandbox is on this machine: a proxy named in the environment must not be asked.
        async with httpx.AsyncClient(trust_env=False, timeout=timeout_s) as client:
            response = await client.get(url)
    except httpx.TransportError:
        return False
    return response.status_code == httpx.codes.OK
