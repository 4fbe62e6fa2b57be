"""A collector of traces for tests: a real OTLP/HTTP receiver that can hang or refuse."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATH = "/v1/traces"


@dataclass(frozen=True)
class SeenSpan:
    """One span as it came over the wire; ids as hexadecimal text."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    links: tuple[tuple[str, str], ...]
    kind: int
    attributes: dict[str, object] = field(hash=False)
    fault: str = ""


class Receiver:
    """Takes spans; `status` other than 200 refuses them, `is_hanging` never answers."""

    def __init__(self, *, status: int = 200, is_hanging: bool = False) -> None:
        self.spans: list[SeenSpan] = []
        self.asked = asyncio.Event()
        self._status, self._is_hanging = status, is_hanging
        self._ended = asyncio.Event()

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_post(PATH, self._take)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended.set()
        await self._runner.cleanup()

    @property
    def endpoint(self) -> str:
        """Where spans are to be sent."""
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}{PATH}"

    async def _take(self, request: web.Request) -> web.Response:
        self.asked.set()
        if self._is_hanging:
            await self._ended.wait()
            return web.Response(status=503)
        if self._status == web.HTTPOk.status_code:
            self.spans += spans_of(await request.read())
        return web.Response(status=self._status, content_type="application/x-protobuf")


def spans_of(body: bytes) -> Sequence[SeenSpan]:
    """The spans of one request."""
    found = []
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        of_resource = {one.key: one.value.string_value for one in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                attributes = {one.key: _value(one.value) for one in span.attributes}
                links = tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links)
                ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                name = of_resource["service.name"]
                found.append(SeenSpan(name, span.name, *ids, links, span.kind, attributes, span.status.message))
    return found


def _value(value: object) -> object:
    return getattr(value, str(value.WhichOneof("value")))  # type: ignore[attr-defined]
