"""From a unit's case to its row of the inventory, by the law code that draws the inventory up, and what is due about it. Pure."""

from datetime import date

import msgspec

from services.arrears.inventory_bands import AGE_BANDS, AMOUNT_BANDS, band_of
from services.arrears.inventory_rows import UnitRow, handling_of, row_of
from services.arrears.rules_state import Status, UnitCase
from services.page.store import tables_units
from services.page.store.changes import CaseRows, Row, UnitRows
from services.page.store.due import due_of
from services.page.store.masking import masked_json, masked_text
from services.page.store.projection_facts import bounded

NO_DEADLINE = "9999-12-31"
"""Sorts behind every deadline."""
CAPPED_MARK = "/capped"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(UnitCase).decode


def day_mark(day: date, *, is_capped: bool) -> str:
    """What a row was counted by: the legal date, and whether the disputed cap on late fees is switched on."""
    return day.isoformat() + (CAPPED_MARK if is_capped else "")


def unit_rows(case_key: str, partition: int, case: UnitCase, day: date, *, is_capped: bool) -> CaseRows:
    """Give all rows of a unit as it stands on a day. A register of document numbers is no unit and has none."""
    if case.register is not None:
        return CaseRows()
    name = bounded(case_key)
    registration, is_held = case.registration, case.status is Status.HELD
    district = "" if registration is None else registration.district.value
    due = [
        {
            "service": "arrears",
            "case_key": name,
            "kind": one.kind,
            "ordinal": one.ordinal,
            "due_on": one.on.isoformat(),
            "district": district,
            "officer": handling_of(case).officer,
        }
        for one in due_of(case)
    ]
    state = {
        "case_key": name,
        "partition": partition,
        "district": district,
        "counted_to": day_mark(day, is_capped=is_capped),
        "held_records": case.record_count if is_held else 0,
        "is_held": is_held,
        "state": masked_json(_encode(case)),
    }
    return CaseRows({tables_units.due_item: due}, UnitRows(unit_row(name, case, day, is_capped=is_capped), state))


def turned_row(case_key: str, state: bytes, day: date, *, is_capped: bool) -> Row | None:
    """Compute a kept unit's row again, for another day."""
    return unit_row(case_key, _decode(state), day, is_capped=is_capped)


def unit_row(case_key: str, case: UnitCase, day: date, *, is_capped: bool) -> Row | None:
    """A unit's row in the inventory of a day; None where it owes nothing."""
    row = row_of(case, day, capped=is_capped, with_lines=False)
    return None if row is None else _row(case_key, row)


def _row(case_key: str, row: UnitRow) -> Row:
    total, stock = row.total, row.stock
    return {
        "case_key": case_key,
        "unit_name": masked_text(row.unit_name),
        "district": row.district.value,
        "agency": row.agency.value,
        "cohort": row.cohort.value,
        "lines": total.lines,
        "principal_fen": total.principal_fen,
        "late_fee_fen": total.late_fee_fen,
        "owed_fen": total.principal_fen + total.late_fee_fen,
        "stock_lines": stock.lines,
        "stock_principal_fen": stock.principal_fen,
        "stock_late_fee_fen": stock.late_fee_fen,
        "oldest_due_on": row.oldest_due_on.isoformat(),
        "amount_band": band_of(total.principal_fen, AMOUNT_BANDS).name,
        "age_band": band_of(row.age_days, AGE_BANDS).name,
        "stage": row.stage,
        "measure": row.measure,
        "officer": row.officer,
        "deadline_on": NO_DEADLINE if row.deadline_on is None else row.deadline_on.isoformat(),
        "escalations": row.escalations,
        "is_provisional": row.is_provisional or row.deadline_is_provisional,
        "late_fee_passes_principal": row.late_fee_passes_principal,
    }
