"""What a published parameter may be set to.

Every decision of a task may rest on a parameter. One that rules could not read would not be one bad record: it would
park each case that asks for it. So a slip is refused at the door. Names that nobody here knows take any value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from schemas.vocabulary import DATE_FIRST, DATE_LAST

_DAYS = re.compile(r"[0-9]{1,3}")
_COUNT = re.compile(r"[1-9][0-9]{0,2}")
_FEN = re.compile(r"[0-9]{1,13}")


def _is_legal_date(value: str) -> bool:
    try:
        return DATE_FIRST <= date.fromisoformat(value) <= DATE_LAST
    except ValueError:
        return False


def _is_count_of_days(value: str) -> bool:
    return _DAYS.fullmatch(value) is not None


def _is_count(value: str) -> bool:
    return _COUNT.fullmatch(value) is not None


def _is_count_of_fen(value: str) -> bool:
    return _FEN.fullmatch(value) is not None


_USABLE: Mapping[str, Callable[[str], bool]] = {
    "effects-from": _is_legal_date,
    "appraisal-local-conditions": {"warn", "strict"}.__contains__,
    "transfer-late-fee": {"off", "on"}.__contains__,
    "deferred-late-fee": {"free", "charged"}.__contains__,
    "late-fee-cap": {"off", "on"}.__contains__,
    "payment-allocation": {"principal-first", "late-fee-first"}.__contains__,
    "pursuit-limit": {"off", "on"}.__contains__,
    "late-fee-keeps-case-open": {"no", "yes"}.__contains__,
    "bankruptcy-late-fee-day": {"counted", "not-counted"}.__contains__,
    "measure-large-fen": _is_count_of_fen,
    "measure-long-days": _is_count_of_days,
    "cards-temporary-suspension-days": _is_count_of_days,
    "notice-policy": {"newsletter", "law"}.__contains__,
    "notice-authority": {"by-period", "centre"}.__contains__,
    "warning-working-days": _is_count_of_days,
    "warning-late-lines": _is_count,
    "warning-span-months": _is_count,
    "arrears-senior-from-fen": _is_count_of_fen,
}
"""For each parameter that some service reads: whether it can read this value."""


def is_usable(name: str, value: str) -> bool:
    """Tell whether a parameter of this name may have this value."""
    return name not in _USABLE or _USABLE[name](value)
