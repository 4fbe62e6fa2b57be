"""How the outlets service is plugged in. No decisions here."""

from services.outlets.events import HEARS, REFERENCES, SAYS
from services.outlets.rules import OutletCase, decide, next_timer
from services.outlets.texts import REASON_TEXTS
from services.runtime import worker
from services.runtime.service import Service

SERVICE = Service(
    name="outlets",
    release="outlets-2",
    hears=HEARS,
    says=SAYS,
    references=REFERENCES,
    state=OutletCase,
    decide=decide,
    next_timer=next_timer,
    reason_texts=REASON_TEXTS,
)
"""One case per outlet."""

SERVICES = (SERVICE,)
"""What this worker runs."""


def main() -> None:
    """Run the worker until it is stopped."""
    worker.main(SERVICES)
