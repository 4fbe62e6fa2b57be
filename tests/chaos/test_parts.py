"""Small parts of the campaigns: what a recovery is, and who the controller is."""

import pytest

from tests.chaos.crew import resumed_after_s
from tests.chaos.quorum import NO_LEADER, leader_in, question


@pytest.mark.parametrize(
    ("advances", "expected"),
    [
        ([99.5, 100.5, 101.0, 102.0, 103.0], 0.5),  # it never stood still
        ([99.5, 100.5, 112.0, 112.5], 12.0),  # it committed what it had, and then stood still
        ([99.5], 20.0),  # it has not gone on
    ],
)
def test_a_task_has_gone_on_when_its_longest_silence_ends(advances: list[float], expected: float) -> None:
    # Looking ended after a short while without news, or after 20 s.
    until = 120.0 if advances[-1] < 100.0 else advances[-1] + 0.2

    assert expected == pytest.approx(resumed_after_s(advances, 100.0, until))


ANSWER = bytes.fromhex("0000000100000002135f5f636c75737465725f6d657461646174610200000000000000000003")


def test_the_leader_of_the_quorum_is_read_from_the_answer() -> None:
    assert 3 == leader_in(ANSWER)


def test_an_answer_with_an_error_names_nobody() -> None:
    assert NO_LEADER == leader_in(bytes.fromhex("00000001000029"))


def test_the_question_tells_its_own_length() -> None:
    assert len(question()) - 4 == int.from_bytes(question()[:4], "big")
