"""What many people ask for in the same second is worked out once: remembered for a moment, bounded, and never across districts.

The key says all that an answer hangs on, the districts of who asks among it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

MOMENT = timedelta(seconds=1)
ANSWERS_MAX = 200


class Remembered(Generic[T]):
    """Answers of the last moment by what they hang on. Who asks while an answer is under way waits for the same one."""

    def __init__(self, now: Callable[[], datetime], moment: timedelta = MOMENT) -> None:
        self._now, self._moment = now, moment
        self._known: OrderedDict[Hashable, tuple[datetime, asyncio.Future[T]]] = OrderedDict()

    async def of(self, key: Hashable, asked: Callable[[], Awaitable[T]]) -> T:
        """Give the answer; what raised is not remembered, and each who waited for it is told."""
        began, answer = self._known.get(key, (None, None))
        if answer is None or began is None or self._now() - began >= self._moment or _failed(answer):
            answer = asyncio.ensure_future(asked())
            self._known[key] = (self._now(), answer)
            self._known.move_to_end(key)
            while len(self._known) > ANSWERS_MAX:
                self._known.popitem(last=False)
        return await asyncio.shield(answer)


def _failed(answer: "asyncio.Future[T]") -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)
