"""What was said before, so that nothing is said twice: by this process, and by the one before it as its records tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.ops import AlertChange, OpsAlert, OpsIndicator
from services.monitoring.series import Series, Values
from services.monitoring.window import WINDOW_MS
from services.runtime.records import derived_id


def window_number(indicator: OpsIndicator, window_ms: int = WINDOW_MS) -> int:
    """Give the number of the window an indicator is of."""
    return int(indicator.window_starts_at.timestamp() * 1000) // window_ms


def indicator_id(series: str, starts_at_ms: int, revision: int) -> str:
    """Derive the id of an indicator."""
    return derived_id(("ops-indicator", series, str(starts_at_ms), str(revision)))


@dataclass(slots=True)
class Said:
    """Revisions of indicators, and alerts; of those windows alone that may still be said again."""

    from_number: int = 0
    """Everything that had to be said of windows before this one was said before this process began."""
    through_number: int = -1
    """The last window of which something was said before this process began."""
    indicators: dict[int, dict[Series, tuple[int, Values]]] = field(default_factory=dict)
    """By window and series."""
    unmeasured: set[int] = field(default_factory=set)
    """Windows that were said before this process began, and that it has not measured yet."""
    alert_ids: set[str] = field(default_factory=set)
    standing: dict[str, OpsAlert] = field(default_factory=dict)
    """Alerts that stood before window `through_number`, by series, as they were said last."""

    def revised(self, number: int, values: Mapping[Series, Values]) -> list[tuple[Series, int, Values]]:
        """Give what is to be said of a window, with its revision, and remember it: what differs from what was said before.

        What was said and is not there any more is nothing now.
        """
        self.unmeasured.discard(number)
        if number < self.from_number:
            return []
        known = self.indicators.setdefault(number, {})
        gone = {series: dict.fromkeys(before, 0) for series, (_, before) in known.items() if series not in values}
        found = []
        for series, new in sorted({**values, **gone}.items()):
            revision, before = known.get(series, (0, {}))
            if new != before:
                known[series] = revision + 1, new
                found.append((series, revision + 1, new))
        return found

    def begin(self, first: int) -> None:
        """This process measures no window before this one: what was said of those stays."""
        self.from_number = max(self.from_number, first)
        self.unmeasured = {number for number in self.indicators if number >= self.from_number}

    def vanished(self, number: int) -> list[int]:
        """Give the windows before this one that were said and are not in the log any more."""
        return sorted(before for before in self.unmeasured if before < number)

    def forget(self, settled: int) -> None:
        """Forget windows that nothing corrects any more."""
        for number in [number for number in self.indicators if number <= settled]:
            del self.indicators[number]

    def is_new(self, alert_id: str, number: int) -> bool:
        """Tell whether an alert, judged by this window, was not said before this process began."""
        return number > self.through_number or (number == self.through_number and alert_id not in self.alert_ids)


def said_before(
    indicators: Iterable[OpsIndicator], alerts: Iterable[OpsAlert], from_number: int, window_ms: int = WINDOW_MS
) -> Said:
    """Give what the newest records of the process before tell. `from_number`: of windows before it they may be missing."""
    said = Said(from_number)
    for indicator in indicators:
        number = window_number(indicator, window_ms)
        said.through_number = max(said.through_number, number)
        if number < from_number:
            continue
        series = Series(indicator.indicator, indicator.service or "", indicator.district or "", indicator.kind or "")
        known = said.indicators.setdefault(number, {})
        if indicator.revision > known.get(series, (0, {}))[0]:
            known[series] = indicator.revision, dict(indicator.values)
    for alert in sorted(alerts, key=lambda alert: (alert.judged_at, alert.revision)):
        said.alert_ids.add(alert.alert_id)
        if alert.judged_at.timestamp() * 1000 > said.through_number * window_ms:
            continue
        if alert.change is AlertChange.CLOSED:
            said.standing.pop(alert.series, None)
        else:
            said.standing[alert.series] = alert
    said.begin(from_number)
    return said
