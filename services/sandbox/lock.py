"""The checked-in lock of what the sandbox downloads: every file with its hash and size."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LOCK_PATH = Path(__file__).with_name("jars.lock.json")
_FORMAT = 1


@dataclass(frozen=True)
class LockedArtifact:
    """One file of a Maven repository; `path` is relative to the repository, `size` in bytes."""

    group: str
    artifact: str
    version: str
    file: str
    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Lock:
    """All files of the sandbox: Kafka's class path in order, and the registry's archive."""

    kafka: tuple[LockedArtifact, ...]
    apicurio: LockedArtifact

    @property
    def artifacts(self) -> tuple[LockedArtifact, ...]:
        """Every file once, the largest first, so that a parallel download ends soonest."""
        return tuple(sorted((self.apicurio, *self.kafka), key=lambda artifact: (-artifact.size, artifact.path)))


def load_lock(path: Path = LOCK_PATH) -> Lock:
    """Read the lock; a lock of another format is a defect of the package and raises `ValueError`."""
    document = json.loads(path.read_text(encoding="utf-8"))
    if document["format"] != _FORMAT:
        raise ValueError(f"{path} has format {document['format']}, this program reads {_FORMAT}.")
    return Lock(
        kafka=tuple(LockedArtifact(**entry) for entry in document["kafka"]),
        apicurio=LockedArtifact(**document["apicurio"]),
    )


def save_lock(lock: Lock, path: Path = LOCK_PATH) -> None:
    """Write the lock in the form that is checked in."""
    document: dict[str, Any] = {
        "format": _FORMAT,
        "apicurio": asdict(lock.apicurio),
        "kafka": [asdict(artifact) for artifact in lock.kafka],
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
