"""How values are written for people: amounts, dates, instants, codes. For templates."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from schemas.decision import LEGAL_ZONE
from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.monitoring.alerts_catalogue import BY_NAME
from services.page.store.answers import Alert
from services.page.web.runbooks import address_of_runbook, names

DISTRICT_NAMES_EN: Mapping[str, str] = {
    "371002": "Huancui",
    "371003": "Wendeng",
    "371071": "Torch High-tech Zone",
    "371072": "Economic Zone",
    "371073": "Lingang Zone",
    "371082": "Rongcheng",
    "371083": "Rushan",
}
_DISTRICT_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": DISTRICT_NAMES_EN,
    "zh": {one.value: name for one, name in DISTRICT_NAMES_ZH.items()},
}
FEN_A_YUAN = 100
SECONDS_A_MINUTE, SECONDS_A_HOUR, SECONDS_A_DAY = 60, 3_600, 86_400
_LENGTHS = (
    (SECONDS_A_DAY, "天", "d"),
    (SECONDS_A_HOUR, "小时", "h"),
    (SECONDS_A_MINUTE, "分钟", "min"),
    (1, "秒", "s"),
)
_REACHES_S = ((5 * SECONDS_A_HOUR, "six-hours"), (20 * SECONDS_A_HOUR, "day"), (6 * SECONDS_A_DAY, "week"))
"""Spans of the indicators in which an alert is seen that was opened less than this before."""


def yuan(fen: int) -> str:
    """Write an amount: `1,234.50`."""
    whole, rest = divmod(abs(fen), FEN_A_YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def number(value: float) -> str:
    """Write a count: `12,345`; a measure with one digit behind the point."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def day(value: date | None) -> str:
    """Write a legal date."""
    return "—" if value is None else value.isoformat()


def instant(value: datetime | None) -> str:
    """Write an instant in the zone of the law, to the second."""
    return "—" if value is None else value.astimezone(LEGAL_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def machine_instant(value: datetime | None) -> str:
    """Write an instant for a `datetime` attribute."""
    return "" if value is None else value.astimezone(UTC).isoformat()


def ago(value: datetime | None, now: datetime, language: str = "zh") -> str:
    """Say how long ago something was, in its greatest unit."""
    if value is None:
        return "—"
    seconds = max(0, int((now - value).total_seconds()))
    units = (
        (SECONDS_A_DAY, "天", "d"),
        (SECONDS_A_HOUR, "小时", "h"),
        (SECONDS_A_MINUTE, "分", "min"),
        (1, "秒", "s"),
    )
    size, chinese, english = next((unit for unit in units if seconds >= unit[0]), units[-1])
    return f"{seconds // size}{chinese}前" if language == "zh" else f"{seconds // size} {english} ago"


def district(code: str, language: str = "zh") -> str:
    """Name a district; a code that is none stays as it is."""
    return _DISTRICT_NAMES[language].get(code, code) if code else "—"


def alarm(alert: Alert) -> str:
    """Tell an alert in the words of whoever raised it; its name where monitoring knows it no more."""
    rule = BY_NAME.get(alert.alert)
    return alert.alert if rule is None else rule.sentence.format(value=number(alert.value), threshold=alert.threshold)


def runbook_address(alert: Alert) -> str:
    """Give where the page serves the runbook of an alert; empty where this release has none of it."""
    name = PurePosixPath(alert.runbook).stem
    return address_of_runbook(name) if name in names() else ""


def alarm_words(name: str) -> str:
    """Tell what an alert of monitoring is about, with blanks for its figures; empty for one of Prometheus."""
    rule = BY_NAME.get(name)
    return "" if rule is None else rule.sentence.format(value="…", threshold=rule.threshold)


def alert_query(alert: Alert, now: datetime) -> str:
    """Write the query of the address that shows the indicator an alert rests on, far enough back to see it opened."""
    age_s = (now - alert.opened_at).total_seconds()
    span = next((span for reach_s, span in _REACHES_S if age_s < reach_s), "month")
    asked = {
        "indicator": alert.indicator,
        "span": span,
        "service": alert.service,
        "district": alert.district,
        "kind": alert.kind,
    }
    return urlencode({name: value for name, value in asked.items() if value})


def length_of(step: timedelta, language: str = "zh") -> str:
    """Write how long a step is, in its greatest unit."""
    seconds = int(step.total_seconds())
    size, chinese, english = next(unit for unit in _LENGTHS if seconds % unit[0] == 0)
    return f"{seconds // size} {chinese if language == 'zh' else english}"


def as_data(value: Any) -> str:
    """Write plain values for a `data-…` attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


FILTERS: Mapping[str, Callable[..., str]] = {
    "yuan": yuan,
    "number": number,
    "day": day,
    "instant": instant,
    "machine_instant": machine_instant,
    "ago": ago,
    "district": district,
    "alarm": alarm,
    "alarm_words": alarm_words,
    "alert_query": alert_query,
    "runbook_address": runbook_address,
    "length_of": length_of,
    "as_data": as_data,
}
"""Filters of the templates by name."""
