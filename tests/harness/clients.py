"""The broker port of the counting service on each of the two clients."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.runtime.broker import Broker
from services.runtime.client import broker_of
from services.runtime.settings import MeshSettings
from tests.harness.counting import COUNTING
from tests.harness.stack import Stack

CLIENTS = ("aiokafka", "confluent")


@asynccontextmanager
async def connected(stack: Stack, client: str, **more: object) -> AsyncIterator[Broker]:
    """Connect one of the clients; `more` are settings beside where the brokers are."""
    given = {"bootstrap_servers": stack.settings.bootstrap_servers, "client": client, **more}
    settings = MeshSettings.model_validate(given)
    broker = broker_of(COUNTING, settings)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()
