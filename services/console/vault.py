"""The keys of the console: the environment's, or, in front of a sandbox on this machine, the sandbox's own."""

import os
from collections.abc import Mapping

from schemas.sealed_fields import CONSOLE
from services.audit.seal_keys import (
    PUBLIC_KEYS_VARIABLE,
    SEAL_KEY_VARIABLE,
    PublicKeys,
    SealKey,
    development_public_keys,
    development_seal_key,
    public_keys_from_environment,
    seal_key_from_environment,
)
from services.console.connection import mesh_settings
from services.runtime.person_keys import PersonKeys
from services.runtime.sealing import (
    DEVELOPMENT,
    MASTER_KEYS_VARIABLE,
    PERSON_SECRET_VARIABLE,
    VAULT_VARIABLE,
    Opener,
    Vault,
    opener_from_environment,
    persons_from_environment,
    vault_from_environment,
)
from services.runtime.settings import MeshSettings, read_settings
from services.runtime.signing import Signer, development_signer
from services.runtime.signing_keys import SIGNING_KEY_VARIABLE, signer_from_environment
from services.sandbox.settings import load_settings
from services.sandbox.vault_files import sealing_environment, vault_file

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_VARIABLES = (VAULT_VARIABLE, MASTER_KEYS_VARIABLE, PERSON_SECRET_VARIABLE)


def console_vault() -> Vault:
    """Give what is sealed with. `WillNotStart` says which variable is missing where the broker is not on this machine."""
    return vault_from_environment(vault_environment())


def console_persons() -> PersonKeys:
    """Give the person keys alone: looking for a person's case needs no vault."""
    return persons_from_environment(vault_environment())


def console_opener() -> Opener | None:
    """Give what shows sealed fields, masked; None where this console was given no vault: they stay sealed."""
    given = vault_environment()
    return opener_from_environment(CONSOLE, given) if given.get(VAULT_VARIABLE) else None


def vault_environment() -> Mapping[str, str]:
    """Give the variables of the vault: those that are set; else the sandbox's, where every broker is on this machine."""
    named = any(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in _VARIABLES)
    if named or not is_sandbox():
        return os.environ
    settings = load_settings()
    if vault_file(settings).exists():
        return sealing_environment(settings)
    return {VAULT_VARIABLE: DEVELOPMENT, PERSON_SECRET_VARIABLE: DEVELOPMENT}


def console_public_keys() -> PublicKeys:
    """Give the keys that verify seals. `WillNotStart` says what is missing where the broker is not on this machine."""
    if not os.environ.get(PUBLIC_KEYS_VARIABLE) and is_sandbox():
        return development_public_keys()
    return public_keys_from_environment()


def console_seal_key() -> SealKey:
    """Give the key that signs an inventory. `WillNotStart` says what is missing where the broker is not on this machine."""
    named = os.environ.get(SEAL_KEY_VARIABLE) or os.environ.get(f"{SEAL_KEY_VARIABLE}_FILE")
    if not named and is_sandbox():
        return development_seal_key()
    return seal_key_from_environment()


def console_signer() -> Signer:
    """Give what signs upstream records. `WillNotStart` says what is missing where the broker is not on this machine."""
    variable = SIGNING_KEY_VARIABLE
    named = os.environ.get(variable) or os.environ.get(f"{variable}_FILE")
    if not named and is_sandbox():
        return development_signer()
    return signer_from_environment()


def is_sandbox() -> bool:
    """Tell whether the keys of a sandbox may be meant: every broker is on this machine, and nobody says how to log in to it.

    A broker in earnest may be reached through this machine as well (a proxy, a tunnel). Whoever names a login for it has to name the keys
    too: what was sealed with published keys stands open in the log for good.
    """
    return read_settings(MeshSettings).broker_security == "PLAINTEXT" and is_on_this_machine(
        mesh_settings().bootstrap_servers
    )


def is_on_this_machine(bootstrap_servers: str) -> bool:
    """Tell whether every broker named is on loopback: then it is a sandbox, and its workers have the same keys."""
    return all(server.strip().rpartition(":")[0] in _LOOPBACK for server in bootstrap_servers.split(","))
