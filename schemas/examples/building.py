"""Examples built from a contract: a whole one, a bare one, and one for each way in which its fields can be wrong."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_type_hints

from pydantic.fields import FieldInfo

from schemas import vocabulary
from schemas.avro import avro_schema
from schemas.contracts import contract_name
from schemas.examples.values import limits_of, sample
from schemas.fact import Wire

_WRONG_CHECK_DIGIT = "91371003MA3N5Y8K1F"
_CITIZEN_NUMBER = "11010519491231002X"

_BY_TYPE: tuple[tuple[Any, tuple[tuple[str, Any, str], ...]], ...] = (
    (vocabulary.UnitCode, (("the check digit fails", _WRONG_CHECK_DIGIT, "unit-code-invalid"),)),
    (vocabulary.Month, (("no such month", "2024-13", "month-invalid"),)),
    (
        vocabulary.AmountFen,
        (
            ("an amount below zero", -1, "amount-out-of-range"),
            ("an amount above 10^12 fen", vocabulary.AMOUNT_FEN_MAX + 1, "amount-out-of-range"),
        ),
    ),
    (vocabulary.PersonKey, (("an ID number in place of the key", _CITIZEN_NUMBER, "value-invalid"),)),
)
"""What is wrong with types that have checks of their own: what it is, the value, the code."""

_WHOLE: Mapping[str, tuple[tuple[str, Mapping[str, Any], str], ...]] = {
    "contribution-assessed": (("due before the month begins", {"due_on": "2023-12-31"}, "due-before-month"),),
    "contribution-missed": (("due before the month begins", {"due_on": "2023-12-31"}, "due-before-month"),),
    "unit-paid": (
        ("names a month without its insurance kind", {"insurance": None}, "payment-line-incomplete"),
        ("says the principal of one line", {"meant_for": "principal"}, "payment-of-a-line"),
    ),
    "appraisal-submitted": (
        ("transferred before the intake", {"transferred_on": "2024-03-14"}, "date-before-intake"),
        ("recognised after the intake", {"recognised_on": "2024-03-16"}, "date-after-intake"),
    ),
    "appraisal-withdrawn": (("does not say what is withdrawn", {"reverses": None}, "reverses-missing"),),
    "enforcement-act-recorded": (
        ("no amount", {"act": "transfer-received", "amount_fen": None}, "amount-missing"),
        ("no balance", {"act": "bank-query-answered", "balance_fen": None}, "balance-missing"),
        ("no costs", {"act": "property-auctioned", "costs_fen": None}, "costs-missing"),
        ("no term", {"act": "demand-served", "perform_by": None}, "perform-by-missing"),
        ("the term of a paper that is none", {"perform_within_working_days": 3}, "term-of-another-paper"),
        ("no way to pay", {"act": "demand-served", "payment_method": None}, "payment-method-missing"),
        ("no right to be heard", {"act": "demand-served", "hearing_offered": False}, "hearing-not-offered"),
        ("no outcome", {"act": "statement-reviewed", "outcome": None}, "outcome-missing"),
        (
            "a ruling's outcome of a review",
            {"act": "statement-reviewed", "outcome": "granted"},
            "outcome-of-another-act",
        ),
        ("no ground", {"act": "execution-ended", "ground": None}, "ground-missing"),
        ("a remedy as ground of an end", {"act": "execution-ended", "ground": "review"}, "ground-of-another-act"),
        ("no instalments", {"act": "agreement-signed", "instalments": []}, "instalments-missing"),
        ("no security", {"act": "agreement-signed", "securities": []}, "security-missing"),
        ("no minute", {"act": "bank-notified", "done_minute": None}, "minute-missing"),
        ("nobody approves", {"act": "transfer-decided", "approved_by": None}, "approval-missing"),
        ("approved by who decided", {"approved_by": "WD-0017"}, "approved-by-the-same"),
    ),
    "expert-registered": (("the term ends before it begins", {"term_until": "2023-12-31"}, "term-reversed"),),
    "producer-key-published": (
        ("given to another source", {"source": "urn:weihai:payroll"}, "key-id-of-another-key"),
        ("ends before it begins", {"ends_at": "2024-03-15T01:29:59Z"}, "key-period-reversed"),
    ),
    "unit-status-reported": (
        ("a ruling without its court", {"court": None}, "court-missing"),
        ("announced before the ruling", {"announced_on": "2024-03-14"}, "announced-before-ruling"),
        (
            "claims are declared before the announcement",
            {"declare_by": "2024-03-25"},
            "declare-by-before-announcement",
        ),
        ("a way to deregister, of a bankruptcy", {"deregistration_way": "simple"}, "detail-of-another-status"),
        (
            "a deregistration that does not say how",
            {"status": "deregistered", "court": None, "announced_on": None, "declare_by": None},
            "deregistration-way-missing",
        ),
        ("a bankruptcy that ends a liquidation", {"ended": "liquidating"}, "detail-of-another-status"),
        ("a successor of a unit that is not merged", {"successors": ["91371003MA3N5Y8K1E"]}, "successors-do-not-fit"),
    ),
    "insolvency-act-recorded": (
        ("a write-off without its paragraph", {"paragraph": None, "reverses": None}, "act-incomplete"),
        ("a write-off of no line", {"lines": [], "reverses": None}, "written-off-lines-missing"),
        ("a plan's amount in a write-off", {"plan_fen": 1}, "detail-of-another-act"),
        ("nobody approved", {"approved_by": None}, "approval-missing"),
        ("approved by who decided", {"approved_by": "WD-0017"}, "approved-by-the-same"),
        (
            "a line named twice",
            {"lines": [{"month": "2024-01", "insurance": "pension", "principal_fen": 1, "late_fee_fen": 0}] * 2},
            "line-named-twice",
        ),
        (
            "a line with nothing to write off",
            {"lines": [{"month": "2024-01", "insurance": "pension", "principal_fen": 0, "late_fee_fen": 0}]},
            "write-off-of-nothing",
        ),
    ),
    "ops-indicator": (
        ("the series of another scope", {"service": "cards"}, "value-invalid"),
        ("the window ends before it begins", {"window_ends_at": "2024-03-15T01:29:00Z"}, "value-invalid"),
        ("no value", {"values": {}}, "value-invalid"),
    ),
    "ops-alert": (
        ("the series of another alert", {"alert": "cases-parked"}, "value-invalid"),
        ("judged before it was opened", {"judged_at": "2024-03-15T01:29:00Z"}, "value-invalid"),
        ("a runbook elsewhere", {"runbook": "elsewhere.md"}, "value-invalid"),
    ),
    "decision-batch": (
        ("a column is shorter than the others", {"code": ["line-missed"]}, "value-invalid"),
        ("a timer's instant is missing", {"timer_due_at": []}, "value-invalid"),
        ("a timer stands outside the entries", {"timer_place": [2]}, "value-invalid"),
    ),
    "payment-notice-act-recorded": (
        ("does not say of which notice", {"ordinal": None}, "notice-not-named"),
        ("issued without approval", {"act": "issue", "approved_by": None}, "approval-missing"),
        ("approved by who decided", {"decided_by": "WD-0003", "approved_by": "WD-0003"}, "approved-by-the-same"),
        ("a service without its receipt", {"receipt_reference": None}, "service-incomplete"),
        ("left, and nobody saw it", {"method": "left", "evidence": None}, "evidence-missing"),
        (
            "announced without saying why",
            {"method": "announcement", "announcement_ground": None},
            "announcement-without-ground",
        ),
        ("extended to no day", {"act": "extend-term", "extended_until": None}, "extension-without-date"),
        ("corrected to no number", {"act": "correct-number", "sequence_number": None}, "number-missing"),
        ("withdrawn without a reason", {"act": "withdraw", "grounds": None}, "grounds-missing"),
    ),
    "officer-published": (("the service ends before it begins", {"serves_until": "2019-12-31"}, "service-reversed"),),
    "case-assignment-act-recorded": (
        ("a reassignment names nobody", {"officer": None}, "officer-missing"),
        ("an extension without a deadline", {"act": "extend", "deadline_on": None}, "deadline-missing"),
        ("an extension that nobody approved", {"act": "extend", "approved_by": None}, "approval-missing"),
        ("approved by who decided", {"decided_by": "WD-0003", "approved_by": "WD-0003"}, "approved-by-the-same"),
    ),
    "document-requested": (
        ("has not the terms of its kind", {"payment_notice": None}, "terms-of-another-kind"),
        ("is another kind", {"kind": "claim-declaration"}, "terms-of-another-kind"),
    ),
    "card-lost": (("half a position", {"longitude_microdeg": None}, "position-incomplete"),),
    "outlet-published": (
        (
            "closes before it opens",
            {"sessions": [{"days": "working-day", "opens_minute": 540, "closes_minute": 540}]},
            "hours-reversed",
        ),
    ),
}
"""What is wrong with a contract as a whole: what it is, the fields changed, the code."""

Entry = dict[str, Any]


def valid_text(model: type[Wire]) -> str:
    """Give the file of valid examples of a contract's current version."""
    entries = [{"about": "every field", "value": _as_json(model, whole=True)}]
    bare = _as_json(model, whole=False)
    if bare != entries[0]["value"]:
        entries.append({"about": "only what is required", "value": bare})
    return _text(entries)


