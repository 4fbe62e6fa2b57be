"""Values of what monitoring says, for the examples."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_STARTS_AT = datetime(2024, 3, 15, 1, 30, tzinfo=UTC)

OPS_FIELDS: Mapping[tuple[str, str], Any] = {
    ("OpsIndicator", "series"): "decisions/arrears/-/-",
    ("OpsIndicator", "indicator_id"): "0d2c55a8-6f0e-5b52-9a0c-7f5f6f8f2a11",
    ("OpsIndicator", "window_starts_at"): _STARTS_AT,
    ("OpsIndicator", "window_ends_at"): _STARTS_AT + timedelta(minutes=1),
    ("OpsIndicator", "values"): {"decided": 118, "refused": 2},
    ("OpsAlert", "series"): "refusals-high/arrears/-/-",
    ("OpsAlert", "alert"): "refusals-high",
    ("OpsAlert", "value_name"): "refused",
    ("OpsAlert", "value"): 23,
    ("OpsAlert", "threshold"): 20,
    ("OpsAlert", "opened_at"): _STARTS_AT,
    ("OpsAlert", "judged_at"): _STARTS_AT,
    ("OpsAlert", "runbook"): "docs/runbooks/refusals-high.md",
}
"""Fields by contract and name."""
