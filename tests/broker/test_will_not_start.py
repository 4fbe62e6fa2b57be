"""A worker that cannot work says why in one sentence; it ends with 3 where starting it again will not help, else with 1."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.topics import changelog_topic
from services.outlets.worker import SERVICE as OUTLETS
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.records import OutputRecord
from tests.harness.counting import COUNTING
from tests.harness.service_topics import topics_of
from tests.harness.stack import Stack, free_port

OWN_TOPICS = topics_of(COUNTING, OUTLETS)
ROOT = Path(__file__).resolve().parents[2]
SOON_TOLD = {"SHEBAO_REQUEST_TIMEOUT_MS": "2000", "SHEBAO_TRANSACTION_TIMEOUT_MS": "2000"}
"""What a worker waits for a broker that says nothing, so that it gives up sooner than it does by itself."""


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
    for secret in ("not-the-password", "secret-word"):
        assert secret not in done.stdout + done.stderr
    return done.returncode, done.stderr.strip().splitlines()[-1]


@pytest.mark.broker
def test_no_registry_and_no_last_agreement(own_stack: Stack, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/apis/ccompat/v7"

    code, sentence = refused(own_stack, SHEBAO_REGISTRY_URL=nowhere, SHEBAO_WORK_DIR=str(tmp_path))

    assert 3 == code
    assert nowhere in sentence
    assert "{" not in sentence


def login(stack: Stack, password_file: Path, password: str) -> dict[str, str]:
    """The settings of a worker that logs in."""
    password_file.write_text(f"{password}\n")
    return {
        "SHEBAO_BOOTSTRAP_SERVERS": stack.settings.login_servers,
        "SHEBAO_BROKER_SECURITY": "SASL_PLAINTEXT",
        "SHEBAO_BROKER_USER": stack.settings.login_user,
        "SHEBAO_BROKER_PASSWORD_FILE": str(password_file),
    }


@pytest.mark.broker
def test_a_wrong_password(own_stack: Stack, tmp_path: Path) -> None:
    code, sentence = refused(own_stack, **login(own_stack, tmp_path / "password", "not-the-password"))

    assert 3 == code
    assert sentence.endswith(
        f"。 The broker at {own_stack.settings.login_servers} refuses user worker: "
        "user name or password is wrong (SCRAM-SHA-512)."
    )


@pytest.mark.broker
def test_a_user_nobody_knows(own_stack: Stack, tmp_path: Path) -> None:
    known = login(own_stack, tmp_path / "password", own_stack.settings.login_password.get_secret_value())

    code, sentence = refused(own_stack, **known | {"SHEBAO_BROKER_USER": "stranger"})

    assert 3 == code
    assert "refuses user stranger" in sentence


@pytest.mark.broker
def test_a_way_to_log_in_that_the_broker_does_not_offer(own_stack: Stack, tmp_path: Path) -> None:
    known = login(own_stack, tmp_path / "password", own_stack.settings.login_password.get_secret_value())

    code, sentence = refused(own_stack, **known | {"SHEBAO_BROKER_MECHANISM": "PLAIN"})

    assert 3 == code
    assert "does not offer logins by PLAIN" in sentence


@pytest.mark.broker
def test_no_login_where_one_is_asked_for(own_stack: Stack) -> None:
    code, sentence = refused(own_stack, SHEBAO_BOOTSTRAP_SERVERS=own_stack.settings.login_servers)

    assert 3 == code
    assert "does not take PLAINTEXT connections" in sentence


@pytest.mark.broker
@pytest.mark.parametrize("module", ["services.clock", "services.monitoring"])
def test_a_wrong_password_of_the_workers_beside_the_deciding_ones(
    own_stack: Stack, tmp_path: Path, module: str
) -> None:
    code, sentence = refused(own_stack, module, **login(own_stack, tmp_path / "password", "not-the-password"))

    assert 3 == code
    assert "refuses user worker: user name or password is wrong" in sentence


@pytest.mark.broker
@pytest.mark.parametrize("module", ["tests.harness.counting_worker", "services.clock", "services.monitoring"])
def test_a_codec_that_is_missing(own_stack: Stack, tmp_path: Path, module: str) -> None:
    (tmp_path / "cramjam.py").write_text('raise ImportError("no such package here")\n')

    code, sentence = refused(own_stack, module, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")

    assert 3 == code
    assert sentence.endswith(
        "。 This process cannot read records compressed with snappy, lz4, zstd: install the package cramjam."
    )


@pytest.mark.broker
def test_a_setting_that_is_wrong(own_stack: Stack) -> None:
    code, sentence = refused(own_stack, SHEBAO_BROKER_SECURITY="SASL_PLAINTEXT", SHEBAO_BROKER_PASSWORD="secret-word")

    assert 3 == code
    assert (
        "SHEBAO_BROKER_SECURITY=SASL_PLAINTEXT needs either SHEBAO_BROKER_LOGINS_DIR, or SHEBAO_BROKER_USER" in sentence
    )


@pytest.mark.broker
def test_no_broker(own_stack: Stack) -> None:
    nowhere = f"127.0.0.1:{free_port()}"

    code, sentence = refused(own_stack, SHEBAO_BOOTSTRAP_SERVERS=nowhere)

    assert 1 == code
    assert (
        f"{nowhere} 上的 Kafka 没有应答，请启动，或等其恢复。 No broker answers at {nowhere}: start it, or wait until it is back."
        == sentence
    )


@pytest.mark.broker
def test_a_broker_that_is_frozen(own_stack: Stack) -> None:
    kafka = asyncio.run(own_stack.kafka())
    kafka.pause(1)
    try:
        code, sentence = refused(own_stack, **SOON_TOLD)
    finally:
        kafka.resume(1)
        asyncio.run(kafka.wait_ready())

    assert 1 == code
    assert f"No broker answers at {own_stack.settings.bootstrap_servers}" in sentence


@pytest.mark.broker
def test_something_listens_that_lets_no_client_in(own_stack: Stack) -> None:
    """The registry stands in for a broker that wants another protocol: the socket opens, the conversation does not."""
    elsewhere = f"127.0.0.1:{own_stack.settings.registry_port}"

    code, sentence = refused(own_stack, SHEBAO_BOOTSTRAP_SERVERS=elsewhere)

    assert 3 == code
    assert sentence.startswith(f"Kafka（{elsewhere}）不接受 PLAINTEXT 方式的连接")
    assert f"。 The broker at {elsewhere} does not take PLAINTEXT connections" in sentence


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
        async with KafkaPublisher(stack.settings.connection) as publisher:
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
        b'{"v":1,"sequence":0,"seen":"","parked":0,"parked_next":0,"state":"many"}',
        "outlets",
        "services.outlets",
    )

    assert 3 == code
    assert "planted-case" in sentence


@pytest.mark.broker
def test_a_service_whose_password_is_not_in_the_folder(own_stack: Stack, tmp_path: Path) -> None:
    code, sentence = refused(own_stack, SHEBAO_BROKER_SECURITY="SASL_PLAINTEXT", SHEBAO_BROKER_LOGINS_DIR=str(tmp_path))

    assert 3 == code
    assert "SHEBAO_BROKER_LOGINS_DIR holds no password of arrears, so this may not be done here" in sentence