def invalid_text(model: type[Wire]) -> str:
    """Give the file of invalid examples of a contract's current version."""
    return _text([*_misshapen(model), *_wrong_fields(model), *_wrong_wholes(model)])


def _as_json(model: type[Wire], *, whole: bool) -> dict[str, Any]:
    fact = model(**sample(model, whole=whole))
    value: dict[str, Any] = json.loads(fact.model_dump_json(exclude_unset=True))
    return value


def _misshapen(model: type[Wire]) -> Iterator[Entry]:
    """Values that no writer with our schema could write; a writer with a schema of its own could."""
    whole = _as_json(model, whole=True)
    required = next((name for name, field in model.model_fields.items() if field.is_required()), None)
    if required is not None:
        yield {"about": f"{required} is missing", "code": "type-wrong", "without": required}
    first = required or next(iter(whole))
    is_text = next(field["type"] for field in avro_schema(model)["fields"] if field["name"] == first) == "string"
    wrong: Any = 1 if is_text else "text"
    yield {"about": f"{first} has another type", "code": "type-wrong", "with": {first: wrong}}


def _wrong_fields(model: type[Wire]) -> Iterator[Entry]:
    """Each kind of wrong value once a contract, at the first field that has it."""
    hints = get_type_hints(model, include_extras=True)
    seen: set[str] = set()
    for name in model.model_fields:
        for about, wrong, code in _wrong_values(hints[name]):
            if about not in seen:
                seen.add(about)
                yield {"about": f"{name}: {about}", "code": code, "with": {name: wrong}}


