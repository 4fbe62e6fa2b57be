"""What a group has committed is what its coordinator says, and an answer that says nothing is none."""

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import Response
from aiokafka.protocol.commit import OffsetFetchResponse_v3

from services.runtime.errors import TaskMustRestart
from services.runtime.group_offsets import committed_offsets

pytestmark = pytest.mark.asyncio

PAID, MISSED = TopicPartition("contribution-paid", 3), TopicPartition("contribution-missed", 3)
NOT_COORDINATOR, NO_ERROR = 16, 0


class Admin(AIOKafkaAdminClient):  # type: ignore[misc]  # aiokafka ships no types
    """aiokafka's own client, to which a broker's answer is handed."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    async def find_coordinator(self, group_id: str, coordinator_type: int = 0) -> int:
        return 1

    async def _send_request(self, request: object, node_id: int | None = None) -> Response:
        return self._answer


async def test_a_place_never_committed_is_left_out() -> None:
    answer = OffsetFetchResponse_v3(
        0, [(PAID.topic, [(3, 1928, "", NO_ERROR)]), (MISSED.topic, [(3, -1, "", NO_ERROR)])], NO_ERROR
    )

    assert {PAID: 1928} == await committed_offsets(Admin(answer), "arrears", [PAID, MISSED])


async def test_a_coordinator_that_has_moved_does_not_say_that_nothing_was_committed() -> None:
    refused_as_a_whole = OffsetFetchResponse_v3(0, [], NOT_COORDINATOR)

    with pytest.raises(TaskMustRestart, match="does not say now where it stands"):
        await committed_offsets(Admin(refused_as_a_whole), "arrears", [PAID, MISSED])
