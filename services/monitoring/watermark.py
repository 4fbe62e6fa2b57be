"""How far the log has been read, in the log's own time: the instant before which nothing more is to come.

A partition that is behind has read up to the time of its last record. One that has been read to its end has read up to the
last tick of the clock that was seen before its end was asked for. The least of all of them is the watermark; the wall clock
takes no part, and neither does the time that a tick tells: only when the broker took it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[str, int]


@dataclass(slots=True)
class Watermark:
    """Told of every record read, every tick, and now and then of the ends."""

    begins_at_ms: int = 0
    """Where reading began: nothing before it is counted."""
    time_ms: int = 0
    ticks_ms: dict[int, int] = field(default_factory=dict)
    """Append time of the last tick that was read of each partition."""
    read_ms: dict[Place, int] = field(default_factory=dict)
    """Append time of the last record read of each partition."""
    _target: tuple[int, Mapping[Place, int]] | None = None

    def tick(self, partition: int, append_time_ms: int) -> None:
        """A tick was read. A later one with an earlier time (a broker whose clock went back) takes its place."""
        self.ticks_ms[partition] = append_time_ms

    def seen_ms(self) -> int:
        """Append time of the last tick, as most partitions have it: to be asked for before the ends are.

        Every tick stands on each partition. A broker whose clock is ahead of the others' moves nothing.
        """
        stood = sorted(self.ticks_ms.values())
        return stood[(len(stood) - 1) // 2] if stood else 0

    def look(self, seen_ms: int, read: Mapping[Place, int], ends: Mapping[Place, int]) -> int:
        """Move on, knowing how far each partition was read and where it ends now; gives the watermark (ms since 1970)."""
        if self._target is None and seen_ms != self.time_ms:
            self._target = seen_ms, ends
        if self._target is not None:
            time_ms, wanted = self._target
            behind = [place for place, end in wanted.items() if read.get(place, 0) < end]
            self.time_ms = min((time_ms, *(self.read_ms.get(place, self.begins_at_ms) for place in behind)))
            if not behind:
                self._target = None
        return self.time_ms
