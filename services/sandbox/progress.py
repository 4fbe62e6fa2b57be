"""How the sandbox tells a watcher what it is doing."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What a part of the sandbox is doing."""

    DOWNLOADING = "downloading"
    UNPACKING = "unpacking"
    FORMATTING = "formatting"
    TRAINING = "training"
    STARTING = "starting"
    READY = "ready"
    RUNNING = "running"
    """It answers, and did so before anybody asked for it."""
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Progress:
    """One step of one part; `fraction` is between 0 and 1 where it is known."""

    name: str
    phase: Phase
    fraction: float | None = None


ProgressCallback = Callable[[Progress], None]


def silent(_progress: Progress) -> None:
    """Watch nothing."""
