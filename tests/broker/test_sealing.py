"""The real auditing worker beside a counting worker: seals, restarts, finds what was tampered with, and is verified."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition

from schemas.topics import AUDIT_SEALS, TOPICS, Kind, decisions_topic
from services.audit.chain import LinkReader
from services.audit.decision_log import DecisionLog
from services.audit.seal_keys import SealKey, development_public_keys, development_seal_key
from services.audit.sealer import Sealer
from services.audit.seals import found_seal, latest, seal_record
from services.audit.settings import AuditSettings
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord, partition_of
from tests.harness.counting import COUNTING, paid, unit_code
from tests.harness.service_topics import topics_of
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

OWN_TOPICS = [topic for topic in TOPICS if topic in topics_of(COUNTING) or topic.kind in (Kind.DECISIONS, Kind.SEALS)]
QUICK = {"SHEBAO_AUDIT_SEAL_AFTER_S": "0.3", "SHEBAO_AUDIT_LOOK_S": "0.1"}
DECISIONS = decisions_topic(COUNTING.name)
PAYMENTS = 400
WAIT_S = 60


@contextlib.asynccontextmanager
async def running(stack: Stack, module: str, **extra: str) -> AsyncIterator[WorkerProcess]:
    worker = WorkerProcess(module, stack.settings, free_port(), extra)
    worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def publish(stack: Stack, reference: str) -> None:
    now = datetime.now(UTC)
    facts = [paid(number, 100, f"{reference}/{number}") for number in range(PAYMENTS)]
    records = [
        published(stack.codec, fact, f"id-{fact.business_reference}", "urn:weihai:tax", now, 12) for fact in facts
    ]
    await write(stack, records)


async def write(stack: Stack, records: list[OutputRecord]) -> None:
    async with KafkaPublisher(stack.settings.connection) as publisher:
        await publisher.append(records)


async def read(stack: Stack, topic: str) -> list[InputRecord]:
    return [record async for record in read_topics(stack.settings.connection, [topic])]


async def unsealed(stack: Stack) -> dict[int, int]:
    """Decision records behind the last seal, of the partitions that have any."""
    found = [found_seal(stack.codec, development_public_keys(), one) for one in await read(stack, AUDIT_SEALS)]
    assert {""} >= {one.fault for one in found}
    ends = {seal.partition: seal.offset for seal in latest(one.seal for one in found if one.seal is not None).values()}
    behind: dict[int, int] = {}
    for record in await read(stack, DECISIONS):
        if record.offset > ends.get(record.partition, -1):
            behind[record.partition] = behind.get(record.partition, 0) + 1
    return behind


async def all_sealed(stack: Stack) -> bool:
    return not await unsealed(stack)


def shebao(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "SHEBAO_BOOTSTRAP_SERVERS": stack.settings.bootstrap_servers,
        "SHEBAO_REGISTRY_URL": stack.settings.registry_url,
        "SHEBAO_WORK_DIR": str(stack.settings.data_dir / "workers"),
    }
    command = [sys.executable, "-c", "from services.console.main import main; main()", "audit", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def told(shown: subprocess.CompletedProcess[str]) -> list[tuple[str, str, int]]:
    findings: list[dict[str, Any]] = json.loads(shown.stdout)["findings"]
    return [(finding["kind"], finding["topic"], finding["partition"]) for finding in findings]


async def refused(worker: WorkerProcess) -> list[tuple[str, int]]:
    page = await worker.health() or {}
    return [(one["service"], one["partition"]) for one in page.get("refused", [])]


async def test_what_is_decided_is_sealed_over_restarts_and_verifies(own_stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "seals.jsonl"
    async with running(own_stack, "tests.harness.counting_worker") as deciding:
        await until(lambda: own_stack.all_running([deciding], [COUNTING]), WAIT_S, "the deciding worker runs")
        async with running(own_stack, "services.audit", **QUICK) as audit:
            await publish(own_stack, "first")
            await own_stack.quiet([deciding], [COUNTING], WAIT_S, "all is decided")
            await until(lambda: all_sealed(own_stack), WAIT_S, "all is sealed")
            await audit.kill()
            await publish(own_stack, "second")
            await own_stack.quiet([deciding], [COUNTING], WAIT_S, "all is decided again")
            assert 12 == len(await unsealed(own_stack))
            audit.start()
            await until(lambda: all_sealed(own_stack), WAIT_S, "all is sealed again")
            page = await audit.health()
    exported, verified = (
        shebao(own_stack, "export", str(path)),
        shebao(own_stack, "verify", "arrears", "--seals", str(path)),
    )

    assert (0, 0) == (exported.returncode, verified.returncode), exported.stderr + verified.stdout + verified.stderr
    assert "核验通过" in verified.stdout
    assert 13 == len(path.read_text().splitlines())
    assert page is not None
    assert (True, [], 0, 0) == (
        page["alive"],
        page["refused"],
        page["unsealed_entries"],
        page["seals_that_do_not_count"],
    )


async def test_sealing_goes_on_after_the_broker_was_killed(own_stack: Stack) -> None:
    kafka = await own_stack.kafka()
    async with running(own_stack, "tests.harness.counting_worker") as deciding:
        await until(lambda: own_stack.all_running([deciding], [COUNTING]), WAIT_S, "the deciding worker runs")
        async with running(own_stack, "services.audit", **QUICK) as audit:
            await kafka.kill_hard(1)
            await kafka.restart(1)
            await publish(own_stack, "killed")
            await own_stack.quiet([deciding], [COUNTING], WAIT_S, "all is decided")
            await until(lambda: all_sealed(own_stack), WAIT_S, "all is sealed")
            page = await audit.health()
    verified = await asyncio.to_thread(shebao, own_stack, "verify", "arrears", "--format", "json")

    assert 0 == verified.returncode, verified.stdout
    assert page is not None
    assert [] == page["refused"]


async def test_a_log_that_was_cut_is_refused_at_the_start_and_while_it_is_read(own_stack: Stack) -> None:
    settings = AuditSettings(bootstrap_servers=own_stack.settings.bootstrap_servers, audit_look_s=0.1)
    key = development_seal_key()
    sealer = Sealer(LinkReader(own_stack.codec), key, 1, timedelta())
    sealer.resume([key.signed("cards", 3, 99, 1_000, bytes(32), datetime.now(UTC))])
    async with DecisionLog(settings, sealer) as decisions:
        decisions._consumer.seek(TopicPartition("cards-decisions", 4), 1_000)

        async def both_are_refused() -> bool:
            await decisions.arrived()
            return [3, 4] == [refusal.partition for refusal in sealer.refusals]

        await until(both_are_refused, WAIT_S, "both tasks are refused")

    assert [1_000, 1_000] == [refusal.offset for refusal in sealer.refusals]


async def test_a_forged_record_stops_the_seals_of_its_task_only_and_is_found(own_stack: Stack) -> None:
    case = partition_of(unit_code(1).encode(), 12)
    copied = next(record for record in await read(own_stack, DECISIONS) if record.partition == case)
    stranger = SealKey(bytes(32)).signed("arrears", case, 1 << 30, 1, bytes(32), datetime.now(UTC))
    async with running(own_stack, "tests.harness.counting_worker") as deciding:
        await until(lambda: own_stack.all_running([deciding], [COUNTING]), WAIT_S, "the deciding worker runs")
        await write(own_stack, [OutputRecord(DECISIONS, case, copied.key, copied.value)])
        await write(own_stack, [seal_record(own_stack.codec, stranger)])
        async with running(own_stack, "services.audit", **QUICK) as audit:
            await publish(own_stack, "third")
            await own_stack.quiet([deciding], [COUNTING], WAIT_S, "all is decided")

            async def is_refused() -> bool:
                return await refused(audit) == [("arrears", case)]

            await until(is_refused, WAIT_S, "the task with the forged record is refused")

            async def others_are_sealed() -> bool:
                page = await audit.health()
                return page is not None and page["seals"] >= 11 and page["unsealed_entries"] == 0

            await until(others_are_sealed, WAIT_S, "the other tasks are sealed")
            page = await audit.health()
    verified = await asyncio.to_thread(shebao, own_stack, "verify", "arrears", "--format", "json")

    assert 1 == verified.returncode
    assert [("key-unknown", AUDIT_SEALS, case), ("inserted", DECISIONS, case)] == told(verified)
    assert page is not None
    assert (True, 1) == (page["alive"], page["seals_that_do_not_count"])
    assert "seals this task no more" in audit.log
    assert "development" not in audit.log
