"""How often something may happen: so many in a window, counted by name. In memory, bounded."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

NAMES_MAX = 10_000
WINDOW = timedelta(minutes=1)


class Limits:
    """Counts by name in windows of a minute; whoever was seen longest ago is forgotten first."""

    def __init__(self, now: Callable[[], datetime], a_minute_max: int) -> None:
        self._now, self._max = now, a_minute_max
        self._windows: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def take(self, name: str, count: int = 1) -> bool:
        """Take `count` of what is left in this minute; False, and nothing taken, where it is not there."""
        now = self._now()
        began, used = self._windows.get(name, (now, 0))
        if now - began >= WINDOW:
            began, used = now, 0
        if used + count > self._max:
            return False
        self._windows[name] = (began, used + count)
        self._windows.move_to_end(name)
        while len(self._windows) > NAMES_MAX:
            self._windows.popitem(last=False)
        return True
