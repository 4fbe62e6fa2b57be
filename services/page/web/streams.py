"""How many event streams are open: in all, and of one person."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

OF_A_PERSON_MAX = 6


class Streams:
    """Counts open streams; whoever would open one too many is told no."""

    def __init__(self, streams_max: int) -> None:
        self._max = streams_max
        self._open: Counter[str] = Counter()

    def has_room(self, person: str) -> bool:
        """Tell whether a person may open one more."""
        return self._open.total() < self._max and self._open[person] < OF_A_PERSON_MAX

    @contextmanager
    def opened(self, person: str) -> Iterator[None]:
        """Count a stream for as long as it is open."""
        self._open[person] += 1
        try:
            yield
        finally:
            self._open[person] -= 1
            if not self._open[person]:
                del self._open[person]
