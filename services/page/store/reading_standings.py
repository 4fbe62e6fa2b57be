"""What stands, read hour by hour: how high it stood at most, of all scopes together that are asked for.

No database adds windows up before it looks for the highest of a month without reading every value of it; here an hour's values lie beside each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.ops import LARGEST
from services.page.store.answers import Access
from services.page.store.answers_indicators import IndicatorFilter, Split
from services.page.store.applying_hours import windows_within
from services.page.store.changes import micros_of
from services.page.store.masking import storable
from services.page.store.projection_hours import hour_rows
from services.page.store.reading_ops import may_see
from services.page.store.reading_windows import Scope, Together, closed_hours

_MICROSECONDS_A_SECOND = 1_000_000
_decode = msgspec.json.Decoder(dict[str, list[int]]).decode
Values = Mapping[str, Sequence[int]]
"""Of an hour, by name: one value for each window."""


class Hour(NamedTuple):
    """An hour of one series."""

    starts_at: int
    service: str
    district: str
    kind: str
    values: str
    corrected: int

    @property
    def scope(self) -> Scope:
        """What it is of."""
        return self.service, self.district, self.kind


async def hours_of(
    connection: AsyncConnection, access: Access, wanted: IndicatorFilter, open_hours: Sequence[int]
) -> list[Hour]:
    """The hours asked for, whatever narrows their scope; those still open are put together here."""
    found = [Hour(*row) for row in await closed_hours(connection, access, wanted, open_hours)]
    for hour in open_hours:
        rows = hour_rows(await windows_within(connection, storable(wanted.indicator), hour))
        seen = (row for row in rows if may_see(access, row["district"]))
        found += [Hour(*(row[name] for name in ("hour_starts_at", *Hour._fields[1:]))) for row in seen]
    return found


def highest(hours: Iterable[Hour], wanted: IndicatorFilter) -> Together:
    """Put hours together."""
    found = Together()
    by_hour: dict[int, dict[str, list[Values]]] = defaultdict(lambda: defaultdict(list))
    for hour in hours:
        values = _decode(hour.values)
        _raise(found.scopes[hour.scope], [values])
        if not _is_wanted(hour, wanted):
            continue
        by_hour[hour.starts_at][getattr(hour, wanted.split) if wanted.split else ""].append(values)
        if hour.corrected:
            step = _step(hour.starts_at, wanted)
            found.corrected[step] = found.corrected.get(step, 0) + hour.corrected
    for starts_at, parts in by_hour.items():
        for part, together in parts.items():
            _raise(found.steps[_step(starts_at, wanted)].setdefault(part, {}), together)
        if wanted.split is not Split.NOTHING:
            _raise(found.whole, [values for together in parts.values() for values in together])
    if wanted.split is Split.NOTHING:
        for values_of_step in found.steps.values():
            _raise(found.whole, [{name: [value] for name, value in values_of_step[""].items()}])
    return found


def _raise(known: dict[str, int], together: Sequence[Values]) -> None:
    """Let values be as high as these stood together."""
    by_name = defaultdict[str, list[Sequence[int]]](list)
    for values in together:
        for name, heights in values.items():
            by_name[name].append(heights)
    for name, parts in by_name.items():
        top = (
            max(map(max, parts))
            if len(parts) == 1 or name.endswith(LARGEST)
            else max(map(sum, zip(*parts, strict=True)))
        )
        known[name] = max(known.get(name, top), top)


def _is_wanted(hour: Hour, wanted: IndicatorFilter) -> bool:
    asked = (storable(wanted.service), storable(wanted.district), storable(wanted.kind))
    return all(value in ("", own) for value, own in zip(asked, hour.scope, strict=True))


def _step(starts_at: int, wanted: IndicatorFilter) -> int:
    return (starts_at - micros_of(wanted.begins_at)) // (int(wanted.step.total_seconds()) * _MICROSECONDS_A_SECOND)
