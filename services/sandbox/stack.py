"""The whole sandbox: fetch, start in parallel, tell, stop, remove."""

import asyncio
import fcntl
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.sandbox.artifacts import artifact_path, fetch_artifacts
from services.sandbox.errors import SandboxError
from services.sandbox.kafka import Kafka
from services.sandbox.lock import Lock, load_lock
from services.sandbox.processes import Daemon
from services.sandbox.progress import Phase, Progress, ProgressCallback, silent
from services.sandbox.registry import Registry
from services.sandbox.settings import SandboxSettings
from services.sandbox.unpack import unpack_once

LOCK_WAIT_S = 600.0
_MARKER = "shebao-sandbox"


@dataclass(frozen=True)
class PartStatus:
    """One process of the sandbox as `status` reports it."""

    name: str
    running: bool
    pid: int | None
    log_file: Path


@dataclass(frozen=True)
class Software:
    """What was fetched: Kafka's jars in class path order, and the registry's folder."""

    kafka_class_path: tuple[Path, ...]
    registry_folder: Path


async def fetch_software(settings: SandboxSettings, progress: ProgressCallback = silent) -> Software:
    """Download and unpack what is missing; a second call does nothing."""
    lock = load_lock()
    artifacts_dir = settings.cache_dir / "artifacts"
    registry_folder = settings.cache_dir / f"apicurio-{lock.apicurio.version}-{lock.apicurio.sha256[:12]}"
    async with _exclusive(settings.cache_dir / "lock"):
        await _fetch(lock, settings, registry_folder.exists(), progress)
        if not registry_folder.exists():
            await _unpack(lock, artifacts_dir, registry_folder, progress)
    class_path = tuple(artifact_path(artifacts_dir, jar) for jar in lock.kafka)
    return Software(class_path, registry_folder)


async def _fetch(lock: Lock, settings: SandboxSettings, registry_unpacked: bool, progress: ProgressCallback) -> None:
    wanted = [artifact for artifact in lock.artifacts if not (registry_unpacked and artifact == lock.apicurio)]

    def report(done: int, total: int) -> None:
        progress(Progress("software", Phase.DOWNLOADING, done / total))

    await fetch_artifacts(wanted, settings.cache_dir / "artifacts", settings.maven_repository, report)


async def _unpack(lock: Lock, artifacts_dir: Path, folder: Path, progress: ProgressCallback) -> None:
    archive = artifact_path(artifacts_dir, lock.apicurio)

    def report(fraction: float) -> None:
        progress(Progress("software", Phase.UNPACKING, fraction))

    await asyncio.to_thread(unpack_once, archive, folder, report)
    # Unpacked it is of no more use, and it is 158 MB.
    archive.unlink()


async def start(settings: SandboxSettings, progress: ProgressCallback = silent) -> None:
    """Start everything that does not run yet and return when all of it answers; leaves nothing half started."""
    software = await fetch_software(settings, progress)
    _mark_data_dir(settings)
    async with _exclusive(settings.data_dir / "lock"):
        kafka = Kafka(settings, software.kafka_class_path)
        registry = Registry(settings, software.registry_folder)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(kafka.start(progress))
                group.create_task(registry.start(progress))
        except* SandboxError as errors:
            await _stop_all(settings)
            raise _first(errors) from None


async def stop(settings: SandboxSettings, progress: ProgressCallback = silent) -> None:
    """Stop what this sandbox started, and nothing else."""
    if not settings.data_dir.exists():
        return
    async with _exclusive(settings.data_dir / "lock"):
        await _stop_all(settings, progress)


async def reset(settings: SandboxSettings, progress: ProgressCallback = silent) -> None:
    """Stop, and remove all data; downloaded software stays."""
    await stop(settings, progress)
    if not settings.data_dir.exists():
        return
    if not (settings.data_dir / _MARKER).exists():
        raise SandboxError(f"{settings.data_dir} was not made by the sandbox, so it is not removed.")
    await asyncio.to_thread(shutil.rmtree, settings.data_dir)


def status(settings: SandboxSettings) -> list[PartStatus]:
    """Every process that was started and not stopped since, alive or not."""
    parts = []
    for daemon in _known_daemons(settings):
        process = daemon.process()
        parts.append(PartStatus(daemon.name, process is not None, process.pid if process else None, daemon.log_file))
    return parts


def _known_daemons(settings: SandboxSettings) -> list[Daemon]:
    return [Daemon(path.stem, (), settings.run_dir, settings.log_dir) for path in sorted(settings.run_dir.glob("*.json"))]


async def _stop_all(settings: SandboxSettings, progress: ProgressCallback = silent) -> None:
    async def end(daemon: Daemon) -> None:
        progress(Progress(daemon.name, Phase.STOPPING))
        await daemon.stop(settings.stop_timeout_s)
        progress(Progress(daemon.name, Phase.STOPPED, 1.0))

    async with asyncio.TaskGroup() as group:
        for daemon in _known_daemons(settings):
            group.create_task(end(daemon))


def _mark_data_dir(settings: SandboxSettings) -> None:
    """Say that the folder is the sandbox's, so that `reset` never removes somebody's own."""
    marker = settings.data_dir / _MARKER
    if settings.data_dir.exists() and not marker.exists() and any(settings.data_dir.iterdir()):
        raise SandboxError(f"{settings.data_dir} holds files that are not the sandbox's: choose an empty SHEBAO_SANDBOX_DATA_DIR.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    marker.touch()


def _first(errors: BaseExceptionGroup[SandboxError]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@asynccontextmanager
async def _exclusive(path: Path) -> AsyncIterator[None]:
    """Let one program at a time work on a folder; the operating system frees the lock when it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = asyncio.get_running_loop().time() + LOCK_WAIT_S
    with path.open("a") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if asyncio.get_running_loop().time() > deadline:
                    raise SandboxError(f"Another program has been working on {path.parent} for {LOCK_WAIT_S:.0f} s.") from None
                await asyncio.sleep(0.1)
        yield
