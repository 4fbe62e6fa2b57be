"""How a command reaches the mesh: the broker of the settings, or whatever a test hands in."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from services.audit.reading import MeshReader
from services.console.broker_mesh import BrokerMesh
from services.runtime.settings import MeshSettings, load_settings

Connect = Callable[[], AbstractAsyncContextManager[MeshReader]]
"""Opens the mesh for one command."""


def to_broker() -> AbstractAsyncContextManager[MeshReader]:
    """Open the mesh on the broker that the environment names (`SHEBAO_BOOTSTRAP_SERVERS`, …)."""
    return BrokerMesh(load_settings(MeshSettings))
