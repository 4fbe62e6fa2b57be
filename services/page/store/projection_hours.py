"""What the windows of an hour come to, of one indicator, so that a month is read at once. Pure.

What is counted is added up. Of what stands nothing can be added up over time, and which window is the highest hangs on the scopes that somebody
sees; so an hour holds the values of its windows beside each other, of windows that are alike only one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from schemas.ops import LARGEST, STANDINGS
from services.page.store.changes import Row

HOUR = timedelta(hours=1)
HOUR_MICROS = HOUR // timedelta(microseconds=1)
_encode, _decode = msgspec.json.Encoder(order="sorted").encode, msgspec.json.Decoder(dict[str, int]).decode


class Window(NamedTuple):
    """A window of a series, as its row has it."""

    series: str
    window_starts_at: int
    revision: int
    indicator: str
    service: str
    district: str
    kind: str
    values: str


def hour_of(micros: int) -> int:
    """Where the hour of an instant begins, both in microseconds since 1970."""
    return micros // HOUR_MICROS * HOUR_MICROS


def hour_rows(windows: Iterable[Window]) -> list[Row]:
    """Give the rows of an hour of one indicator, one for each series.

    Their `values` are JSON: by name a sum (or the largest), or of what stands a list, whose places are the same windows in every series. A
    series that says nothing of a window counts nothing in it.
    """
    by_series = defaultdict[str, list[Window]](list)
    for window in windows:
        by_series[window.series].append(window)
    if any(found[0].indicator in STANDINGS for found in by_series.values()):
        values = _beside_each_other(by_series)
        return [_row(found, values[series]) for series, found in by_series.items()]
    return [_row(found, _together(found)) for found in by_series.values()]


def _row(found: Sequence[Window], values: Mapping[str, Any]) -> Row:
    return {
        "series": found[0].series,
        "hour_starts_at": hour_of(found[0].window_starts_at),
        "indicator": found[0].indicator,
        "service": found[0].service,
        "district": found[0].district,
        "kind": found[0].kind,
        "values": _encode(values).decode(),
        "corrected": sum(window.revision > 1 for window in found),
    }


def _together(windows: Iterable[Window]) -> dict[str, int]:
    whole: dict[str, int] = {}
    for window in windows:
        for name, value in _decode(window.values).items():
            whole[name] = max(whole.get(name, value), value) if name.endswith(LARGEST) else whole.get(name, 0) + value
    return whole


def _beside_each_other(by_series: Mapping[str, Sequence[Window]]) -> dict[str, dict[str, list[int]]]:
    """Values of each series and name, one for each window that is like none before it."""
    by_window: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for series, windows in by_series.items():
        for window in windows:
            for name, value in _decode(window.values).items():
                by_window[window.window_starts_at][series, name] = value
    said = sorted({place for values in by_window.values() for place in values})
    columns = dict.fromkeys(tuple(by_window[start].get(place, 0) for place in said) for start in sorted(by_window))
    found: dict[str, dict[str, list[int]]] = {series: {} for series in by_series}
    for (series, name), values in zip(said, zip(*columns, strict=True), strict=True):
        found[series][name] = list(values)
    return found
