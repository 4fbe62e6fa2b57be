"""One plausible value for each type a contract may use; invented, and valid by every check digit."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from schemas import vocabulary
from schemas.examples.notice_values import NOTICE_FIELDS
from schemas.examples.ops_values import OPS_FIELDS
from schemas.fact import Sealed, Wire
from schemas.signing import SigningKey

UNIT_CODE = "91371003MA3N5Y8K1E"
HOSPITAL_CODE = "12371000493568112T"
PERSON_KEY = "p1-5f0e6c1d9b7a4f3280c4d2e1a6b59f37"
EVENT_ID = "3f2b8c1e-7a64-5d0b-9e57-1c8f0a2d4b6e"
DAY = date(2024, 3, 15)
INSTANT = datetime(2024, 3, 15, 1, 30, tzinfo=UTC)
SIGNING_KEY = SigningKey(bytes(range(32)), "tax", "urn:weihai:tax")
"""A key whose private half is known to everybody: for examples and the test vector."""

_BY_TYPE: tuple[tuple[Any, Any], ...] = (
    (vocabulary.UnitCode, UNIT_CODE),
    (vocabulary.Month, "2024-01"),
    (vocabulary.EventId, EVENT_ID),
    (vocabulary.BusinessReference, "TAX-2024-000123"),
)
"""Types that are more than their Python type, known by identity."""

_PATTERNED = (
    PERSON_KEY,
    "c1-0a4c7be2d91f4e6f8b3507c2d6e81f94",
    "outlet-wendeng-longshan",
    "expert-0007",
    "pool-371000",
    "371000",
    "WD-0017",
    "wendeng-sic:payment-notice:2024",
)
"""Texts for types with a pattern, the particular ones first: a type takes the first that matches."""

_BY_NAME: Mapping[str, Any] = {
    "unit_name": "威海示例机械有限公司",
    "recipient_name": "威海示例机械有限公司",
    "recipient_key": UNIT_CODE,
    "title": "社会保险费缴纳提醒",
    "text": "贵单位2024年1月养老保险费尚未足额缴纳，请及时办理。",
    "name": "文登支行营业部",
    "address": "文登市龙山路27号（三联家电对面）",
    "telephone": "0631-8451473",
    "latitude_microdeg": 37_196_000,
    "longitude_microdeg": 122_057_000,
    "assumed": ("latitude_microdeg", "longitude_microdeg"),
    "outcome": "done",
    "detail_code": "answered",
    "receipt": "R-000042",
    "reason": "withdrawn",
    "case_number": f"QF-{UNIT_CODE}-1",
    "clearance_number": f"QF-{UNIT_CODE}-1-JQ-1",
    "cleared_on": DAY,
    "reason_code": "not-needed",
    "reasons": ("beyond-scope",),
    "warnings": ("condition-not-stable",),
    "slot": "morning",
    "place": "威海市劳动能力鉴定委员会办公室",
    "authority": "国务院办公厅关于2024年部分节假日安排的通知",
    "card_serial": "WH20240000042",
    "key_reference": "k1",
    "key_id": "e1-4f0c1d2b7a93",
    "ciphertext": bytes.fromhex("8f1c2a7b5de04396a1b2c3d4e5f60718293a4b5c6d7e8f90"),
    "action": "release",
    "issued_by": "operator-07",
    "explanation": "核对后放行",
    "subject": UNIT_CODE,
    "case": UNIT_CODE,
    "clock": "clock",
    "year": 2024,
    "days_off": (date(2024, 1, 1), date(2024, 2, 12)),
    "make_up_days": (date(2024, 2, 4),),
    "value": "2024-01-01",
    "case_key": UNIT_CODE,
    "partition": 3,
    "offset": 1_024,
    "release": "0.1.0",
    "service": "arrears",
    "event_id": EVENT_ID,
    "effective_on": date(2024, 4, 1),
    "due_on": date(2024, 2, 26),
    "oldest_due_on": date(2023, 11, 27),
    "paid_on": date(2024, 3, 14),
    "sitting_on": date(2024, 4, 10),
    "conclusion_due_on": date(2024, 5, 14),
    "extended_due_on": date(2024, 6, 13),
    "expires_at": datetime(2024, 3, 15, 9, 0, tzinfo=UTC),
    "lapses_at": datetime(2024, 3, 20, 1, 30, tzinfo=UTC),
    "values": {"amount_fen": "128050"},
    "paragraphs": ("社会保险法 86",),
    "topic": "contribution-missed",
    "seed": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
}
"""Fields whose name says more than their type; only where the value fits the type."""

_AMOUNT_FEN = 128_050
"""Any field that ends in `_fen`."""

_BY_FIELD: Mapping[tuple[str, str], Any] = {
    ("", "reverses"): "TAX-2024-000098",
    ("", "application_reference"): "LNJD-2024-0071",
    ("AppraisalSubmitted", "business_reference"): "LNJD-2024-0071",
    ("", "notice_number"): "文社险欠〔2024〕12号",
    ("EnforcementActRecorded", "approved_by"): "WD-0003",
    ("AppraisalWithdrawn", "reverses"): "LNJD-2024-0071",
    ("ParameterPublished", "name"): "effects-from",
    ("AppraisalSubmitted", "received_on"): DAY,
    ("AppraisalSubmitted", "transferred_on"): date(2024, 3, 18),
    ("AppraisalSubmitted", "materials_completed_on"): date(2024, 3, 20),
    ("AppraisalSubmitted", "recognised_on"): date(2023, 9, 1),
    ("AppraisalSubmitted", "previous_conclusion_on"): date(2022, 11, 3),
    ("AppraisalSubmitted", "treating_hospital_codes"): (HOSPITAL_CODE,),
    ("AppraisalSubmitted", "name"): Sealed(key_reference="k1", ciphertext=bytes(range(32))),
    ("ExpertRegistered", "term_from"): date(2024, 1, 1),
    ("ExpertRegistered", "term_until"): date(2026, 12, 31),
    ("ExpertRegistered", "employer_unit_code"): HOSPITAL_CODE,
    **NOTICE_FIELDS,
    **OPS_FIELDS,
    ("OfficerPublished", "serves_from"): date(2020, 1, 1),
    ("OfficerPublished", "serves_until"): date(2026, 12, 31),
    ("OfficerPublished", "authority"): "文登区社保中心岗位分工〔2026〕3号",
    ("CaseAssignmentActRecorded", "grounds"): "原责任人休假",
    ("CaseAssignmentActRecorded", "decided_by"): "WD-0017",
    ("CaseAssignmentActRecorded", "approved_by"): "WD-0003",
    ("CaseAssignmentActRecorded", "deadline_on"): date(2024, 5, 31),
    ("CaseAssigned", "previous_officer"): "WD-0008",
    ("CaseAssigned", "deadline_on"): date(2024, 4, 29),
    ("CaseAssigned", "reason_code"): "opened",
    ("CaseAssigned", "stage"): "reminded",
    ("CaseEscalated", "escalated_to"): "WD-0003",
    ("CaseEscalated", "missed_on"): date(2024, 3, 14),
    ("CaseEscalated", "deadline_on"): date(2024, 3, 28),
    ("CaseEscalated", "stage"): "reminded",
    ("UnitStatusReported", "status"): "bankruptcy-accepted",
    ("UnitStatusReported", "court"): "威海市中级人民法院",
    ("UnitStatusReported", "court_case_number"): "（2024）鲁10破申7号",
    ("UnitStatusReported", "announced_on"): date(2024, 3, 25),
    ("UnitStatusReported", "declare_by"): date(2024, 5, 24),
    ("UnitStatusReported", "administrator"): "山东示例律师事务所",
    ("InsolvencyActRecorded", "act"): "write-off-decided",
    ("InsolvencyActRecorded", "decided_by"): "WD-0017",
    ("InsolvencyActRecorded", "approved_by"): "WD-0003",
    ("InsolvencyActRecorded", "paragraph"): "企业破产法 120",
    ("InsolvencyActRecorded", "decision_number"): "文社险核〔2024〕3号",
    ("UnitMeasureChanged", "because"): ("bankruptcy-accepted",),
    ("UnitMeasureChanged", "disputed"): ("受理当日的滞纳金",),
    ("RejectedMeasure", "reasons"): ("unit-gone",),
    ("OpeningSession", "opens_minute"): 540,
    ("OpeningSession", "closes_minute"): 1_020,
    ("DecisionBatch", "kind"): ("record", "timer"),
    ("DecisionBatch", "topic"): ("contribution-missed", ""),
    ("DecisionBatch", "offset"): (1_024, -1),
    ("DecisionBatch", "event_id"): (EVENT_ID, "7c0b5a52-2c1e-5b67-8d0f-6a3f1e9c4d20"),
    ("DecisionBatch", "case_key"): (UNIT_CODE, UNIT_CODE),
    ("DecisionBatch", "outcome"): ("decided", "decided"),
    ("DecisionBatch", "code"): ("line-missed", "reminder-asked"),
    ("DecisionBatch", "paragraphs"): (("社会保险法 86",), ()),
    ("DecisionBatch", "values"): ({"amount_fen": "128050"}, {}),
    ("DecisionBatch", "now"): (INSTANT, INSTANT),
    ("DecisionBatch", "input_digest"): (bytes(range(12)), b""),
    ("DecisionBatch", "state_before"): (b"", bytes(range(16))),
    ("DecisionBatch", "state_after"): (bytes(range(16)), bytes(range(16, 32))),
    ("DecisionBatch", "said"): ((EVENT_ID,), ()),
    ("DecisionBatch", "timer_place"): (1,),
    ("DecisionBatch", "timer_name"): ("reminder",),
    ("DecisionBatch", "timer_due_at"): (INSTANT,),
    ("DecisionsSealed", "last_number"): 4_999,
    ("DecisionsSealed", "head_hash"): bytes.fromhex("5eb63bbbe01eeed093cb22bb8f5acdc3" * 2),
    ("DecisionsSealed", "signature"): bytes.fromhex("5eb63bbbe01eeed093cb22bb8f5acdc3" * 4),
    ("ProducerKeyPublished", "key_id"): SIGNING_KEY.key_id,
    ("ProducerKeyPublished", "public_key"): SIGNING_KEY.public_key,
    ("ProducerKeyPublished", "system"): SIGNING_KEY.system,
    ("ProducerKeyPublished", "source"): SIGNING_KEY.source,
    ("ProducerKeyPublished", "ends_at"): datetime(2025, 3, 15, 1, 30, tzinfo=UTC),
    ("ProducerKeyPublished", "ended_because"): "更换密钥",
    ("ProducerKeyPublished", "demanded_since"): datetime(2024, 4, 1, 1, 30, tzinfo=UTC),
    ("ProducerKeyPublished", "authority"): "威税函〔2024〕12号",
    ("DocumentRequested", "document_number"): "文社险限缴〔2024〕12号",
    ("DocumentRequested", "unit_address"): "威海市文登区示例路1号",
    ("IssuingOffice", "name"): "文登区社会保险服务中心",
    ("IssuingOffice", "desk"): "征缴岗位",
    ("IssuingOffice", "address"): "威海市文登区示例路2号",
    ("IssuingOffice", "telephone"): "0631-8450000",
    ("DocumentLine", "base_fen"): 533_542,
    ("DocumentLine", "unit_part_fen"): 85_367,
    ("DocumentLine", "employee_part_fen"): 42_683,
    ("DocumentLine", "paid_fen"): 0,
    ("DocumentLine", "late_fee_fen"): 1_152,
    ("OwedAmounts", "late_fee_fen"): 1_152,
    ("OwedAmounts", "late_fee_as_of"): DAY,
    ("OwedAmounts", "late_fee_growth_units"): 640_250,
    ("LateFeeRate", "ten_thousandths"): 5,
    ("LateFeeRate", "from_on"): date(2011, 7, 1),
    ("LateFeeRate", "until_on"): date(2199, 12, 31),
    ("LateFeeRate", "paragraph"): "社会保险法 86",
    ("PaymentNoticeTerms", "term_working_days"): 5,
    ("PaymentNoticeTerms", "payment_channels"): ("电子税务局缴费",),
    ("PaymentNoticeTerms", "legal_basis"): ("《中华人民共和国社会保险法》第六十三条第一款",),
    ("Remedies", "reconsideration_authority"): "威海市文登区人民政府",
    ("Remedies", "reconsideration_days"): 60,
    ("Remedies", "court"): "威海市文登区人民法院",
    ("Remedies", "lawsuit_months"): 6,
    ("DocumentCompleted", "sha256"): "5eb63bbbe01eeed093cb22bb8f5acdc3" * 2,
    ("DocumentCompleted", "byte_count"): 84_512,
    ("DocumentCompleted", "page_count"): 3,
    ("DocumentCompleted", "template_release"): "payment-notice-1",
    ("", "remarks"): ("本通知书一式两份。",),
    ("OriginalHeader", "name"): "ce_id",
    ("OriginalHeader", "value"): EVENT_ID.encode(),
    ("OriginalRecord", "key"): UNIT_CODE.encode(),
    ("OriginalRecord", "value"): bytes.fromhex("0000000011"),
}
"""Fields whose value depends on the record they are in; no record named = in any."""

_NEVER_ALONE = {
    ("AppraisalWithdrawn", "reverses"),
    ("PaymentNoticeActRecorded", "ordinal"),
    ("PaymentNoticeActRecorded", "method"),
    ("PaymentNoticeActRecorded", "receipt_reference"),
    ("CaseAssignmentActRecorded", "officer"),
    ("DocumentRequested", "payment_notice"),
    ("UnitStatusReported", "court"),
    ("OpsIndicator", "service"),
    ("OpsAlert", "service"),
    *(("InsolvencyActRecorded", name) for name in ("approved_by", "ground", "paragraph", "decision_number", "lines")),
}
"""Fields with a default that a contract's own checks want all the same."""
_NEVER_TOGETHER = {
    ("DocumentRequested", "enforcement_demand"),
    ("DocumentRequested", "transfer_application"),
    ("DocumentRequested", "deferral_agreement"),
    ("DocumentRequested", "transfer_decision"),
    ("EnforcementActRecorded", "document"),
    ("EnforcementActRecorded", "perform_within_working_days"),
    ("DocumentRequested", "claim_declaration"),
    ("UnitStatusReported", "deregistration_way"),
    ("UnitStatusReported", "proprietor_property"),
    ("UnitStatusReported", "notified_on"),
    ("UnitStatusReported", "successors"),
    ("UnitStatusReported", "ended"),
    ("UnitMeasureChanged", "successors"),
    *((name, part) for name in ("OpsIndicator", "OpsAlert") for part in ("district", "kind")),
    *(("InsolvencyActRecorded", name) for name in ("listed_fen", "declared_fen", "late_fee_fen", "plan_fen")),
    *(("InsolvencyActRecorded", name) for name in ("ruling", "court", "announced_on", "declare_by")),
    ("InsolvencyActRecorded", "is_last_distribution"),
}
"""Optional fields that no value has beside another one that is shown."""


