"""What a template gets of a request: every amount, date and name as the text that is set. Pure.

Templates hold the wording; here stands what depends on the particulars. All of it goes to the template as JSON.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from schemas.document_terms import DocumentLine, OwedAmounts
from schemas.documents import DocumentRequested
from schemas.vocabulary import INSURANCE_NAMES_ZH, Insurance
from services.documents.figures import capitals, day, month, rate, yuan, yuan_of_units
from services.documents.terms import terms_of

Content = dict[str, Any]

LONG_WORD = re.compile(r"[!-~]{30}(?=[!-~])")
"""Letters and figures without a blank that would run out of the page."""
MAY_BREAK = "\u200b"
"""Set where a long word may be broken; it takes no room."""

INSURANCE_ZH = {kind: f"{name}保险" for kind, name in INSURANCE_NAMES_ZH.items()}


def content_of(request: DocumentRequested) -> Content:
    """Give everything that the template of the request's kind sets."""
    content: Content = _breakable(_content(request))
    return content


def _content(request: DocumentRequested) -> Content:
    return {
        "number": request.document_number,
        "dated": day(request.dated_on),
        "date": {"year": request.dated_on.year, "month": request.dated_on.month, "day": request.dated_on.day},
        "office": request.office.model_dump(),
        "unit": {"name": request.unit_name, "code": request.unit_code, "address": request.unit_address},
        "owed": _owed(request.owed),
        "terms": terms_of(request),
        "remarks": list(request.remarks),
    }


def _breakable(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _breakable(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_breakable(value) for value in content]
    return LONG_WORD.sub(rf"\g<0>{MAY_BREAK}", content) if isinstance(content, str) else content


def _owed(owed: OwedAmounts) -> Content:
    lines = owed.lines
    return {
        "lines": [_line(number, line) for number, line in enumerate(lines, start=1)],
        "count": str(len(lines)),
        "has_parts": any(line.base_fen is not None or line.unit_part_fen is not None for line in lines),
        "period": _period(lines),
        "kinds": "、".join(INSURANCE_ZH[kind] for kind in _kinds(lines)) + "费",
        "by_kind": [_of_kind(kind, lines) for kind in _kinds(lines)],
        "due": yuan(sum(line.due_fen for line in lines)),
        "paid": yuan(sum(line.paid_fen for line in lines)),
        "principal": yuan(owed.principal_fen),
        "principal_capitals": capitals(owed.principal_fen),
        "late_fee": yuan(owed.late_fee_fen),
        "late_fee_capitals": capitals(owed.late_fee_fen),
        "total": yuan(owed.principal_fen + owed.late_fee_fen),
        "total_capitals": capitals(owed.principal_fen + owed.late_fee_fen),
        "as_of": day(owed.late_fee_as_of),
        "growth": yuan_of_units(owed.late_fee_growth_units),
        "rates": _rates(owed),
    }


def _line(number: int, line: DocumentLine) -> Content:
    return {
        "no": str(number),
        "kind": INSURANCE_NAMES_ZH[line.insurance],
        "month": line.month,
        "due_on": line.due_on.isoformat(),
        "base": _known(line.base_fen),
        "unit_part": _known(line.unit_part_fen),
        "employee_part": _known(line.employee_part_fen),
        "due": yuan(line.due_fen),
        "paid": yuan(line.paid_fen),
        "owed": yuan(line.owed_fen),
        "late_fee": yuan(line.late_fee_fen),
    }


def _known(amount_fen: int | None) -> str:
    return "—" if amount_fen is None else yuan(amount_fen)


def _kinds(lines: Sequence[DocumentLine]) -> list[Insurance]:
    found = {line.insurance for line in lines}
    return [kind for kind in Insurance if kind in found]


def _period(lines: Iterable[DocumentLine]) -> str:
    months = [line.month for line in lines]
    first, last = month(min(months)), month(max(months))
    return first if first == last else f"{first}至{last}"


def _of_kind(kind: Insurance, lines: Sequence[DocumentLine]) -> Content:
    mine = [line for line in lines if line.insurance is kind]
    return {
        "kind": INSURANCE_ZH[kind],
        "period": _period(mine),
        "count": str(len(mine)),
        "owed": yuan(sum(line.owed_fen for line in mine)),
        "late_fee": yuan(sum(line.late_fee_fen for line in mine)),
    }


def _rates(owed: OwedAmounts) -> str:
    """One clause a rate, with its days where there is more than one."""
    clauses = []
    for one in owed.rates:
        span = ""
        if len(owed.rates) > 1:
            span = f"{day(one.from_on)}起" if one.from_on is not None else ""
            span += f"至{day(one.until_on)}" if one.until_on is not None else ""
        clauses.append(f"{span}按日加收{rate(one.ten_thousandths)}")
    return "，".join(clauses)
