"""How far the store is behind, asked beside the feeding: what is only to be shown holds up nothing."""

import asyncio
import time
from collections.abc import Mapping

import structlog
from aiokafka.errors import KafkaError

from services.page.store.changes import Place
from services.page.store.log_port import Log

log = structlog.get_logger(__name__)


class Looking:
    """Asks the brokers now and then how far the store is behind, beside the feeding: nothing that is fed waits for the answer, or goes without it."""

    def __init__(self, source: Log, every_s: float) -> None:
        self._source, self._every_s = source, every_s
        self._looked = time.monotonic()
        self._asked: asyncio.Task[Mapping[Place, int]] | None = None

    def taken(self, now: float) -> Mapping[Place, int] | None:
        """Give the answer that has come since, once; asks anew when it is time."""
        found, asked = None, self._asked
        if asked is not None and asked.done():
            self._asked = None
            try:
                found = asked.result()
            except (KafkaError, TimeoutError) as error:
                log.warning("how far the store is behind is not known now", error=repr(error))
        if self._asked is None and now - self._looked > self._every_s:
            self._asked, self._looked = asyncio.create_task(self._source.waiting()), now
        return found

    async def end(self) -> None:
        """Give the question up."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.gather(self._asked, return_exceptions=True)
