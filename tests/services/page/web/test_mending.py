"""A redrive from the first click to the decision: dry run, proposal, a second person; and what is refused on the way."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from schemas.mesh import CommandIssued
from schemas.page import PageAct
from schemas.topics import commands_topic
from schemas.vocabulary import Agency, District
from services.page.web.limits import Limits
from tests.harness.page_desk import LI, SUN, WANG, ZHAO, PageDesk, page_desk
from tests.harness.page_world import PAYER, broken_rules
from tests.services.console.towns import UNIT, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

BECAUSE = "单位已补登记"


def late_town() -> Town:
    """A unit that registered late: a record of it was refused, and would be decided by now."""
    town = Town()
    town.owe()
    town.twin.run()
    town.pass_days(120)
    town.register()
    town.twin.run()
    return town


def moved_town() -> Town:
    """A unit that moved from Wendeng to Huancui, and then met a bug of the rules."""
    town = Town()
    town.register()
    town.twin.run()
    town.owe()
    town.twin.run()
    (record,) = town.twin.records("unit-registered")
    registered = town.twin.codec.decode(record.topic, record.value or b"")
    elsewhere = {"district": District.HUANCUI, "agency": Agency.HUANCUI}
    town.twin.publish(registered.model_copy(update={**elsewhere, "revision": 2}))
    town.twin.run()
    with broken_rules():
        town.twin.publish(registered.model_copy(update={**elsewhere, "revision": 3}))
        town.twin.run()
    return town


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PageDesk]:
    """A page on which nothing is carried out."""
    async with page_desk(late_town().twin, Path(tmp_path_factory.mktemp("mending"))) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="module")
async def own_page(tmp_path: Path) -> AsyncIterator[PageDesk]:
    """A page of the test's own."""
    async with page_desk(late_town().twin, tmp_path) as desk:
        yield desk


@pytest.fixture(autouse=True)
def fresh_limits(request: pytest.FixtureRequest) -> None:
    """Each test has a minute of its own, and a mesh that answers."""
    if "page" in request.fixturenames:
        page: PageDesk = request.getfixturevalue("page")
        page.ahead += timedelta(minutes=2)
        page.mesh.is_away = False


def orders(page: PageDesk, service: str = "arrears") -> Sequence[CommandIssued]:
    topic = commands_topic(service)
    return [page.twin.codec.decode(topic, record.value or b"") for record in page.twin.records(topic)]


def dead_name(page: PageDesk) -> str:
    (letter,) = page.twin.dead("arrears")
    return f"arrears/{letter.partition}/{letter.offset}"


async def sent(page: PageDesk, browser: httpx.AsyncClient, path: str, **form: str | list[str]) -> httpx.Response:
    return await browser.post(path, data={"csrf": page.csrf(browser), **form})


async def proposed(page: PageDesk, browser: httpx.AsyncClient, because: str = BECAUSE) -> str:
    answer = await sent(
        page, browser, "/proposals", action="redrive", service="arrears", item=[dead_name(page)], because=because
    )
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    return str(answer.headers["location"])


async def test_a_dry_run_writes_nothing(page: PageDesk) -> None:
    before = len(page.acts())
    async with page.client(LI) as browser:
        shown = await sent(
            page, browser, "/proposals/dry-run", action="redrive", service="arrears", item=[dead_name(page)]
        )

    assert "以下仅为预演" in shown.text
    assert "可以执行" in shown.text
    assert (before, []) == (len(page.acts()), orders(page))


async def test_a_redrive_takes_two_people_and_is_decided(own_page: PageDesk) -> None:
    async with own_page.client(LI) as li, own_page.client(ZHAO) as zhao:
        place = await proposed(own_page, li)
        assert [] == orders(own_page)
        answer = await sent(own_page, zhao, f"{place}/approve", because="核对无误")
        await own_page.feed()
        shown = await zhao.get(place)
        letter = await zhao.get(f"/trouble/dead/{dead_name(own_page)}")
    async with own_page.client(SUN) as sun:
        recorded = await sun.get("/acts")

    (order,) = orders(own_page)
    assert 303 == answer.status_code
    assert ("redrive", UNIT, "YW-001", f"{BECAUSE}（YW-002 批准）") == (
        order.action,
        order.subject,
        order.issued_by,
        order.explanation,
    )
    assert "arrears-opened" in own_page.twin.codes("arrears", UNIT)
    assert [
        (PageAct.PROPOSED, "YW-001"),
        (PageAct.APPROVED, "YW-002"),
        (PageAct.CARRIED_OUT, "YW-002"),
    ] == [(act.act, act.person) for act in own_page.acts()]
    assert 1 == len({act.matter for act in own_page.acts()})
    assert "已执行" in shown.text
    assert "1 次" in letter.text
    assert 200 == recorded.status_code
    assert all(word in recorded.text for word in ("YW-001", "YW-002", "待审批", "已批准", "重投", BECAUSE))


