"""What a number is of, and how numbers of the same are put together."""

from typing import NamedTuple

from schemas.ops import series_of

MAXIMUM = "_max"
"""A value with this ending is the largest that was met; all others are sums."""

Values = dict[str, int]


class Series(NamedTuple):
    """An indicator with its scope; empty where it is not split by that."""

    indicator: str
    service: str = ""
    district: str = ""
    kind: str = ""

    @property
    def text(self) -> str:
        """Its name, which is also the key of its records."""
        return series_of(*self)


def put(found: dict[Series, Values], series: Series, name: str, amount: int = 1) -> None:
    """Add to one value of a series, or raise it to the largest."""
    values = found.setdefault(series, {})
    known = values.get(name, 0)
    values[name] = max(known, amount) if name.endswith(MAXIMUM) else known + amount
