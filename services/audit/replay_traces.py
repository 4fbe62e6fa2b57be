"""What a replay exports: one trace a replay, whose spans are linked to the decisions that are repeated."""

import secrets
from collections.abc import Sequence

from services.runtime.entries import Entry
from services.runtime.tracing.traces import Traces

TRACE_BYTES = 16


class ReplayTraces:
    """Hears what is decided again. Without somewhere to send spans it does nothing."""

    def __init__(self, traces: Traces | None) -> None:
        self._traces = traces
        self.trace = secrets.token_hex(TRACE_BYTES)
        """Of this replay alone: chance is right here, for a replay is an act of today and decides nothing."""

    def heard(self, service: str, partition: int, again: Sequence[Entry]) -> None:
        """Export what one record or timer came to."""
        if self._traces is not None:
            self._traces.replayed(self.trace, service, partition, again)

    async def close(self) -> None:
        """Let the collector take what waits, a bounded time."""
        if self._traces is not None:
            await self._traces.close()
