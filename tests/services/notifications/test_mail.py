"""The mail channel against a real SMTP server: until the mail is handed over nothing has gone out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from schemas.notifications import DeliveryRequested
from schemas.vocabulary import Channel
from services.notifications.channels import ChannelPort, channel_port
from services.notifications.settings import ChannelSettings
from services.runtime.effects import Attempt
from services.runtime.sealing import CONTACT_EMAIL
from services.sandbox.smtp import MailFolder
from tests.services.notifications.samples import EMAIL, OPENER, SEALED_EMAIL, SEALED_ON, UNIT, VAULT, delivery
from tests.services.notifications.servers import BreakingMailServer, MailServer, closed_port, served, smtp_server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]

NOTHING_WENT_OUT = Attempt("failed", "provider-unreachable")
UNCLEAR = Attempt("unknown", "answer-lost")
ACCEPTED = Attempt("done", "mail-accepted", "<effect-1@shebao.example>")


def mail(effect_id: str = "effect-1") -> DeliveryRequested:
    return delivery(effect_id, Channel.EMAIL, SEALED_EMAIL)


@asynccontextmanager
async def port_to(smtp_port: int, **settings: Any) -> AsyncIterator[ChannelPort]:
    port = channel_port(ChannelSettings(smtp_port=smtp_port, **settings), OPENER)
    try:
        yield port
    finally:
        await port.close()


async def test_a_mail_arrives_whole_with_subject_text_and_an_id_made_of_the_deliverys() -> None:
    server = MailServer()
    async with smtp_server(server) as number, port_to(number) as port:
        attempt = await port.attempt(mail())
    received = BytesParser(EmailMessage, policy=default).parsebytes(server.mails[0])
    body = received.get_body()

    assert attempt == ACCEPTED
    assert server.recipients == [EMAIL]
    assert received["Message-ID"] == "<effect-1@shebao.example>"
    assert received["Subject"] == "【文登区社会保险服务中心】社会保险费缴纳提醒"
    assert (received["From"], received["To"]) == ("notices@shebao.example", EMAIL)
    assert received["Date"].datetime is not None
    assert received.get_content_type() == "text/plain"
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == mail().text


async def test_the_mail_itself_is_plain_ascii_so_that_every_server_takes_it() -> None:
    server = MailServer()
    async with smtp_server(server) as number, port_to(number) as port:
        await port.attempt(mail())

    assert server.mails[0].isascii()


@pytest.mark.parametrize(
    ("behaviour", "attempt"),
    [
        ({"recipient_answer": "550 no such mailbox"}, Attempt("failed", "address-refused")),
        ({"recipient_answer": "450 try later"}, Attempt("failed", "provider-busy")),
        ({"mail_answer": "554 looks like spam"}, Attempt("failed", "provider-refused")),
        ({"mail_answer": "451 try later"}, Attempt("failed", "provider-busy")),
    ],
)
async def test_a_refusal_is_certain_and_tells_whether_asking_again_may_help(
    behaviour: dict[str, Any], attempt: Attempt
) -> None:
    async with smtp_server(MailServer(**behaviour)) as number, port_to(number) as port:
        assert await port.attempt(mail()) == attempt


async def test_where_nobody_listens_nothing_went_out() -> None:
    async with port_to(await closed_port()) as port:
        assert await port.attempt(mail()) == NOTHING_WENT_OUT


@pytest.mark.parametrize(
    ("breaks_at", "attempt"),
    [("greeting", NOTHING_WENT_OUT), ("RCPT", NOTHING_WENT_OUT), ("DATA", UNCLEAR), ("mail", UNCLEAR)],
)
async def test_a_connection_lost_before_data_is_certain_and_after_it_unclear(breaks_at: str, attempt: Attempt) -> None:
    async with served(lambda: BreakingMailServer(breaks_at)) as number, port_to(number) as port:
        assert await port.attempt(mail()) == attempt


@pytest.mark.parametrize(("breaks_at", "attempt"), [("RCPT", NOTHING_WENT_OUT), ("mail", UNCLEAR)])
async def test_a_server_that_falls_silent_is_left_after_a_bounded_time(breaks_at: str, attempt: Attempt) -> None:
    limits = {"connect_timeout_s": 0.3, "answer_timeout_s": 0.3}
    async with served(lambda: BreakingMailServer(breaks_at, hangs=True)) as number, port_to(number, **limits) as port:
        assert await port.attempt(mail()) == attempt


async def test_a_mail_cannot_be_looked_up_without_a_folder() -> None:
    async with port_to(1) as port:
        assert await port.look_up(mail()) == Attempt("unknown", "mail-cannot-be-looked-up")


async def test_with_the_servers_folder_a_mail_is_found_or_was_not_received(tmp_path: Path) -> None:
    async with smtp_server(MailFolder(tmp_path)) as number, port_to(number, mail_folder=tmp_path) as port:
        await port.attempt(mail("effect-1"))
        found, missing = await port.look_up(mail("effect-1")), await port.look_up(mail("effect-2"))

    assert found == ACCEPTED
    assert missing == Attempt("failed", "not-received")


async def test_a_folder_not_searched_whole_or_not_there_proves_nothing(tmp_path: Path) -> None:
    """Two mails and room for two: searched whole. Two mails and room for one: not."""
    async with smtp_server(MailFolder(tmp_path)) as number:
        async with port_to(number, mail_folder=tmp_path, mail_folder_files_max=2) as port:
            await port.attempt(mail("effect-1"))
            await port.attempt(mail("effect-2"))
            whole = await port.look_up(mail("effect-3"))
        async with port_to(number, mail_folder=tmp_path, mail_folder_files_max=1) as port:
            part = await port.look_up(mail("effect-3"))
        async with port_to(number, mail_folder=tmp_path / "gone") as port:
            gone = await port.look_up(mail("effect-3"))

    assert [whole.outcome, part.outcome, gone.outcome] == ["failed", "unknown", "unknown"]


@pytest.mark.parametrize(
    "address",
    ["a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "nobody", "a b@c.example", "<a@b.example>"],
)
async def test_what_is_not_one_plain_address_is_not_written_to(address: str) -> None:
    server = MailServer()
    sealed = VAULT.seal(address, UNIT, CONTACT_EMAIL, SEALED_ON)
    async with smtp_server(server) as number, port_to(number) as port:
        attempt = await port.attempt(delivery(channel=Channel.EMAIL, contact=sealed))

    assert attempt == Attempt("failed", "address-invalid")
    assert server.mails == []


async def test_no_address_appears_in_what_is_logged_or_answered(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with smtp_server(MailServer(recipient_answer=f"550 {EMAIL} unknown")) as number, port_to(number) as port:
        attempt = await port.attempt(mail())

    assert EMAIL not in repr(attempt)
    assert EMAIL not in "".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
