"""Rights in the course of a session, at the sandbox's own provider: what it takes back counts soon, and at once before an order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas.page import PageAct
from services.page.web.guard import SESSION_COOKIE
from services.page.web.rights import AGAIN_AFTER
from services.page.web.sessions import Session
from services.sandbox.provider import PEOPLE, Provider
from services.sandbox.settings import SandboxSettings
from tests.harness.page_desk import PageDesk
from tests.harness.page_provider import provided_desk, returned
from tests.services.console.towns import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLAIMS = {str(one["sub"]): dict(one) for one in PEOPLE}
EVERY, SILENT = timedelta(minutes=5), timedelta(minutes=30)


@dataclass
class Office:
    """A page, and the provider its people sign in at."""

    page: PageDesk
    provider: Provider
    settings: SandboxSettings

    @asynccontextmanager
    async def signed_in(self, number: str) -> AsyncIterator[httpx.AsyncClient]:
        """Sign somebody in, as they are known at the provider from the first."""
        await self.tells(number)
        async with self.page.client() as browser:
            assert 303 == (await browser.get(await returned(browser, number, "/now"))).status_code
            yield browser

    async def tells(self, number: str, **claims: Any) -> None:
        """Let the provider say something else of somebody."""
        await self._asks("PUT", f"/users/{number}", json={**CLAIMS[number], **claims})

    async def forgets_tokens(self, number: str) -> None:
        """Let the provider take back what it gave for somebody."""
        await self._asks("POST", f"/users/{number}/revoke-tokens")

    async def _asks(self, method: str, path: str, **more: Any) -> None:
        async with httpx.AsyncClient(trust_env=False, base_url=self.settings.sign_in_url) as outside:
            (await outside.request(method, path, **more)).raise_for_status()

    def session(self, browser: httpx.AsyncClient) -> Session:
        """What the page keeps of a browser."""
        found = self.page.desk.sessions.of(browser.cookies[SESSION_COOKIE])
        assert found is not None
        return found

    async def posts(self, browser: httpx.AsyncClient, path: str) -> httpx.Response:
        """Send a form of the page."""
        return await browser.post(path, data={"csrf": self.page.csrf(browser), "because": "已核对"})

    def codes(self) -> list[str | None]:
        """The codes of what was refused, as recorded."""
        return [act.code for act in self.page.acts() if act.act is PageAct.ACCESS_REFUSED]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with provided_desk(Town().twin, tmp_path_factory.mktemp("rights")) as (desk, provider, settings):
        yield Office(desk, provider, settings)


async def test_a_role_that_is_taken_back_counts_within_five_minutes(office: Office) -> None:
    async with office.signed_in("SJ-001") as browser:
        await office.tells("SJ-001", shebao_roles=["officer"])
        before = (await browser.get("/acts")).status_code
        office.page.ahead += EVERY
        after = (await browser.get("/acts")).status_code
        still = (await browser.get("/now")).status_code

    assert (200, 403, 200) == (before, after, still)


async def test_a_district_that_is_taken_back_counts_as_a_role_does(office: Office) -> None:
    async with office.signed_in("WD-101") as browser:
        await office.tells("WD-101", shebao_districts=["371082"])
        office.page.ahead += EVERY
        await browser.get("/now")

        assert {"371082"} == office.session(browser).person.districts


async def test_who_has_no_role_any_more_is_signed_out_and_that_is_recorded(office: Office) -> None:
    async with office.signed_in("HC-101") as browser:
        await office.tells("HC-101", shebao_roles=[])
        office.page.ahead += EVERY
        first, second = await browser.get("/now"), await browser.get("/now")

    assert (401, 401) == (first.status_code, second.status_code)
    assert "rights-withdrawn" == office.codes()[-2]
    assert "session-ended" == office.codes()[-1]


@pytest.mark.parametrize("path", ["/proposals/some/approve", "/trouble/dead/arrears/0/0/unmask"])
async def test_a_role_that_is_taken_back_counts_at_once_before_an_order_or_an_unmasking(
    office: Office, path: str
) -> None:
    async with office.signed_in("YW-002") as browser:
        before = await office.posts(browser, path)
        await office.tells("YW-002", shebao_roles=["officer"])
        after = await office.posts(browser, path)

    assert (404, 403) == (before.status_code, after.status_code)
    assert "role-missing" == office.codes()[-1]


async def test_a_token_that_is_over_is_renewed_and_nobody_notices(office: Office) -> None:
    async with office.signed_in("YW-001") as browser:
        session = office.session(browser)
        assert session.login is not None
        session.login.access_token = "over"
        office.page.ahead += EVERY
        shown = await browser.get("/now")

        assert 200 == shown.status_code
        assert "over" != session.login.access_token
        assert office.page.now() == session.confirmed_at


async def test_who_is_no_longer_signed_in_at_the_provider_is_signed_out_here(office: Office) -> None:
    async with office.signed_in("YW-001") as browser:
        await office.forgets_tokens("YW-001")
        office.page.ahead += EVERY

        assert 401 == (await browser.get("/now")).status_code
    assert "rights-withdrawn" == office.codes()[-1]


async def test_a_silent_provider_keeps_nobody_from_looking_for_a_while_nor_in_for_ever_and_orders_wait(
    office: Office,
) -> None:
    async with office.signed_in("YW-001") as browser:
        await office.provider.daemon.stop(office.settings.stop_timeout_s)
        try:
            office.page.ahead += EVERY
            looking = await browser.get("/now")
            ordering = await office.posts(browser, "/proposals/some/approve")
            still = await browser.get("/now")
            for _ in range(2):  # an idle session would end by itself
                office.page.ahead += (SILENT - EVERY) / 2
                late = await browser.get("/now")
        finally:
            await office.provider.start()
    async with office.signed_in("YW-001") as again:
        assert (200, 503, 200) == (looking.status_code, ordering.status_code, still.status_code)
        assert "rights-unconfirmed" in ordering.text or "无法确认您的岗位" in ordering.text
        assert 401 == late.status_code
        assert 200 == (await again.get("/now")).status_code


async def test_a_provider_that_answers_again_is_believed_within_a_minute(office: Office) -> None:
    async with office.signed_in("YW-002") as browser:
        session = office.session(browser)
        await office.provider.daemon.stop(office.settings.stop_timeout_s)
        try:
            office.page.ahead += EVERY
            await browser.get("/now")
            silent_at = session.ask_at - office.page.now()
        finally:
            await office.provider.start()
        office.page.ahead += AGAIN_AFTER
        # A provider that was started anew knows no token of before: the sandbox's forgets, and says so.
        shown = await browser.get("/now")

    assert AGAIN_AFTER == silent_at
    assert 401 == shown.status_code
    assert "rights-withdrawn" == office.codes()[-1]


async def test_no_token_of_the_provider_is_told_by_a_session(office: Office) -> None:
    async with office.signed_in("YW-001") as browser:
        session = office.session(browser)

        assert session.login is not None
        assert session.login.access_token
        assert session.login.access_token not in repr(session)
