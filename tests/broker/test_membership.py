"""A member whose part in its group has ended joins it anew."""

from pathlib import Path

import pytest

from schemas.topics import PARTITIONS
from services.runtime.former_member import FormerMember
from services.runtime.membership import KafkaMembership
from tests.harness.counting import COUNTING
from tests.harness.stack import Stack
from tests.harness.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

ALL = frozenset(range(PARTITIONS))


async def test_a_member_whose_coordination_has_ended_joins_anew_and_has_its_tasks_again(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = {
        "session_timeout_ms": 2_000,
        "heartbeat_interval_ms": 500,
    }  # so long the group waits for the member that broke
    settings = stack.mesh_settings("arrears").model_copy(update={"work_dir": tmp_path, **soon})
    assigned: list[frozenset[int]] = []
    member = KafkaMembership("one-that-breaks", COUNTING.inputs, settings, FormerMember("one-that-breaks", settings))
    await member.start(assigned.append)
    try:
        broken = member._consumer
        assert broken is not None

        async def write_to_a_closed_transport() -> None:
            raise RuntimeError("the handler is closed")

        monkeypatch.setattr(broken._coordinator, "ensure_coordinator_known", write_to_a_closed_transport)
        broken._coordinator.coordinator_dead()

        async def is_a_member_again() -> bool:
            return len(assigned) > 1

        await until(is_a_member_again, 30, "it has joined anew")
        successor = member._consumer
    finally:
        await member.stop()

    assert [ALL, ALL] == assigned
    assert successor is not broken
