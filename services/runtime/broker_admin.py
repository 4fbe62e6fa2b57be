"""The administrator's door to the brokers: rights and passwords, which aiokafka's own admin client cannot manage.

It is librdkafka's (confluent-kafka), made from the same `BrokerConnection` as every other client. Not all of it may be used (decision 0084): a
refused question for passwords ends the process, a refused one for rights answers that there are none.
"""

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AclOperation, AdminClient

from services.runtime.broker_connection import BrokerConnection
from services.runtime.confluent_clients import connection_config
from services.runtime.errors import UserMistake

T = TypeVar("T")

ANSWER_TIMEOUT_S = 30.0
_OPERATIONS_ZH = {AclOperation.DESCRIBE: "查看", AclOperation.ALTER: "更改"}
"""What is asked of rights, in words (Chinese)."""


class BrokerAdmin:
    """Asks and awaits. Each answer that does not come, or refuses, is a `UserMistake` of one sentence."""

    def __init__(self, broker: BrokerConnection) -> None:
        self._broker = broker
        self.client = AdminClient(_config(broker), logger=logging.getLogger(__name__))

    @classmethod
    async def reaching(cls, broker: BrokerConnection) -> Self:
        """Make one; `UserMistake` at once where no broker lets us in, of which librdkafka would tell late and little."""
        refusals = await broker.refusals()
        if len(refusals) == len(broker.servers.split(",")):
            raise UserMistake(*refusals[0])
        return cls(broker)

    async def refuse_who_may_not(self, operation: AclOperation) -> None:
        """`UserMistake` where this account may not do that to the brokers as a whole."""
        found = await self.answer(self.client.describe_cluster(include_authorized_operations=True))
        if operation not in (found.authorized_operations or ()):
            raise UserMistake(
                f"账号 {self._broker.user} 无权在 {self._broker.servers} {_OPERATIONS_ZH.get(operation, '办理')}权限，须由管理员办理。",
                f"{self._broker.user} may not {operation.name.lower()} rights at {self._broker.servers}: that is the administrator's.",
            )

    async def answer(self, asked: "Future[T]") -> T:
        """Await one answer."""
        try:
            return await asyncio.wait_for(asyncio.wrap_future(asked), ANSWER_TIMEOUT_S)
        except KafkaException as error:
            raise await self._told(error.args[0]) from error
        except TimeoutError as error:
            raise UserMistake(*await self._broker.why_refused()) from error

    async def answers(self, asked: "Iterable[Future[T]]") -> list[T]:
        """Await all answers to one question."""
        return [await self.answer(future) for future in asked]

    async def _told(self, error: KafkaError) -> UserMistake:
        if error.code() < 0:  # librdkafka's own codes: it heard no answer, whatever kept it
            return UserMistake(*await self._broker.why_refused())
        return UserMistake(
            f"Kafka（{self._broker.servers}）不允许账号 {self._broker.user} 如此办理。",
            f"The broker at {self._broker.servers} refuses this to {self._broker.user}: {error.name()}.",
        )


def _config(broker: BrokerConnection) -> dict[str, Any]:
    return connection_config(broker) | {
        "socket.timeout.ms": int(ANSWER_TIMEOUT_S * 500),
        # It would log each connection that fails; what is wrong is told once, in our words.
        "log_level": 0,
    }
