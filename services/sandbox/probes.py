"""Questions that tell whether a server serves; asked often, so by hand rather than with a client."""

import asyncio

ANSWER_TIMEOUT_S = 5.0


async def accepts_connections(host: str, port: int) -> bool:
    """True when somebody listens there."""
    return await _converse(host, port, b"", None) is not None


async def greets(host: str, port: int, greeting: bytes) -> bool:
    """True when the server there speaks first, with a line that begins so (as mail servers do)."""
    line = await _converse(host, port, b"", b"QUIT\r\n")
    return line is not None and line.startswith(greeting)


async def answers_ok(host: str, port: int, path: str) -> bool:
    """True when an HTTP GET of this path answers 200."""
    question = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    line = await _converse(host, port, question.encode(), b"")
    return line is not None and line.split(b" ")[1:2] == [b"200"]


async def _converse(host: str, port: int, question: bytes, farewell: bytes | None) -> bytes | None:
    """Connect, ask, and return the first line of the answer; `None` when nobody (or nobody in time) answers.

    Without a farewell no answer is waited for.
    """
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(question)
                if farewell is None:
                    return b""
                line = await reader.readline()
                writer.write(farewell)
                return line
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
