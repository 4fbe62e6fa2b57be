"""Deliveries and the vault: who was erased is not reached, and a vault that is away is a channel that is away."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from schemas.fact import Sealed
from services.notifications.channels import channel_port
from services.notifications.settings import ChannelSettings
from services.runtime.effects import Attempt
from services.runtime.sealing import CONTACT_PHONE
from services.runtime.vault.store import StoredVault
from tests.services.notifications.samples import PHONE, SEALED_ON, UNIT, delivery
from tests.services.notifications.servers import call_desk
from tests.services.runtime.vaults import deliveries, edge, erase, made, opened

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]


@pytest.fixture
def keys(tmp_path: Path) -> StoredVault:
    return made(tmp_path / "keys.sqlite")


@pytest.fixture
def sealed(keys: StoredVault) -> Sealed:
    value = edge(keys).seal(PHONE, UNIT, CONTACT_PHONE, SEALED_ON)
    keys.keep()
    return value


async def attempted(keys: StoredVault, sealed: Sealed) -> tuple[Attempt, int]:
    """What becomes of a delivery, and how many requests the call desk had."""
    async with call_desk() as desk:
        port = channel_port(ChannelSettings(calls_url=desk.url), deliveries(opened(keys.database.path, wait_s=0)))
        try:
            return await port.attempt(delivery(contact=sealed)), desk.requests
        finally:
            await port.close()


async def test_what_stands_in_the_vault_is_dialled(keys: StoredVault, sealed: Sealed) -> None:
    answered, requests = await attempted(keys, sealed)

    assert ("done", 1) == (answered.outcome, requests)


async def test_whoever_was_erased_is_not_dialled(keys: StoredVault, sealed: Sealed) -> None:
    erase(keys, UNIT)

    assert (Attempt("failed", "contact-erased"), 0) == await attempted(keys, sealed)


async def test_while_the_vault_does_not_answer_nothing_goes_out_and_it_may_be_tried_again(
    keys: StoredVault, sealed: Sealed
) -> None:
    async with call_desk() as desk:
        port = channel_port(ChannelSettings(calls_url=desk.url), deliveries(opened(keys.database.path, wait_s=0)))
        with closing(sqlite3.connect(keys.database.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            answer = await port.attempt(delivery(contact=sealed))
        await port.close()

    assert (Attempt("failed", "vault-unreachable"), 0) == (answer, desk.requests)
