"""The page in a real Chromium: every view in light and dark, a redrive by two people, what is refused, a list of 10,000."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_FILE_PATH

from benchmarks.page_rows import fill
from schemas.mesh import CommandIssued
from schemas.page import PageAct
from schemas.topics import commands_topic
from services.page.store.database import Database
from services.sandbox.ports import free_port
from tests.harness.monitored import monitored
from tests.harness.page_browser import CHROMIUM, NO_CHROMIUM, Visits, chromium, served
from tests.harness.page_desk import LI, SUN, WANG, ZHAO, PageDesk
from tests.harness.page_store import fed, records_of, sqlite_url
from tests.harness.page_world import DEBTOR, PARKED, World, world

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM),
    pytest.mark.xdist_group("chromium"),
]

VIEWS = (
    "/now",
    "/indicators?span=week",
    "/indicators?span=week&indicator=reasons",
    "/indicators?span=week&indicator=backlog",
    "/arrears",
    "/arrears/due?everybody=true",
    f"/cases/{DEBTOR}",
    "/panels",
    "/outlets",
    "/trouble",
    "/trouble/dead?service=arrears&code=undecodable",
    "/trouble/dead/arrears/0/0",
    "/proposals",
    "/replay",
    "/acts",
    "/runbooks",
    "/runbooks/worker-down",
)
AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
"""Dark differs in its colours alone."""
ROWS, ROWS_A_PAGE = 10_000, 500


@pytest.fixture(scope="module")
def mesh() -> World:
    """Made before any loop runs: it has loops of its own. And not where this module is only read, as by the other lane."""
    return world()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visits(mesh: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visits]:
    folder, port = Path(tmp_path_factory.mktemp("browser")), free_port()
    async with Database(sqlite_url(folder)) as database:
        desk = PageDesk(mesh.town.twin, database, f"http://127.0.0.1:{port}")
        await monitored(desk.twin)
        await fed(database, desk.twin.codec, records_of(desk.twin.log))
        async with served(desk, port), chromium(desk) as opened:
            yield opened


def serious(found: dict[str, Any]) -> list[str]:
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_view_has_a_serious_fault_of_accessibility_or_policy(visits: Visits, scheme: str) -> None:
    visitor, faults = await visits.of(SUN, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True), []
    for path in VIEWS:
        status = await visitor.goes_to(path)
        await visitor.page.evaluate(AXE)
        found = await visitor.page.evaluate("rules => axe.run(rules)", RULES[scheme])
        faults += [(path, fault) for fault in serious(found)]
        faults += [] if status == 200 else [(path, str(status))]

    assert [] == faults
    await visitor.context.close()


async def test_the_policy_forbids_nothing_that_the_page_needs(visits: Visits) -> None:
    visitor = await visits.of(SUN)
    for path in ("/now", "/arrears", "/indicators?span=week", "/outlets"):
        await visitor.goes_to(path)
        await visitor.page.wait_for_load_state("load")

    assert [] == visitor.complaints
    assert 1 <= await visitor.page.locator("[data-chart] canvas").count()
    assert 13 == await visitor.page.locator("svg.map circle.dot").count()
    await visitor.context.close()


async def test_an_operators_redrive_is_approved_by_a_second_and_each_click_is_on_record(visits: Visits) -> None:
    desk = visits.desk
    before = len(desk.acts())
    li, zhao = await visits.of(LI), await visits.of(ZHAO)
    await li.goes_to("/trouble")
    await li.page.get_by_role("checkbox", name=PARKED).check()
    await li.page.get_by_role("button", name="放行所选").click()
    await li.page.get_by_text("以下仅为预演").wait_for()
    await li.page.get_by_label("原因").fill("规则已修正")
    await li.page.get_by_role("button", name="提交申请").click()
    await li.page.get_by_text("须由另一人审批").wait_for()
    own = await li.page.get_by_role("button", name="批准并执行").count()

    await zhao.goes_to("/proposals")
    await zhao.page.get_by_role("link", name="放行").first.click()
    await zhao.page.get_by_label("意见").fill("同意")
    await zhao.page.get_by_role("button", name="批准并执行").click()
    await zhao.page.get_by_text("已执行").first.wait_for()
    await desk.feed()
    await zhao.goes_to("/trouble")
    rest = await zhao.page.get_by_role("checkbox", name=PARKED).count()

    topic = commands_topic("arrears")
    orders: list[CommandIssued] = [desk.twin.codec.decode(topic, one.value or b"") for one in desk.twin.records(topic)]
    assert (0, 0) == (own, rest)
    assert ("release", PARKED, "YW-001") in {(order.action, order.subject, order.issued_by) for order in orders}
    assert [PageAct.PROPOSED, PageAct.APPROVED, PageAct.CARRIED_OUT] == [act.act for act in desk.acts()[before:]]
    await li.context.close()
    await zhao.context.close()


async def test_a_refused_role_is_told_so_and_offered_nothing(visits: Visits) -> None:
    visitor = await visits.of(WANG)
    status = await visitor.goes_to("/trouble")

    assert 403 == status
    assert await visitor.page.get_by_role("alert").is_visible()
    assert 0 == await visitor.page.get_by_role("link", name="故障处理").count()
    await visitor.context.close()


async def test_a_session_that_ended_leads_to_the_sign_in(visits: Visits) -> None:
    visitor = await visits.of(WANG)
    await visitor.goes_to("/arrears")
    visits.desk.ahead += timedelta(minutes=21)
    await visitor.page.locator("#f-district").select_option("371003")
    await visitor.page.wait_for_url("**/signed-out?code=session-ended")

    assert await visitor.page.get_by_text("登录已失效").is_visible()
    await visitor.context.close()


async def test_what_happens_is_seen_without_a_click_also_what_follows_at_once(visits: Visits) -> None:
    visitor = await visits.of(SUN)
    await visitor.goes_to("/now")
    waiting = visitor.page.locator("#now-part .figures li", has_text="未处理的拒收记录").locator("b")
    before = int(await waiting.inner_text())
    for more in (1, 2):  # nothing happens after the second that would let it be seen all the same
        visits.desk.twin.append_raw("contribution-paid", 2, b"91371002YY8T7RBQ7W", b"junk")
        await visits.desk.feed()
        await visitor.page.wait_for_function(
            "wanted => document.querySelector('#now-part .figures li:nth-child(3) b').textContent === wanted",
            arg=str(before + more),
        )

    assert before + 2 == int(await waiting.inner_text())
    await visitor.context.close()


async def test_another_indicator_is_chosen_by_keyboard_and_the_focus_stays(visits: Visits) -> None:
    visitor = await visits.of(SUN)
    await visitor.goes_to("/indicators?span=week&kind=telephone&indicator=deliveries")
    await visitor.page.locator("#i-indicator").focus()
    await visitor.page.locator("#i-indicator").select_option("reasons")
    await visitor.page.locator("#i-service").wait_for()
    await visitor.page.locator("[data-chart] canvas").wait_for()

    assert "i-indicator" == await visitor.page.evaluate("document.activeElement.id")
    assert "indicator=reasons" in visitor.page.url
    assert 1 <= await visitor.page.locator("table caption", has_text="最近的在前").count()
    assert [] == visitor.complaints
    await visitor.context.close()


async def test_the_page_can_be_used_by_keyboard_alone(visits: Visits) -> None:
    visitor = await visits.of(SUN)
    await visitor.goes_to("/now")
    await visitor.page.keyboard.press("Tab")
    skip = await visitor.page.evaluate("document.activeElement.className")
    await visitor.page.keyboard.press("Enter")
    inside = await visitor.page.evaluate("document.activeElement.id")
    await visitor.page.keyboard.press("Tab")
    link = await visitor.page.evaluate("document.activeElement.getAttribute('href')")

    assert ("skip", "main") == (skip, inside)
    assert link.startswith("#service-")
    await visitor.context.close()


async def test_a_list_of_ten_thousand_is_read_to_its_end_and_the_page_still_answers(visits: Visits) -> None:
    await fill(visits.desk.database, ROWS)
    visitor, pages = await visits.of(SUN), 1
    await visitor.goes_to(f"/arrears?rows={ROWS_A_PAGE}")
    while await visitor.page.locator("#more a").count():
        asked = await visitor.page.locator("#more a").get_attribute("hx-get")
        await visitor.page.locator("#more a").click()
        await visitor.page.wait_for_function(
            "asked => document.querySelector('#more a')?.getAttribute('hx-get') !== asked", arg=asked
        )
        pages += 1
    rows = await visitor.page.locator("#list tbody.more tr").count()
    await visitor.page.locator("#f-text").fill("样例009999")
    await visitor.page.get_by_role("button", name="筛选").click()
    await visitor.page.wait_for_function("() => document.querySelectorAll('#list tbody.more tr').length === 1")

    assert pages >= ROWS // ROWS_A_PAGE
    assert rows <= 4 * ROWS_A_PAGE
    assert "样例009999有限公司" in await visitor.page.locator("#list").inner_text()
    await visitor.context.close()
