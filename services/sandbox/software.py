"""What the sandbox runs: downloaded, unpacked, and made quick to start; all of it in the cache folder."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from services.sandbox.artifacts import artifact_path, fetch_artifacts
from services.sandbox.file_lock import exclusive
from services.sandbox.jvm import NO_FAST_START, FastStart
from services.sandbox.lock import Lock, load_lock
from services.sandbox.progress import Phase, Progress, ProgressCallback, silent
from services.sandbox.settings import SandboxSettings
from services.sandbox.training import cache_paths, train
from services.sandbox.unpack import unpack_once


@dataclass(frozen=True)
class Software:
    """Kafka's jars in class path order, the registry's runner, and how each starts quickly."""

    kafka_class_path: tuple[Path, ...]
    registry_runner: Path
    kafka_fast_start: FastStart = NO_FAST_START
    registry_fast_start: FastStart = NO_FAST_START


async def fetch_software(settings: SandboxSettings, progress: ProgressCallback = silent) -> Software:
    """Download, unpack and train what is missing; a second call only checks."""
    lock = load_lock()
    artifacts_dir = (settings.cache_dir / "artifacts").resolve()
    registry_dir = (settings.cache_dir / f"apicurio-{lock.apicurio.version}-{lock.apicurio.sha256[:12]}").resolve()
    class_path = tuple(artifact_path(artifacts_dir, jar) for jar in lock.kafka)
    runner = registry_dir / "quarkus-run.jar"
    async with exclusive(settings.cache_dir / "lock"):
        await _fetch(lock, settings, artifacts_dir, registry_dir.exists(), progress)
        if not registry_dir.exists():
            await _unpack(lock, artifacts_dir, registry_dir, progress)
        if settings.fast_start:
            await train(settings, class_path, runner, progress)
    kafka_cache, registry_cache = cache_paths(settings, class_path, runner)
    return Software(class_path, runner, _use(settings, kafka_cache), _use(settings, registry_cache))


def _use(settings: SandboxSettings, cache: Path) -> FastStart:
    return FastStart(use=cache) if settings.fast_start and cache.exists() else NO_FAST_START


async def _fetch(
    lock: Lock,
    settings: SandboxSettings,
    artifacts_dir: Path,
    is_registry_unpacked: bool,
    progress: ProgressCallback,
) -> None:
    wanted = [artifact for artifact in lock.artifacts if not (is_registry_unpacked and artifact == lock.apicurio)]

    def report(done: int, total: int) -> None:
        progress(Progress("software", Phase.DOWNLOADING, done / total))

    await fetch_artifacts(wanted, artifacts_dir, settings.maven_repository, report)


async def _unpack(lock: Lock, artifacts_dir: Path, folder: Path, progress: ProgressCallback) -> None:
    archive = artifact_path(artifacts_dir, lock.apicurio)

    def report(fraction: float) -> None:
        progress(Progress("software", Phase.UNPACKING, fraction))

    await asyncio.to_thread(unpack_once, archive, folder, report)
    # Unpacked it is of no more use, and it is 158 MB.
    archive.unlink()
