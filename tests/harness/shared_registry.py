"""One registry that holds every schema, for all brokers that one process starts: they only ask it, whatever happens to them."""

import tempfile
from pathlib import Path

from services.runtime.registry import RegistryClient
from services.runtime.schema_push import push
from services.sandbox import stack as sandbox
from services.sandbox.settings import SandboxSettings, on_free_ports

REGISTRY_PART = "registry"
"""What the sandbox calls it."""


async def push_all(settings: SandboxSettings) -> None:
    """Give the registry of a sandbox every schema."""
    async with RegistryClient(settings.registry_url) as registry:
        await push(registry)


class SharedRegistry:
    """Started, and given all schemas, when somebody first wants it. What others register there beside ours disturbs nobody."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._settings: SandboxSettings | None = None

    async def serve(self) -> SandboxSettings:
        """Let it run; gives the settings under which it does."""
        if self._settings is None:
            self._folder = tempfile.TemporaryDirectory(prefix="shebao-registry-")
            self._settings = on_free_ports(Path(self._folder.name) / "data")
            try:
                await sandbox.start(self._settings, parts=(REGISTRY_PART,))
                await push_all(self._settings)
            except BaseException:
                await self.stop()
                raise
        return self._settings

    async def stop(self) -> None:
        """End it, where it runs, and remove what it kept."""
        folder, settings = self._folder, self._settings
        self._folder = self._settings = None
        if folder is not None and settings is not None:
            await sandbox.reset(settings)
            folder.cleanup()
