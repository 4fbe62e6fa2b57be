"""Many units in arrears, put into a page's store by hand: for the benchmark, and for tests of long lists."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from schemas.vocabulary import AGENCY_OF_DISTRICT, District
from services.page.store.applying_units import write_rows
from services.page.store.database import Database
from services.page.store.tables_units import unit_state

DAY = date(2026, 11, 7)
ROWS_AT_ONCE = 5_000
_DISTRICTS = tuple(District)
_STAGES, _MEASURES, _AMOUNTS, _AGES = ("reminding", "notice", "enforcement"), ("none", "reminder"), "abcd", "wxyz"


def unit_rows(count: int) -> Iterator[dict[str, Any]]:
    """Give the rows of so many units; no two are alike."""
    for place in range(count):
        district = _DISTRICTS[place % len(_DISTRICTS)]
        principal = 10_000 + place * 7_919 % 90_000_000
        stock = principal // 3 if place % 3 == 0 else 0
        yield {
            "case_key": f"9137{place:014d}",
            "unit_name": f"样例{place:06d}有限公司",
            "district": district.value,
            "agency": AGENCY_OF_DISTRICT[district].value,
            "cohort": "stock" if stock else "new",
            "lines": 1 + place % 40,
            "principal_fen": principal,
            "late_fee_fen": principal // 9,
            "owed_fen": principal + principal // 9,
            "stock_lines": int(bool(stock)),
            "stock_principal_fen": stock,
            "stock_late_fee_fen": stock // 9,
            "oldest_due_on": (DAY - timedelta(days=place % 3_000 + 1)).isoformat(),
            "amount_band": _AMOUNTS[place % len(_AMOUNTS)],
            "age_band": _AGES[place % len(_AGES)],
            "stage": _STAGES[place % len(_STAGES)],
            "measure": _MEASURES[place % len(_MEASURES)],
            "officer": f"WD-{place % 20:03d}",
            "deadline_on": (DAY + timedelta(days=place % 60 - 20)).isoformat(),
            "escalations": place % 3,
            "is_provisional": False,
            "late_fee_passes_principal": False,
        }


async def fill(database: Database, count: int) -> None:
    """Put the units into a store that a feeder has laid out, with the sums that it keeps of them."""
    rows = unit_rows(count)
    async with database._engine.begin() as connection:  # noqa: SLF001 — rows no log tells of
        while part := list(islice(rows, ROWS_AT_ONCE)):
            await write_rows(connection, {}, {row["case_key"]: row for row in part})
            await connection.execute(unit_state.insert(), [_state(row) for row in part])


def _state(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "case_key": row["case_key"],
        "partition": 0,
        "district": row["district"],
        "counted_to": DAY.isoformat(),
        "held_records": 0,
        "is_held": False,
        "state": b"",
    }
