"""Signing in at the sandbox's own provider, and what a forged return meets."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from schemas.page import PageAct
from services.page.web.desk import STARTED_COOKIE
from services.page.web.guard import SESSION_COOKIE
from services.page.web.settings import WebSettings
from services.page.web.sign_in import own_path
from tests.harness.page_desk import PageDesk
from tests.harness.page_provider import provided_desk, returned
from tests.services.console.towns import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PageDesk]:
    async with provided_desk(Town().twin, tmp_path_factory.mktemp("sign-in")) as (desk, _, _):
        yield desk


async def test_who_the_provider_knows_is_signed_in_where_they_wanted_to_go(page: PageDesk) -> None:
    async with page.client() as browser:
        answer = await browser.get(await returned(browser, "WD-101"))
        shown = await browser.get("/arrears")
        kept = await browser.get("/trouble")

    assert (303, "/arrears") == (answer.status_code, answer.headers["location"])
    assert "文登经办（假定）" in shown.text
    assert 403 == kept.status_code
    assert ("WD-101", "officer") in {(act.person, act.roles) for act in page.acts() if act.act is PageAct.SIGNED_IN}


async def test_the_request_bears_state_nonce_and_challenge(page: PageDesk) -> None:
    async with page.client() as browser:
        started = await browser.get("/sign-in")

    asked = parse_qs(urlsplit(started.headers["location"]).query)
    assert ["S256"] == asked["code_challenge_method"]
    assert {"state", "nonce", "code_challenge", "redirect_uri", "client_id"} <= set(asked)
    assert all(word in started.headers["set-cookie"] for word in (STARTED_COOKIE, "HttpOnly", "Secure", "SameSite=lax"))


async def test_a_return_counts_only_in_the_browser_that_started_it_and_once(page: PageDesk) -> None:
    async with page.client() as mine, page.client() as theirs:
        address = await returned(mine, "YW-001")
        stolen = await theirs.get(address)
        good = await mine.get(address)
        again = await mine.get(address)

    assert (403, 303, 403) == (stolen.status_code, good.status_code, again.status_code)
    assert SESSION_COOKIE not in stolen.headers.get("set-cookie", "")
    assert "sign-in-not-started" == page.acts()[-1].code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "forged"}, "sign-in-state-wrong"),
        ({"code": "forged"}, "sign-in-code-refused"),
        ({"iss": "https://evil.example"}, "sign-in-issuer-wrong"),
    ],
)
async def test_a_forged_return_is_refused_and_recorded(page: PageDesk, change: dict[str, str], code: str) -> None:
    async with page.client() as browser:
        back = urlsplit(await returned(browser, "YW-001"))
        query = {name: values[0] for name, values in parse_qs(back.query).items()} | change
        answer = await browser.get(back.path, params=query)

    assert (403, code) == (answer.status_code, page.acts()[-1].code)


async def test_whom_the_provider_gives_no_role_is_refused_and_recorded(page: PageDesk) -> None:
    async with page.client() as browser:
        answer = await browser.get(await returned(browser, "somebody-else"))

    assert (403, "person-without-role") == (answer.status_code, page.acts()[-1].code)


async def test_a_new_session_begins_whatever_the_browser_brought(page: PageDesk) -> None:
    async with page.client() as browser:
        browser.cookies.set(SESSION_COOKIE, "planted", domain="page.example")
        answer = await browser.get(await returned(browser, "YW-001"))

    assert "planted" not in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/arrears?stage=x", "/arrears?stage=x"),
        ("//evil.example", "/"),
        ("//[evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("", "/"),
    ],
)
async def test_one_goes_on_to_this_page_alone(path: str, to: str) -> None:
    assert to == own_path(path)


@pytest.mark.parametrize("setting", ["page_provider", "page_address"])
async def test_nothing_goes_in_clear_to_another_machine(setting: str) -> None:
    with pytest.raises(ValueError, match="https"):
        WebSettings.model_validate({setting: "http://provider.example"})
    with pytest.raises(ValueError, match="https"):
        WebSettings.model_validate({setting: "http://127.0.0.1.evil.example/"})