def _wrong_values(kind: Any) -> Iterator[tuple[str, Any, str]]:
    for known, wrongs in _BY_TYPE:
        if kind is known:
            yield from wrongs
            return
    parts = get_args(kind)
    if NoneType in parts:
        yield from _wrong_values(next(part for part in parts if part is not NoneType))
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        yield "a word nobody knows", "unheard-of", "value-invalid"
    elif hasattr(kind, "__metadata__") and parts[0] in (str, int):
        bounds = limits_of(next((part for part in kind.__metadata__ if isinstance(part, FieldInfo)), None))
        yield from _out_of_bounds(bounds)


def _out_of_bounds(bounds: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    if "ge" in bounds:
        yield "below its least value", bounds["ge"] - 1, "value-invalid"
    if "le" in bounds:
        yield "above its greatest value", bounds["le"] + 1, "value-invalid"
    if "min_length" in bounds:
        yield "empty text", "", "value-invalid"
    if "pattern" in bounds:
        yield "not of its pattern", "no such form!", "value-invalid"


def _wrong_wholes(model: type[Wire]) -> Iterator[Entry]:
    for about, changes, code in _WHOLE.get(contract_name(model), ()):
        yield {"about": about, "code": code, "with": changes}


def _text(entries: list[Entry]) -> str:
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
