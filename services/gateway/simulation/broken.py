"""Rows as they should not be: each breaks one thing, so that a reader of the rejected file sees each reason once."""

from random import Random

Row = dict[str, str]

_OF_CONTRIBUTIONS: tuple[Row, ...] = (
    {"unit_code": "913710020000000000"},
    {"unit_code": ""},
    {"month": "2025-13"},
    {"month": "1985-12"},
    {"insurance": "housing"},
    {"district": "379999"},
    {"occurred_on": "2025-02-30"},
    {"occurred_on": "2099-01-01"},
    {"reference": ""},
    {"reference": "有空 格"},
)
_OF_ASSESSMENTS: tuple[Row, ...] = (
    {"assessed_fen": "-100"},
    {"assessed_fen": "1000000000001"},
    {"assessed_fen": "12.5"},
    {"assessed_fen": "叁佰元"},
    {"due_on": "2020-01-15", "month": "2025-06"},
    {"revision": "0"},
)
_OF_PAYMENTS: tuple[Row, ...] = ({"paid_on": "昨天"}, {"paid_fen": ""})
_OF_UNITS: tuple[Row, ...] = (
    {"contact_phone": "请打办公室"},
    {"contact_email": "caiwu at unit"},
    {"unit_name": "长" * 201},
)
_OF_APPLICATIONS: tuple[Row, ...] = (
    {"citizen_number": "371002198001010017"},
    {"kind": "second-opinion"},
    {"specialties": ""},
    {"condition_stable": "大概"},
    {"recognised_on": "2027-01-01"},
)
_OF_CARDS: tuple[Row, ...] = ({"citizen_number": "37100219800101"}, {"card_number": "?"}, {"latitude_microdeg": "37"})

BREAKS = {
    "contribution-assessed": _OF_CONTRIBUTIONS + _OF_ASSESSMENTS,
    "contribution-paid": _OF_PAYMENTS,
    "unit-registered": _OF_UNITS,
    "appraisal-submitted": _OF_APPLICATIONS,
    "card-lost": _OF_CARDS,
}
"""What is broken in which topic's rows, column by column."""


def broken_rows(random: Random, topic: str, rows: list[Row]) -> list[Row]:
    """Copies of good rows under references of their own, each with one thing broken."""
    found = []
    for number, damage in enumerate(BREAKS.get(topic, ()), start=1):
        copy = dict(random.choice(rows))
        copy["reference"] = f"X-{topic}-{number}"
        found.append(copy | damage)
    return found


def doubled_reference(random: Random, rows: list[Row], column: str) -> Row:
    """A later row that uses an earlier row's reference for another amount."""
    copy = dict(random.choice(rows))
    return copy | {column: str(int(copy[column]) + 1)}
