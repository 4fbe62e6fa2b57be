"""What is to be said of closed windows, as records: first the indicators of a window, then the alerts judged by it.

Pure, given what was said before: the envelope's time is the end of the window, and ids are made of what they are about, so
that the same windows give the same bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas import topics
from schemas.ops import AlertChange, OpsAlert, OpsIndicator
from services.monitoring.alerts import AlertBook, Change
from services.monitoring.said import Said, indicator_id
from services.monitoring.series import Series, Values
from services.monitoring.window import WINDOW_MS
from services.monitoring.windows import Closed
from services.runtime.codec import Codec
from services.runtime.publishing import published
from services.runtime.records import OutputRecord, derived_id

SOURCE = "/services/monitoring"


def instant(at_ms: int) -> datetime:
    """Give an instant (ms since 1970) in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


@dataclass(slots=True)
class Teller:
    """Turns closed windows into what has not been said of them yet."""

    codec: Codec
    said: Said = field(default_factory=Said)
    book: AlertBook = field(default_factory=AlertBook)
    window_ms: int = WINDOW_MS
    partitions: int = topics.PARTITIONS
    """Of the topics it says things in."""
    _adopted: bool = False

    def tell(self, closed: Closed) -> Iterator[OutputRecord]:
        """Give the records of one window."""
        for number in self.said.vanished(closed.number):
            yield from self._measured(number, {})
        yield from self._measured(closed.number, closed.values)
        if closed.is_correction:
            return
        yield from self._adopt(closed.number)
        for change in self.book.judge(closed.number, closed.values):
            if self.said.is_new(change.alert_id, change.number):
                judged_at_ms = max((closed.number + 1) * self.window_ms, change.opened_at_ms)
                alert = _alert(change, instant(judged_at_ms))
                yield self._record(alert, alert.alert_id, alert.judged_at)

    def _measured(self, number: int, found: Mapping[Series, Values]) -> Iterator[OutputRecord]:
        for series, revision, values in self.said.revised(number, found):
            indicator = self._indicator(series, number, revision, values)
            yield self._record(indicator, indicator.indicator_id, indicator.window_ends_at)

    def _adopt(self, number: int) -> Iterator[OutputRecord]:
        """Where the process before left off: go on with its alerts; close those that nobody judges any more."""
        if self._adopted or not 0 <= self.said.through_number <= number:
            return
        self._adopted = True
        for alert in self.book.adopt(self.said.standing.values()):
            alert_id = derived_id((alert.opening_id, str(alert.revision + 1)))
            judged_at = max(alert.judged_at, instant(number * self.window_ms))
            changes = {"alert_id": alert_id, "revision": alert.revision + 1, "value": 0, "judged_at": judged_at}
            if alert_id not in self.said.alert_ids:
                closed = alert.model_copy(update={**changes, "change": AlertChange.CLOSED})
                yield self._record(closed, alert_id, judged_at)

    def _indicator(self, series: Series, number: int, revision: int, values: Values) -> OpsIndicator:
        return OpsIndicator.model_validate(
            {
                **_scope(series),
                "revision": revision,
                "indicator_id": indicator_id(series.text, number * self.window_ms, revision),
                "indicator": series.indicator,
                "window_starts_at": instant(number * self.window_ms),
                "window_ends_at": instant((number + 1) * self.window_ms),
                "values": dict(sorted(values.items())),
            }
        )

    def _record(self, fact: OpsIndicator | OpsAlert, event_id: str, time: datetime) -> OutputRecord:
        return published(self.codec, fact, event_id, SOURCE, time, self.partitions)


def _alert(change: Change, judged_at: datetime) -> OpsAlert:
    rule = change.rule
    return OpsAlert.model_validate(
        {
            **_scope(change.scope),
            "revision": change.revision,
            "alert_id": change.alert_id,
            "opening_id": change.opening_id,
            "alert": rule.name,
            "change": change.change,
            "indicator": rule.indicator,
            "value_name": rule.value_names[0],
            "value": change.value,
            "threshold": rule.threshold,
            "opened_at": instant(change.opened_at_ms),
            "judged_at": judged_at,
            "runbook": rule.runbook,
        }
    )


def _scope(series: Series) -> dict[str, str | None]:
    return {
        "series": series.text,
        "service": series.service or None,
        "district": series.district or None,
        "kind": series.kind or None,
    }
