"""The mail channel: SMTP, one connection a mail.

SMTP cannot be asked what became of a mail. Where the server keeps its mails in a folder that we can read (the sandbox
does), a look-up searches it for the Message-ID, which is made of the delivery's id.
"""

import asyncio
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from pathlib import Path

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientRefused, SMTPResponseException

from schemas.notifications import DeliveryRequested
from services.notifications.settings import ChannelSettings
from services.runtime.effects import DONE, FAILED, UNKNOWN, Attempt

PERMANENT_FROM = 500
"""SMTP answers from here on will not change by asking again (RFC 5321 4.2.1)."""


class MailChannel:
    """Sends mails and, where there is a folder to search, finds out whether one was accepted."""

    def __init__(self, settings: ChannelSettings) -> None:
        self._settings = settings
        self._domain = settings.sender.rpartition("@")[2]

    async def send(self, request: DeliveryRequested, address: str) -> Attempt:
        """Send one mail. Until the mail itself is handed over nothing has gone out; from then on silence is unclear."""
        client = self._client()
        try:
            refusal = await self._prepare(client, address)
            return refusal or await self._hand_over(client, self.message(request, address))
        finally:
            client.close()

    async def look_up(self, request: DeliveryRequested) -> Attempt:
        """Search the server's folder, if there is one, for the mail."""
        folder = self._settings.mail_folder
        if folder is None:
            return Attempt(UNKNOWN, "mail-cannot-be-looked-up")
        message_id = self.message_id(request)
        return await asyncio.to_thread(_search, folder, message_id, self._settings.mail_folder_files_max)

    def message_id(self, request: DeliveryRequested) -> str:
        """Give the Message-ID of a delivery: always the same for one."""
        return f"<{request.effect_id}@{self._domain}>"

    def message(self, request: DeliveryRequested, address: str) -> EmailMessage:
        """Write the mail: plain text, UTF-8 in a form that every server takes."""
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = self._settings.sender
        message["To"] = address
        message["Subject"] = request.title
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = self.message_id(request)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(request.text, charset="utf-8", cte="base64")
        return message

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=settings.smtp_password.get_secret_value() or None,
            local_hostname=self._domain,  # else the library asks the name servers for our own name
            timeout=settings.answer_timeout_s,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
        )

    async def _prepare(self, client: SMTP, address: str) -> Attempt | None:
        """Connect and name sender and recipient; None when the server takes both."""
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                await client.connect()
                await client.mail(self._settings.sender)
                await client.rcpt(address)
        except SMTPRecipientRefused as refused:
            return Attempt(FAILED, "address-refused" if refused.code >= PERMANENT_FROM else "provider-busy")
        except SMTPResponseException as refused:
            return Attempt(FAILED, "provider-refused" if refused.code >= PERMANENT_FROM else "provider-busy")
        except (SMTPException, OSError, ssl.SSLError, TimeoutError):
            return Attempt(FAILED, "provider-unreachable")
        return None

    async def _hand_over(self, client: SMTP, message: EmailMessage) -> Attempt:
        try:
            async with asyncio.timeout(self._settings.answer_timeout_s):
                await client.data(message.as_bytes())
        except SMTPDataError as refused:
            return Attempt(FAILED, "provider-refused" if refused.code >= PERMANENT_FROM else "provider-busy")
        except (SMTPException, OSError, TimeoutError):
            return Attempt(UNKNOWN, "answer-lost")
        return Attempt(DONE, "mail-accepted", str(message["Message-ID"]))


def _search(folder: Path, message_id: str, files_max: int) -> Attempt:
    """Look for a mail among the newest of a folder; only a folder searched whole proves that it is not there."""
    parser = BytesHeaderParser(policy=SMTP_POLICY)
    try:
        paths = sorted(folder.glob("*.eml"), reverse=True)
        for path in paths[:files_max]:
            with path.open("rb") as stream:
                if str(parser.parse(stream)["Message-ID"]).strip() == message_id:
                    return Attempt(DONE, "mail-accepted", message_id)
    except OSError:
        return Attempt(UNKNOWN, "mail-folder-unreadable")
    if len(paths) > files_max or not folder.is_dir():
        return Attempt(UNKNOWN, "mail-not-among-the-newest")
    return Attempt(FAILED, "not-received")
