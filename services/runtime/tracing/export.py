"""Spans on their way to a collector: a bounded queue, and a thread of its own that waits so that nobody else does."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from services.runtime.tracing.span import Span

log = structlog.get_logger(__name__)

SPANS_WAITING_MAX = 20_000
"""Spans that wait for the collector; what comes beyond is dropped, and counted."""
SPANS_A_REQUEST_MAX = 512
CLOSE_WAIT_S = 2.0
"""A worker that stops gives the collector so long to take what waits."""
QUEUE, COLLECTOR, BROKEN = "queue", "collector", "broken"
"""Why a span was dropped: too many waited, the collector did not take it, or it could not be made (a bug)."""
_TRACE_BITS, _RATIO_HEX_DIGITS = 1 << 64, 16

Work = Callable[[], Iterable[Span]]
"""Makes the spans of one thing that happened; called in the exporting thread."""


class Collector(Protocol):
    """Where spans go."""

    def take(self, spans: Sequence[Span]) -> bool:
        """Send spans; tell whether they were taken. May take long, a bounded time."""

    def close(self) -> None:
        """Give up what is under way."""


class Counts(Protocol):
    """Counts what became of spans; called from the exporting thread too."""

    def exported(self, count: int) -> None:
        """The collector has taken them."""

    def dropped(self, reason: str, count: int) -> None:
        """They are let go of."""


def is_sampled(trace: str, ratio: float) -> bool:
    """Tell whether a trace is exported: by its id, so that every worker says the same of it."""
    return ratio >= 1.0 or int(trace[_RATIO_HEX_DIGITS:], 16) < ratio * _TRACE_BITS


class Export:
    """Takes work at once and never waits; a thread turns it into spans and sends them."""

    def __init__(
        self, collector: Collector, counts: Counts, ratio: float = 1.0, a_second_max: float = float("inf")
    ) -> None:
        """`ratio` of all traces is exported; at most `a_second_max` spans a second, as making one costs what deciding costs."""
        self._collector, self._counts, self._ratio = collector, counts, ratio
        self._a_second_max = a_second_max
        self._waiting: deque[tuple[Work, int]] = deque()
        self._spans_waiting = 0
        self._something = threading.Condition()
        self._closing = self._given_up = False
        # A collector that hangs must not keep a process from ending.
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def offer(self, work: Work, spans: int) -> None:
        """Take work that will make about so many spans, or drop it where too many wait."""
        with self._something:
            if self._spans_waiting + spans <= SPANS_WAITING_MAX and not self._closing:
                self._waiting.append((work, spans))
                self._spans_waiting += spans
                self._something.notify()
                return
        self._counts.dropped(QUEUE, spans)

    async def close(self, wait_s: float = CLOSE_WAIT_S) -> None:
        """Let the collector take what waits, a bounded time; the rest is dropped."""
        with self._something:
            self._closing = True
            self._something.notify()
        await asyncio.to_thread(self._thread.join, wait_s)
        self._collector.close()
        with self._something:
            self._given_up = True  # what is still under way counts as dropped here, whatever becomes of it
            self._waiting.clear()
            if self._spans_waiting:
                self._counts.dropped(COLLECTOR, self._spans_waiting)

    def _run(self) -> None:
        while (taken := self._next()) is not None:
            work, spans = taken
            try:
                self._send([span for span in work() if is_sampled(span.place.trace, self._ratio)])
            except Exception:  # a bug here costs these spans and no others
                log.exception("spans could not be made or sent")
                self._counts.dropped(BROKEN, spans)
            with self._something:
                self._spans_waiting = max(0, self._spans_waiting - spans)

    def _next(self) -> tuple[Work, int] | None:
        with self._something:
            self._something.wait_for(lambda: self._waiting or self._closing)
            return self._waiting.popleft() if self._waiting else None

    def _send(self, spans: Sequence[Span]) -> None:
        for start in range(0, len(spans), SPANS_A_REQUEST_MAX):
            part = spans[start : start + SPANS_A_REQUEST_MAX]
            begun_s = time.monotonic()
            is_taken = self._collector.take(part)
            with self._something:
                if self._given_up:
                    return
                if is_taken:
                    self._counts.exported(len(part))
                else:
                    self._counts.dropped(COLLECTOR, len(part))
                # Not while closing: then little time is left.
                pause_s = len(part) / self._a_second_max - (time.monotonic() - begun_s)
                self._something.wait_for(lambda: self._closing, max(0.0, pause_s))
