"""Deciding what is said of a unit's status (单位存续状态). Pure.

    operating ──► bankruptcy-accepted ──► bankrupt ──► deregistered
        │    ╲              │   ▲            ▲
        │     ╲             ▼   │            │
        │      ────────► reorganising ───────┘
        ├──► revoked ──► liquidating ──► deregistered     also into court; liquidating also from operating
        ├──► deregistration-announced ──► deregistered | operating      that it is operating is said of it all the time:
        └──► unreachable ──► operating             also beside the others   only a report that names it as ended ends it, or a liquidation
    bankruptcy-accepted, reorganising ──► operating      ended without a declaration, by a court that is named
    deregistered ──► (nothing follows; what was entered wrongly is reversed)

What cannot be true at once is refused with all its reasons. A status stops late fees from the acceptance on, and chooses the
unit's measure anew (`rules_measure_choice`). Status facts of a unit that is not registered are held like all its facts.
"""

from msgspec.structs import replace

from schemas.contributions import UnitFact
from schemas.decision import Context, Decision, Originals, decided, refused
from schemas.insolvency_acts import InsolvencyActRecorded
from schemas.unit_status import UnitStanding, UnitStatusReported
from services.arrears import law, law_status, law_status_numbers, texts_status
from services.arrears.law_numbers import chosen
from services.arrears.rules_case import followed, recounted
from services.arrears.rules_holding import held
from services.arrears.rules_measure_follow import notes_of
from services.arrears.rules_revisions import Known, never_admitted, repeated
from services.arrears.rules_state import Status, UnitCase
from services.arrears.rules_status_standing import contradictions, fee_pauses, position
from services.arrears.rules_status_state import StatusRecord, UnitStatus

DESK_PREFIX = "desk/"
"""Before the references of rulings that the desk received: the registrar numbers for itself."""

PARAGRAPHS_OF = {
    "in-court-after-deregistration": (law_status.ENDS_WITH_ENTRY,),
    "status-after-deregistration": (law_status.ENDS_WITH_ENTRY,),
    "sole-proprietor-in-bankruptcy": (law_status.ENTERPRISES_ONLY,),
    "declared-before-acceptance": (law_status.DECLARED_BANKRUPT,),
    "accepted-after-declaration": (law_status.BEFORE_DECLARATION,),
    "operating-after-revocation": (law_status.DISSOLVED,),
    "operating-after-declaration": (law_status.ENDED_BEFORE_DECLARATION,),
    "operating-without-ruling": (law_status.SUSPENDED, law_status.ENDED_BEFORE_DECLARATION),
    "simple-deregistration-of-revoked-unit": (law_status.OBJECTION,),
    "simple-deregistration-of-unreachable-unit": (law_status.OBJECTION,),
    "simple-deregistration-in-bankruptcy": (law_status.OBJECTION,),
    "deregistered-otherwise-in-bankruptcy": (law_status.DEREGISTERED_AFTER,),
    "revoked-twice": (law_status.DISSOLVED,),
    "forced-deregistration-too-early": (law_status.BY_REGISTRAR,),
    "forced-deregistration-before-law": (law_status.BY_REGISTRAR,),
    "liquidation-in-bankruptcy": (law_status.TURNED_INTO_BANKRUPTCY,),
    "sole-proprietor-has-no-liquidation": (law_status.LIQUIDATION_GROUP,),
}
"""What the refusal of a contradiction rests on, where a law says it."""


def report(case: UnitCase | None, fact: UnitStatusReported, context: Context) -> Decision[UnitCase]:
    """Decide a status, its correction, or its reversal."""
    return _decided(case, fact, _record_of(fact), context)


def receive_ruling(case: UnitCase | None, fact: InsolvencyActRecorded, context: Context) -> Decision[UnitCase]:
    """Decide a ruling that the desk received from the court: as if the registrar had said it, under a reference of the desk's own."""
    ruling = UnitStanding(fact.ruling or UnitStanding.BANKRUPTCY_ACCEPTED)  # a reversal need not repeat it
    record = StatusRecord(
        DESK_PREFIX + fact.business_reference,
        fact.revision,
        ruling,
        None,
        fact.occurred_on,
        fact.district,
        fact.agency,
        fact.court,
        fact.decision_number,
        fact.announced_on,
        fact.declare_by,
        effective_on=fact.effective_on,
        reverses=None if fact.reverses is None else DESK_PREFIX + fact.reverses,
    )
    return _decided(case, fact, record, context)


