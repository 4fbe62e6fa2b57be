"""A registry that holds every schema: pushed once by a process, and copied for each stack it starts."""

import shutil
import tempfile
from pathlib import Path

from services.runtime.registry import RegistryClient
from services.runtime.schema_push import push
from services.sandbox import stack as sandbox
from services.sandbox.settings import SandboxSettings, on_free_ports

REGISTRY = "registry"
"""The part of the sandbox, and the name of its folder there."""


class PushedRegistry:
    """The files of a registry that was started alone, given all schemas, and ended in good order."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def copy_to(self, settings: SandboxSettings) -> None:
        """Let the registry of a sandbox that is still empty begin with all schemas."""
        if self._folder is None:
            self._folder = await _made()
        await sandbox.start(settings, parts=())  # a folder counts as the sandbox's own only from then on
        shutil.copytree(Path(self._folder.name) / REGISTRY, settings.data_dir / REGISTRY)


async def _made() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="shebao-registry-")
    settings = on_free_ports(Path(folder.name))
    await sandbox.start(settings, parts=(REGISTRY,))
    try:
        async with RegistryClient(settings.registry_url) as registry:
            await push(registry)
    finally:
        await sandbox.stop(settings)
    return folder
