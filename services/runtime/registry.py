"""A worker agrees its schemas with the registry at start, and keeps the agreement for a day without registry."""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import structlog

from schemas.avro import avro_schema, fingerprint
from schemas.topics import Topic
from services.runtime.codec import Codec
from services.runtime.errors import NoAgreement, RegistryUnavailable, SchemaDisagreement, WillNotStart
from services.runtime.registry_client import NOT_A_CONTRACT, RegistryClient

__all__ = ["RegistryClient", "agree", "resolve"]

log = structlog.get_logger(__name__)

AGREEMENT_TIMEOUT_S = 30.0
Ids = Mapping[str, int]
"""Schema ids by subject."""


async def agree(client: RegistryClient, contracts: Iterable[Topic], codec: Codec, store: Path) -> None:
    """Learn under which ids our schemas are registered, and tell the codec.

    `SchemaDisagreement` when the registry answers that it does not hold one of them. When it does not answer, the
    agreement kept in `store` serves if it was made with the same registry about the same schemas; else `NoAgreement`.
    """
    ours = {topic.subject: topic for topic in contracts if topic.fact is not None}
    try:
        ids = await _ask(client, ours)
    except (RegistryUnavailable, TimeoutError) as error:
        ids = _last_agreement(client.url, ours, store, str(error) or "no answer in time")
        log.warning("the last agreement on schemas serves", registry=client.url, problem=str(error))
    else:
        _keep(client.url, ours, ids, store)
    for subject, topic in ours.items():
        assert topic.fact is not None
        codec.agree(topic.name, topic.fact, ids[subject])


async def resolve(
    client: RegistryClient, codec: Codec, schema_ids: Iterable[int], now_s: Callable[[], float] = time.monotonic
) -> None:
    """Tell the codec what ids mean that it met in records; `RegistryUnavailable` while nobody can say."""
    for schema_id in schema_ids:
        schema = await client.schema_by_id(schema_id)
        try:
            codec.learn(schema_id, schema, now_s())
        except Exception as error:  # whatever a schema leads fastavro to: it answered, but with none that could be ours
            log.warning("a schema that cannot be read", schema_ids=[schema_id], error=type(error).__name__)
            codec.learn(schema_id, NOT_A_CONTRACT)


async def _ask(client: RegistryClient, ours: Mapping[str, Topic]) -> Ids:
    async with asyncio.timeout(AGREEMENT_TIMEOUT_S):
        ids = dict(zip(ours, await _all_ids(client, ours), strict=True))
    missing = sorted(subject for subject, schema_id in ids.items() if schema_id is None)
    if missing:
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        others_zh = f" 等 {len(missing)} 项" if len(missing) > 1 else ""
        raise SchemaDisagreement(
            f"模式注册中心没有登记本程序的 {missing[0]}{others_zh}，请先用 `shebao schemas check` 核对，再用 `shebao schemas push` 登记。",
            f"The registry does not hold our schema of {missing[0]}{others}: compare with `shebao schemas check`, "
            f"then register it with `shebao schemas push`.",
        )
    return {subject: schema_id for subject, schema_id in ids.items() if schema_id is not None}


async def _all_ids(client: RegistryClient, ours: Mapping[str, Topic]) -> list[int | None]:
    asked = [asyncio.create_task(client.id_of(topic.subject, _schema(topic))) for topic in ours.values()]
    try:
        return await asyncio.gather(*asked)
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


def _schema(topic: Topic) -> Mapping[str, object]:
    assert topic.fact is not None
    return avro_schema(topic.fact)


def _fingerprints(ours: Mapping[str, Topic]) -> dict[str, str]:
    return {subject: fingerprint(_schema(topic)) for subject, topic in ours.items()}


def _keep(url: str, ours: Mapping[str, Topic], ids: Ids, store: Path) -> None:
    """Write the agreement so that a reader sees the old or the new one, never a part; workers may share the file."""
    fingerprints = _fingerprints(ours)
    schemas = {subject: {"fingerprint": fingerprints[subject], "id": ids[subject]} for subject in sorted(ours)}
    text = json.dumps({"registry": url, "schemas": schemas}, indent=2) + "\n"
    try:
        _replace(store, text)
    except OSError as error:
        raise WillNotStart(
            f"模式约定无法留存于 {store}，请将 SHEBAO_WORK_DIR 指向本进程可以写入的文件夹。",
            f"The agreement on schemas cannot be kept in {store}: let SHEBAO_WORK_DIR name a folder that this worker may "
            f"write ({error.strerror}).",
        ) from error


def _replace(store: Path, text: str) -> None:
    store.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=store.parent, prefix=store.name, delete=False) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(store)


def _last_agreement(url: str, ours: Mapping[str, Topic], store: Path, problem: str) -> Ids:
    try:
        kept = json.loads(store.read_text())
        registry, schemas = kept["registry"], kept["schemas"]
        known = {subject: (entry["fingerprint"], int(entry["id"])) for subject, entry in schemas.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAgreement(
            f"{url} 上的模式注册中心没有应答，{store} 中也没有留存此前的约定，请先启动模式注册中心。",
            f"The registry at {url} does not answer and no earlier agreement on schemas is kept in {store}: start "
            f"the registry first ({problem.rstrip('.')}).",
        ) from error
    if registry != url:
        raise NoAgreement(
            f"{url} 上的模式注册中心没有应答，而 {store} 中留存的约定出自另一个注册中心（{registry}），编号所指可能不同，请先启动模式注册中心。",
            f"The registry at {url} does not answer and the agreement in {store} was made with {registry}, whose ids "
            f"may mean other schemas: start the registry first.",
        )
    for subject, ours_now in _fingerprints(ours).items():
        if known.get(subject, ("", 0))[0] != ours_now:
            raise NoAgreement(
                f"{url} 上的模式注册中心没有应答，而本程序的 {subject} 比 {store} 中留存的约定更新，请先启动模式注册中心。",
                f"The registry at {url} does not answer and our schema of {subject} is newer than the agreement in "
                f"{store}: start the registry first.",
            )
    return {subject: known[subject][1] for subject in ours}