async def test_who_proposes_does_not_approve(page: PageDesk) -> None:
    async with page.client(LI) as browser:
        place = await proposed(page, browser)
        answer = await sent(page, browser, f"{place}/approve", because="我自己批")

    assert (409, "approval-by-the-proposer") == (answer.status_code, page.acts()[-1].code)
    assert [] == orders(page)


@pytest.mark.parametrize("number", ["yw-001", "ＹＷ-001", "YW-001 "])
async def test_who_proposes_does_not_approve_under_another_spelling(page: PageDesk, number: str) -> None:
    async with page.client(LI) as li, page.client(replace(ZHAO, number=number)) as again:
        place = await proposed(page, li)
        shown = await again.get(place)
        answer = await sent(page, again, f"{place}/approve", because="我自己批")

    assert (409, "approval-by-the-proposer") == (answer.status_code, page.acts()[-1].code)
    assert "批准并执行" not in shown.text
    assert [] == orders(page)


@pytest.mark.parametrize("person", [WANG, SUN])
async def test_who_may_not_mend_does_not_approve(page: PageDesk, person: object) -> None:
    async with page.client(LI) as li, page.client(person) as other:  # type: ignore[arg-type]
        place = await proposed(page, li)
        answer = await sent(page, other, f"{place}/approve", because="同意")

    assert (403, "role-missing") == (answer.status_code, page.acts()[-1].code)
    assert [] == orders(page)


async def test_what_was_declined_is_not_approved_any_more(page: PageDesk) -> None:
    async with page.client(LI) as li, page.client(ZHAO) as zhao:
        place = await proposed(page, li)
        await sent(page, zhao, f"{place}/decline", because="先查原因")
        answer = await sent(page, zhao, f"{place}/approve", because="同意")

    assert (409, "proposal-decided") == (answer.status_code, page.acts()[-1].code)
    assert [] == orders(page)


async def test_what_was_given_back_meanwhile_is_not_given_back_once_more(own_page: PageDesk) -> None:
    async with own_page.client(LI) as li, own_page.client(ZHAO) as zhao:
        first, second = await proposed(own_page, li), await proposed(own_page, li, "再提一次")
        await sent(own_page, zhao, f"{first}/approve", because="同意")
        await own_page.feed()
        answer = await sent(own_page, zhao, f"{second}/approve", because="同意")

    assert (409, "item-unknown") == (answer.status_code, own_page.acts()[-1].code)
    assert 1 == len(orders(own_page))


async def test_who_does_not_see_all_districts_proposes_for_one_at_a_time(own_page: PageDesk) -> None:
    """Nobody of those districts could approve it, and who proposed it would not see it any more."""
    (record,) = own_page.twin.records("contribution-assessed")
    owed = own_page.twin.codec.decode(record.topic, record.value or b"")
    of_another = {"unit_code": PAYER, "district": District.HUANCUI, "agency": Agency.HUANCUI}
    own_page.twin.publish(owed.model_copy(update=of_another))
    own_page.twin.run()
    own_page.twin.tick(own_page.twin.clock + timedelta(days=120))
    await own_page.feed()
    names = [f"arrears/{letter.partition}/{letter.offset}" for letter in own_page.twin.dead("arrears")]
    two_districts = replace(LI, districts=frozenset({District.HUANCUI.value, District.WENDENG.value}))
    async with own_page.client(two_districts) as browser:
        form = {"action": "redrive", "service": "arrears", "because": BECAUSE}
        together = await sent(own_page, browser, "/proposals", item=names, **form)
        code = own_page.acts()[-1].code
        apart = [await sent(own_page, browser, "/proposals", item=[name], **form) for name in names]
        seen = [(await browser.get(answer.headers["location"])).status_code for answer in apart]

    assert (2, 409, "districts-several") == (len(names), together.status_code, code)
    assert [200, 200] == seen


async def test_a_parked_case_of_a_unit_that_moved_is_the_new_districts_to_release(tmp_path: Path) -> None:
    async with page_desk(moved_town().twin, tmp_path) as page:
        told = []
        for district in (District.WENDENG, District.HUANCUI):
            async with page.client(replace(LI, districts=frozenset({district.value}))) as browser:
                listed = UNIT in (await browser.get("/trouble")).text
                form = {"action": "release", "service": "arrears", "item": UNIT, "because": BECAUSE}
                told.append((listed, (await sent(page, browser, "/proposals", **form)).status_code))

    assert [(False, 409), (True, 303)] == told


