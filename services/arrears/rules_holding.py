"""Facts of a unit that is not registered (yet): held, and for how long."""

from datetime import date, timedelta

from msgspec.structs import replace

from schemas.decision import Context, Decision, Originals, decided
from services.arrears import law
from services.arrears.rules_payments_state import Account
from services.arrears.rules_registration_lost import ended_without_registration
from services.arrears.rules_state import Status, UnitCase


def held(case: UnitCase, context: Context) -> UnitCase:
    """The case of a unit that is not registered: its facts wait, for so many working days from the first."""
    if case.status is Status.HELD and case.held_on is not None:
        return case
    today = context.today
    return replace(case, status=Status.HELD, ladder=None, held_on=today, decide_by=_holding_ends(today, context))


def end_holding(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """The time is over and the unit is not registered: what was held is refused, and what comes later will be. Procedures and notices of a registration that was taken back end."""
    assert case.held_on is not None
    ends_on = _holding_ends(case.held_on, context)
    if ends_on >= context.today:
        return decided(
            replace(case, decide_by=ends_on), "holding-extended", paragraphs=(law.OFFICE_HOLDING,), decide_by=ends_on
        )
    references = tuple(case.held_references())
    forget_on = context.today + timedelta(days=law.office_on(context.today).unknown_days)
    unknown = UnitCase(
        case.unit_code,
        Status.UNKNOWN,
        case.registrations,
        held_on=context.today,
        decide_by=forget_on,
        account=_next_account(case),
    )
    decision = decided(
        unknown,
        "unit-unknown",
        *ended_without_registration(case, context),
        paragraphs=(law.REGISTRATION, law.OFFICE_HOLDING),
        count=len(references),
        references=" ".join(references),
    )
    return decision._replace(originals=Originals.REFUSE)


def _holding_ends(held_on: date, context: Context) -> date:
    days = law.office_on(held_on).holding_working_days
    return context.calendar.add_working_days(held_on, days).on


def _next_account(case: UnitCase) -> Account | None:
    """What numbers the unit's next case, where this one has been opened; its payments are refused with the rest."""
    was_registered = any(one.reverses is None for one in case.registrations)
    if not was_registered or (case.account is None and not any(line.found_on for line in case.lines.values())):
        return None
    return Account(ordinal=2 if case.account is None else case.account.ordinal + 1)
