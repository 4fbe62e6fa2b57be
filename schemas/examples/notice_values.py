"""Values of examples about notices: fields whose value depends on the record they are in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

NOTICE_FIELDS: Mapping[tuple[str, str], Any] = {
    ("PaymentNoticeActRecorded", "approved_by"): "WD-0003",
    ("PaymentNoticeActRecorded", "act"): "serve",
    ("PaymentNoticeActRecorded", "receipt_reference"): "SDHZ-2024-0031",
    ("PaymentNoticeActRecorded", "extended_until"): date(2024, 4, 8),
    ("PaymentNoticeActRecorded", "sequence_number"): 123,
    ("PaymentNoticeActRecorded", "grounds"): "单位书面申请，正在筹措资金",
    ("PaymentNoticeChanged", "reason_code"): "served",
    ("PaymentNoticeChanged", "number"): "威文社征限补〔2024〕123号",
    ("PaymentNoticeChanged", "authority"): "social-insurance-centre",
    ("PaymentNoticeChanged", "authority_name"): "社会保险经办机构",
    ("PaymentNoticeChanged", "stage"): "served",
    ("PaymentNoticeChanged", "as_of"): date(2024, 3, 15),
    ("PaymentNoticeChanged", "late_fee_fen"): 1_152,
    ("PaymentNoticeChanged", "late_fee_growth_units"): 640_250,
    ("PaymentNoticeChanged", "receipt_reference"): "SDHZ-2024-0031",
    ("PaymentNoticeChanged", "served_on"): date(2024, 3, 18),
    ("PaymentNoticeChanged", "deadline_on"): date(2024, 3, 25),
    ("PaymentNoticeChanged", "extended_until"): date(2024, 4, 8),
    ("PaymentNoticeChanged", "term_working_days"): 5,
    ("PaymentNoticeChanged", "document_sha256"): "5eb63bbbe01eeed093cb22bb8f5acdc3" * 2,
    ("ComplianceGapFound", "policy"): "newsletter",
    ("ComplianceGapFound", "found_on"): date(2024, 3, 7),
    ("ComplianceGapFound", "notice_due_on"): date(2024, 3, 14),
    ("ComplianceGapFound", "closed_on"): date(2024, 3, 18),
    ("ComplianceGapFound", "closed_by"): "served",
    ("ReminderAnswered", "outcome"): "promised",
    ("ReminderAnswered", "promised_on"): date(2024, 3, 22),
    ("ReminderAnswered", "broken_promises"): 0,
    ("", "promised_on"): date(2024, 3, 22),
}
"""By record and field; no record named = in any."""
