"""Windows from their first record until nothing may correct them any more. No clock: the log says when it is over.

    open ──closed, in order──▶ closed ──CORRECTED_WINDOWS later──▶ forgotten
             its values are said       late records correct them      later ones are counted as too late

Values of closed windows are folded from what stood before the oldest of them, again for each correction: so a window's last
values depend on its records alone and not on when they were read.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from services.monitoring.series import Series, Values
from services.monitoring.standing import Standing
from services.monitoring.window import WINDOW_MS, Window

CORRECTED_WINDOWS = 15
"""For so many windows after its own a closed window may still be corrected: longer than any transaction stays open."""
OPEN_WINDOWS_MAX = 100_000
"""Windows open at once: more than two months; what would open another is counted as `crowded`."""


class Closed(NamedTuple):
    """The values of a closed window, all of them."""

    number: int
    values: dict[Series, Values]
    is_correction: bool


@dataclass(slots=True)
class Windows:
    """All windows of one process. `first` is the number of the first window that is counted from its beginning."""

    first: int = 0
    window_ms: int = WINDOW_MS
    open: dict[int, Window] = field(default_factory=dict)
    closed: dict[int, Window] = field(default_factory=dict)
    """Those that may be corrected."""
    through: int = -1
    """Number of the last closed window."""
    settled: int = -1
    """Number of the last window that nothing may correct any more."""
    corrected: int = 0
    """Records that came late and corrected a window."""
    too_late: int = 0
    crowded: int = 0
    _base: Standing = field(default_factory=Standing)
    """What stood at the end of window `settled`."""
    _now: Standing = field(default_factory=Standing)
    """What stands at the end of window `through`."""
    _late: set[int] = field(default_factory=set)

    def of(self, append_time_ms: int) -> Window | None:
        """Give the window in which a record belongs; None where it is not counted any more, or not yet."""
        number = append_time_ms // self.window_ms
        found = self.open.get(number)
        if found is not None:
            return found
        if number < self.first:
            return None
        if number <= self.through or number in self.closed:
            return self._late_window(number)
        if len(self.open) >= OPEN_WINDOWS_MAX:
            self.crowded += 1
            return None
        return self.open.setdefault(number, Window(number))

    def close(self, until_ms: int, ticked_ms: int | None = None) -> Iterator[Closed]:
        """Close every window that ends by this instant; first the corrections of those that were closed before.

        `ticked_ms`: append time of the clock's last tick, where it is known.
        """
        if ticked_ms is not None:
            self._go_back(ticked_ms // self.window_ms)
        if self._late:
            yield from self._again()
        for number in sorted(number for number in self.open if self._end(number) <= until_ms):
            window = self.closed[number] = self.open.pop(number)
            self.through = number
            yield Closed(number, self._now.close(window, self._end(number)), is_correction=False)
            self._settle()

    def _end(self, number: int) -> int:
        """First instant after a window (ms since 1970)."""
        return (number + 1) * self.window_ms

    def _go_back(self, number: int) -> None:
        """Take up the window in which the clock ticks, where all brokers' clocks were far ahead and are right again.

        Else whatever is appended until that time would be too late. Windows that were closed ahead of it stay said.
        """
        if self.through - number > CORRECTED_WINDOWS:
            self.through = self.settled = number - 1

    def _late_window(self, number: int) -> Window | None:
        if number <= self.settled:
            self.too_late += 1
            return None
        self.corrected += 1
        self._late.add(number)
        return self.closed.setdefault(number, Window(number))

    def _again(self) -> Iterator[Closed]:
        """Fold what may be corrected again. Later windows change too, where something stands longer or shorter."""
        first, self._late = min(self._late), set()
        self._now = copy.deepcopy(self._base)
        for number in sorted(self.closed):
            values = self._now.close(self.closed[number], self._end(number))
            if number >= first:
                yield Closed(number, values, is_correction=True)

    def _settle(self) -> None:
        """Let go of what is past correcting."""
        for number in sorted(number for number in self.closed if number < self.through - CORRECTED_WINDOWS):
            self._base.close(self.closed.pop(number), self._end(number))
            self.settled = number
        self.settled = max(self.settled, self.through - CORRECTED_WINDOWS - 1)
