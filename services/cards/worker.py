"""How the two services are plugged in: cards decides, card-printing drives the printer. No decisions here."""

from collections.abc import Mapping

from schemas.cards import CardIssuanceAttempted, CardIssuanceCompleted, CardIssuanceRequested
from services.cards.events import HEARS, REFERENCES, SAYS
from services.cards.printer import CardPrinter
from services.cards.rules import CardCase, decide, next_timer
from services.cards.settings import PrinterSettings
from services.cards.texts import REASON_TEXTS
from services.runtime import worker
from services.runtime.effects import Effect, EffectPort, effect_service
from services.runtime.service import Service
from services.runtime.settings import read_settings

PORT = "card-printer"

SERVICE = Service(
    name="cards",
    release="cards-3",
    hears=HEARS,
    says=SAYS,
    references=REFERENCES,
    state=CardCase,
    decide=decide,
    next_timer=next_timer,
    reason_texts=REASON_TEXTS,
)
"""One case per person."""

CARD_PRINTING = effect_service(
    "card-printing",
    "card-printing-1",
    Effect(CardIssuanceRequested, CardIssuanceAttempted, CardIssuanceCompleted),
    {},
    PORT,
)
"""The effect shell of the card printer."""

SERVICES = (SERVICE, CARD_PRINTING)
"""What this worker runs."""


def ports() -> Mapping[str, EffectPort]:
    """Make the way to the printer from the environment: `SHEBAO_PRINTER_…`. `WrongSetting` names what is wrong there."""
    return {PORT: CardPrinter(read_settings(PrinterSettings))}


def main() -> None:
    """Run both services as one process."""
    worker.main(SERVICES, ports)
