"""Small real servers on loopback, on ports of their own, that misbehave on order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"


@dataclass
class CallDesk:
    """A call-task list. `tasks`: what was put on it; `put_on` counts the puttings of each id."""

    outcome: str | None = "answered"
    promised_on: str | None = None
    status: int = 201
    body: bytes | None = None
    loses_answer: bool = False
    """It puts the task on the list and then drops the connection."""
    hangs: bool = False
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: int = 0
    url: str = ""

    async def submit(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        task = await request.json()
        if self.status < 300:
            self.tasks.setdefault(task["task_id"], task)
        if self.hangs:
            await asyncio.sleep(3600)
        if self.loses_answer:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if self.body is not None:
            return web.Response(body=self.body, status=self.status)
        return web.json_response(self._answer(task["task_id"]), status=self.status)

    async def show(self, request: web.Request) -> web.Response:
        task_id = request.match_info["task_id"]
        if self.status >= 500:
            return web.Response(status=self.status)
        if task_id not in self.tasks:
            return web.json_response({"error": "no such task"}, status=404)
        return web.json_response(self._answer(task_id))

    def _answer(self, task_id: str) -> dict[str, Any]:
        status = "done" if self.outcome else "open"
        promise = {} if self.promised_on is None else {"promised_on": self.promised_on}
        return {"task_id": task_id, "status": status, "outcome": self.outcome, **promise}


@asynccontextmanager
async def call_desk(**behaviour: Any) -> AsyncIterator[CallDesk]:
    """A running call-task list."""
    desk = CallDesk(**behaviour)
    app = web.Application()
    app.router.add_post("/call-tasks", desk.submit)
    app.router.add_get("/call-tasks/{task_id}", desk.show)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, 0)
    await site.start()
    desk.url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    try:
        yield desk
    finally:
        await runner.cleanup()


@dataclass
class MailServer:
    """An SMTP server's behaviour: what it answers to a recipient and to the mail; the mails it took."""

    recipient_answer: str = "250 OK"
    mail_answer: str = "250 OK"
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the protocol's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.mail_answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        return self.mail_answer


@asynccontextmanager
async def smtp_server(handler: Any) -> AsyncIterator[int]:
    """A running aiosmtpd server; gives its port."""
    loop = asyncio.get_running_loop()
    async with served(lambda: SMTP(handler, hostname="localhost", enable_SMTPUTF8=True, loop=loop)) as port:
        yield port


@asynccontextmanager
async def served(factory: Callable[[], asyncio.BaseProtocol]) -> AsyncIterator[int]:
    """A running server of any protocol; gives its port."""
    server = await asyncio.get_running_loop().create_server(factory, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


class BreakingMailServer(asyncio.Protocol):
    """Speaks just enough SMTP, then breaks at a chosen point.

    `breaks_at`: `greeting`, `RCPT`, `DATA` (before it asks for the mail) or `mail` (once it has the whole of it).
    `hangs`: it falls silent there instead of dropping the connection.
    """

    def __init__(self, breaks_at: str, *, hangs: bool = False) -> None:
        self._breaks_at, self._hangs = breaks_at, hangs
        self._takes_mail = False
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._answer("greeting", b"220 breaking\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._takes_mail:
            if self._buffer.endswith(b"\r\n.\r\n"):
                self._answer("mail", b"250 OK\r\n")
            return
        while b"\r\n" in self._buffer and not self._takes_mail:
            line, self._buffer = self._buffer.split(b"\r\n", 1)
            self._command(line.upper())

    def _command(self, line: bytes) -> None:
        if line.startswith(b"RCPT"):
            self._answer("RCPT", b"250 OK\r\n")
        elif line.startswith(b"DATA"):
            self._takes_mail = True
            self._answer("DATA", b"354 go on\r\n")
        else:
            self._answer("", b"250 OK\r\n")

    def _answer(self, point: str, answer: bytes) -> None:
        if point != self._breaks_at:
            self._transport.write(answer)
        elif not self._hangs:
            self._transport.abort()


async def closed_port() -> int:
    """A port on which nobody listens."""
    async with served(asyncio.Protocol) as port:
        return port
