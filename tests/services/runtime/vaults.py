"""Vaults in files, for tests: made, opened, and acted upon by people of ours."""

import weakref
from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path

from schemas.sealed_fields import Compartment
from services.runtime.sealing import Opener, Vault, development_persons
from services.runtime.vault.acts import Action, Actor
from services.runtime.vault.database import VaultDatabase, create
from services.runtime.vault.keeping import ask, confirm
from services.runtime.vault.masters import MasterKeys, MasterRing, development_masters
from services.runtime.vault.store import StoredVault

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Weihai: a rotation now begins on the 4th."""
TODAY, TOMORROW, BEGINS_ON = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)
ALL = tuple(Compartment)
UNIT, OTHER = "11371000004359918E", "91371003MA3N5Y8K1E"
PERSON = "p1-6b61379c27712fbaf72fa4e5bf1a29de"
PHONE = "0631-8451473"


def made(path: Path, masters: MasterKeys | None = None) -> StoredVault:
    """A vault in a new file."""
    create(path)
    return opened(path, masters)


def opened(path: Path, masters: MasterKeys | None = None, wait_s: float = 5.0) -> StoredVault:
    """A vault whose file is there, opened once more, as another process would."""
    keys = StoredVault(VaultDatabase(path, wait_s), masters or MasterRing(development_masters()))
    weakref.finalize(keys, keys.database.close)
    return keys


def edge(keys: StoredVault) -> Vault:
    """What publishes with it."""
    return Vault(keys, development_persons())


def deliveries(keys: StoredVault) -> Opener:
    """What shows contacts."""
    return Opener(keys, "deliveries")


def actor(name: str = "li", at: datetime = NOW, authority: str = "个人信息保护法 47") -> Actor:
    """Somebody who acts, from an account of their own."""
    return Actor(name, f"account-of-{name.strip().lower()}", at, "because", authority)


def erase(keys: StoredVault, subject: str, compartments: Collection[Compartment] = ALL, at: datetime = NOW) -> None:
    """Two people erase."""
    confirm(keys, ask(keys, Action.ERASURE_ASKED, actor("li", at), subject, tuple(compartments)), actor("wang", at))


def readmit(keys: StoredVault, subject: str, compartments: Collection[Compartment] = ALL, at: datetime = NOW) -> None:
    """Two people readmit."""
    confirm(keys, ask(keys, Action.READMISSION_ASKED, actor("li", at), subject, tuple(compartments)), actor("wang", at))
