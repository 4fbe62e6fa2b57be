"""How a command reaches the mesh: the broker of the settings, or whatever a test hands in."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from services.audit.reading import MeshReader
from services.console.broker_mesh import BrokerMesh
from services.runtime.settings import MeshSettings, read_settings
from services.sandbox.logins import PEOPLE
from services.sandbox.settings import SandboxSettings, load_settings

Connect = Callable[[], AbstractAsyncContextManager[MeshReader]]
"""Opens the mesh for one command."""


def mesh_settings(sandbox: SandboxSettings | None = None) -> MeshSettings:
    """Give the settings with which every edge reaches the mesh.

    Where the environment names a broker, a registry or a folder (`SHEBAO_BOOTSTRAP_SERVERS`, …), that is meant; what it does
    not name is the sandbox's, with the ports and folders that `SHEBAO_SANDBOX_…` gave it. With `sandbox` exactly that
    sandbox is meant, whatever the environment says.
    """
    named = read_settings(MeshSettings)
    known = named.model_fields_set if sandbox is None else set()
    here = sandbox or load_settings()
    of_sandbox: dict[str, Any] = {
        "bootstrap_servers": here.bootstrap_servers,
        "registry_url": here.registry_url,
        "work_dir": here.data_dir / "workers",
    }
    if here.secure and "bootstrap_servers" not in known:
        of_sandbox |= {
            "broker_security": "SASL_SSL",
            "broker_ca_file": here.ca_file,
            "broker_logins_dir": here.logins_dir(PEOPLE),
        }
    return named.model_copy(update={name: value for name, value in of_sandbox.items() if name not in known})


def to_broker() -> AbstractAsyncContextManager[MeshReader]:
    """Open the mesh on the broker that `mesh_settings` names."""
    return BrokerMesh(mesh_settings())
