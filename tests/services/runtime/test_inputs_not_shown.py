"""Why a broker does not show the inputs of a service: only what it says of a topic refuses."""

from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from services.runtime.errors import BrokerRefused, BrokerUnavailable, MeshError
from services.runtime.kafka import KafkaBroker
from services.runtime.settings import MeshSettings
from tests.harness.counting import COUNTING

pytestmark = pytest.mark.asyncio
FINE, UNKNOWN, LEADER_AWAY, DENIED = 0, 3, 5, 29


class Described:
    """Stands in for a broker's word about topics: an error code for all of them, or no word at all."""

    def __init__(self, code: int | None) -> None:
        self._code = code

    async def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        if self._code is None:
            raise KafkaConnectionError("gone")
        return [{"topic": name, "error_code": self._code} for name in names]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (UNKNOWN, BrokerRefused),
        (DENIED, BrokerRefused),
        (LEADER_AWAY, BrokerUnavailable),
        (FINE, BrokerUnavailable),
        (None, BrokerUnavailable),
    ],
)
async def test_only_an_answer_about_a_topic_refuses(code: int | None, expected: type[MeshError]) -> None:
    broker = KafkaBroker(COUNTING, MeshSettings())
    broker._admin = Described(code)

    assert isinstance(await broker._why_inputs_are_not_shown(TimeoutError()), expected)
