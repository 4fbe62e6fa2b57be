"""Make Kafka and the registry start in half the time: run each once for practice and keep what Java learnt.

Java 24 and later can write the classes that a run has loaded and linked into an ahead-of-time cache (JEP 483,
514). The practice run uses the sandbox's own building blocks on free ports and a folder of its own (decision
0020).
"""

import asyncio
import json
import logging
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from services.sandbox.errors import SandboxError
from services.sandbox.jvm import FastStart, assemble_command, cache_key, join_class_path, jvm_flags
from services.sandbox.kafka import Kafka
from services.sandbox.processes import known_daemons
from services.sandbox.progress import Phase, Progress, ProgressCallback
from services.sandbox.registry import Registry
from services.sandbox.settings import SandboxSettings, free_ports

ASSEMBLE_TIMEOUT_S = 120.0
PRACTICE_TIMEOUT_S = 30.0
_TOPIC = "practice"
_SCHEMA = {"type": "record", "name": "Practice", "fields": [{"name": "amount_fen", "type": "long"}]}

logger = logging.getLogger(__name__)


def cache_paths(settings: SandboxSettings, class_path: Sequence[Path], runner: Path) -> tuple[Path, Path]:
    """Where the caches for exactly this software belong: Kafka's and the registry's, there or not."""
    folder = (settings.cache_dir / "fast-start").resolve()
    flags = jvm_flags(0)
    return (
        folder / f"kafka-{cache_key(class_path, flags)}.aot",
        folder / f"registry-{cache_key([runner], flags)}.aot",
    )


async def train(
    settings: SandboxSettings, class_path: Sequence[Path], runner: Path, progress: ProgressCallback
) -> None:
    """Make the caches that are missing.

    A failure costs only speed: it is logged, noted beside the cache, and not tried again while the note
    is there.
    """
    kafka_cache, registry_cache = cache_paths(settings, class_path, runner)
    practice = _practice_settings(settings)
    work: list[Awaitable[None]] = []
    if _is_wanted(kafka_cache):
        recorded = kafka_cache.with_suffix(".recorded")
        kafka = Kafka(practice, class_path, FastStart(record=recorded))
        assemble = assemble_command(settings.kafka_heap_mib, join_class_path(class_path), recorded, kafka_cache)
        work.append(_learn(kafka_cache, kafka, lambda: _practise_kafka(practice), assemble))
    if _is_wanted(registry_cache):
        recorded = registry_cache.with_suffix(".recorded")
        registry = Registry(practice, runner, FastStart(record=recorded))
        assemble = assemble_command(settings.registry_heap_mib, join_class_path([runner]), recorded, registry_cache)
        work.append(_learn(registry_cache, registry, lambda: _practise_registry(practice), assemble))
    if not work:
        return
    progress(Progress("software", Phase.TRAINING))
    # Left by a practice that was killed.
    for daemon in known_daemons(practice.run_dir, practice.log_dir):
        await daemon.kill_hard()
    with _emptied(practice.data_dir):
        await asyncio.gather(*work)
    progress(Progress("software", Phase.TRAINING, 1.0))


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_wanted(cache: Path) -> bool:
    return not cache.exists() and not _failure_note(cache).exists()


def _failure_note(cache: Path) -> Path:
    return cache.with_suffix(".failed.txt")


async def _learn(
    cache: Path,
    server: Kafka | Registry,
    practise: Callable[[], Awaitable[None]],
    assemble: Sequence[str],
) -> None:
    _remove_older(cache)
    try:
        try:
            await server.start()
            await asyncio.wait_for(practise(), PRACTICE_TIMEOUT_S)
        finally:
            await server.stop()
        await _assemble(assemble, cache)
    except (SandboxError, KafkaError, httpx.HTTPError, OSError, TimeoutError) as error:
        _failure_note(cache).write_text(f"{type(error).__name__}: {error}\n", encoding="utf-8")
        logger.warning("No fast start for %s, it will start slower: %s", cache.name, error)


def _remove_older(cache: Path) -> None:
    """Caches for software that was replaced are of no use, and 70 to 100 MB each."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    part = cache.name.split("-", 1)[0]
    for old in cache.parent.glob(f"{part}-*"):
        old.unlink()


async def _assemble(command: Sequence[str], cache: Path) -> None:
    recorded = cache.with_suffix(".recorded")
    working = cache.with_suffix(".working")
    process = await asyncio.create_subprocess_exec(
        *[argument.replace(str(cache), str(working)) for argument in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), ASSEMBLE_TIMEOUT_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        recorded.unlink(missing_ok=True)
    if process.returncode or not working.exists():
        raise SandboxError(
            "Java 未能生成快速启动缓存。", f"Java made no cache: {output.decode(errors='replace')[-500:]}"
        )
    working.replace(cache)


def _practice_settings(settings: SandboxSettings) -> SandboxSettings:
    return settings.model_copy(
        update={
            "data_dir": settings.cache_dir / "practice",
            "brokers": 1,
            "registry_storage": "h2",
            "login_port": 0,
            "secure": False,
            **free_ports(),
        }
    )


async def _practise_kafka(settings: SandboxSettings) -> None:
    """What the mesh asks of a broker at its start: topics, a transaction, a committed read with a group."""
    servers = settings.bootstrap_servers
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    producer = AIOKafkaProducer(bootstrap_servers=servers, transactional_id=_TOPIC)
    consumer = AIOKafkaConsumer(
        _TOPIC,
        bootstrap_servers=servers,
        group_id=_TOPIC,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    try:
        await admin.start()
        await admin.create_topics([NewTopic(_TOPIC, 2, 1, topic_configs={"cleanup.policy": "compact"})])
        await producer.start()
        async with producer.transaction():
            await producer.send_and_wait(_TOPIC, b"value", key=b"key")
        await consumer.start()
        await consumer.getone()
        await consumer.commit()
    finally:
        await consumer.stop()
        await producer.stop()
        await admin.close()


async def _practise_registry(settings: SandboxSettings) -> None:
    """What the mesh asks of the registry: a level, a schema, a lookup."""
    schema = {"schema": json.dumps(_SCHEMA)}
    async with httpx.AsyncClient(base_url=settings.registry_url, trust_env=False, timeout=10.0) as client:
        for _ in range(3):
            level = await client.put(f"/config/{_TOPIC}-value", json={"compatibility": "FULL_TRANSITIVE"})
            level.raise_for_status()
            registered = await client.post(f"/subjects/{_TOPIC}-value/versions", json=schema)
            registered.raise_for_status()
            (await client.post(f"/subjects/{_TOPIC}-value", json=schema)).raise_for_status()
            (await client.get(f"/schemas/ids/{registered.json()['id']}")).raise_for_status()