def _decided(case: UnitCase | None, fact: UnitFact, new: StatusRecord, context: Context) -> Decision[UnitCase]:
    inadmissible = never_admitted(case, fact, context)
    if inadmissible is not None:
        return inadmissible
    if case is not None and case.status is Status.UNKNOWN:
        return refused(case, "unit-unknown", paragraphs=(law.REGISTRATION, law.OFFICE_HOLDING))
    before = case or UnitCase(fact.unit_code)
    records = () if before.unit_status is None else before.unit_status.records
    known = next((one for one in records if one.reference == new.reference), None)
    if known is not None:
        answer = repeated(case, Known(known.revision, known == new), new.revision)
        if answer is not None:
            return answer
    elif len(records) >= (most := law.office_on(context.today).registrations_max):
        return refused(case, "case-full", records_max=most)
    others = [one for one in records if one.reference != new.reference]
    records = tuple(sorted((*others, new), key=lambda one: one.reference))
    reasons = contradictions(records)
    if reasons:
        return _contradicted(case, reasons)
    return _taken(before, records, context)


def _contradicted(case: UnitCase | None, reasons: tuple[str, ...]) -> Decision[UnitCase]:
    cited = dict.fromkeys(paragraph for reason in reasons for paragraph in PARAGRAPHS_OF.get(reason, ()))
    return refused(
        case,
        "unit-status-refused",
        paragraphs=tuple(cited),
        reasons=",".join(reasons),
        reasons_text=texts_status.listed(texts_status.REFUSAL_TEXTS[reason] for reason in reasons),
    )


def _taken(before: UnitCase, records: tuple[StatusRecord, ...], context: Context) -> Decision[UnitCase]:
    counts = chosen(law_status_numbers.ACCEPTANCE_DAY, context) == law_status_numbers.LATE_FEE_COUNTED
    pauses = fee_pauses(records, acceptance_day_counts=counts)
    after = replace(before, unit_status=UnitStatus(records, pauses))
    keys = tuple(before.lines) if pauses != _pauses(before) else ()
    after = recounted(after, keys, context)
    if after.registration is None:
        waiting = held(after, context)
        values = {"decide_by": waiting.decide_by}
        decision = decided(waiting, "unit-status-held", paragraphs=(law.OFFICE_HOLDING,), **values)
        return decision._replace(originals=Originals.KEEP)
    result = followed(before, after, keys, context)
    now = position(records)
    names = [texts_status.STANDING_NAMES[standing] for standing in now.standings]
    stops = (law_status.LATE_FEE_STOPS, law_status.LATE_FEE_DAY) if pauses else ()
    return decided(
        result.case,
        "unit-status-recorded",
        *result.facts,
        paragraphs=tuple(dict.fromkeys((*stops, *result.paragraphs))) or (law_status.OFFICE_MEASURES,),
        standings=",".join(now.standings),
        standings_text="、".join(names) or texts_status.NOTHING_STANDS,
        **notes_of(before, result.case, context),
    )


def _pauses(case: UnitCase) -> tuple[object, ...]:
    return () if case.unit_status is None else case.unit_status.fee_pauses


def _record_of(fact: UnitStatusReported) -> StatusRecord:
    return StatusRecord(
        fact.business_reference,
        fact.revision,
        fact.status,
        fact.legal_form,
        fact.occurred_on,
        fact.district,
        fact.agency,
        fact.court,
        fact.court_case_number,
        fact.announced_on,
        fact.declare_by,
        fact.administrator,
        fact.deregistration_way,
        fact.proprietor_property,
        fact.effective_on,
        fact.reverses,
        fact.notified_on,
        fact.successors,
        fact.ended,
    )