def sample(model: type[Wire], *, whole: bool) -> dict[str, Any]:
    """Give values for a contract's fields: all of them, or only those that have no default."""
    hints = get_type_hints(model, include_extras=True)
    return {
        name: _value(model.__name__, name, hints[name])
        for name, field in model.model_fields.items()
        if (whole and (model.__name__, name) not in _NEVER_TOGETHER)
        or field.is_required()
        or (model.__name__, name) in _NEVER_ALONE
    }


def _value(model: str, name: str, kind: Any) -> Any:
    particular = _BY_FIELD.get((model, name), _BY_FIELD.get(("", name)))
    if particular is not None:
        return particular
    for known, value in _BY_TYPE:
        if kind is known:
            return value
    inner = _without_none(kind)
    if inner is not kind:
        return _value(model, name, inner)
    plain, bounds = _plain(kind)
    if name in _BY_NAME and _fits(_BY_NAME[name], plain) and "pattern" not in limits_of(bounds):
        return _BY_NAME[name]
    if plain is int and name.endswith("_fen"):
        return _AMOUNT_FEN
    return _by_plain_type(model, name, plain, bounds)


def _without_none(kind: Any) -> Any:
    parts = [part for part in get_args(kind) if part is not NoneType]
    return parts[0] if len(parts) == 1 and len(get_args(kind)) == len(parts) + 1 else kind


