"""The whole sandbox: start in parallel, tell, stop, remove."""

import asyncio
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from services.sandbox.accounts import let_in
from services.sandbox.errors import SandboxError
from services.sandbox.file_lock import exclusive
from services.sandbox.kafka import Kafka
from services.sandbox.processes import Daemon, known_daemons
from services.sandbox.progress import Phase, Progress, ProgressCallback, silent
from services.sandbox.registry import Registry
from services.sandbox.settings import SandboxSettings
from services.sandbox.simulators import SIMULATORS, Simulator
from services.sandbox.software import Software, fetch_software
from services.sandbox.tasks import side_by_side

PARTS = ("kafka", "registry", *SIMULATORS)
"""Everything the sandbox can start."""

_MARKER = "shebao-sandbox"


@dataclass(frozen=True)
class PartStatus:
    """One process of the sandbox as `status` reports it."""

    name: str
    running: bool
    pid: int | None
    log_file: Path


async def start(settings: SandboxSettings, progress: ProgressCallback = silent, parts: Collection[str] = PARTS) -> None:
    """Start what does not run yet of `parts`, and return when all of it answers.

    When something fails, or the caller is cancelled, what this call started is stopped again and what ran
    before stays.
    """
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise SandboxError(
            f"本机网格没有 {'、'.join(sorted(unknown))}，可选：{'、'.join(PARTS)}。",
            f"The sandbox has no part {', '.join(sorted(unknown))}; it has {', '.join(PARTS)}.",
        )
    software = None if set(parts) <= set(SIMULATORS) else await fetch_software(settings, progress)
    _mark_data_dir(settings)
    async with exclusive(settings.data_dir / "lock"):
        before = {part.name for part in status(settings) if part.running}
        try:
            await _start_parts(settings, software, progress, parts)
        except BaseException:
            await _stop_daemons(settings, [daemon for daemon in _daemons(settings) if daemon.name not in before])
            raise


async def stop(settings: SandboxSettings, progress: ProgressCallback = silent) -> None:
    """Stop what this sandbox started, and nothing else."""
    if not settings.data_dir.exists():
        return
    async with exclusive(settings.data_dir / "lock"):
        await _stop_daemons(settings, _daemons(settings), progress)


async def reset(settings: SandboxSettings, progress: ProgressCallback = silent) -> None:
    """Stop, and remove all data; downloaded software stays."""
    if not settings.data_dir.exists():
        return
    if not (settings.data_dir / _MARKER).exists():
        raise SandboxError(
            f"{settings.data_dir} 不是本程序建立的，不予删除。",
            f"{settings.data_dir} was not made by the sandbox, so it is not removed.",
        )
    await stop(settings, progress)
    await asyncio.to_thread(shutil.rmtree, settings.data_dir)


def status(settings: SandboxSettings) -> list[PartStatus]:
    """Every process that was started and not stopped since, alive or not."""
    parts = []
    for daemon in _daemons(settings):
        process = daemon.process()
        parts.append(PartStatus(daemon.name, process is not None, process.pid if process else None, daemon.log_file))
    return parts


async def _start_parts(
    settings: SandboxSettings, software: Software | None, progress: ProgressCallback, parts: Collection[str]
) -> None:
    async with side_by_side() as group:
        for name in SIMULATORS:
            if name in parts:
                group.create_task(Simulator(name, settings).start(progress))
        if software is not None:
            group.create_task(_start_servers(settings, software, progress, parts))


async def _start_servers(
    settings: SandboxSettings, software: Software, progress: ProgressCallback, parts: Collection[str]
) -> None:
    kafka = Kafka(settings, software.kafka_class_path, software.kafka_fast_start)
    registry = Registry(settings, software.registry_runner, software.registry_fast_start)
    if settings.registry_storage == "kafkasql":
        # This registry keeps its schemas in Kafka, so it comes second.
        if "kafka" in parts:
            await _start_kafka(settings, kafka, progress)
        if "registry" in parts:
            await registry.start(progress)
        return
    async with side_by_side() as group:
        if "kafka" in parts:
            group.create_task(_start_kafka(settings, kafka, progress))
        if "registry" in parts:
            group.create_task(registry.start(progress))


async def _start_kafka(settings: SandboxSettings, kafka: Kafka, progress: ProgressCallback) -> None:
    await kafka.start(progress)
    if settings.secure:
        await let_in(settings)


def _daemons(settings: SandboxSettings) -> list[Daemon]:
    return known_daemons(settings.run_dir, settings.log_dir)


async def _stop_daemons(
    settings: SandboxSettings, daemons: Collection[Daemon], progress: ProgressCallback = silent
) -> None:
    """Brokers last: what still talks to them ends in peace."""

    async def end(daemon: Daemon) -> None:
        progress(Progress(daemon.name, Phase.STOPPING))
        await daemon.stop(settings.stop_timeout_s)
        progress(Progress(daemon.name, Phase.STOPPED, 1.0))

    for brokers in (False, True):
        async with side_by_side() as group:
            for daemon in daemons:
                if daemon.name.startswith("kafka-") == brokers:
                    group.create_task(end(daemon))


def _mark_data_dir(settings: SandboxSettings) -> None:
    """Say that the folder is the sandbox's, so that `reset` never removes somebody's own."""
    marker = settings.data_dir / _MARKER
    if settings.data_dir.exists() and not marker.exists() and any(settings.data_dir.iterdir()):
        raise SandboxError(
            f"{settings.data_dir} 中有其他文件，请在 SHEBAO_SANDBOX_DATA_DIR 中另选一个空文件夹。",
            f"{settings.data_dir} holds files that are not the sandbox's: choose an empty folder in "
            f"SHEBAO_SANDBOX_DATA_DIR.",
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    marker.touch()
