"""A secure broker is reached over TLS by whoever checks its name, and by nobody without a login; a controller by controllers alone."""

import asyncio
import contextlib
import re
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.runtime import access_admin
from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import UserMistake
from services.runtime.kafka_access import read_topics
from services.sandbox.certificates import make_certificates
from services.sandbox.loopback import LOOPBACK
from tests.harness.stack import Stack

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

API_VERSIONS = bytes.fromhex("0000000a0012000000000001ffff")
"""Kafka's first question, that is answered before any login."""


async def answer(port: int, context: ssl.SSLContext, name: str) -> bytes:
    """Shake hands and ask; gives the beginning of the answer."""
    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(LOOPBACK, port, ssl=context, server_hostname=name)
        try:
            writer.write(API_VERSIONS)
            await writer.drain()
            return await reader.readexactly(4)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def trusting(ca_file: Path, own: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca_file))
    if own is not None:
        context.load_cert_chain(str(own))
    return context


async def test_a_broker_shows_the_name_it_was_called_by(secure_stack: Stack) -> None:
    settings = secure_stack.settings
    assert await answer(settings.broker_port(1), trusting(settings.ca_file), LOOPBACK)
    assert await answer(settings.broker_port(1), trusting(settings.ca_file), "localhost")
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        await answer(settings.broker_port(1), trusting(settings.ca_file), "kafka.example")


async def test_a_broker_that_another_authority_signed_is_not_believed(secure_stack: Stack, tmp_path: Path) -> None:
    make_certificates(tmp_path, range(1, 2))
    with pytest.raises(ssl.SSLCertVerificationError):
        await answer(secure_stack.settings.broker_port(1), trusting(tmp_path / "ca.pem"), LOOPBACK)


async def test_a_controller_speaks_to_controllers_alone(secure_stack: Stack, tmp_path: Path) -> None:
    settings = secure_stack.settings
    make_certificates(tmp_path, range(1, 2))
    port, own = settings.controller_port(1), settings.secrets_dir / "broker-1.pem"
    with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
        await answer(port, trusting(settings.ca_file), LOOPBACK)
    with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
        await answer(port, trusting(settings.ca_file, tmp_path / "broker-1.pem"), LOOPBACK)

    assert await answer(port, trusting(settings.ca_file, own), LOOPBACK)


def wrong_ways(right: BrokerConnection) -> dict[str, BrokerConnection]:
    """Ways in that must not be, by what is said of them."""
    return {
        "refuses user arrears: user name or password is wrong": replace(right, password=SecretStr("guessed")),
        "refuses user nobody: user name or password is wrong": replace(right, user="nobody"),
        "do not agree on TLS": replace(right, ca_file=None),
        "No broker answers|does not take PLAINTEXT": replace(right, security="PLAINTEXT"),
        "No broker answers|does not take SSL": replace(right, security="SSL"),
    }


async def test_there_is_one_way_in_and_each_other_is_told_in_a_sentence(secure_stack: Stack) -> None:
    right = secure_stack.connection_as("arrears")
    assert [] == await right.refusals()
    for sentence, connection in wrong_ways(right).items():
        (told,) = await connection.refusals()
        assert re.search(sentence, told.english)


async def test_whoever_guesses_a_password_reads_nothing(secure_stack: Stack) -> None:
    wrong = replace(secure_stack.connection_as("arrears"), password=SecretStr("guessed"))
    with pytest.raises(UserMistake, match="refuses user arrears"):
        [record async for record in read_topics(wrong, ["clock-ticked"])]


async def test_the_administrators_door_tells_the_same(secure_stack: Stack) -> None:
    wrong = replace(secure_stack.settings.connection, password=SecretStr("guessed"))
    with pytest.raises(UserMistake, match="refuses user admin: user name or password is wrong"):
        await access_admin.apply(wrong)
