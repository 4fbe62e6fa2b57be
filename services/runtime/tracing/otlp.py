"""Spans as OpenTelemetry sends them: OTLP over HTTP. Imported only where an endpoint is set: its libraries take a second."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from services.runtime.tracing.span import Place, Span

DISTRIBUTION, NAMESPACE = "shebao-mesh", "shebao"
REQUEST_S_MAX = 5.0
"""A collector that does not answer in time, repeats included, has not taken the spans."""


class OtlpCollector:
    """Sends spans to one endpoint; headers and certificates are taken from OpenTelemetry's own variables (`OTEL_EXPORTER_OTLP_…`)."""

    def __init__(self, endpoint: str, worker: str) -> None:
        self._worker = worker
        self._exporter = OTLPSpanExporter(endpoint=endpoint, timeout=REQUEST_S_MAX)
        self._scope = InstrumentationScope(DISTRIBUTION, version(DISTRIBUTION))

    def take(self, spans: Sequence[Span]) -> bool:
        """Send spans; tell whether the collector said that it has them."""
        return self._exporter.export([self._readable(span) for span in spans]) is SpanExportResult.SUCCESS

    def close(self) -> None:
        """Give up what is under way."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # its library leaves this one without types

    def _readable(self, span: Span) -> ReadableSpan:
        return ReadableSpan(
            span.name,
            context=_context(span.place, is_remote=False),
            parent=_context(Place(span.place.trace, span.parent), is_remote=True) if span.parent else None,
            resource=_resource(span.service, self._worker),
            attributes=span.attributes,
            links=[Link(_context(place, is_remote=True)) for place in span.links],
            kind=SpanKind[span.kind.upper()],
            status=Status(StatusCode.ERROR, span.fault) if span.fault else Status(StatusCode.UNSET),
            start_time=span.begun_ns,
            end_time=span.ended_ns,
            instrumentation_scope=self._scope,
        )


def _context(place: Place, *, is_remote: bool) -> SpanContext:
    return SpanContext(int(place.trace, 16), int(place.span, 16), is_remote, TraceFlags(TraceFlags.SAMPLED))


@lru_cache(maxsize=100)
def _resource(service: str, worker: str) -> Resource:
    return Resource({"service.name": service, "service.namespace": NAMESPACE, "service.instance.id": worker})
