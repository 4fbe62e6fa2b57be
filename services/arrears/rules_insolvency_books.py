"""What of a unit's arrears is to be claimed in its bankruptcy, by the books."""

from datetime import date
from typing import NamedTuple

from schemas.decision import Context
from schemas.vocabulary import Insurance
from services.arrears import law_status_numbers
from services.arrears.rules_lines import as_it_stood
from services.arrears.rules_standing import cap_is_on, late_fee
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import Proceeding

ACCOUNT_KINDS = (Insurance.PENSION, Insurance.MEDICAL)
"""The kinds of which a part belongs into personal accounts (企业破产法 48)."""


class Books(NamedTuple):
    """Amounts to be claimed, in fen, as they stood at the end of the day of acceptance: later payments do not change a claim.

    What was not due yet counts as due (企业破产法 46). `after_acceptance_fen`: part of the principal, of months that began
    after the acceptance. `after_declaration_fen`: no part of it, of months that began after the declaration of bankruptcy,
    up to which contributions are owed (法复〔1996〕17号). `listed_fen`: estimate of what need not be declared.
    """

    principal_fen: int = 0
    account_kinds_fen: int = 0
    listed_fen: int = 0
    late_fee_fen: int = 0
    after_acceptance_fen: int = 0
    after_declaration_fen: int = 0


def is_open(case: UnitCase, proceeding: Proceeding, today: date) -> bool:
    """Tell whether anything that may be claimed, due or not, principal or late fee, is neither paid nor written off."""
    return any(
        line.due_on is not None
        and (line.owed_fen or late_fee(line, today, capped=False).fen)
        and not _is_after_declaration(key, proceeding)
        for key, line in case.lines.items()
    )


def _is_after_declaration(key: str, proceeding: Proceeding) -> bool:
    return proceeding.declared_on is not None and _begins_on(key) > proceeding.declared_on


def is_claimable(key: str, proceeding: Proceeding) -> bool:
    """Tell whether a line's month counts: contributions are owed up to the declaration (法复〔1996〕17号)."""
    return not _is_after_declaration(key, proceeding)


def _begins_on(key: str) -> date:
    return date.fromisoformat(f"{key.partition('/')[0]}-01")


def owed_on(case: UnitCase, on: date, context: Context) -> Books:
    """What the unit owed at the end of a day, due by then, with late fees to that day: what a liquidation group is told."""
    capped = cap_is_on(context)
    found = Books()
    for line in case.lines.values():
        then = as_it_stood(line, case.reversals, on)
        if then.due_on is None or then.due_on >= on:
            continue
        found = found._replace(
            principal_fen=found.principal_fen + then.owed_fen,
            late_fee_fen=found.late_fee_fen + late_fee(then, on, capped=capped).fen,
        )
    return found


def books(case: UnitCase, proceeding: Proceeding, context: Context) -> Books:
    """Add up what is to be claimed."""
    capped = cap_is_on(context)
    found = Books()
    for key, line in sorted(case.lines.items()):
        month, _, insurance = key.partition("/")
        then = as_it_stood(line, case.reversals, proceeding.accepted_on)
        if then.due_on is None:
            continue
        owed_fen = then.owed_fen
        if _is_after_declaration(key, proceeding):
            found = found._replace(after_declaration_fen=found.after_declaration_fen + owed_fen)
            continue
        share_fen = law_status_numbers.account_share_fen(month, owed_fen) if insurance == Insurance.PENSION else 0
        found = Books(
            found.principal_fen + owed_fen,
            found.account_kinds_fen + (owed_fen if insurance in ACCOUNT_KINDS else 0),
            found.listed_fen + share_fen,
            found.late_fee_fen + late_fee(then, proceeding.accepted_on, capped=capped).fen,
            found.after_acceptance_fen + (owed_fen if _begins_on(key) > proceeding.accepted_on else 0),
            found.after_declaration_fen,
        )
    return found
