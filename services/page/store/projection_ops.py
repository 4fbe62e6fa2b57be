"""From what monitoring says to its rows: alerts as last said, windows of indicators at their latest revision. Pure."""

from typing import Any

import msgspec

from services.page.store import tables
from services.page.store.changes import Changes, Row, micros_of
from services.page.store.masking import masked_text
from services.runtime.codec import Codec
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor

ALERTS, INDICATORS = "ops-alert", "ops-indicator"
CLOSED = "closed"
VALUE_MAX = 10**15
"""Largest value of a window that is kept, either way: no database can add up what is near the end of its numbers."""
_encode = msgspec.json.Encoder(order="sorted").encode


def take_ops(record: InputRecord, codec: Codec, changes: Changes) -> None:
    """Take in an alert or a window; one that cannot be read is left out, and monitoring says the next."""
    try:
        fact: Any = codec.decode(record.topic, record.value or b"")
    except RefusedAtDoor:
        return
    if record.topic == ALERTS:
        changes.revise(tables.alert, {"opening_id": fact.opening_id}, _alert(fact))
    elif record.topic == INDICATORS:
        key = {"series": masked_text(fact.series), "window_starts_at": micros_of(fact.window_starts_at)}
        changes.revise(tables.indicator, key, _window(fact))


def _alert(fact: Any) -> Row:
    return {
        "revision": fact.revision,
        "alert": fact.alert,
        **_scope(fact),
        "is_open": fact.change != CLOSED,
        "opened_at": micros_of(fact.opened_at),
        "judged_at": micros_of(fact.judged_at),
        "indicator": str(fact.indicator),
        "value_name": fact.value_name,
        "value": fact.value,
        "threshold": fact.threshold,
        "runbook": fact.runbook,
    }


def _window(fact: Any) -> Row:
    return {
        "window_ends_at": micros_of(fact.window_ends_at),
        "revision": fact.revision,
        "indicator": str(fact.indicator),
        **_scope(fact),
        "values": _encode({name: _within(amount) for name, amount in fact.values.items()}).decode(),
    }


def _within(amount: int) -> int:
    return max(-VALUE_MAX, min(amount, VALUE_MAX))


def _scope(fact: Any) -> Row:
    return {name: masked_text(str(getattr(fact, name) or "")) for name in ("service", "district", "kind")}
