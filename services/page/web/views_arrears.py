"""*Arrears*: 底数, 结构, 清单 with filters and paging; a case's timeline; what is due for me; taking the list away as a file."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response, StreamingResponse
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas.decision import legal_date
from schemas.page import PageAct
from services.arrears.inventory_bands import AGE_BANDS, AMOUNT_BANDS, COHORT_NAMES_ZH
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.page.store.answers import Page
from services.page.store.answers_arrears import InventoryFilter, InventoryRow, InventorySort
from services.page.web.desk import Sums, Visit, language_of, text_of, with_right
from services.page.web.exports import CSV_TYPE, XLSX_TYPE, csv_lines, xlsx_bytes
from services.page.web.list_rows import written
from services.page.web.people import Right
from services.page.web.refused import RefusedHereError
from services.page.web.texts import text_in

ROWS_SHOWN = 100
ROWS_OF_A_PAGE_MAX = 500
EXPORT_ROWS_MAX = 100_000
Code = Annotated[str, Field(max_length=60)]

CHOICES: Mapping[str, Mapping[str, str]] = {
    "cohort": {cohort.value: name for cohort, name in COHORT_NAMES_ZH.items()},
    "amount": {band.name: band.name_zh for band in AMOUNT_BANDS},
    "age": {band.name: band.name_zh for band in AGE_BANDS},
    "stage": {str(stage): name for stage, name in STAGE_NAMES_ZH.items()},
    "measure": {str(measure): name for measure, name in MEASURE_NAMES_ZH.items()},
}
"""What the filters offer: code and name, as the inventory has them."""

router = APIRouter()


class Wanted(BaseModel):
    """What an address asks for; what is not here is refused."""

    model_config = ConfigDict(extra="forbid")

    district: Code = ""
    cohort: Code = ""
    amount: Code = ""
    age: Code = ""
    stage: Code = ""
    measure: Code = ""
    officer: Code = ""
    overdue: bool = False
    text: Annotated[str, Field(max_length=100)] = ""
    sort: InventorySort = InventorySort.PRINCIPAL
    descending: bool = True
    rows: Annotated[int, Field(ge=1, le=ROWS_OF_A_PAGE_MAX)] = ROWS_SHOWN
    after: Annotated[str, Field(max_length=1_000)] = ""

    @field_validator("overdue", "descending", mode="before")
    @classmethod
    def _empty_is_no(cls, value: object) -> object:
        return False if value == "" else value

    def filter(self, visit: Visit) -> InventoryFilter:
        """Give it as the store takes it."""
        return InventoryFilter(
            districts=frozenset({self.district}) if self.district else frozenset(),
            cohort=self.cohort,
            amount=self.amount,
            age=self.age,
            stage=self.stage,
            measure=self.measure,
            officer=self.officer,
            overdue_on=legal_date(visit.desk.now()) if self.overdue else None,
            text=self.text.strip(),
        )

    @cached_property
    def values(self) -> Mapping[str, object]:
        """What is asked for, as an address says it. A page with all its links looks here some fifty times."""
        return self.model_dump(mode="json")

    def query(self, **changed: object) -> str:
        """Write it as the query of an address, with some of it changed."""
        values = {**self.values, **changed}
        return urlencode({name: value for name, value in values.items() if value != DEFAULTS[name]})


DEFAULTS: Mapping[str, object] = Wanted().values
"""What an address need not say."""


@router.get("/arrears")
async def arrears(
    visit: Annotated[Visit, with_right(Right.SEE_ARREARS)], wanted: Annotated[Wanted, Query()]
) -> Response:
    """Show totals, structure and the first page of the list; asked for by htmx, what the filters change."""
    chosen = wanted.filter(visit)
    key = (visit.access, chosen, language_of(visit.request), wanted.query(after=""))
    sums = await visit.desk.sums.of(key, lambda: _sums(visit, wanted, chosen))
    page = await _rows(visit, wanted, chosen)
    return visit.page(
        "arrears_part.html" if visit.is_partial else "arrears.html",
        wanted=wanted,
        totals=sums.totals,
        structure=sums.structure,
        filters=sums.filters,
        list=page,
        lines=_lines(visit, page),
    )


@router.get("/arrears/rows")
async def more_rows(
    visit: Annotated[Visit, with_right(Right.SEE_ARREARS)], wanted: Annotated[Wanted, Query()]
) -> Response:
    """Give the next rows of the list."""
    page = await _rows(visit, wanted, wanted.filter(visit))
    return visit.page("arrears_rows.html", wanted=wanted, list=page, lines=_lines(visit, page))


@router.get("/arrears/due")
async def due(visit: Annotated[Visit, with_right(Right.SEE_ARREARS)], everybody: bool = False) -> Response:
    """Show what is due up to today for who asks."""
    today = legal_date(visit.desk.now())
    day = (await visit.queries.overview(visit.access, visit.desk.now())).day or today
    items = await visit.queries.due(visit.access, "" if everybody else visit.person.number, day)
    return visit.page("due.html", items=items, day=day, everybody=everybody)


@router.get("/arrears/export.{form}")
async def export(
    visit: Annotated[Visit, with_right(Right.EXPORT)],
    form: Annotated[str, Path(pattern="^(csv|xlsx)$")],
    wanted: Annotated[Wanted, Query()],
) -> Response:
    """Give the list as a file; that it was taken away is recorded first."""
    chosen = wanted.filter(visit)
    found = await visit.queries.totals(visit.access, chosen)  # what may not be seen is refused before anything is said
    if found.total.units > EXPORT_ROWS_MAX:  # a file that is cut off looks as whole as any other
        raise RefusedHereError(409, "export-too-large", wanted.query(after="") or "all")
    fact = visit.desk.recorder.act(
        PageAct.EXPORTED,
        visit.person,
        f"export-{form}",
        items=[wanted.query(after="") or "all"],
        district=wanted.district,
    )
    await visit.desk.recorder.write(fact)
    name = f"arrears-{legal_date(visit.desk.now()).isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "csv":
        lines = csv_lines(visit.queries, visit.access, chosen, wanted.sort, wanted.descending, EXPORT_ROWS_MAX)
        return StreamingResponse(lines, media_type=CSV_TYPE, headers=headers)
    content = await xlsx_bytes(visit.queries, visit.access, chosen, wanted.sort, wanted.descending, EXPORT_ROWS_MAX)
    return Response(content, media_type=XLSX_TYPE, headers=headers)


@router.get("/cases/{key}")
async def case(
    visit: Annotated[Visit, with_right(Right.SEE_ARREARS)], key: Annotated[str, Path(max_length=200)]
) -> Response:
    """Tell a case from the beginning."""
    story = await visit.queries.story(visit.access, key)
    if story is None:
        raise RefusedHereError(404, "case-unknown", key)
    return visit.page("case.html", story=story)


@router.get("/search")
async def search(
    visit: Annotated[Visit, with_right(Right.SEE_ARREARS)], text: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Find units, cases and dead letters."""
    found = await visit.queries.search(visit.access, text.strip()) if text.strip() else ()
    return visit.page("search.html", text=text, found=found)


async def _sums(visit: Visit, wanted: Wanted, chosen: InventoryFilter) -> Sums:
    """Give 底数, and as they are shown, 结构 and the form that chooses: they hang on nothing but what was asked for."""
    totals, structure = await visit.queries.figures(visit.access, chosen)
    request, districts = visit.request, sorted(visit.person.districts)
    return Sums(
        totals,
        _ours(text_of(request, "structure.html", wanted=wanted, structure=structure)),
        _ours(text_of(request, "arrears_filters.html", wanted=wanted, choices=CHOICES, districts=districts)),
    )


def _ours(shown: str) -> Markup:
    return Markup(shown)  # noqa: S704 — a template of ours, which escaped what it was given


async def _rows(visit: Visit, wanted: Wanted, chosen: InventoryFilter) -> Page[InventoryRow]:
    return await visit.queries.inventory(
        visit.access, chosen, wanted.sort, descending=wanted.descending, rows=wanted.rows, after=wanted.after
    )


def _lines(visit: Visit, page: Page[InventoryRow]) -> Markup:
    language = language_of(visit.request)
    return written(page.rows, language, text_in(language))
