"""The telephone channel against a real HTTP server: what went out for certain, what for certain did not, and the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from schemas.fact import Sealed
from schemas.notifications import DeliveryCompleted
from services.notifications.channels import ChannelPort, channel_port
from services.notifications.settings import ChannelSettings
from services.runtime.effects import Attempt
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE
from tests.services.notifications.samples import (
    EMAIL,
    OPENER,
    OTHER_UNIT,
    PHONE,
    SEALED_ON,
    SEALED_PHONE,
    UNIT,
    VAULT,
    delivery,
)
from tests.services.notifications.servers import LOOPBACK, call_desk, closed_port

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]


@asynccontextmanager
async def port_to(url: str, answer_timeout_s: float = 20) -> AsyncIterator[ChannelPort]:
    port = channel_port(ChannelSettings(calls_url=url, answer_timeout_s=answer_timeout_s), OPENER)
    try:
        yield port
    finally:
        await port.close()


async def test_a_call_is_put_on_the_list_with_number_name_and_text() -> None:
    async with call_desk() as desk, port_to(desk.url) as port:
        attempt = await port.attempt(delivery("effect-1"))

    assert attempt == Attempt("done", "answered", "effect-1")
    assert desk.tasks["effect-1"] == {
        "task_id": "effect-1",
        "telephone": PHONE,
        "name": "威海某某有限公司",
        "text": delivery().text,
        "asked_on": delivery().occurred_on.isoformat(),
    }


@pytest.mark.parametrize(
    ("outcome", "attempt"),
    [
        ("reached", ("done", "answered")),
        ("refused", ("done", "refused")),
        ("no-answer", ("failed", "no-answer")),
        ("not-answered", ("failed", "no-answer")),
        ("busy", ("failed", "busy")),
        ("wrong-number", ("failed", "wrong-number")),
        ("abducted", ("unknown", "outcome-not-understood")),
        (None, ("unknown", "call-pending")),
    ],
)
async def test_what_the_call_desk_says_is_put_into_our_words(outcome: str | None, attempt: tuple[str, str]) -> None:
    async with call_desk(outcome=outcome) as desk, port_to(desk.url) as port:
        answer = await port.attempt(delivery())

    assert (answer.outcome, answer.detail_code) == attempt


@pytest.mark.parametrize(
    ("promised_on", "detail", "told"),
    [
        ("2026-11-20", "promised", {"promised_on": "2026-11-20"}),
        ("next week", "answered", {}),
        (None, "answered", {}),
    ],
)
async def test_a_promise_comes_with_its_day_or_is_none(
    promised_on: str | None, detail: str, told: dict[str, str]
) -> None:
    async with call_desk(outcome="promised", promised_on=promised_on) as desk, port_to(desk.url) as port:
        answer = await port.attempt(delivery("effect-1"))

    assert (answer.outcome, answer.detail_code) == ("done", detail)
    assert DeliveryCompleted.told_by(answer.receipt) == told


async def test_where_nobody_listens_nothing_went_out() -> None:
    async with port_to(f"http://{LOOPBACK}:{await closed_port()}") as port:
        assert await port.attempt(delivery()) == Attempt("failed", "provider-unreachable")


async def test_a_lost_answer_is_unclear_and_a_look_up_finds_the_truth() -> None:
    async with call_desk(loses_answer=True) as desk, port_to(desk.url) as port:
        attempt = await port.attempt(delivery("effect-1"))
        looked_up = await port.look_up(delivery("effect-1"))

    assert attempt == Attempt("unknown", "answer-lost")
    assert looked_up == Attempt("done", "answered", "effect-1")
    assert desk.requests == 1


async def test_a_desk_that_does_not_answer_in_time_is_unclear() -> None:
    async with call_desk(hangs=True) as desk, port_to(desk.url, answer_timeout_s=0.2) as port:
        assert await port.attempt(delivery()) == Attempt("unknown", "answer-lost")


@pytest.mark.parametrize(
    ("status", "attempt"),
    [
        (400, Attempt("failed", "provider-refused")),
        (409, Attempt("unknown", "provider-conflict")),
        (429, Attempt("failed", "provider-busy")),
        (500, Attempt("unknown", "provider-error")),
        (503, Attempt("unknown", "provider-error")),
        (302, Attempt("unknown", "provider-error")),
    ],
)
async def test_an_error_answer_tells_whether_something_may_have_happened(status: int, attempt: Attempt) -> None:
    async with call_desk(status=status) as desk, port_to(desk.url) as port:
        assert await port.attempt(delivery()) == attempt


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff"])
async def test_an_answer_nobody_can_read_is_unclear(body: bytes) -> None:
    async with call_desk(body=body) as desk, port_to(desk.url) as port:
        assert await port.attempt(delivery()) == Attempt("unknown", "answer-unreadable")


async def test_a_call_the_list_never_heard_of_was_not_received() -> None:
    async with call_desk() as desk, port_to(desk.url) as port:
        assert await port.look_up(delivery()) == Attempt("failed", "not-received")


async def test_a_look_up_that_cannot_be_answered_stays_unclear() -> None:
    async with call_desk(status=500) as desk, port_to(desk.url) as port:
        broken = await port.look_up(delivery())
    async with port_to(f"http://{LOOPBACK}:{await closed_port()}") as port:
        away = await port.look_up(delivery())

    assert (broken.outcome, away.outcome) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("contact", "detail"),
    [
        (VAULT.seal(PHONE, OTHER_UNIT, CONTACT_PHONE, SEALED_ON), "contact-unreadable"),
        (VAULT.seal(EMAIL, UNIT, CONTACT_EMAIL, SEALED_ON), "contact-unreadable"),
        (VAULT.seal("not a number", UNIT, CONTACT_PHONE, SEALED_ON), "number-invalid"),
        (VAULT.seal("5", UNIT, CONTACT_PHONE, SEALED_ON), "number-invalid"),
        (None, "no-contact"),
    ],
)
async def test_a_contact_that_cannot_be_used_fails_before_anything_goes_out(
    contact: Sealed | None, detail: str
) -> None:
    async with call_desk() as desk, port_to(desk.url) as port:
        attempt = await port.attempt(delivery(contact=contact))

    assert attempt == Attempt("failed", detail)
    assert desk.requests == 0


async def test_no_number_appears_in_what_is_logged_or_answered(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with call_desk(loses_answer=True) as desk, port_to(desk.url) as port:
        attempt = await port.attempt(delivery(contact=SEALED_PHONE))

    assert PHONE not in caplog.text + repr(attempt)
