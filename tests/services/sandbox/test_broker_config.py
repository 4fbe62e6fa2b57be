from pathlib import Path

import pytest

from services.sandbox.broker_config import broker_properties, render_properties
from services.sandbox.errors import SandboxError
from services.sandbox.settings import SandboxSettings, load_settings

YEAR_MINUTES = 365 * 24 * 60


def properties_of(brokers: int, broker_id: int = 1) -> dict[str, str]:
    return broker_properties(SandboxSettings(brokers=brokers, kafka_port=19092), broker_id, "/data/kafka")


@pytest.mark.parametrize("broker_id", [1, 2, 3])
def test_a_broker_listens_on_loopback_only(broker_id: int) -> None:
    properties = properties_of(3, broker_id)
    addresses = [*properties["listeners"].split(","), *properties["advertised.listeners"].split(",")]

    assert all("://127.0.0.1:" in address for address in addresses)


def test_no_login_is_asked_for_unless_wanted() -> None:
    assert "SASL" not in render_properties(properties_of(1))


@pytest.mark.parametrize("broker_id", [1, 2, 3])
def test_the_listener_that_asks_for_a_login_is_beside_the_other_one_on_loopback(broker_id: int) -> None:
    settings = SandboxSettings(brokers=3, kafka_port=19092, login_port=19192)
    properties = broker_properties(settings, broker_id, "/data/kafka")

    assert f"SASL_PLAINTEXT://127.0.0.1:{19191 + broker_id}" in properties["listeners"].split(",")
    assert f"SASL_PLAINTEXT://127.0.0.1:{19191 + broker_id}" in properties["advertised.listeners"].split(",")
    assert "127.0.0.1:19192,127.0.0.1:19193,127.0.0.1:19194" == settings.login_servers
    assert "development" not in render_properties(properties)


def test_three_brokers_take_six_ports_in_a_row() -> None:
    listeners = [properties_of(3, broker_id)["listeners"] for broker_id in (1, 2, 3)]

    assert [address.rsplit(":", 1)[1] for line in listeners for address in line.split(",")] == [
        "19092", "19093", "19094", "19095", "19096", "19097",
    ]  # fmt: skip
    assert properties_of(3)["controller.quorum.voters"] == "1@127.0.0.1:19093,2@127.0.0.1:19095,3@127.0.0.1:19097"


@pytest.mark.parametrize(("brokers", "replicas", "in_sync"), [(1, "1", "1"), (3, "3", "2")])
def test_three_brokers_keep_every_record_on_two_before_it_counts(brokers: int, replicas: str, in_sync: str) -> None:
    properties = properties_of(brokers)

    assert properties["transaction.state.log.replication.factor"] == replicas
    assert properties["offsets.topic.replication.factor"] == replicas
    assert properties["transaction.state.log.min.isr"] == in_sync
    assert properties["min.insync.replicas"] == in_sync


def test_offsets_of_a_service_that_rests_for_a_year_are_kept() -> None:
    assert int(properties_of(1)["offsets.retention.minutes"]) >= YEAR_MINUTES


def test_a_follower_can_fetch_the_largest_dead_letter() -> None:
    properties = properties_of(3)

    assert int(properties["message.max.bytes"]) == 4 * 1024 * 1024
    assert int(properties["replica.fetch.max.bytes"]) > 8 * 1024 * 1024
    assert int(properties["socket.request.max.bytes"]) > 8 * 1024 * 1024


def test_a_misspelt_topic_is_not_made_up() -> None:
    assert "auto.create.topics.enable=false\n" in render_properties(properties_of(1))


def test_two_brokers_are_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_SANDBOX_BROKERS", "2")

    with pytest.raises(SandboxError, match=r"^SHEBAO_SANDBOX_BROKERS is '2', but must be 1 or 3\.$"):
        load_settings()


def test_the_repository_is_named_by_one_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHEBAO_MAVEN_REPOSITORY", "https://maven.example/")
    monkeypatch.setenv("SHEBAO_SANDBOX_DATA_DIR", str(tmp_path))

    assert load_settings().maven_repository == "https://maven.example/"
    assert load_settings().data_dir == tmp_path
