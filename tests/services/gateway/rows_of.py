"""Rows as files have them, for the gateway's tests."""

from collections.abc import Mapping
from datetime import UTC, datetime

from services.gateway.rows import GoodRow, RowFault, RowGate
from services.runtime.sealing import development_vault

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Weihai."""

UNIT = "11371000004359918E"
CITIZEN = "11010519491231002X"

ASSESSED = {
    "topic": "contribution-assessed",
    "reference": "HD-1",
    "unit_code": UNIT,
    "district": "371003",
    "occurred_on": "2026-10-05",
    "month": "2026-09",
    "insurance": "pension",
    "assessed_fen": "123456",
    "due_on": "2026-10-15",
}
PAID = {
    "topic": "contribution-paid",
    "reference": "JF-1",
    "unit_code": UNIT,
    "district": "371003",
    "occurred_on": "2026-10-12",
    "month": "2026-09",
    "insurance": "pension",
    "paid_fen": "123456",
    "paid_on": "2026-10-12",
}
REGISTERED = {
    "topic": "unit-registered",
    "reference": "DJ-1",
    "district": "371003",
    "occurred_on": "2020-01-06",
    "unit_code": UNIT,
    "unit_name": "文登样例有限公司",
    "contact_phone": "0631-0000001",
    "contact_email": "caiwu@unit.example",
}
STATUS = {
    "topic": "unit-status-reported",
    "reference": "SC-1",
    "district": "371003",
    "occurred_on": "2026-10-12",
    "unit_code": UNIT,
    "status": "bankruptcy-accepted",
    "legal_form": "enterprise",
    "court": "威海市中级人民法院",
    "announced_on": "2026-10-20",
    "declare_by": "2026-12-20",
}
GONE = {
    "topic": "unit-status-reported",
    "reference": "SC-2",
    "district": "371003",
    "occurred_on": "2026-10-12",
    "unit_code": UNIT,
    "status": "deregistered",
    "legal_form": "enterprise",
    "deregistration_way": "simple",
}
WRITE_OFF = {
    "topic": "insolvency-act-recorded",
    "reference": "HX-1",
    "district": "371003",
    "occurred_on": "2026-10-12",
    "unit_code": UNIT,
    "act": "write-off-decided",
    "decided_by": "WD-0017",
    "approved_by": "WD-0003",
    "ground": "bankruptcy-concluded",
    "paragraph": "企业破产法 120",
    "decision_number": "文社险核〔2026〕3号",
    "lines": "2023-11 pension 100000 1300; 2023-12 medical 5 0",
}
SERVED = {
    "topic": "payment-notice-act-recorded",
    "reference": "TZ-1",
    "district": "371003",
    "occurred_on": "2026-10-12",
    "unit_code": UNIT,
    "act": "serve",
    "ordinal": "1",
    "decided_by": "WD-0017",
    "method": "direct",
    "receipt_reference": "SDHZ-1",
}
TERM_EXTENDED = {
    **{
        name: SERVED[name]
        for name in ("topic", "reference", "district", "occurred_on", "unit_code", "ordinal", "decided_by")
    },
    "act": "extend-term",
    "approved_by": "WD-0003",
    "extended_until": "2026-11-02",
    "grounds": "单位书面申请",
}
SUBMITTED = {
    "topic": "appraisal-submitted",
    "reference": "JD-1",
    "district": "371003",
    "occurred_on": "2026-10-30",
    "citizen_number": CITIZEN,
    "applicant": "worker",
    "kind": "disability-grade",
    "ground": "work-injury",
    "city_code": "371000",
    "received_on": "2026-10-30",
    "recognised_on": "2026-01-10",
    "condition_stable": "true",
    "suspension_over": "是",
    "fixation": "none",
    "specialties": "orthopaedics; hand-surgery",
    "materials": "application-form;medical-records;identity-document",
    "diagnosis": "右胫骨骨折术后",
}
WITHDRAWN = {
    "topic": "appraisal-withdrawn",
    "reference": "CH-1",
    "district": "371003",
    "occurred_on": "2026-10-31",
    "citizen_number": CITIZEN,
    "reverses": "JD-1",
}
EXTENDED = {
    "topic": "appraisal-extension-decided",
    "reference": "YQ-1",
    "district": "371003",
    "occurred_on": "2026-10-31",
    "citizen_number": CITIZEN,
    "application_reference": "JD-1",
    "ground": "complex-condition",
}
EXPERT = {
    "topic": "expert-registered",
    "reference": "ZJ-1",
    "district": "371003",
    "occurred_on": "2025-01-06",
    "pool_key": "pool-371000",
    "expert_key": "expert-001",
    "specialties": "orthopaedics",
    "senior_title": "true",
    "trained": "true",
    "term_from": "2025-01-06",
    "term_until": "2028-01-05",
    "employer_unit_code": UNIT,
}
LOST = {
    "topic": "card-lost",
    "reference": "GS-1",
    "district": "371003",
    "occurred_on": "2026-11-01",
    "citizen_number": CITIZEN,
    "card_number": "W00000001",
    "report_kind": "written",
    "reported_at": "2026-11-01T15:30",
    "latitude_microdeg": "37195000",
    "longitude_microdeg": "122058000",
}
OUTLET = {
    "topic": "outlet-published",
    "reference": "outlet-wendeng",
    "outlet_key": "outlet-wendeng",
    "name": "文登支行营业部",
    "address": "文登市龙山路27号",
    "telephone": "0631-8451473",
    "district": "371003",
    "latitude_microdeg": "37196000",
    "longitude_microdeg": "122056000",
    "sessions": "working-day 08:30-17:00; day-off 09:00-16:00",
    "makes_cards": "true",
}


def gate(topic: str = "") -> RowGate:
    """A gate at `NOW` with the development keys."""
    return RowGate(development_vault, NOW, topic)


def good(row: Mapping[str, object]) -> GoodRow:
    """The fact of a row that must be good."""
    checked = gate().check(row)
    assert isinstance(checked, GoodRow), checked
    return checked


def faults(row: Mapping[str, object]) -> list[tuple[str, str]]:
    """Column and code of each fault of a row that must be bad."""
    checked = gate().check(row)
    assert not isinstance(checked, GoodRow)
    assert all(isinstance(fault, RowFault) for fault in checked)
    return [(fault.column, fault.code) for fault in checked]
