"""Chooses the client that moves the records of tasks: `SHEBAO_CLIENT`."""

from services.runtime.errors import WillNotStart
from services.runtime.kafka import KafkaBroker
from services.runtime.service import Service
from services.runtime.settings import MeshSettings


def broker_of(service: Service, settings: MeshSettings) -> KafkaBroker:
    """Give the adapter of the broker port that the settings name; `WillNotStart` where its package is not installed."""
    if settings.client == "aiokafka":
        return KafkaBroker(service, settings)
    try:
        from services.runtime.confluent import ConfluentBroker  # noqa: PLC0415 — an extra, only where it is asked for
    except ImportError as error:
        raise WillNotStart(
            f"SHEBAO_CLIENT=confluent needs the extra `confluent`: pip install 'shebao-mesh[confluent]' ({error})."
        ) from error
    return ConfluentBroker(service, settings)
