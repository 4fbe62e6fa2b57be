"""A worker that cannot work says why in one sentence; it ends with 3 where starting it again will not help, else with 1."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.topics import changelog_topic
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.records import OutputRecord
from tests.harness.stack import Stack, free_port

ROOT = Path(__file__).resolve().parents[2]


def refused(stack: Stack, module: str = "tests.harness.counting_worker", **extra: str) -> tuple[int, str]:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "SHEBAO_BOOTSTRAP_SERVERS": stack.settings.bootstrap_servers,
        "SHEBAO_REGISTRY_URL": stack.settings.registry_url,
        "SHEBAO_WORK_DIR": str(stack.settings.data_dir / "refused"),
    }
    done = subprocess.run(
        [sys.executable, "-m", module],
        env=environment | extra,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.strip().splitlines()[-1]


@pytest.mark.broker
def test_no_registry_and_no_last_agreement(own_stack: Stack, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/apis/ccompat/v7"

    code, sentence = refused(own_stack, SHEBAO_REGISTRY_URL=nowhere, SHEBAO_WORK_DIR=str(tmp_path))

    assert 3 == code
    assert nowhere in sentence
    assert "{" not in sentence


@pytest.mark.broker
def test_no_broker(own_stack: Stack) -> None:
    nowhere = f"127.0.0.1:{free_port()}"

    code, sentence = refused(own_stack, SHEBAO_BOOTSTRAP_SERVERS=nowhere)

    assert 1 == code
    assert f"No broker listens at {nowhere}: start it, or wait until it is back." == sentence


@pytest.mark.broker
def test_something_listens_that_lets_no_client_in(own_stack: Stack) -> None:
    """The registry stands in for a broker that wants another protocol: the socket opens, the conversation does not."""
    elsewhere = f"127.0.0.1:{own_stack.settings.registry_port}"

    code, sentence = refused(own_stack, SHEBAO_BOOTSTRAP_SERVERS=elsewhere)

    assert 3 == code
    assert sentence.startswith(f"The broker at {elsewhere} lets us not in")


@pytest.mark.broker
def test_the_clock_without_a_broker(own_stack: Stack) -> None:
    nowhere = f"127.0.0.1:{free_port()}"

    code, sentence = refused(own_stack, "services.clock", SHEBAO_BOOTSTRAP_SERVERS=nowhere)

    assert 1 == code
    assert nowhere in sentence


@pytest.mark.broker
def test_another_program_has_the_port_of_the_health_page(own_stack: Stack) -> None:
    taken = str(own_stack.settings.registry_port)

    code, sentence = refused(own_stack, SHEBAO_HEALTH_PORT=taken)

    assert 1 == code
    assert f"127.0.0.1:{taken}" in sentence
    assert "SHEBAO_HEALTH_PORT" in sentence


def refused_with_state(
    stack: Stack, stored: bytes, service: str = "arrears", module: str = "tests.harness.counting_worker"
) -> tuple[int, str]:
    """Start a worker over a changelog that holds one case in this stored form, and take it away again.

    A worker meets the record all the same until the broker compacts the topic, so each test has a service of its own.
    """
    planted = OutputRecord(changelog_topic(service), 0, b"planted-case", stored)

    async def write(record: OutputRecord) -> None:
        async with KafkaPublisher(stack.settings.bootstrap_servers) as publisher:
            await publisher.append([record])

    asyncio.run(write(planted))
    try:
        return refused(stack, module)
    finally:
        asyncio.run(write(planted._replace(value=None)))


@pytest.mark.broker
def test_state_of_a_newer_release(own_stack: Stack) -> None:
    code, sentence = refused_with_state(
        own_stack, b'{"v":99,"sequence":0,"seen":"","parked":0,"parked_next":0,"state":null}'
    )

    assert 3 == code
    assert "format 99" in sentence


@pytest.mark.broker
def test_state_that_another_service_wrote(own_stack: Stack) -> None:
    code, sentence = refused_with_state(
        own_stack,
        b'{"v":1,"sequence":0,"seen":"","parked":0,"parked_next":0,"state":{"payments":"many"}}',
        "outlets",
        "services.outlets",
    )

    assert 3 == code
    assert "planted-case" in sentence
