"""*Indicators*: each that monitoring says has its view; charts with their tables, later values, and ways in from *Now* and alerts."""

import html
import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from schemas.fact import Fact
from schemas.ops import AlertChange, Indicator, OpsAlert, OpsIndicator, series_of
from schemas.vocabulary import District
from services.page.web.measures import MEASURES
from services.runtime.records import derived_id
from tests.harness.page_desk import SUN, WANG, PageDesk, page_desk
from tests.services.console.towns import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTE = timedelta(minutes=1)
_CHART = re.compile(r'data-chart="([^"]+)"')


def window(
    indicator: Indicator,
    starts_at: datetime,
    values: Mapping[str, int],
    service: str | None = None,
    district: District | None = None,
    kind: str | None = None,
    revision: int = 1,
) -> OpsIndicator:
    return OpsIndicator(
        series=series_of(indicator, service, district, kind),
        service=service,
        district=district,
        kind=kind,
        revision=revision,
        indicator_id=derived_id((indicator, service or "", district or "", kind or "", str(starts_at), str(revision))),
        indicator=indicator,
        window_starts_at=starts_at,
        window_ends_at=starts_at + MINUTE,
        values=dict(values),
    )


def alert(opened_at: datetime) -> OpsAlert:
    return OpsAlert(
        series=series_of("deliveries-failing", None, None, "telephone"),
        kind="telephone",
        alert_id="alert-1",
        opening_id="opening-1",
        alert="deliveries-failing",
        change=AlertChange.OPENED,
        indicator=Indicator.DELIVERIES,
        value_name="failed",
        value=21,
        threshold=20,
        opened_at=opened_at,
        judged_at=opened_at,
        runbook="docs/runbooks/deliveries-failing.md",
    )


def said(town: Town) -> list[Fact]:
    at = town.twin.clock.replace(second=0, microsecond=0) - 3 * MINUTE
    delivered = {"delivered": 30, "failed": 10}
    return [
        window(Indicator.DECISIONS, at, {"decided": 5}, "arrears"),
        window(Indicator.DECISIONS, at, {"decided": 1_234, "refused": 6}, "arrears", revision=2),
        window(Indicator.BACKLOG, at + MINUTE, {"records": 77, "oldest_age_s": 12}, "cards"),
        window(Indicator.DELIVERIES, at, delivered, district=District.WENDENG, kind="telephone"),
        window(Indicator.DELIVERIES, at, {"delivered": 555}, district=District.RUSHAN, kind="telephone"),
        *(window(Indicator.REASONS, at, {"entries": 10 + n}, "arrears", kind=f"reason-{n}") for n in range(8)),
        window(Indicator.CARDS, at, {"issued": 3, "timed": 2, "minutes_sum": 25}, None, District.WENDENG, "hc-1"),
        alert(at),
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PageDesk]:
    town = Town()
    for number, fact in enumerate(said(town)):
        town.twin.publish(fact, source="/services/monitoring", event_id=f"said-{number}")
    async with page_desk(town.twin, Path(tmp_path_factory.mktemp("indicators"))) as desk:
        yield desk


async def shown(page: PageDesk, query: str = "", person: object = SUN, **headers: str) -> str:
    async with page.client(person) as browser:  # type: ignore[arg-type]
        answer = await browser.get(f"/indicators?{query}", headers=headers)
    assert 200 == answer.status_code
    return answer.text


def charts(text: str) -> list[dict[str, object]]:
    return [json.loads(html.unescape(found)) for found in _CHART.findall(text)]


def lines(chart: dict[str, object]) -> dict[str, list[float]]:
    """What each line of a chart has, without what is not known or not there."""
    series: list[dict[str, list[float]]] = chart["series"]  # type: ignore[assignment]
    return {str(one["name"]): [value for value in one["values"] if value] for one in series}


@pytest.mark.parametrize("indicator", Indicator)
async def test_every_indicator_has_a_view_in_both_languages(page: PageDesk, indicator: Indicator) -> None:
    text = await shown(page, f"indicator={indicator}&by=value")

    assert f">{MEASURES[indicator].title} <" in text


async def test_a_corrected_window_is_shown_at_its_later_value_and_marked(page: PageDesk) -> None:
    text = await shown(page)
    (chart,) = charts(text)

    assert {"已决定": [1_234], "先前已知": [], "拒收": [6], "暂停": []} == lines(chart)
    assert '<td class="right">1,234</td>' in text
    assert ">更正</span>" in text
    assert "个时窗事后更正过" in text


async def test_what_is_not_measured_yet_is_left_open(page: PageDesk) -> None:
    (chart,) = charts(await shown(page, "span=hour"))
    series: list[dict[str, list[object]]] = chart["series"]  # type: ignore[assignment]

    assert [None, None] == series[0]["values"][-2:]


async def test_what_stands_is_told_as_it_is_now_and_as_it_was_at_its_highest(page: PageDesk) -> None:
    text = await shown(page, "indicator=backlog&span=hour")

    assert [{"社保卡": [77]}, {"社保卡": [12]}] == [lines(chart) for chart in charts(text)]
    assert "时段内最高 77" in text
    assert ["curves", "curves"] == [chart["kind"] for chart in charts(text)]


async def test_only_the_greatest_are_drawn_and_the_table_has_all(page: PageDesk) -> None:
    text = await shown(page, "indicator=reasons")
    (chart,) = charts(text)

    assert ["reason-7", "reason-6", "reason-5", "reason-4", "reason-3", "其余"] == list(lines(chart))
    assert [10 + 11 + 12] == lines(chart)["其余"]
    assert all(f'kind=reason-{number}"' in text for number in range(8))


async def test_an_average_and_a_share_are_told(page: PageDesk) -> None:
    cards, deliveries = await shown(page, "indicator=cards&by=value"), await shown(page, "indicator=deliveries")

    assert [12.5] == lines(charts(cards)[1])["平均"]
    assert "<b>98.3%</b>" in deliveries


async def test_an_officer_sees_the_own_district_and_may_not_ask_for_another(page: PageDesk) -> None:
    text = await shown(page, "indicator=deliveries", WANG)
    async with page.client(WANG) as browser:
        answer = await browser.get(f"/indicators?indicator=deliveries&district={District.RUSHAN}")

    assert "<b>75.0%</b>" in text
    assert "555" not in text
    assert (403, (District.RUSHAN.value,)) == (answer.status_code, page.acts()[-1].items)


async def test_a_part_is_given_to_htmx_with_the_form_of_its_indicator(page: PageDesk) -> None:
    text = await shown(page, "indicator=deliveries", **{"HX-Request": "true"})

    assert "<html" not in text
    assert '<input type="hidden" name="of" value="deliveries">' in text
    assert 'id="i-kind"' in text
    assert 'id="i-service"' not in text


async def test_an_alert_leads_to_the_indicator_it_rests_on(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        now = (await browser.get("/now")).text

    assert 'href="/indicators?indicator=deliveries&amp;span=six-hours&amp;kind=telephone"' in now
    assert 'href="/indicators?indicator=backlog&amp;service=arrears"' in now
