"""Charts and tables of an indicator: what a template shows, made from what the store answers. Pure.

Every chart has its table with the same numbers. Steps that monitoring has not closed yet are left open: nothing is known of them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.page.store.answers_indicators import Measured, MeasuredScope, MeasuredStep, Split
from services.page.web.measures import Chart, Line, Measure, Share

NAME_MAX = 14
LINES_MAX = 6
"""As many as there are colours; what is beyond stands in the table of scopes."""
REST = "其余"
Values = Mapping[str, int]
Named = Callable[[str], str]
"""Writes a title, or the code of a service, district or kind, for people."""


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One step of a table; `corrected`: windows in it that were said again."""

    begins_at: datetime
    corrected: int
    cells: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart with its table: `data` is what the page's script draws, `rows` come the latest first, without empty steps."""

    title: str
    unit: str
    names: tuple[str, ...]
    data: Mapping[str, object]
    rows: tuple[DrawnRow, ...]
    left_out: int
    """Lines that are only in the table of scopes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number above the charts. `latest`: of what stands, how it is now; None where it is not known."""

    title: str
    unit: str
    value: float | None
    is_standing: bool
    latest: float | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """One line as it is drawn: a value of one part, or of what is beyond the parts that are drawn."""

    name: str
    line: Line
    parts: tuple[str, ...]

    def cell(self, step: MeasuredStep) -> float | None:
        """Give its value in a step; None where there is none to give."""
        return _sum_of(
            [value for part in self.parts if (value := value_of(self.line, step.values.get(part, {}))) is not None]
        )


def _sum_of(values: Sequence[float]) -> float | None:
    return round(sum(values), 2) if values else None


def value_of(line: Line, values: Values) -> float | None:
    """Give what a line says of values: 0 of what is counted and did not happen, None of an average of nothing."""
    if line.over:
        count = values.get(line.over, 0)
        return round(values.get(line.value, 0) / count, 1) if count else None
    value = values.get(line.value, 0)
    return value if line.scale == 1 else round(value / line.scale, 2)


def drawn(
    measure: Measure,
    found: Measured,
    split: Split,
    label: Callable[[datetime], str],
    named: Named,
    *,
    is_standing: bool,
) -> list[Drawn]:
    """Give the charts: each value of a measure as a line, or split by something each value as a chart of its own."""
    if split is Split.NOTHING:
        return [
            _drawn(chart, [_Column(named(line.title), line, ("",)) for line in chart.lines], found, label, named, 0)
            for chart in measure.charts
        ]
    charts = []
    for chart in measure.charts:
        for line in chart.lines:
            columns, left_out = _columns(line, found, split, named, adds=chart.is_added and not is_standing)
            title = chart.title if len(chart.lines) == 1 else f"{named(chart.title)} · {named(line.title)}"
            one = Chart(title, chart.unit, (line,), chart.is_added)
            charts.append(_drawn(one, columns, found, label, named, left_out))
    return charts


def _columns(line: Line, found: Measured, split: Split, named: Named, *, adds: bool) -> tuple[list[_Column], int]:
    """The greatest parts, and one for all others where they may be added up."""
    sizes: dict[str, float] = {}
    for step in found.steps:
        for part, values in step.values.items():
            if line.value in values:
                sizes[part] = sizes.get(part, 0) + (value_of(line, values) or 0)
    parts = sorted(sizes, key=lambda part: (-sizes[part], part))
    names = names_of(found, split, named)
    if len(parts) <= LINES_MAX:
        return [_Column(names(part), line, (part,)) for part in parts], 0
    shown = LINES_MAX - 1 if adds else LINES_MAX
    columns = [_Column(names(part), line, (part,)) for part in parts[:shown]]
    return [*columns, _Column(named(REST), line, tuple(parts[shown:]))] if adds else columns, len(parts) - shown


def names_of(found: Measured, split: Split, named: Named) -> Named:
    """Give what names the parts, each by another name: services and kinds as the store calls them, districts as the page does.

    A long name is cut; where two would be the same, both go by their codes.
    """
    known = {Split.SERVICE: found.services, Split.KIND: found.kinds}.get(split, {})
    cut = {code: name if len(name) <= NAME_MAX else f"{name[:NAME_MAX]}…" for code, name in known.items()}
    times = Counter(cut.values())
    own = {code: name if times[name] == 1 else code for code, name in cut.items()}
    return lambda part: own.get(part) or (named(part) if part else "—")


def _drawn(
    chart: Chart,
    columns: Sequence[_Column],
    found: Measured,
    label: Callable[[datetime], str],
    named: Named,
    left_out: int,
) -> Drawn:
    is_known = [found.measured_until is not None and step.begins_at < found.measured_until for step in found.steps]
    cells = [
        tuple(_filled(column, step) if known else None for column in columns)
        for step, known in zip(found.steps, is_known, strict=True)
    ]
    series = [{"name": column.name, "values": [row[place] for row in cells]} for place, column in enumerate(columns)]
    kind = "columns" if chart.is_added else "curves"
    data = {"kind": kind, "labels": [label(step.begins_at) for step in found.steps], "series": series}
    rows = [
        DrawnRow(step.begins_at, step.corrected, row)
        for step, row in zip(found.steps, cells, strict=True)
        if step.values and any(cell is not None for cell in row)
    ]
    return Drawn(
        chart.title, chart.unit, tuple(column.name for column in columns), data, tuple(reversed(rows)), left_out
    )


def _filled(column: _Column, step: MeasuredStep) -> float | None:
    """A step in which nothing was said had nothing: 0, where it is not an average."""
    value = column.cell(step)
    return 0 if value is None and not column.line.over else value


def figures(measure: Measure, found: Measured, *, is_standing: bool) -> list[Figure]:
    """Give what it all comes to: sums of what is counted, the highest of what stands and how it is now."""
    return [
        Figure(
            line.title,
            chart.unit,
            value_of(line, found.whole),
            is_standing,
            value_of(line, found.latest) if is_standing and found.measured_until else None,
        )
        for chart in measure.charts
        for line in chart.lines
    ]


def shares(measure: Measure, found: Measured) -> list[tuple[Share, float]]:
    """Give the shares that can be told, in percent."""
    told = []
    for share in measure.shares:
        of = sum(found.whole.get(name, 0) for name in share.whole)
        if of:
            told.append((share, round(100 * found.whole.get(share.part, 0) / of, 1)))
    return told


def scope_rows(measure: Measure, found: Measured) -> list[tuple[MeasuredScope, tuple[float | None, ...]]]:
    """Give the scopes with what every line says of them, the greatest first."""
    lines = [line for chart in measure.charts for line in chart.lines]
    rows = [(scope, tuple(value_of(line, scope.values) for line in lines)) for scope in found.scopes]
    return sorted(rows, key=lambda row: tuple(-(cell or 0) for cell in row[1]))
