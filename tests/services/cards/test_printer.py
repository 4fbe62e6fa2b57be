"""The way to the card printer, against a real HTTP server: what certainly failed, what is certain, what is unclear."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web

from schemas.cards import CardIssuanceRequested
from schemas.vocabulary import Agency, District
from services.cards.printer import NEVER_REACHED, CardPrinter
from services.cards.settings import PrinterSettings
from services.cards.worker import PORT, ports
from services.runtime.effects import DONE, FAILED, UNKNOWN
from services.runtime.errors import WrongSetting
from services.sandbox.job_service import create_app
from services.sandbox.printer import PRINT_JOBS, card_serial
from tests.services.cards.samples import PERSON

pytestmark = pytest.mark.asyncio

REQUEST = CardIssuanceRequested(
    district=District.WENDENG,
    agency=Agency.WENDENG,
    occurred_on=date(2024, 1, 8),
    effect_id="3f6c2f7e-7d4f-5d36-9a51-0a4f9b1b8a11",
    person_key=PERSON,
    outlet_key="outlet-wendeng",
    reservation_id="9d0c3a54-6a6e-5b0e-8f43-aa28a1a3b1c2",
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[CardPrinter]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield CardPrinter(PrinterSettings(url=f"http://127.0.0.1:{port}/", timeout_s=0.5))
    finally:
        await runner.cleanup()


def answering(handler: Handler) -> web.Application:
    app = web.Application()
    app.router.add_post("/print-jobs", handler)
    app.router.add_get("/print-jobs/{job_id}", handler)
    return app


def always(status: int, text: str = "") -> web.Application:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="application/json")

    return answering(handler)


async def test_a_job_is_printed_once_however_often_it_is_asked(tmp_path: Path) -> None:
    async with served(create_app(PRINT_JOBS, tmp_path)) as printer:
        first, second = await printer.attempt(REQUEST), await printer.attempt(REQUEST)

    assert first == second
    assert (first.outcome, first.receipt) == (DONE, card_serial(REQUEST.effect_id))
    assert len((tmp_path / "print-jobs.ndjson").read_text().splitlines()) == 1


async def test_a_job_the_printer_never_heard_of_has_failed(tmp_path: Path) -> None:
    async with served(create_app(PRINT_JOBS, tmp_path)) as printer:
        looked_up = await printer.look_up(REQUEST)

    assert (looked_up.outcome, looked_up.detail_code) == (FAILED, NEVER_REACHED)


async def test_an_answer_lost_after_printing_is_unclear_and_looking_up_finds_the_card(tmp_path: Path) -> None:
    async with served(create_app(PRINT_JOBS, tmp_path, unclear_percent=100)) as printer:
        attempt, looked_up = await printer.attempt(REQUEST), await printer.look_up(REQUEST)

    assert attempt.outcome == UNKNOWN
    assert (looked_up.outcome, looked_up.receipt) == (DONE, card_serial(REQUEST.effect_id))


async def test_a_refused_connection_has_failed_since_nothing_went_out() -> None:
    async with served(web.Application()) as printer:
        pass

    assert (await printer.attempt(REQUEST)).outcome == FAILED
    assert (await printer.look_up(REQUEST)).outcome == UNKNOWN


async def test_no_answer_in_time_is_unclear() -> None:
    asked = asyncio.Event()

    async def silent(_request: web.Request) -> web.StreamResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with served(answering(silent)) as printer:
        attempt = await printer.attempt(REQUEST)

    assert asked.is_set()
    assert attempt.outcome == UNKNOWN


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (400, "{}", FAILED),
        (422, "{}", FAILED),
        (409, "{}", UNKNOWN),
        (500, "{}", UNKNOWN),
        (503, "{}", UNKNOWN),
        (302, "{}", UNKNOWN),
        (201, "no JSON", UNKNOWN),
        (201, "[]", UNKNOWN),
        (201, '{"status": "printed"}', UNKNOWN),
        (201, '{"status": "queued"}', UNKNOWN),
        (201, '{"status": "failed"}', FAILED),
        (201, '{"status": "printed", "card_serial": "WH1"}', DONE),
    ],
)
async def test_only_an_answer_that_says_so_plainly_is_certain(status: int, text: str, outcome: str) -> None:
    async with served(always(status, text)) as printer:
        assert (await printer.attempt(REQUEST)).outcome == outcome


async def test_the_holder_s_name_and_person_key_do_not_go_to_the_printer() -> None:
    bodies: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        bodies.append(await request.text())
        return web.json_response({"status": "printed", "card_serial": "WH1"})

    async with served(answering(handler)) as printer:
        await printer.attempt(REQUEST)

    assert REQUEST.effect_id in bodies[0]
    assert PERSON not in bodies[0]


async def test_settings_that_cannot_be_used_are_named_without_their_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_PRINTER_URL", "printer.example")
    with pytest.raises(WrongSetting, match="SHEBAO_PRINTER_URL") as failed:
        ports()

    assert "printer.example" not in str(failed.value)


async def test_the_worker_s_port_is_named_as_its_service_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_PRINTER_URL", "http://127.0.0.1:1")

    assert list(ports()) == [PORT]
