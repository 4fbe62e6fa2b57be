"""Which topic a name means: brokers give each an id of its own, so one that was deleted and made anew is told from the one before.

Offsets alone do not tell: a new topic that has grown past the old end looks like the old one, and its first records would be passed over.
"""

import asyncio
from collections.abc import Collection, Mapping

from aiokafka.errors import KafkaError
from confluent_kafka import KafkaError as Answer
from confluent_kafka import KafkaException, TopicCollection

from services.runtime.broker_admin import BrokerAdmin
from services.runtime.broker_connection import BrokerConnection

ANSWER_TIMEOUT_S = 10.0


class TopicIds:
    """Asks for the ids of topics over one client, again and again. aiokafka knows none."""

    def __init__(self, broker: BrokerConnection, names: Collection[str]) -> None:
        self._admin, self._names = BrokerAdmin(broker), sorted(names)

    async def now(self) -> dict[str, str]:
        """Give the ids of those topics that are there; `KafkaError` or `TimeoutError` where the broker does not say."""
        asked = self._admin.client.describe_topics(TopicCollection(self._names), request_timeout=ANSWER_TIMEOUT_S)
        found = {}
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            for name, future in asked.items():
                try:
                    found[name] = str((await asyncio.wrap_future(future)).topic_id)
                except KafkaException as error:
                    if error.args[0].code() != Answer.UNKNOWN_TOPIC_OR_PART:
                        raise KafkaError(
                            f"the broker does not say which topic {name} is: {error.args[0].name()}"
                        ) from error
        return found


def made_anew(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name the topics that are others than before. One that is gone, or has come for the first time, is none of them."""
    return sorted(name for name, known in before.items() if now.get(name, known) != known)