async def test_an_old_proposal_is_not_approved_any_more(page: PageDesk) -> None:
    async with page.client(LI) as li:
        place = await proposed(page, li)
    page.ahead += timedelta(hours=25)
    async with page.client(ZHAO) as zhao:
        answer = await sent(page, zhao, f"{place}/approve", because="同意")

    assert (409, "proposal-expired") == (answer.status_code, page.acts()[-1].code)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"action": "destroy"}, 400, "action-unknown"),
        ({"service": "console"}, 400, "action-unknown"),
        ({"item": []}, 400, "items-missing"),
        ({"item": ["arrears/0/999"]}, 409, "item-unknown"),
        ({"item": [f"arrears/0/{place}" for place in range(101)]}, 400, "items-too-many"),
        ({"item": ["x"] * 151}, 422, "request-invalid"),
        ({"because": "  "}, 400, "explanation-missing"),
        ({"because": "\x01"}, 400, "explanation-missing"),
        ({"because": "\u200b\u3164"}, 400, "explanation-missing"),
        ({"because": "x" * 201}, 422, "request-invalid"),
        ({"action": "release", "item": [UNIT]}, 409, "item-unknown"),
        ({"action": "reconcile", "item": [UNIT]}, 409, "item-unknown"),
        ({"action": "resume", "item": ["3"]}, 409, "item-unknown"),
    ],
)
async def test_what_cannot_be_ordered_is_refused_and_recorded(
    page: PageDesk, form: dict[str, str | list[str]], status: int, code: str
) -> None:
    good: dict[str, str | list[str]] = {
        "action": "redrive",
        "service": "arrears",
        "item": [dead_name(page)],
        "because": BECAUSE,
    }
    async with page.client(LI) as browser:
        answer = await sent(page, browser, "/proposals", **(good | form))

    assert (status, code) == (answer.status_code, page.acts()[-1].code)
    assert [] == orders(page)


async def test_orders_have_a_limit_a_minute(page: PageDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page.desk.mending, "_orders", Limits(page.now, 0))
    async with page.client(LI) as li, page.client(ZHAO) as zhao:
        place = await proposed(page, li)
        answer = await sent(page, zhao, f"{place}/approve", because="同意")

    assert (429, "too-many-orders") == (answer.status_code, page.acts()[-1].code)
    assert [] == orders(page)


async def test_nothing_is_proposed_that_cannot_be_recorded(page: PageDesk) -> None:
    before = page.desk.mending.proposals.all(page.now())
    page.mesh.is_away = True
    async with page.client(LI) as browser:
        form = {"action": "redrive", "service": "arrears", "item": [dead_name(page)], "because": BECAUSE}
        answer = await sent(page, browser, "/proposals", **form)  # type: ignore[arg-type]

    assert 503 == answer.status_code
    assert before == page.desk.mending.proposals.all(page.now())


async def test_what_was_approved_before_a_crash_is_carried_out_once_after_it(own_page: PageDesk) -> None:
    async with own_page.client(LI) as li, own_page.client(ZHAO) as zhao:
        place = await proposed(own_page, li)
        await sent(own_page, zhao, f"{place}/approve", because="同意")
    (record,) = own_page.twin.records(commands_topic("arrears"))
    log = own_page.twin.log["page-act-recorded"]
    for partition in log:  # the page died before it could say that the order was written
        partition[:] = partition[:2]

    again = PageDesk(own_page.twin, own_page.database)
    await again.desk.mending.open()
    first, second = own_page.twin.records(commands_topic("arrears"))
    own_page.twin.run()

    assert (record.value, record.headers) == (second.value, second.headers) == (first.value, first.headers)
    assert 1 == own_page.twin.codes("arrears", UNIT).count("arrears-opened")
    assert PageAct.CARRIED_OUT is own_page.acts()[-1].act


async def test_a_page_begins_although_somebody_left_junk_among_the_acts(own_page: PageDesk) -> None:
    async with own_page.client(LI) as li:
        place = await proposed(own_page, li)
    own_page.twin.append_raw("page-act-recorded", 0, b"junk", b"no act", ())
    own_page.twin.append_raw("page-act-recorded", 1, b"junk", None, (("ce_time", b"noon"),))

    again = PageDesk(own_page.twin, own_page.database)
    await again.desk.mending.open()

    assert [place.rpartition("/")[2]] == [one.matter for one in again.desk.mending.proposals.all(again.now())]


async def test_a_value_in_clear_needs_a_reason_and_is_recorded_first(page: PageDesk) -> None:
    path = f"/trouble/dead/{dead_name(page)}"
    async with page.client(LI) as browser:
        without = [await sent(page, browser, f"{path}/unmask", because=text) for text in (" ", "\u200b", "…")]
        shown = await sent(page, browser, f"{path}/unmask", because="核对金额，身份证 370602199001011234")

    asked = page.acts()[-1]
    assert [400, 400, 400] == [answer.status_code for answer in without]
    assert "未隐去" in shown.text
    assert (PageAct.UNMASKING_ASKED, "核对金额，身份证 [已隐去]") == (asked.act, asked.explanation)


async def test_a_unit_whose_code_is_all_digits_is_recorded_by_it_and_a_person_is_not(page: PageDesk) -> None:
    unit, person = "913710001667000013", "370602199001011234"
    act = page.desk.recorder.act(PageAct.PROPOSED, LI, "release", items=[unit, person], explanation=f"{person} 来电")

    assert ((unit, "[已隐去]"), "[已隐去] 来电") == (act.items, act.explanation)


async def test_an_officer_does_not_see_in_clear(page: PageDesk) -> None:
    async with page.client(WANG) as browser:
        answer = await sent(page, browser, f"/trouble/dead/{dead_name(page)}/unmask", because="好奇")

    assert (403, "role-missing") == (answer.status_code, page.acts()[-1].code)
