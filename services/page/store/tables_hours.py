"""The rows of hours: what the windows of indicators come to. Made of `indicator`, once the feeder has nothing else to do."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from services.page.store.tables import META, Text

indicator_hour = Table(
    "indicator_hour",
    META,
    Column("series", Text, primary_key=True),
    Column("hour_starts_at", BigInteger, primary_key=True),
    Column("indicator", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("values", Text, nullable=False, comment="see hour_rows of projection_hours.py"),
    Column("corrected", Integer, nullable=False, comment="windows of the series that were said again"),
)
"""What the windows of an hour come to: long spans are read from these."""
Index("indicator_hour_by_hour", indicator_hour.c.indicator, indicator_hour.c.hour_starts_at)
indicator_open = Table(
    "indicator_open",
    META,
    Column("indicator", Text, primary_key=True),
    Column("hour_starts_at", BigInteger, primary_key=True),
)
"""Hours of which windows came that are not in `indicator_hour` yet: these are read window by window."""
