"""Who may see what; what a stranger, another district, a forged form or a flood meets. Each refusal is on record."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from schemas.page import PageAct
from services.page.web import views_arrears
from services.page.web.guard import BODY_BYTES_MAX, POLICY, SESSION_COOKIE
from services.page.web.limits import Limits
from services.page.web.recording import REFUSALS_A_MINUTE_MAX
from services.page.web.sessions import ROTATE_AFTER
from tests.harness.page_desk import LI, SUN, WANG, ZHAO, PageDesk, page_desk
from tests.services.console.towns import NAME, UNIT, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

VIEWS = (
    "/now",
    "/arrears",
    "/arrears/rows",
    "/arrears/due",
    f"/cases/{UNIT}",
    "/search?text=x",
    "/panels",
    "/outlets",
    "/trouble",
    "/trouble/dead",
    "/trouble/dead/arrears/0/0",
    "/proposals",
    "/replay",
    "/acts",
    "/arrears/export.csv",
)
RUSHAN = "371083"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PageDesk]:
    """A page where one unit of Wendeng owes, and one record was refused."""
    town = Town()
    town.register()
    town.twin.run()
    town.owe()
    town.spoil()
    town.pass_days(1)
    async with page_desk(town.twin, Path(tmp_path_factory.mktemp("page"))) as desk:
        yield desk


@pytest.fixture(autouse=True)
def fresh_limits(page: PageDesk) -> None:
    """Each test has a minute of its own."""
    page.ahead += timedelta(minutes=2)


def last_code(page: PageDesk) -> str:
    return page.acts()[-1].code or ""


@pytest.mark.parametrize("path", VIEWS)
async def test_nobody_sees_anything_before_signing_in(page: PageDesk, path: str) -> None:
    async with page.client() as browser:
        answer = await browser.get(path)

    assert 401 == answer.status_code
    assert NAME not in answer.text
    assert "/sign-in?to=" in answer.text


@pytest.mark.parametrize("path", VIEWS)
async def test_every_view_bears_the_policy_and_is_kept_by_nobody(page: PageDesk, path: str) -> None:
    async with page.client(SUN) as browser:
        answer = await browser.get(path)

    assert (200, POLICY, "no-store") == (
        answer.status_code,
        answer.headers["content-security-policy"],
        answer.headers["cache-control"],
    )
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=", answer.text)


@pytest.mark.parametrize(
    ("person", "path"),
    [
        (WANG, "/trouble"),
        (WANG, "/trouble/dead/arrears/0/0"),
        (WANG, "/proposals"),
        (WANG, "/replay"),
        (WANG, "/acts"),
        (LI, "/acts"),
        (LI, "/arrears/export.csv"),
    ],
)
async def test_what_a_role_does_not_give_is_refused_and_recorded(page: PageDesk, person: object, path: str) -> None:
    async with page.client(person) as browser:  # type: ignore[arg-type]
        answer = await browser.get(path)

    recorded = page.acts()[-1]
    assert (403, PageAct.ACCESS_REFUSED, "role-missing") == (answer.status_code, recorded.act, recorded.code)
    assert path in recorded.items


@pytest.mark.parametrize("path", [f"/arrears?district={RUSHAN}", f"/arrears/rows?district={RUSHAN}"])
async def test_another_district_is_refused_and_recorded(page: PageDesk, path: str) -> None:
    async with page.client(WANG) as browser:
        answer = await browser.get(path)

    assert (403, "district-not-yours") == (answer.status_code, last_code(page))
    assert (RUSHAN,) == page.acts()[-1].items


async def test_a_case_of_another_district_is_refused_and_recorded(page: PageDesk) -> None:
    elsewhere = type(WANG)("RS-0001", "于洋", WANG.roles, frozenset({RUSHAN}))
    async with page.client(elsewhere) as browser:
        answer = await browser.get(f"/cases/{UNIT}")
        listed = await browser.get("/arrears")

    assert (403, (UNIT,)) == (answer.status_code, page.acts()[-1].items)
    assert NAME not in answer.text + listed.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/cases/nobody", 404, "case-unknown"),
        ("/trouble/dead/arrears/0/999", 404, "dead-letter-unknown"),
        ("/trouble/dead/arrears/0/-1", 422, "request-invalid"),
        ("/trouble/dead/no-such/0/0", 404, "dead-letter-unknown"),
        ("/proposals/forged", 404, "proposal-unknown"),
        ("/replay/forged", 404, "replay-unknown"),
        ("/arrears?after=forged", 400, "page-unknown"),
        ("/arrears?rows=501", 422, "request-invalid"),
        ("/panels?begins=0001-01-01", 422, "request-invalid"),
        ("/panels?begins=9999-12-31", 422, "request-invalid"),
        ("/arrears?sort=drop", 422, "request-invalid"),
        ("/arrears?secret=1", 422, "request-invalid"),
        ("/arrears?text=" + "x" * 101, 422, "request-invalid"),
        ("/nowhere", 404, "not-found"),
        ("/now/", 404, "not-found"),
    ],
)
async def test_forged_addresses_are_refused_and_recorded(page: PageDesk, path: str, status: int, code: str) -> None:
    async with page.client(SUN) as browser:
        answer = await browser.get(path)

    assert (status, code) == (answer.status_code, last_code(page))


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "%", "_", "<script>alert(1)</script>", '"; DROP TABLE unit; --', "\u202e"]
)
async def test_what_is_searched_for_is_text_and_nothing_else(page: PageDesk, text: str) -> None:
    async with page.client(SUN) as browser:
        listed = await browser.get("/arrears/rows", params={"text": text})
        found = await browser.get("/search", params={"text": text})
        whole = await browser.get("/arrears/rows")

    assert (200, 200) == (listed.status_code, found.status_code)
    assert NAME not in listed.text + found.text
    assert "<script>alert" not in found.text
    assert NAME in whole.text


async def test_a_form_without_its_token_is_refused_and_recorded(page: PageDesk) -> None:
    async with page.client(LI) as browser:
        answer = await browser.post("/proposals", data={"action": "redrive", "service": "arrears", "csrf": "x"})

    assert (403, "csrf-token-wrong") == (answer.status_code, last_code(page))


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_form_from_another_site_is_refused_and_recorded(page: PageDesk, headers: dict[str, str]) -> None:
    async with page.client(LI) as browser:
        form = {"action": "redrive", "service": "arrears", "csrf": page.csrf(browser)}
        answer = await browser.post("/proposals", data=form, headers=headers)

    assert (403, "origin-foreign") == (answer.status_code, last_code(page))


async def test_a_token_that_is_no_text_is_refused_and_recorded(page: PageDesk) -> None:
    half = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\\ud800\r\n--x--\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=x; charset=unicode_escape"}
    async with page.client(LI) as browser:
        answer = await browser.post("/proposals", content=half, headers=form)

    assert (403, "csrf-token-wrong") == (answer.status_code, last_code(page))


async def test_the_token_of_somebody_elses_session_does_not_count(page: PageDesk) -> None:
    async with page.client(LI) as mine, page.client(ZHAO) as theirs:
        answer = await mine.post("/sign-out", data={"csrf": page.csrf(theirs)})

    assert (403, "csrf-token-wrong") == (answer.status_code, last_code(page))


async def test_an_officer_may_not_order_even_with_a_good_form(page: PageDesk) -> None:
    async with page.client(WANG) as browser:
        form = {"action": "redrive", "service": "arrears", "item": "arrears/0/0", "csrf": page.csrf(browser)}
        answer = await browser.post("/proposals/dry-run", data=form)

    assert (403, "role-missing") == (answer.status_code, last_code(page))


async def test_a_body_too_long_is_refused_and_recorded_whether_announced_or_not(page: PageDesk) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES_MAX // 1024 + 2):
            yield b"x" * 1024

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with page.client(LI) as browser:
        announced = await browser.post("/proposals", content=b"x" * (BODY_BYTES_MAX + 1), headers=form)
        code = last_code(page)
        silent = await browser.post("/proposals", content=chunks(), headers=form)

    assert (413, 413) == (announced.status_code, silent.status_code)
    assert ("body-too-long", "body-too-long") == (code, last_code(page))
    assert POLICY == silent.headers["content-security-policy"]


async def test_an_address_too_long_is_refused_and_recorded(page: PageDesk) -> None:
    async with page.client(LI) as browser:
        answer = await browser.get("/arrears?text=" + "x" * 5_000)

    assert (414, "address-too-long") == (answer.status_code, last_code(page))


@pytest.mark.parametrize("host", ["evil.example", "page.example.evil.example", "page.example@evil.example", ""])
async def test_another_host_is_refused_and_recorded(page: PageDesk, host: str) -> None:
    async with page.client(LI) as browser:
        answer = await browser.get("/now", headers={"Host": host})

    assert (400, "host-foreign") == (answer.status_code, last_code(page))


async def test_a_failure_bears_the_policy_and_is_kept_by_nobody(
    page: PageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.desk, "queries", None)
    async with page.client(LI) as browser:
        answer = await browser.get("/now")

    assert (500, POLICY, "no-store") == (
        answer.status_code,
        answer.headers["content-security-policy"],
        answer.headers["cache-control"],
    )
    assert "出现意外错误" in answer.text


async def test_a_file_is_kept_by_the_browser_and_a_refusal_in_its_place_is_not(page: PageDesk) -> None:
    async with page.client() as browser:
        found, missing = await browser.get("/static/page.css"), await browser.get("/static/%2e%2e/app.py")

    assert ("public, max-age=86400", "no-store") == (found.headers["cache-control"], missing.headers["cache-control"])
    assert (404, "not-found") == (missing.status_code, last_code(page))


async def test_what_nobody_sees_in_a_text_is_recorded_so_that_it_is_seen(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        await browser.get("/cases/a%E2%80%AEb")

    assert ("a\\u202eb",) == page.acts()[-1].items


async def test_an_idle_session_has_ended_and_says_so(page: PageDesk) -> None:
    async with page.client(LI) as browser:
        page.ahead += timedelta(minutes=21)
        whole = await browser.get("/now")
        part = await browser.get("/now", headers={"HX-Request": "true"})

    assert (401, 401) == (whole.status_code, part.status_code)
    assert "登录已失效" in whole.text
    assert part.headers["HX-Redirect"].startswith("/signed-out")


async def test_a_token_is_replaced_now_and_then(page: PageDesk) -> None:
    async with page.client(LI) as browser:
        before = browser.cookies[SESSION_COOKIE]
        page.ahead += ROTATE_AFTER
        answer = await browser.get("/now")
        again = await browser.get("/now")

    cookie = answer.headers["set-cookie"]
    assert before not in cookie
    assert all(word in cookie for word in (SESSION_COOKIE, "Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert 200 == again.status_code


async def test_signing_out_ends_the_session(page: PageDesk) -> None:
    async with page.client(LI) as browser:
        token = browser.cookies[SESSION_COOKIE]
        await browser.post("/sign-out", data={"csrf": page.csrf(browser)})
        browser.cookies.set(SESSION_COOKIE, token, domain="page.example")
        answer = await browser.get("/now")

    assert 401 == answer.status_code
    assert PageAct.SIGNED_OUT in {act.act for act in page.acts()}


async def test_too_many_requests_are_refused_and_recorded_once_in_a_while(
    page: PageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.desk, "requests", Limits(page.now, 3))
    before = len(page.acts())
    async with page.client(LI) as browser:
        answers = [(await browser.get("/proposals")).status_code for _ in range(REFUSALS_A_MINUTE_MAX + 10)]

    assert [200, 200, 200] == answers[:3]
    assert {429} == set(answers[3:])
    assert REFUSALS_A_MINUTE_MAX == len(page.acts()) - before


async def test_a_stranger_who_asks_too_often_is_refused_and_others_may_still_sign_in(
    page: PageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page.desk, "requests", Limits(page.now, 3))
    async with page.client() as browser:
        answers = [(await browser.get("/now")).status_code for _ in range(4)]
        signed_out = await browser.get("/signed-out")

    assert ([401, 401, 401, 429], "too-many-requests") == (answers, last_code(page))
    assert 200 == signed_out.status_code


async def test_what_cannot_be_recorded_is_refused_all_the_same(page: PageDesk) -> None:
    page.mesh.is_away = True
    try:
        async with page.client(WANG) as browser:
            answer = await browser.get("/trouble")
    finally:
        page.mesh.is_away = False

    assert 403 == answer.status_code


async def test_english_and_dark_are_remembered_by_the_browser(page: PageDesk) -> None:
    async with page.client(SUN) as browser:
        chosen = await browser.post("/choices", data={"language": "en", "theme": "dark", "to": "//evil.example"})
        answer = await browser.get("/arrears")

    assert "/" == chosen.headers["location"]
    assert '<html lang="en" data-theme="dark">' in answer.text
    assert "Units in arrears" in answer.text


async def test_a_list_is_taken_away_as_a_file_and_that_is_recorded(page: PageDesk) -> None:
    async with page.client(WANG) as browser:
        lines = (await browser.get("/arrears/export.csv")).text.splitlines()
        book = await browser.get("/arrears/export.xlsx")

    assert 2 == len(lines)
    assert NAME in lines[1]
    assert book.content.startswith(b"PK")
    assert [PageAct.EXPORTED] * 2 == [act.act for act in page.acts()[-2:]]


async def test_a_list_is_taken_away_whole_or_not_at_all(page: PageDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_arrears, "EXPORT_ROWS_MAX", 0)
    async with page.client(WANG) as browser:
        answer = await browser.get("/arrears/export.csv")

    assert (409, "export-too-large") == (answer.status_code, last_code(page))


async def test_nothing_is_taken_away_that_cannot_be_recorded(page: PageDesk) -> None:
    page.mesh.is_away = True
    try:
        async with page.client(WANG) as browser:
            answer = await browser.get("/arrears/export.csv")
    finally:
        page.mesh.is_away = False

    assert 503 == answer.status_code
    assert NAME not in answer.text
