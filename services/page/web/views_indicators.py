"""*Indicators*: what monitoring measured of the mesh, over time and by service, district and kind."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.decision import LEGAL_ZONE
from schemas.ops import STANDINGS, Indicator
from services.page.store.answers import EVERY_DISTRICT
from services.page.store.answers_indicators import IndicatorFilter, Split
from services.page.web.desk import Visit, language_of, with_right
from services.page.web.measure_charts import drawn, figures, scope_rows, shares
from services.page.web.measures import MEASURES, Measure
from services.page.web.people import Right
from services.page.web.shown import district
from services.page.web.texts import text_in


class Span(StrEnum):
    """How far back is looked."""

    HOUR = "hour"
    SIX_HOURS = "six-hours"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Steps(NamedTuple):
    """A span as it is shown: its steps, and how an instant is written below the chart."""

    title: str
    steps: int
    step: timedelta
    label: str


SPANS: Mapping[Span, Steps] = {
    Span.HOUR: Steps("一小时", 60, timedelta(minutes=1), "%H:%M"),
    Span.SIX_HOURS: Steps("六小时", 72, timedelta(minutes=5), "%H:%M"),
    Span.DAY: Steps("一天", 96, timedelta(minutes=15), "%H:%M"),
    Span.WEEK: Steps("七天", 84, timedelta(hours=2), "%m-%d %H:%M"),
    Span.MONTH: Steps("三十天", 30, timedelta(days=1), "%m-%d"),
}
"""Steps divide a day, and begin with it where the law counts it."""
BY_VALUE = "value"

router = APIRouter()


class Wanted(BaseModel):
    """What an address asks for; what is not here is refused.

    `of`: the indicator for which kind and split were chosen; another one begins without them.
    """

    model_config = ConfigDict(extra="forbid")

    indicator: Indicator = Indicator.DECISIONS
    span: Span = Span.DAY
    service: Annotated[str, Field(max_length=100)] = ""
    district: Annotated[str, Field(max_length=60)] = ""
    kind: Annotated[str, Field(max_length=100)] = ""
    by: Annotated[str, Field(pattern="^(|value|service|district|kind)$")] = ""
    of: Annotated[str, Field(max_length=60)] = ""

    @property
    def measure(self) -> Measure:
        """How it is shown."""
        return MEASURES[self.indicator]

    @property
    def split(self) -> Split:
        """By what it is drawn: as asked for, where the indicator is told apart by that."""
        if self.by == BY_VALUE:
            return Split.NOTHING
        return Split(self.by) if self.by in self.measure.splits else self.measure.first_split

    def settled(self) -> "Wanted":
        """Give it without what its indicator has not, and without what was chosen for another."""
        kept = self.model_copy(update={"of": ""})
        if self.of not in ("", self.indicator):
            kept.by = kept.kind = ""
        for name in Split.SERVICE, Split.DISTRICT, Split.KIND:
            if name not in self.measure.splits:
                setattr(kept, name, "")
        return kept

    def query(self, **changed: object) -> str:
        """Write it as the query of an address, with some of it changed."""
        values = self.model_dump(mode="json") | changed
        return urlencode({name: value for name, value in values.items() if value})


@router.get("/indicators")
async def indicators(visit: Annotated[Visit, with_right(Right.SEE_NOW)], asked: Annotated[Wanted, Query()]) -> Response:
    """Show an indicator as charts and tables; asked for by htmx, with the form that chooses it."""
    wanted, language = asked.settled(), language_of(visit.request)
    span, measure, is_standing = SPANS[wanted.span], wanted.measure, wanted.indicator in STANDINGS
    found = await visit.queries.measured(
        visit.access,
        IndicatorFilter(
            indicator=wanted.indicator,
            begins_at=begins_at(span, visit.desk.now()),
            step=span.step,
            steps=span.steps,
            service=wanted.service,
            district=wanted.district,
            kind=wanted.kind,
            split=wanted.split,
        ),
    )
    return visit.page(
        "indicators_part.html" if visit.is_partial else "indicators.html",
        wanted=wanted,
        measure=measure,
        measures=MEASURES,
        spans=SPANS,
        is_standing=is_standing,
        found=found,
        figures=figures(measure, found, is_standing=is_standing),
        shares=shares(measure, found),
        charts=drawn(measure, found, wanted.split, _label(span), _named(language), is_standing=is_standing),
        scopes=scope_rows(measure, found),
        services=_choices(wanted.service, found.services),
        kinds=_choices(wanted.kind, found.kinds),
        corrected=sum(step.corrected for step in found.steps),
        districts=sorted(visit.person.districts),
    )


def begins_at(span: Steps, now: datetime) -> datetime:
    """Give where the first step begins, so that the last is the one in which it is now."""
    local = now.astimezone(LEGAL_ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (local - midnight) // span.step * span.step - span.step * (span.steps - 1)


def _choices(chosen: str, met: Mapping[str, str]) -> Mapping[str, str]:
    """Give what may be chosen: what was met, and what was chosen although it was not."""
    return dict(met) if chosen in ("", *met) else {chosen: chosen, **met}


def _label(span: Steps) -> Callable[[datetime], str]:
    return lambda at: at.astimezone(LEGAL_ZONE).strftime(span.label)


def _named(language: str) -> Callable[[str], str]:
    told = text_in(language)
    return lambda text: district(text, language) if text in EVERY_DISTRICT else told(text)
