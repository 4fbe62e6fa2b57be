"""A mail server that keeps every mail in a folder: `python -m services.sandbox.smtp --port --folder`.

Each delivery becomes one `.eml` file, as received, and one `.txt` file with the same name for people: mail
programs encode Chinese, so the raw mail cannot be read by eye. A mail is in the folder, on the disk, before
its sender is told so.
"""

import argparse
import asyncio
import hashlib
import os
import signal
import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.sandbox.loopback import LOOPBACK

MAIL_BYTES_MAX = 1 << 20
_SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Message-ID")


class MailFolder:
    """Keeps mails, one file a delivery, so that a mail sent twice is seen twice."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._numbers = count()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Keep the mail, then accept it."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        recipients = ", ".join(envelope.rcpt_tos)
        await asyncio.to_thread(self._keep, content, recipients)
        return "250 OK"

    def _keep(self, content: bytes, recipients: str) -> None:
        digest = hashlib.sha256(content).hexdigest()[:12]
        name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{next(self._numbers):06d}-{digest}"
        _write_whole(self._folder / f"{name}.txt", readable_text(content, recipients).encode())
        _write_whole(self._folder / f"{name}.eml", content)


def readable_text(content: bytes, recipients: str) -> str:
    """A mail as a person reads it: headers, then text; `recipients` are those of the envelope."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
    headers = [f"{name}: {message[name]}" for name in _SHOWN_HEADERS if message[name]]
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    return "\n".join([*headers, f"Delivered-To: {recipients}", "", text])


def _write_whole(path: Path, content: bytes) -> None:
    working = path.with_suffix(path.suffix + ".writing")
    with working.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    working.replace(path)


async def serve(port: int, folder: Path) -> None:
    """Take mail on loopback until asked to end (SIGTERM or SIGINT)."""
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    handler = MailFolder(folder)

    def session() -> SMTP:
        # The host name is given, else the library asks the name servers for it.
        return SMTP(handler, data_size_limit=MAIL_BYTES_MAX, enable_SMTPUTF8=True, hostname="localhost", loop=loop)

    server = await loop.create_server(session, LOOPBACK, port)
    await asked_to_end.wait()
    server.close()


def main() -> None:
    """Keep mail sent to 127.0.0.1 in a folder until asked to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.folder))


if __name__ == "__main__":
    main()
