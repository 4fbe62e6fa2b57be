"""The administrator's door to the brokers: rights and passwords, which aiokafka's own admin client cannot manage.

It is librdkafka's (confluent-kafka), made from the same `BrokerConnection` as every other client. Nothing else uses that library
(decision 0084).
"""

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import UserMistake

T = TypeVar("T")

ANSWER_TIMEOUT_S = 30.0


class BrokerAdmin:
    """Asks and awaits. Each answer that does not come, or refuses, is a `UserMistake` of one sentence."""

    def __init__(self, broker: BrokerConnection) -> None:
        self._broker = broker
        self.client = AdminClient(_settings(broker), logger=logging.getLogger(__name__))

    @classmethod
    async def reaching(cls, broker: BrokerConnection) -> Self:
        """Make one; `UserMistake` at once where no broker lets us in, of which librdkafka would tell late and little."""
        refusals = await broker.refusals()
        if len(refusals) == len(broker.servers.split(",")):
            raise UserMistake(refusals[0])
        return cls(broker)

    async def answer(self, asked: "Future[T]") -> T:
        """Await one answer."""
        try:
            return await asyncio.wait_for(asyncio.wrap_future(asked), ANSWER_TIMEOUT_S)
        except KafkaException as error:
            raise await self._told(error.args[0]) from error
        except TimeoutError as error:
            raise UserMistake(await self._broker.why_refused()) from error

    async def answers(self, asked: "Iterable[Future[T]]") -> list[T]:
        """Await all answers to one question."""
        return [await self.answer(future) for future in asked]

    async def _told(self, error: KafkaError) -> UserMistake:
        if error.code() < 0:  # librdkafka's own codes: it heard no answer, whatever kept it
            return UserMistake(await self._broker.why_refused())
        return UserMistake(
            f"The broker at {self._broker.servers} refuses this to {self._broker.user}: {error.str().rstrip('.')}."
        )


def _settings(broker: BrokerConnection) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "bootstrap.servers": broker.servers,
        "security.protocol": broker.security,
        "socket.timeout.ms": int(ANSWER_TIMEOUT_S * 500),
        # It would log each connection that fails; what is wrong is told once, in our words.
        "log_level": 0,
    }
    files = {
        "ssl.ca.location": broker.ca_file,
        "ssl.certificate.location": broker.certificate_file,
        "ssl.key.location": broker.key_file,
    }
    settings |= {name: str(file) for name, file in files.items() if file is not None}
    if broker.logs_in and broker.password is not None:
        settings |= {
            "sasl.mechanism": broker.mechanism,
            "sasl.username": broker.user,
            "sasl.password": broker.password.get_secret_value(),
        }
    return settings
