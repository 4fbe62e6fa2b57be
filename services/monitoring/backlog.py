"""What stands in the inputs of a service and is not decided yet, from the offsets alone.

Exact to a sample: of records appended within five seconds of each other, the first tells the time of all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas import topics
from services.monitoring.series import Series, Values
from services.monitoring.window import Place, Sample, Window

SAMPLES_MAX = 1_000
"""Samples kept of a partition that nobody decides; what comes after is counted with the last."""


def _deciders() -> dict[str, tuple[str, ...]]:
    found = {
        topic.name: tuple(name for name in topic.consumers if name in topics.SERVICES)
        for topic in topics.FACTS
        if topic.kind is topics.Kind.FACT
    }
    return {name: services for name, services in found.items() if services}


DECIDERS = _deciders()
"""Services that decide what stands in a topic. Ticks and references are not work, so they are left out."""


@dataclass(slots=True)
class Backlog:
    """Inputs and how far they are decided, at the end of a window."""

    waiting: dict[Place, list[Sample]] = field(default_factory=dict)
    decided: dict[tuple[str, Place], int] = field(default_factory=dict)

    def take_in(self, window: Window) -> None:
        """Take in what a window's records say."""
        for key, next_offset in window.decided.items():
            self.decided[key] = max(next_offset, self.decided.get(key, 0))
        for place, samples in window.appended.items():
            kept = self.waiting.setdefault(place, [])
            for sample in sorted(samples):
                _keep(kept, sample)
        for place in [place for place, kept in self.waiting.items() if not self._still_waits(place, kept)]:
            del self.waiting[place]

    def standing(self, now_ms: int) -> Iterator[tuple[Series, Values]]:
        """Give what waits for each service at an instant, and how old the oldest of it is."""
        found: dict[str, tuple[int, int]] = {}
        for place, kept in self.waiting.items():
            for service in DECIDERS[place.topic]:
                next_offset = self.decided.get((service, place), 0)
                ahead = [sample for sample in kept if sample.last >= next_offset]
                if not ahead:
                    continue
                count = sum(min(sample.records, sample.last + 1 - next_offset) for sample in ahead)
                known, oldest_ms = found.get(service, (0, ahead[0].at_ms))
                found[service] = known + count, min(oldest_ms, ahead[0].at_ms)
        for service, (count, oldest_ms) in sorted(found.items()):
            values = {"records": count, "oldest_age_s": max(0, now_ms - oldest_ms) // 1_000}
            yield Series("backlog", service), values

    def _still_waits(self, place: Place, kept: list[Sample]) -> bool:
        """Forget what all services have decided; tell whether anything is left."""
        done = min(self.decided.get((service, place), 0) for service in DECIDERS[place.topic])
        kept[:] = [sample for sample in kept if sample.last >= done]
        return bool(kept)


def _keep(kept: list[Sample], sample: Sample) -> None:
    if len(kept) < SAMPLES_MAX:
        kept.append(sample)
        return
    last = kept[-1]
    kept[-1] = Sample(last.first, max(last.last, sample.last), last.at_ms, last.records + sample.records)
