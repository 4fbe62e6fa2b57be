"""From the state of a case to its rows: applications, stock of outlets, effects of which nobody knows what became. Pure."""

from typing import Any

from schemas import topics
from services.appraisal import law as appraisal_law
from services.appraisal import texts as appraisal_texts
from services.appraisal.rules_state import Application, PersonCase, submission_of
from services.audit import words
from services.outlets.rules_state import OutletCase, blanks_free, blanks_on_hand
from services.page.store import tables
from services.page.store.changes import CaseRows, Row, micros_of
from services.page.store.masking import masked_text
from services.page.store.projection_facts import bounded
from services.runtime.effect_cases import EffectCase, OpenEffect, Status, request_of
from services.runtime.service import Service

UNCLEAR = (Status.UNKNOWN, Status.RECONCILING)


def case_rows(service: Service, case_key: str, partition: int, state: Any) -> CaseRows:
    """Give the rows of a case; none of a kind of case that the page does not show."""
    name = bounded(case_key)
    if isinstance(state, PersonCase):
        known = [(reference, one) for reference, one in state.applications.items() if one.submission]
        return CaseRows({tables.application: [_application(service, name, *one) for one in known]})
    if isinstance(state, OutletCase):
        return CaseRows({tables.outlet_stock: [_stock(service, name, state)]})
    if isinstance(state, EffectCase):
        unclear = {key: one for key, one in state.open.items() if one.status in UNCLEAR}
        rows = [_effect(service, name, partition, effect_id, one) for effect_id, one in unclear.items()]
        return CaseRows({tables.effect: rows})
    return CaseRows()


def _application(service: Service, case_key: str, reference: str, application: Application) -> Row:
    submission, sitting = submission_of(application), application.sitting
    office = appraisal_law.office_on(submission.received_on if sitting is None else sitting.sitting_on)
    return {
        "service": service.name,
        "case_key": case_key,
        "reference": bounded(reference),
        "district": submission.district.value,
        "kind": submission.kind.value,
        "status": application.status.value,
        "received_on": submission.received_on.isoformat(),
        "is_extended": application.extended,
        "sitting_on": None if sitting is None else sitting.sitting_on.isoformat(),
        "slot": "" if sitting is None else sitting.slot,
        "place": "" if sitting is None else appraisal_texts.place(office, sitting.room),
        "expert_keys": "" if sitting is None else ",".join(sitting.expert_keys),
        "standing": "" if sitting is None else sitting.standing.value,
        "is_provisional": sitting is not None and sitting.provisional,
    }


def _stock(service: Service, case_key: str, state: OutletCase) -> Row:
    return {
        "service": service.name,
        "case_key": case_key,
        "blanks_on_hand": blanks_on_hand(state),
        "blanks_free": blanks_free(state),
        "held": len(state.held),
    }


def _effect(service: Service, case_key: str, partition: int, effect_id: str, effect: OpenEffect) -> Row:
    request = request_of(effect, service.effect.request)
    return {
        "service": service.name,
        "case_key": case_key,
        "effect_id": bounded(effect_id),
        "partition": partition,
        "district": request.district.value,
        "status": effect.status.value,
        "since": micros_of(effect.since),
        "claimed_at": micros_of(effect.claimed_at),
        "lookups": effect.lookups,
        "waits_for_order": effect.due_at is None,
        "about": masked_text(words.sentence(request)),
    }


CASE_TABLES = {
    "arrears": (),
    "appraisal": (tables.application,),
    "outlets": (tables.outlet_stock,),
    **{name: (tables.effect,) for name in topics.SERVICES if name in ("documents", "deliveries", "card-printing")},
}
"""Tables in which a service's cases have rows, besides those of units and timers."""
