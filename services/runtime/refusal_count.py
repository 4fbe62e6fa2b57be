"""Counts refusals by topic and producer: too many halt the task, so that a bad deploy does not drain a topic."""

PRODUCERS_COUNTED_MAX = 64
"""Producers counted apart; all further ones share one count."""


class RefusalCount:
    """A leaky count for each (topic, producer): one up for a refusal, one down for a record decided."""

    def __init__(self, counts: dict[str, int], refusals_max: int) -> None:
        self.counts = dict(counts)
        self._refusals_max = refusals_max

    def refused(self, topic: str, source: str) -> bool:
        """Count a refusal; True when this producer has now had too many on this topic."""
        name = f"{topic}\x00{source}"
        if name not in self.counts and len(self.counts) >= PRODUCERS_COUNTED_MAX:
            name = "\x00"
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name] >= self._refusals_max

    def decided(self, topic: str, source: str) -> None:
        """Count a record that was decided."""
        if not self.counts:
            return
        name = f"{topic}\x00{source}"
        count = self.counts.get(name, 0)
        if count > 1:
            self.counts[name] = count - 1
        else:
            self.counts.pop(name, None)

    def forget(self) -> None:
        """Begin anew, after an operator said `resume`."""
        self.counts = {}
