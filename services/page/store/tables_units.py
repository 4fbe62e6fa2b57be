"""The rows of units: the inventory 清单 as the law code computes it, what is due, and the sums over it."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table

from services.page.store import tables_hours
from services.page.store.tables import META, Text

unit = Table(
    "unit",
    META,
    Column("case_key", Text, primary_key=True),
    Column("unit_name", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("cohort", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("principal_fen", BigInteger, nullable=False),
    Column("late_fee_fen", BigInteger, nullable=False),
    Column("owed_fen", BigInteger, nullable=False),
    Column("stock_lines", Integer, nullable=False),
    Column("stock_principal_fen", BigInteger, nullable=False),
    Column("stock_late_fee_fen", BigInteger, nullable=False),
    Column("oldest_due_on", Text, nullable=False),
    Column("amount_band", Text, nullable=False),
    Column("age_band", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("deadline_on", Text, nullable=False, comment="far away where there is none, so that it sorts last"),
    Column("escalations", Integer, nullable=False),
    Column("is_provisional", Boolean, nullable=False),
    Column("late_fee_passes_principal", Boolean, nullable=False),
)
"""Units that owe, one row each."""
BREAKDOWNS = ("district", "cohort", "amount_band", "age_band", "stage", "measure", "officer")
"""Columns by which units are told apart and added up: what a filter looks at."""
_FILTERED = [unit.c[_name] for _name in BREAKDOWNS]
for _name in ("principal_fen", "late_fee_fen", "owed_fen", "oldest_due_on", "deadline_on", "lines", "unit_name"):
    # An order is followed from its end to as many units as a page shows; those that a filter leaves out are passed over without reading their rows.
    Index(f"unit_by_{_name}", unit.c[_name], unit.c.case_key, *_FILTERED)
Index("unit_by_case_key", unit.c.case_key, *_FILTERED)

unit_state = Table(
    "unit_state",
    META,
    Column("case_key", Text, primary_key=True),
    Column("partition", Integer, nullable=False),
    Column("district", Text, nullable=False, comment="of the registration; empty before it"),
    Column("counted_to", Text, nullable=False, comment="legal date of its row, with a mark where late fees are capped"),
    Column("held_records", Integer, nullable=False, comment="0 unless it waits for its registration"),
    Column("is_held", Boolean, nullable=False),
    Column("state", LargeBinary, nullable=False, comment="as the changelog keeps it, masked"),
)
"""What a row is computed from again when the day changes."""
Index("unit_state_by_day", unit_state.c.counted_to)
Index("unit_state_by_held", unit_state.c.is_held)

unit_sum = Table(
    "unit_sum",
    META,
    Column("district", Text, primary_key=True),
    Column("cohort", Text, primary_key=True),
    Column("amount_band", Text, primary_key=True),
    Column("age_band", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("officer", Text, primary_key=True),
    Column("units", BigInteger, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("principal_fen", BigInteger, nullable=False),
    Column("late_fee_fen", BigInteger, nullable=False),
    Column("stock_units", BigInteger, nullable=False),
    Column("stock_lines", BigInteger, nullable=False),
    Column("stock_principal_fen", BigInteger, nullable=False),
    Column("stock_late_fee_fen", BigInteger, nullable=False),
    Column("new_units", BigInteger, nullable=False),
)
"""Sums of the rows that are alike in everything, kept in step with them: from these any question of sums is answered."""
Index("unit_sum_by_officer", unit_sum.c.officer)

AMONG = ("cohort", "amount_band", "age_band", "stage", "measure")
"""What shares are kept among, besides all units: of an officer's units the sums are few."""
COUNTED = tuple(column.name for column in unit_sum.columns if not column.primary_key)
"""What is added up."""
unit_share = Table(
    "unit_share",
    META,
    Column("among", Text, primary_key=True, comment="a column that units are alike in; empty: all units"),
    Column("code", Text, primary_key=True, comment="what that column holds"),
    Column("breakdown", Text, primary_key=True),
    Column("district", Text, primary_key=True),
    Column("part", Text, primary_key=True, comment="what the breakdown's column holds"),
    *(Column(name, BigInteger, nullable=False) for name in COUNTED),
    sqlite_with_rowid=False,
)
"""The same sums by each breakdown, of all units and of those alike in one thing: 底数 and 结构 at once, however many units there are."""

due_item = Table(
    "due_item",
    META,
    Column("service", Text, primary_key=True),
    Column("case_key", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("due_on", Text, nullable=False),
    Column("district", Text, nullable=False, comment="of the unit's registration; empty before it"),
    Column("officer", Text, nullable=False, comment="who answers for the unit; empty: nobody"),
)
"""What is to be done about a unit, and by when."""
_IN_ORDER = [due_item.c[_name] for _name in ("due_on", "case_key", "kind", "ordinal", "district", "service")]
# What is due is read in its order until there is enough of it, of everybody or of one officer.
Index("due_item_by_day", *_IN_ORDER)
Index("due_item_by_officer", due_item.c.officer, *_IN_ORDER)

ALL_TABLES = tables_hours.indicator_hour.metadata
"""Every table: those of this module and those of hours stand behind the others."""