def _plain(kind: Any) -> tuple[Any, Any]:
    """Take a type apart into what it is and the bounds its annotation sets."""
    if not hasattr(kind, "__metadata__"):
        return kind, None
    return get_args(kind)[0], next((part for part in kind.__metadata__ if isinstance(part, FieldInfo)), None)


def _fits(value: Any, plain: Any) -> bool:
    origin = get_origin(plain) or plain
    return isinstance(value, origin) and not issubclass(origin, StrEnum)


def _by_plain_type(model: str, name: str, plain: Any, bounds: Any) -> Any:
    origin = get_origin(plain)
    if origin is tuple:
        return (_value(model, name, get_args(plain)[0]),)
    if origin is dict:
        return {"example": "example"}
    if issubclass(plain, StrEnum):
        return next(iter(plain))
    if issubclass(plain, Wire):
        return plain(**sample(plain, whole=True))
    if plain is int:
        return _number(limits_of(bounds))
    return _text(limits_of(bounds)) if plain is str else _PLAIN[plain]


def limits_of(bounds: FieldInfo | None) -> dict[str, Any]:
    """Give what an annotation demands: `ge`, `gt`, `le`, `lt`, `min_length`, `max_length`, `pattern`."""
    found: dict[str, Any] = {}
    for part in bounds.metadata if bounds is not None else ():
        found.update({name: getattr(part, name) for name in _LIMITS if getattr(part, name, None) is not None})
    return found


def _number(limits: Mapping[str, Any]) -> int:
    return max(1, int(limits.get("ge", 1)), int(limits.get("gt", 0)) + 1)


def _text(limits: Mapping[str, Any]) -> str:
    pattern = limits.get("pattern")
    if pattern is None:
        return "example"
    return next((text for text in _PATTERNED if re.fullmatch(pattern, text)), f"needs an example of {pattern}")


_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
_PLAIN: Mapping[type, Any] = {
    bool: True,
    date: DAY,
    datetime: INSTANT,
    bytes: bytes.fromhex("5eb63bbbe01eeed093cb22bb8f5acdc3"),
}
