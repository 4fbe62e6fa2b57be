"""A replay started at the page: what is asked for reaches the console's own, its findings are shown, and both ends are on record."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from schemas.page import PageAct
from services.page.web.replays import Replays
from tests.harness.page_desk import SUN, PageDesk, page_desk
from tests.harness.waiting import until
from tests.services.console.towns import UNIT, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAYS_WHAT_IT_WAS_ASKED = """
import json, sys
found = {"service": " ".join(sys.argv[1:]), "tasks": 1, "entries": 2, "facts": 3, "undecided": 0, "differences": [], "unexplained": []}
print(json.dumps([found]))
"""
"""In the place of `shebao replay`, which needs a broker."""


def replays() -> Replays:
    return Replays(lambda: datetime.now(UTC), 1, ("-c", SAYS_WHAT_IT_WAS_ASKED))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PageDesk]:
    async with page_desk(Town().twin, Path(tmp_path_factory.mktemp("replays")), replays) as desk:
        yield desk


async def test_a_range_of_a_case_is_replayed_and_shown(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        form = {"csrf": page.csrf(browser), "service": "arrears", "case_key": UNIT}
        answer = await browser.post("/replay", data=form | {"since": "2026-11-01", "until": "2026-11-05"})
        shown = await browser.get(answer.headers["location"])

        async def has_ended() -> bool:
            nonlocal shown
            shown = await browser.get(answer.headers["location"])
            return "正在重演" not in shown.text

        await until(has_ended, 20, "the replay has ended")

    assert f"arrears --format json --case={UNIT} --since=2026-11-01 --until=2026-11-05" in shown.text
    assert "重演一致。" in shown.text
    assert [PageAct.REPLAY_STARTED, PageAct.REPLAY_ENDED] == [act.act for act in page.acts()]
    assert (UNIT, "2026-11-01", "2026-11-05") == page.acts()[0].items


@pytest.mark.parametrize("field", ["since", "until"])
async def test_a_day_that_is_none_is_refused_and_recorded(page: PageDesk, field: str) -> None:
    async with page.client(SUN) as browser:
        form = {"csrf": page.csrf(browser), "service": "all", field: "2026-02-30"}
        answer = await browser.post("/replay", data=form)

    assert (400, "request-invalid") == (answer.status_code, page.acts()[-1].code)
