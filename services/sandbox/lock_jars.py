"""Make `jars.lock.json` anew: `python -m services.sandbox.lock_jars` (for developers; needs `jgo`).

Each root is resolved apart from the others. Resolved together, jgo lets the dependency management of one root
reach the others: adding Log4j's slf4j bridge to Kafka 4.3.1 turned `kafka-clients` into 3.9.1.
"""

import hashlib
import sys
from pathlib import Path

import jgo
from jgo.maven import Artifact, MavenContext

from services.sandbox.lock import LOCK_PATH, Lock, LockedArtifact, save_lock

KAFKA = "org.apache.kafka:kafka_2.13:4.3.1"
APICURIO = ("io.apicurio", "apicurio-registry-app", "3.3.3")
APICURIO_FILE = ("all", "tar.gz")
LOGGING_BRIDGE = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4"
"""Kafka speaks the slf4j 1.7 API and brings Log4j 2; without this bridge between the two it logs nothing."""


def _locked(artifact: Artifact) -> LockedArtifact:
    file = Path(artifact.resolve())
    content = file.read_bytes()
    directory = artifact.component.path_prefix.as_posix()
    return LockedArtifact(
        group=artifact.groupId,
        artifact=artifact.artifactId,
        version=artifact.version,
        file=artifact.filename,
        path=f"{directory}/{artifact.filename}",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )


def _kafka_class_path() -> list[Artifact]:
    jars = jgo.resolve(KAFKA)
    version = KAFKA.rsplit(":", 1)[1]
    mixed = [str(jar) for jar in jars if jar.groupId == "org.apache.kafka" and jar.version != version]
    if mixed:
        raise SystemExit(f"The resolver mixed versions of Kafka: {', '.join(mixed)}.")
    bridge = jgo.resolve(LOGGING_BRIDGE)[0]
    core = next(jar for jar in jars if jar.artifactId == "log4j-core")
    if core.version != bridge.version:
        raise SystemExit(f"Kafka brings log4j-core {core.version}, the bridge is {bridge.version}: make them equal.")
    return [*jars, bridge]


def _apicurio_archive() -> Artifact:
    group, artifact, version = APICURIO
    classifier, packaging = APICURIO_FILE
    component = MavenContext().project(group, artifact).at_version(version)
    return component.artifact(classifier=classifier, packaging=packaging)


def main() -> None:
    """Resolve, download, hash and write the lock."""
    kafka = sorted((_locked(jar) for jar in _kafka_class_path()), key=lambda jar: jar.path)
    lock = Lock(kafka=tuple(kafka), apicurio=_locked(_apicurio_archive()))
    save_lock(lock)
    total = sum(artifact.size for artifact in lock.artifacts)
    sys.stdout.write(f"{LOCK_PATH.name}: {len(lock.artifacts)} files, {total / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
