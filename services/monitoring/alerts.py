"""Judges closed windows by the rules of the catalogue: alerts are opened, said again with another value, and closed.

    (none) ──value ≥ threshold──▶ opened ──another value──▶ updated ──closes_after windows below──▶ closed

Pure: the same windows in their order give the same alerts under the same ids. A window is judged as it was when it was
closed; what corrects it later opens and closes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.ops import AlertChange, OpsAlert
from services.monitoring.alerts_catalogue import ALERTS, AlertRule, Scope
from services.monitoring.series import MAXIMUM, Series, Values
from services.monitoring.window import WINDOW_MS
from services.runtime.records import derived_id


class Change(NamedTuple):
    """Something to be said of an alert. `number` is the window by which it was judged."""

    rule: AlertRule
    scope: Series
    change: AlertChange
    opening_id: str
    opened_at_ms: int
    number: int
    revision: int
    value: int

    @property
    def alert_id(self) -> str:
        """Its own id."""
        return derived_id((self.opening_id, str(self.revision)))


@dataclass(slots=True)
class Opening:
    """An alert that stands."""

    rule: AlertRule
    scope: Series
    opening_id: str
    opened_at_ms: int
    revision: int
    value: int
    said_number: int
    """The window by which it was said last."""
    quiet: int = 0
    """Windows below the threshold, one after the other."""

    def say(self, change: AlertChange, number: int, value: int) -> Change:
        """Give the next thing to be said of it."""
        self.revision, self.value, self.said_number = self.revision + 1, value, number
        return Change(self.rule, self.scope, change, self.opening_id, self.opened_at_ms, number, self.revision, value)


@dataclass(slots=True)
class AlertBook:
    """Which alerts stand, and the windows before this one as far as rules look back."""

    rules: Sequence[AlertRule] = ALERTS
    window_ms: int = WINDOW_MS
    standing: dict[str, Opening] = field(default_factory=dict)
    """By series."""
    _recent: dict[str, dict[Series, list[tuple[int, int]]]] = field(default_factory=dict)
    """Values of rules that look back, by rule and scope, with the window."""

    def judge(self, number: int, values: Mapping[Series, Values]) -> list[Change]:
        """Judge the next window."""
        found: list[Change] = []
        for rule in self.rules:
            current = self._looked_back(rule, number, _measured(rule, values))
            stands = {opening.scope for opening in self.standing.values() if opening.rule.name == rule.name}
            for scope in sorted(stands | current.keys()):
                found += self._judged(rule, scope, number, current.get(scope, 0))
        return found

    def adopt(self, alerts: Iterable[OpsAlert]) -> list[OpsAlert]:
        """Go on with what the process before said stands, under its openings, and with nothing else.

        What does not stand any more is closed when it has been quiet as long as any other. Gives those whose rule is gone.
        """
        before, self.standing = self.standing, {}
        rules = {rule.name: rule for rule in self.rules}
        orphans = []
        for alert in alerts:
            rule, known = rules.get(alert.alert), before.get(alert.series)
            if rule is None:
                orphans.append(alert)
                continue
            self.standing[alert.series] = Opening(
                rule,
                Series(rule.name, alert.service or "", alert.district or "", alert.kind or ""),
                alert.opening_id,
                round(alert.opened_at.timestamp() * 1000),
                alert.revision,
                alert.value,
                round(alert.judged_at.timestamp() * 1000) // self.window_ms - 1,
                0 if known is None else known.quiet,
            )
        return orphans

    def _looked_back(self, rule: AlertRule, number: int, measured: Mapping[Series, int]) -> Mapping[Series, int]:
        if rule.windows == 1:
            return measured
        recent = self._recent.setdefault(rule.name, {})
        for scope, value in measured.items():
            recent.setdefault(scope, []).append((number, value))
        found = {}
        for scope in list(recent):
            recent[scope] = kept = [(at, value) for at, value in recent[scope] if number - rule.windows < at <= number]
            if kept:
                found[scope] = _together(rule.value_names[0], (value for _, value in kept))
            else:
                del recent[scope]
        return found

    def _judged(self, rule: AlertRule, scope: Series, number: int, value: int) -> Iterator[Change]:
        series = scope.text
        opening = self.standing.get(series)
        if opening is None:
            if value >= rule.threshold:
                opened_at_ms = (number + 1) * self.window_ms
                opening_id = derived_id(("ops-alert", series, str(opened_at_ms)))
                opening = Opening(rule, scope, opening_id, opened_at_ms, 0, value, number)
                self.standing[series] = opening
                yield opening.say(AlertChange.OPENED, number, value)
            return
        opening.quiet = 0 if value >= rule.threshold else opening.quiet + 1
        if opening.quiet >= rule.closes_after:
            del self.standing[series]
            yield opening.say(AlertChange.CLOSED, number, value)
        elif not opening.quiet and value != opening.value and rule.is_said_again(number - opening.said_number):
            yield opening.say(AlertChange.UPDATED, number, value)


def _measured(rule: AlertRule, values: Mapping[Series, Values]) -> dict[Series, int]:
    """Give the rule's value of one window by scope. The scope carries the alert's name in the indicator's place."""
    found: dict[Series, int] = {}
    for series, own in values.items():
        if series.indicator != rule.indicator:
            continue
        value = sum(own.get(name, 0) for name in rule.value_names)
        if value:
            scope = _scope(rule, series)
            found[scope] = _together(rule.value_names[0], (found.get(scope, 0), value))
    return found


def _scope(rule: AlertRule, series: Series) -> Series:
    return Series(
        rule.name,
        series.service if Scope.SERVICE in rule.by else "",
        series.district if Scope.DISTRICT in rule.by else "",
        series.kind if Scope.KIND in rule.by else "",
    )


def _together(name: str, values: Iterable[int]) -> int:
    return max(values) if name.endswith(MAXIMUM) else sum(values)
