"""A worker that logs in works like any other: every client it makes shows its name and password."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.clock.clock import Clock
from services.runtime.errors import BrokerRefused, UserMistake
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published
from services.runtime.settings import MeshSettings
from services.runtime.topic_admin import apply
from tests.harness import audit
from tests.harness.counting import COUNTING, paid, unit_code
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]


def logging_in(stack: Stack, password: str = "") -> MeshSettings:
    return MeshSettings(
        bootstrap_servers=stack.settings.login_servers,
        broker_security="SASL_PLAINTEXT",
        broker_user=stack.settings.login_user,
        broker_password=SecretStr(password) if password else stack.settings.login_password,
    )


async def test_a_worker_and_the_edges_log_in_and_decide(own_stack: Stack, tmp_path: Path) -> None:
    settings = logging_in(own_stack)
    (tmp_path / "password").write_text(own_stack.settings.login_password.get_secret_value())
    worker = WorkerProcess(
        "tests.harness.counting_worker",
        own_stack.settings,
        free_port(),
        {
            "SHEBAO_BOOTSTRAP_SERVERS": own_stack.settings.login_servers,
            "SHEBAO_BROKER_SECURITY": "SASL_PLAINTEXT",
            "SHEBAO_BROKER_USER": own_stack.settings.login_user,
            "SHEBAO_BROKER_PASSWORD_FILE": str(tmp_path / "password"),
        },
    )
    worker.start()
    try:
        await until(lambda: own_stack.all_running([worker], [COUNTING]), 60, "all tasks run")
        clock = Clock(own_stack.codec, settings)
        await clock.open()
        assert await clock.tick(datetime.now(UTC), simulated=True)
        await clock.close()
        payment = published(own_stack.codec, paid(1, 60, "login/1"), "login-1", "urn:weihai:tax", datetime.now(UTC), 12)
        async with KafkaPublisher(settings.connection) as publisher:
            await publisher.append([payment])
        await own_stack.quiet([worker], [COUNTING], 60, "the payment is decided")
    finally:
        await worker.stop()
    codes = await audit.codes(settings.connection, COUNTING, own_stack.codec, unit_code(1))

    assert ["counted"] == codes
    assert own_stack.settings.login_password.get_secret_value() not in worker.log


async def test_topics_are_compared_over_a_login(own_stack: Stack) -> None:
    assert () == (await apply(logging_in(own_stack).connection, 1, dry_run=True)).differences


async def test_a_wrong_password_is_one_clear_sentence_at_the_edges_too(own_stack: Stack) -> None:
    wrong = logging_in(own_stack, "not-the-password")

    with pytest.raises(UserMistake, match="refuses user worker"):
        await apply(wrong.connection, 1)
    with pytest.raises(UserMistake, match="refuses user worker"):
        [record async for record in read_topics(wrong.connection, ["clock-ticked"])]
    with pytest.raises(UserMistake, match="refuses user worker"):
        await KafkaPublisher(wrong.connection).__aenter__()
    clock = Clock(own_stack.codec, wrong)
    with pytest.raises(BrokerRefused, match="refuses user worker"):
        await clock.open()
    await clock.close()
