"""Deciding registrations of units (社会保险登记): new, changed, taken back."""

from msgspec.structs import replace

from schemas.contributions import UnitRegistered
from schemas.decision import Context, Decision, Originals, decided, refused
from schemas.fact import Fact, Sealed
from services.arrears import law, texts, texts_payments
from services.arrears.rules_case import Effect, followed, recounted
from services.arrears.rules_holding import held
from services.arrears.rules_payments_allotting import allotted
from services.arrears.rules_registration_lost import live_procedures
from services.arrears.rules_reminders import cancellation
from services.arrears.rules_revisions import Known, never_admitted, repeated
from services.arrears.rules_state import Registration, SealedCopy, Status, UnitCase
from services.arrears.texts_enforcement_names import STAGE_NAMES


def register(case: UnitCase | None, fact: UnitRegistered, context: Context) -> Decision[UnitCase]:
    """Decide a registration, its correction, or its reversal."""
    inadmissible = never_admitted(case, fact, context)
    if inadmissible is not None:
        return inadmissible
    before = case or UnitCase(fact.unit_code)
    new = _registration_of(fact)
    known = next((one for one in before.registrations if one.reference == new.reference), None)
    if known is not None:
        answer = repeated(case, Known(known.revision, known == new), new.revision)
        if answer is not None:
            return answer
    elif len(before.registrations) >= (most := law.office_on(context.today).registrations_max):
        return refused(case, "case-full", records_max=most)
    others = [one for one in before.registrations if one.reference != new.reference]
    registrations = tuple(sorted((*others, new), key=lambda one: one.reference))
    after = replace(before, registrations=registrations)
    if after.registration is None:
        return _unregistered(before, after, fact, context)
    if before.registration is None:
        return _registered(before, after, context)
    return _updated(before, after, context)


def _registered(before: UnitCase, after: UnitCase, context: Context) -> Decision[UnitCase]:
    """As if the unit had been known from the start: every line is looked at with today's eyes."""
    known = recounted(after, after.lines, context)
    waited = ""
    if known.account is not None:
        known = allotted(known, context, is_registered=True).case
        waited = texts_payments.waited(before.account, known.account)
    result = followed(before, known, known.lines, context)
    code = "unit-registered-in-arrears" if result.effect is Effect.OPENED else "unit-registered"
    decision = decided(
        result.case, code, *result.facts, paragraphs=(law.REGISTRATION, *result.paragraphs), waited=waited
    )
    return decision._replace(originals=Originals.DROP)


def _updated(before: UnitCase, after: UnitCase, context: Context) -> Decision[UnitCase]:
    result = followed(before, after, (), context)
    code = "unit-updated" if result.effect is Effect.NONE else "unit-updated-in-arrears"
    return decided(result.case, code, *result.facts, paragraphs=(law.REGISTRATION, *result.paragraphs))


def _unregistered(before: UnitCase, after: UnitCase, fact: UnitRegistered, context: Context) -> Decision[UnitCase]:
    """Nothing registers the unit (any more): a reversal came, or came before what it takes back."""
    known = before.registration
    if known is None:
        waiting = after if before.status is Status.UNKNOWN else held(after, context)
        return decided(waiting, "reversal-awaits-its-record", reverses=fact.reverses)
    facts: tuple[Fact, ...] = cancellation(after.unit_code, known, after.ladder, texts.CANCELLED_UNREGISTERED, context)
    waiting, resting = held(after, context), live_procedures(after)
    values: dict[str, object] = {"decide_by": waiting.decide_by}
    if resting:
        values["resting"] = "、".join(f"{one.number}（{STAGE_NAMES[one.stage]}）" for one in resting)
    code = "registration-reversed-in-enforcement" if resting else "registration-reversed"
    return decided(waiting, code, *facts, paragraphs=(law.OFFICE_HOLDING,), **values)


def _registration_of(fact: UnitRegistered) -> Registration:
    return Registration(
        fact.business_reference,
        fact.revision,
        fact.unit_name,
        fact.occurred_on,
        fact.district,
        fact.agency,
        _copy(fact.contact_phone),
        _copy(fact.contact_email),
        fact.effective_on,
        fact.reverses,
    )


def _copy(sealed: Sealed | None) -> SealedCopy | None:
    return None if sealed is None else SealedCopy(sealed.key_reference, sealed.ciphertext)
