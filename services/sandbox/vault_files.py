"""The sandbox's vault: a file of wrapped data keys and a ring of master keys, both made of chance at the first start.

Only workers that the grant table lets open something are told where they are. They are shown the whole ring and take in their
own compartments; on a real machine they get that part alone (`shebao keys ring`).
"""

from pathlib import Path

from services.runtime.sealing import DEVELOPMENT, MASTER_KEYS_VARIABLE, PERSON_SECRET_VARIABLE, VAULT_VARIABLE
from services.runtime.vault.database import create
from services.runtime.vault.ring_file import grow
from services.sandbox.settings import SandboxSettings

OPENING_WORKERS = frozenset({"notifications"})
"""Worker processes that run a service of the grant table (`deliveries`)."""


def vault_file(settings: SandboxSettings) -> Path:
    """Where the wrapped data keys are."""
    return settings.data_dir.resolve() / "vault" / "keys.sqlite"


def ring_file(settings: SandboxSettings) -> Path:
    """Where the master keys are; on a real machine never on the same disk."""
    return settings.data_dir.resolve() / "vault" / "masters.json"


def prepare(settings: SandboxSettings) -> None:
    """Make ring and vault, where they are not yet."""
    if not ring_file(settings).exists():
        grow(ring_file(settings))
    if not vault_file(settings).exists():
        create(vault_file(settings))


def opening_environment(settings: SandboxSettings) -> dict[str, str]:
    """What a worker that opens fields is told."""
    return {VAULT_VARIABLE: str(vault_file(settings)), f"{MASTER_KEYS_VARIABLE}_FILE": str(ring_file(settings))}


def sealing_environment(settings: SandboxSettings) -> dict[str, str]:
    """What an edge that publishes here is told; the person secret is the published one."""
    return {**opening_environment(settings), PERSON_SECRET_VARIABLE: DEVELOPMENT}
