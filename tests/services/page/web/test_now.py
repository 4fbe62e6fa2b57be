"""*Now*: what monitoring raised is told in its words, with the page of the runbook that says what to do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from schemas.ops import AlertChange, Indicator, OpsAlert, series_of
from services.monitoring.alerts_catalogue import BY_NAME
from services.page.web.runbooks import names
from services.page.web.streams import Streams
from tests.harness.page_desk import SUN, PageDesk, page_desk
from tests.services.console.towns import BEGIN, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


def alert(name: str) -> OpsAlert:
    return OpsAlert(
        series=series_of(name, "arrears", None, None),
        service="arrears",
        alert_id=f"alert-{name}",
        opening_id=f"opening-{name}",
        alert=name,
        change=AlertChange.OPENED,
        indicator=Indicator.PARKED_CASES,
        value_name="cases",
        value=3,
        threshold=1,
        opened_at=BEGIN,
        judged_at=BEGIN + timedelta(minutes=1),
        runbook=f"docs/runbooks/{name}.md",
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PageDesk]:
    town = Town()
    for name in ("cases-parked", "tea-cold"):
        town.twin.publish(alert(name), source="/monitoring", event_id=f"alert-{name}")
    async with page_desk(town.twin, Path(tmp_path_factory.mktemp("now"))) as desk:
        yield desk


async def test_an_alert_is_told_in_words_with_its_runbook(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        shown = (await browser.get("/now")).text

    assert BY_NAME["cases-parked"].sentence.format(value=3, threshold=1) in shown
    assert 'href="/runbooks/cases-parked"' in shown


async def test_a_runbook_is_read_at_the_page_and_leads_on_within_it(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        listed = (await browser.get("/runbooks")).text
        shown = await browser.get("/runbooks/deliveries-failing")

    assert 200 == shown.status_code
    assert "<h2>What to do</h2>" in shown.text
    assert '<a href="/runbooks/effects-failing">' in shown.text
    assert names()
    for name in names():
        assert f'href="/runbooks/{name}"' in listed


async def test_a_document_that_the_page_does_not_serve_is_no_link_in_a_runbook(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        shown = (await browser.get("/runbooks/decisions-not-sealed")).text

    assert '<a title="../operations.md#seals-of-the-decision-records">operations</a>' in shown


@pytest.mark.parametrize("name", ["tea-cold", "..%2Fglossary", "%2E%2E%2F%2E%2E%2FREADME", "worker-down.md"])
async def test_what_is_no_runbook_is_not_looked_for(page: PageDesk, name: str) -> None:
    async with page.client(SUN) as browser:
        assert 404 == (await browser.get(f"/runbooks/{name}")).status_code


async def test_a_runbook_is_for_who_is_signed_in(page: PageDesk) -> None:
    async with page.client(None) as browser:
        assert 401 == (await browser.get("/runbooks/worker-down")).status_code


async def test_a_stream_that_a_browser_opens_by_itself_keeps_no_session_awake(
    page: PageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.desk, "streams", Streams(1))
    async with page.client(SUN) as browser:
        page.ahead += timedelta(minutes=15)
        listening = asyncio.create_task(browser.get("/now/events"))
        async with asyncio.timeout(10):
            while page.desk.streams.has_room(SUN.number):  # noqa: ASYNC110 — a stream tells nobody that it is open
                await asyncio.sleep(0.01)
            page.ahead += timedelta(minutes=6)
            heard = (await listening).text

    assert heard.endswith("event: ended\ndata: session-ended\n\n")


async def test_of_streams_that_are_asked_for_at_once_only_as_many_open_as_there_is_room_for(
    page: PageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.desk, "streams", Streams(1))
    async with page.client(SUN) as browser:
        asked = [asyncio.create_task(browser.get("/now/events")) for _ in range(3)]
        async with asyncio.timeout(10):
            while sum(one.done() for one in asked) < 2:
                await asyncio.wait([one for one in asked if not one.done()], return_when=asyncio.FIRST_COMPLETED)
            page.ahead += timedelta(minutes=21)
            heard = sorted(answer.text for answer in await asyncio.gather(*asked))

    assert [False, False, True] == [text.startswith("retry: ") for text in heard]


async def test_an_alert_that_nobody_raises_any_more_is_shown_by_its_name(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        shown = (await browser.get("/now")).text

    assert 2 == shown.count("tea-cold") - shown.count("docs/runbooks/tea-cold.md")
    assert "/runbooks/tea-cold" not in shown.replace("docs/runbooks/tea-cold.md", "")
