"""How the appraisal service is plugged in; no decisions."""

from services.appraisal import events, texts
from services.appraisal.rules import decide, next_timer
from services.appraisal.rules_state import AppraisalCase
from services.runtime import worker
from services.runtime.service import Service

SERVICE = Service(
    name="appraisal",
    release="appraisal-3",
    hears=events.HEARS,
    says=events.SAYS,
    state=AppraisalCase,
    decide=decide,
    next_timer=next_timer,
    reason_texts=texts.REASON_TEXTS,
)
SERVICES = (SERVICE,)


def main() -> None:
    """Run the appraisal service as a process."""
    worker.main(SERVICES)
