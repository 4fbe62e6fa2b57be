"""Who logs in to a secure sandbox, and where the passwords lie: for each process a folder with its own and no others'."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from schemas import access
from schemas.topics import OPERATORS, UPSTREAM
from services.runtime.broker_connection import BrokerConnection
from services.sandbox.certificates import make_certificates
from services.sandbox.settings import ADMIN_HOLDER, SandboxSettings

BROKER = "broker"
"""The brokers' own account, with which they copy from each other."""
PEOPLE = ADMIN_HOLDER
"""Whoever sits at this machine: looks, gives orders, publishes what upstream systems would, and manages the broker."""
_SERVICES_OF: Mapping[str, tuple[str, ...]] = {
    "arrears": ("arrears", "documents"),
    "notifications": ("notifications", "deliveries"),
    "cards": ("cards", "card-printing"),
}
"""Workers that run more than one service; each of their services logs in as itself."""
_PASSWORD_BYTES = 24


def holders() -> dict[str, tuple[str, ...]]:
    """Give every process that holds passwords, with the accounts whose passwords it holds; each account has one holder."""
    known = access.principals()
    people = [name for name in (access.CONSOLE, OPERATORS, *UPSTREAM) if name in known]
    housed = {name for names in _SERVICES_OF.values() for name in names}
    alone = [name for name in known if name not in housed and name not in people]
    return {
        **_SERVICES_OF,
        **{name: (name,) for name in alone},
        PEOPLE: (*people, access.ADMIN),
        BROKER: (BROKER,),
    }


def accounts() -> tuple[str, ...]:
    """Name every account of a secure sandbox."""
    return tuple(name for names in holders().values() for name in names)


def make_secrets(settings: SandboxSettings) -> None:
    """Make the certificates and passwords that are not there yet, readable by this user alone."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    folders = [settings.secrets_dir, settings.logins_dir(BROKER).parent, *map(settings.logins_dir, holders())]
    for folder in folders:
        folder.mkdir(exist_ok=True, mode=0o700)
    if not settings.ca_file.exists():
        make_certificates(settings.secrets_dir, range(1, settings.brokers + 1))
    for holder, names in holders().items():
        for name in names:
            _make_password(settings.logins_dir(holder) / name)


def client_environment(settings: SandboxSettings, holder: str) -> dict[str, str]:
    """Give what tells a process how to reach the brokers of this sandbox and who it is; the passwords stay in their files."""
    servers = {"SHEBAO_BOOTSTRAP_SERVERS": settings.bootstrap_servers}
    if not settings.secure:
        return servers
    return servers | {
        "SHEBAO_BROKER_SECURITY": "SASL_SSL",
        "SHEBAO_BROKER_CA_FILE": str(settings.ca_file.resolve()),
        "SHEBAO_BROKER_LOGINS_DIR": str(settings.logins_dir(holder).resolve()),
    }


def connection_as(settings: SandboxSettings, account: str) -> BrokerConnection:
    """Give the connection of one account; the same for all where nobody logs in."""
    return settings.connection_with(_holder_of(account), account)


def _holder_of(account: str) -> str:
    return next(holder for holder, names in holders().items() if account in names)


def _make_password(path: Path) -> None:
    """Write a new password, unless there is one: first the empty file that only we may read, then what is in it."""
    if path.exists() and path.stat().st_size:
        return
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(_PASSWORD_BYTES), encoding="ascii")
