"""The keys of the console: the environment's, or, in front of a sandbox on this machine, the published ones."""

import os

from services.audit.seal_keys import (
    PUBLIC_KEYS_VARIABLE,
    PublicKeys,
    development_public_keys,
    public_keys_from_environment,
)
from services.console.connection import mesh_settings
from services.runtime.sealing import (
    PERSON_SECRET_VARIABLE,
    SEALING_KEY_VARIABLE,
    Vault,
    development_vault,
    vault_from_environment,
)
from services.runtime.signing import Signer, development_signer
from services.runtime.signing_keys import SIGNING_KEY_VARIABLE, signer_from_environment

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def console_vault() -> Vault:
    """Give the vault. `WillNotStart` says which variable is missing where the broker is not on this machine."""
    variables = (SEALING_KEY_VARIABLE, PERSON_SECRET_VARIABLE)
    named = any(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in variables)
    if not named and is_on_this_machine(mesh_settings().bootstrap_servers):
        return development_vault()
    return vault_from_environment()


def console_public_keys() -> PublicKeys:
    """Give the keys that verify seals. `WillNotStart` says what is missing where the broker is not on this machine."""
    if not os.environ.get(PUBLIC_KEYS_VARIABLE) and is_on_this_machine(mesh_settings().bootstrap_servers):
        return development_public_keys()
    return public_keys_from_environment()


def console_signer() -> Signer:
    """Give what signs upstream records. `WillNotStart` says what is missing where the broker is not on this machine."""
    variable = SIGNING_KEY_VARIABLE
    named = os.environ.get(variable) or os.environ.get(f"{variable}_FILE")
    if not named and is_on_this_machine(mesh_settings().bootstrap_servers):
        return development_signer()
    return signer_from_environment()


def is_on_this_machine(bootstrap_servers: str) -> bool:
    """Tell whether every broker named is on loopback: then it is a sandbox, and its workers have the same keys."""
    return all(server.strip().rpartition(":")[0] in _LOOPBACK for server in bootstrap_servers.split(","))
