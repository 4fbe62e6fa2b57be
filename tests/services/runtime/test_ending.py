"""How a worker ends: an exit code, and what it says, to people in both languages and to logs in English."""

import pickle

import pytest
import structlog

from services.runtime.ending import told_in_words
from services.runtime.errors import BrokerRefused, BrokerUnavailable, TaskMustRestart, ToldToPeople

REFUSED = BrokerRefused("Kafka 不允许登录。", "The broker refuses us.")


@pytest.mark.parametrize(
    ("error", "code", "event"),
    [
        (REFUSED, 3, "will not start"),
        (BrokerUnavailable("Kafka 没有应答。", "No broker answers."), 1, "cannot start now"),
    ],
)
def test_people_are_told_in_chinese_and_then_in_english_and_logs_in_english(
    error: ToldToPeople, code: int, event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as logged, pytest.raises(SystemExit) as ended, told_in_words():
        raise error

    assert code == ended.value.code
    assert f"{error.sentences.zh} {error.sentences.english}\n" == capsys.readouterr().err
    assert [(event, error.sentences.english)] == [(line["event"], line["reason"]) for line in logged]


def test_a_fault_is_told_to_logs_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.testing.capture_logs() as logged, pytest.raises(SystemExit) as ended, told_in_words():
        raise TaskMustRestart("no progress")

    assert 1 == ended.value.code
    assert "" == capsys.readouterr().err
    assert ["stopped by a fault"] == [line["event"] for line in logged]


def test_an_error_keeps_both_sentences_on_its_way_to_another_process() -> None:
    arrived = pickle.loads(pickle.dumps(REFUSED))

    assert REFUSED.told == arrived.told
    assert "BrokerRefused('The broker refuses us.')" == repr(arrived)
