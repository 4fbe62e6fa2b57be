"""Chooses the client that moves the records of tasks: `SHEBAO_CLIENT`."""

from services.runtime.kafka import KafkaBroker
from services.runtime.service import Service
from services.runtime.settings import MeshSettings


def broker_of(service: Service, settings: MeshSettings) -> KafkaBroker:
    """Give the adapter of the broker port that the settings name."""
    if settings.client == "aiokafka":
        return KafkaBroker(service, settings)
    from services.runtime.confluent import ConfluentBroker  # noqa: PLC0415 — librdkafka is loaded where it is asked for

    return ConfluentBroker(service, settings)
