"""A process that is started again takes the one that died out of the group, and only that one."""

from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import NodeNotReadyError
from aiokafka.protocol.group import LeaveGroupRequest, LeaveGroupResponse_v1

from services.runtime.former_member import FormerMember
from services.runtime.settings import MeshSettings

pytestmark = pytest.mark.asyncio

NO_ERROR, UNKNOWN_MEMBER, NOT_COORDINATOR = 0, 25, 16
DEAD = "arrears-1-7c0e"


class Coordinator(AIOKafkaAdminClient):  # type: ignore[misc]  # aiokafka ships no types
    """aiokafka's own client, to which a broker's answers are handed."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers = list(answers)
        self.left: list[tuple[str, str]] = []

    async def _send_request(self, request: LeaveGroupRequest, node_id: int | None = None) -> LeaveGroupResponse_v1:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.left.append((request._group, request._member_id))
        return LeaveGroupResponse_v1(0, answer)


def member(folder: Path, name: str = "arrears-1") -> FormerMember:
    return FormerMember("arrears", MeshSettings(work_dir=folder, worker_name=name))


async def test_the_next_process_of_a_name_leaves_for_the_one_that_died(tmp_path: Path) -> None:
    member(tmp_path).note(DEAD)
    coordinator = Coordinator(NO_ERROR)
    await member(tmp_path).leave(coordinator, 1)
    await member(tmp_path).leave(coordinator, 1)

    assert [("arrears", DEAD)] == coordinator.left


async def test_for_one_that_ended_in_good_order_nobody_leaves(tmp_path: Path) -> None:
    before = member(tmp_path)
    before.note(DEAD)
    before.forget()
    coordinator = Coordinator()
    await member(tmp_path).leave(coordinator, 1)

    assert [] == coordinator.left


@pytest.mark.parametrize("answer", [UNKNOWN_MEMBER, NOT_COORDINATOR])
async def test_a_member_that_the_group_does_not_know_is_not_asked_for_again(tmp_path: Path, answer: int) -> None:
    member(tmp_path).note(DEAD)
    coordinator = Coordinator(answer)
    await member(tmp_path).leave(coordinator, 1)
    await member(tmp_path).leave(coordinator, 1)

    assert [("arrears", DEAD)] == coordinator.left


async def test_a_broker_that_does_not_answer_keeps_nobody_from_starting(tmp_path: Path) -> None:
    member(tmp_path).note(DEAD)
    coordinator = Coordinator(NodeNotReadyError(), NO_ERROR)
    await member(tmp_path).leave(coordinator, 1)
    await member(tmp_path).leave(coordinator, 1)

    assert [("arrears", DEAD)] == coordinator.left


async def test_another_worker_or_one_without_a_name_leaves_for_nobody(tmp_path: Path) -> None:
    member(tmp_path).note(DEAD)
    member(tmp_path, "").note("arrears-2-11f3")
    coordinator = Coordinator()
    await member(tmp_path, "arrears-2").leave(coordinator, 1)
    await member(tmp_path, "").leave(coordinator, 1)

    assert [] == coordinator.left
