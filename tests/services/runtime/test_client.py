"""Which client moves the records of tasks, and how the second one is told where the brokers are."""

from pathlib import Path

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer
from pydantic import SecretStr

from services.runtime.broker_connection import BrokerConnection
from services.runtime.client import broker_of
from services.runtime.confluent import ConfluentBroker
from services.runtime.confluent_clients import (
    connection_config,
    consumer_config,
    producer_config,
    why_not_read,
    why_not_written,
)
from services.runtime.errors import BrokerRefused, Fenced, TaskMustRestart, WrongSetting
from services.runtime.kafka import KafkaBroker
from services.runtime.settings import MeshSettings, read_settings
from tests.harness.counting import COUNTING


def test_records_move_on_aiokafka_unless_another_client_is_named() -> None:
    assert KafkaBroker is type(broker_of(COUNTING, MeshSettings()))


def test_the_environment_names_the_second_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_CLIENT", "confluent")

    assert ConfluentBroker is type(broker_of(COUNTING, read_settings(MeshSettings)))


def test_a_client_nobody_knows_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_CLIENT", "kafka-python")
    with pytest.raises(WrongSetting, match="SHEBAO_CLIENT"):
        read_settings(MeshSettings)


def test_a_login_over_tls_is_said_in_librdkafkas_words() -> None:
    files = {"ca_file": Path("ca.pem"), "certificate_file": Path("us.pem"), "key_file": Path("us.key")}
    broker = BrokerConnection("a:1,b:2", "SASL_SSL", "SCRAM-SHA-256", "arrears", SecretStr("secret"), **files)

    assert {
        "bootstrap.servers": "a:1,b:2",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-256",
        "sasl.username": "arrears",
        "sasl.password": "secret",
        "ssl.ca.location": "ca.pem",
        "ssl.certificate.location": "us.pem",
        "ssl.key.location": "us.key",
    } == connection_config(broker)


def test_a_connection_in_clear_says_nothing_of_logins() -> None:
    assert {"bootstrap.servers": "a:1", "security.protocol": "PLAINTEXT"} == connection_config(BrokerConnection("a:1"))


def test_no_task_jumps_reads_the_uncommitted_or_passes_over_a_broken_batch() -> None:
    config = consumer_config(MeshSettings(), "arrears")

    assert ("error", "read_committed", True, False) == (
        config["auto.offset.reset"],
        config["isolation.level"],
        config["check.crcs"],
        config["enable.auto.commit"],
    )


def test_librdkafka_takes_every_setting_of_a_producer() -> None:
    config = producer_config(MeshSettings(bootstrap_servers="127.0.0.1:9"), "arrears-0")

    assert isinstance(Producer(config), Producer)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (KafkaError._FENCED, Fenced),
        (KafkaError.PRODUCER_FENCED, Fenced),
        (KafkaError.INVALID_PRODUCER_EPOCH, Fenced),
        (KafkaError._TIMED_OUT, TaskMustRestart),
        (KafkaError.MSG_SIZE_TOO_LARGE, TaskMustRestart),
    ],
)
def test_a_failed_transaction_ends_the_task_or_says_who_owns_it_now(code: int, meaning: type[Exception]) -> None:
    assert meaning is type(why_not_written(KafkaException(KafkaError(code)), "arrears-0"))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, BrokerRefused),
        (KafkaError._AUTO_OFFSET_RESET, TaskMustRestart),
        (KafkaError._BAD_MSG, TaskMustRestart),
    ],
)
def test_what_cannot_be_read_ends_the_task_or_the_worker(code: int, meaning: type[Exception]) -> None:
    assert meaning is type(why_not_read(KafkaError(code), "contribution-paid-0"))
