"""Lets the accounts of a secure sandbox in: a password each, and the rights of the table."""

import asyncio
import time

from confluent_kafka.admin import ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

from services.runtime import access_admin
from services.runtime.broker_admin import BrokerAdmin
from services.sandbox.errors import SandboxError
from services.sandbox.logins import accounts, connection_as
from services.sandbox.settings import SandboxSettings

ROUNDS = 4_096
"""How often a password is hashed before it is kept: the least the broker takes, as nobody guesses what chance made; each connection
of each client pays for it."""
VISIBLE_TIMEOUT_S = 30.0
_VISIBLE_POLL_S = 0.05


async def let_in(settings: SandboxSettings) -> None:
    """Set every account's password and give the rights of the table; returns once the broker knows them."""
    admin = await BrokerAdmin.reaching(settings.connection)
    wanted = accounts()
    await admin.answers(admin.client.alter_user_scram_credentials([_login(settings, name) for name in wanted]).values())
    await access_admin.apply(settings.connection)
    # The controller has them; a broker hears of it a moment later, of all at once, and a worker must not come before.
    last, deadline = connection_as(settings, wanted[-1]), time.monotonic() + VISIBLE_TIMEOUT_S
    while await last.refusals():
        if time.monotonic() > deadline:
            raise SandboxError(
                f"已过 {VISIBLE_TIMEOUT_S:.0f} 秒，仍有 Kafka 节点未认全各账号。",
                f"{VISIBLE_TIMEOUT_S:.0f} s later a broker does not know all accounts yet.",
            )
        await asyncio.sleep(_VISIBLE_POLL_S)


def _login(settings: SandboxSettings, account: str) -> UserScramCredentialUpsertion:
    password = connection_as(settings, account).password
    assert password is not None
    how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ROUNDS)
    return UserScramCredentialUpsertion(account, how, password.get_secret_value().encode())
