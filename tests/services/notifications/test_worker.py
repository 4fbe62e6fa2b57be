"""How the services are plugged in, and what they say when they will not start."""

import pytest

from schemas import topics
from services.notifications import events, worker
from services.runtime.errors import WillNotStart, WrongSetting


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_VAULT", "development")


def test_the_port_of_deliveries_is_made_from_the_environment() -> None:
    assert list(worker.ports()) == [worker.DELIVERIES.effect_port]


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SHEBAO_CHANNELS_SMTP_PORT", "0", "SHEBAO_CHANNELS_SMTP_PORT"),
        ("SHEBAO_CHANNELS_SENDER", "secret sender", "SHEBAO_CHANNELS_SENDER"),
        ("SHEBAO_CHANNELS_SMTP_USERNAME", "somebody", "SMTP_SECURITY"),
        ("SHEBAO_VAULT", "", "SHEBAO_VAULT is not set"),
    ],
)
def test_an_unusable_setting_is_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises((WrongSetting, WillNotStart), match=sentence) as error:
        worker.ports()
    assert "secret sender" not in str(error.value)


def test_what_the_services_hear_and_say_is_what_the_inventory_has() -> None:
    """Each topic names us among its consumers or as its owner."""
    heard = {topic.name for topic in topics.FACTS if "notifications" in topic.consumers and not topic.fact.broadcast}  # type: ignore[union-attr]
    said = {topic.name for topic in topics.FACTS if topic.owner == "notifications"}

    assert {fact.topic for fact in events.HEARS} == heard
    assert {fact.topic for fact in events.SAYS} == said
