"""How the two services are plugged in: notifications decides, deliveries drives the channels."""

from collections.abc import Mapping

from schemas.notifications import (
    DeliveryAttempted,
    DeliveryCompleted,
    DeliveryQueued,
    DeliveryRequested,
    DeliveryWithdrawn,
)
from services.notifications.channels import channel_port
from services.notifications.events import HEARS, SAYS
from services.notifications.rules import NotificationCase, decide, next_timer
from services.notifications.settings import ChannelSettings
from services.notifications.texts import REASON_TEXTS
from services.runtime import worker
from services.runtime.effects import Effect, EffectPort, effect_service
from services.runtime.sealing import opener_from_environment
from services.runtime.service import Service
from services.runtime.settings import read_settings

PORT = "deliveries"

SERVICE = Service(
    name="notifications",
    release="notifications-3",
    hears=HEARS,
    says=SAYS,
    state=NotificationCase,
    decide=decide,
    next_timer=next_timer,
    reason_texts=REASON_TEXTS,
)

DELIVERIES = effect_service(
    "deliveries",
    "deliveries-2",
    Effect(DeliveryRequested, DeliveryAttempted, DeliveryCompleted, DeliveryQueued, DeliveryWithdrawn),
    {},
    PORT,
)

SERVICES = (SERVICE, DELIVERIES)


def ports() -> Mapping[str, EffectPort]:
    """Make the channels from the environment: `SHEBAO_CHANNELS_…` and the keys of the vault.

    `WrongSetting`, naming what is wrong but not its value, where they cannot be used.
    """
    return {PORT: channel_port(read_settings(ChannelSettings), opener_from_environment(DELIVERIES.name))}


def main() -> None:
    """Run both services as one process."""
    worker.main(SERVICES, ports)
