"""Small parts of the campaigns: what a recovery is, and who the controller is."""

import json
from pathlib import Path

import pytest

from tests.chaos.crew import resumed_after_s
from tests.chaos.quorum import NO_LEADER, active_controller


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


def written_down(folder: Path, broker: int, epoch: int, leader: int) -> None:
    state = {"leaderId": leader, "leaderEpoch": epoch, "votedId": -1, "currentVoters": [], "data_version": 0}
    path = folder / f"broker-{broker}" / "__cluster_metadata-0" / "quorum-state"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(state))


def test_the_controller_is_whom_the_brokers_of_the_newest_epoch_follow(tmp_path: Path) -> None:
    written_down(tmp_path, 1, epoch=7, leader=1)  # killed as the leader, and it knows of no other
    written_down(tmp_path, 2, epoch=8, leader=-1)  # has voted, and not heard yet who it is
    written_down(tmp_path, 3, epoch=8, leader=3)

    assert 3 == active_controller(tmp_path)


def test_nobody_is_the_controller_while_the_brokers_vote_or_before_they_began(tmp_path: Path) -> None:
    assert NO_LEADER == active_controller(tmp_path)

    written_down(tmp_path, 1, epoch=7, leader=1)
    written_down(tmp_path, 2, epoch=8, leader=-1)

    assert NO_LEADER == active_controller(tmp_path)
