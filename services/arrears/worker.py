"""How the arrears service is plugged in; no decisions."""

from services.arrears import events, texts
from services.arrears.rules import decide, next_timer
from services.arrears.rules_memory import compacted
from services.arrears.rules_state import UnitCase
from services.documents.shell import DOCUMENTS, ports
from services.runtime import worker
from services.runtime.service import Service

SERVICE = Service(
    name="arrears",
    release="arrears-4",
    hears=events.HEARS,
    says=events.SAYS,
    state=UnitCase,
    decide=decide,
    next_timer=next_timer,
    compacted=compacted,
    references=events.REFERENCES,
    reason_texts=texts.REASON_TEXTS,
)
SERVICES = (SERVICE, DOCUMENTS)
"""What this worker runs: the service, and the effect shell that makes out the documents it asks for."""


def main() -> None:
    """Run both as one process."""
    worker.main(SERVICES, ports)
