"""What formatting a broker's storage leaves is the same for all that nobody needs a password of their own for: done once, and copied."""

import shutil
import tempfile
from pathlib import Path

from services.sandbox import stack as sandbox
from services.sandbox.kafka import Kafka
from services.sandbox.progress import silent
from services.sandbox.settings import SandboxSettings

BROKER = "broker-1"


class FormattedStorage:
    """The files of one broker that was formatted and never started."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def give(self, settings: SandboxSettings, kafka: Kafka) -> None:
        """Format the one broker of a sandbox that is still empty; a secure one's own passwords are written at its own start."""
        if settings.secure:
            return
        await sandbox.start(settings, parts=())  # a folder counts as the sandbox's own only from then on
        storage = settings.data_dir / "kafka" / BROKER
        if self._folder is None:
            await kafka._prepare(silent)
            self._folder = tempfile.TemporaryDirectory(prefix="shebao-formatted-")
            shutil.copytree(storage, Path(self._folder.name) / BROKER)
        else:
            shutil.copytree(Path(self._folder.name) / BROKER, storage)
