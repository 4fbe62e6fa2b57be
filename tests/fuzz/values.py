"""Values for a contract's fields: those its types allow, the nastiest of them, and those they do not.

Keys and references come from small pools, so that facts meet in few cases and contradict each other there.
"""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from schemas import cards, vocabulary
from schemas.appraisal_terms import CityCode, ExpertKey, PoolKey
from schemas.examples.values import limits_of
from schemas.fact import Wire
from tests.fuzz.sums import added_up
from tests.harness.counting import unit_code

BEGIN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""Monday morning in Weihai: about this instant the hostile facts are said."""
SMILE = "\U0001f600"
TEXTS = (
    "威海示例机械有限公司",
    "e\u0301\u0301\u0301combining",
    "\u200b\u200czero\u200dwidth\ufeff",
    "\u202eright to left\u202c",
    "𝔻𝕖𝕤𝕖𝕣𝕖𝕥 𐐨 𠮷野家",
    SMILE * 50,
    "\x00\x01\x1b[31m\x7f",
    "line\r\nBcc: everybody@example.org\r\n\r\n",
    "{0.__class__} {name} %s %n ${x}",
    "'; drop table cases; --",
    "\ud7ff\ue000\uffff\U0010ffff",
    "٣٤٥ ９１３７ Ⅷ",
    " ",
    "\u2028\u2029\x85",
    "\\u0000\\",
    '"',
)
"""Texts that some program somewhere has stumbled over; all of them can be written in UTF-8."""
REFERENCES = ("a", "../../etc/passwd", "x" * 64, "0")
EVENT_IDS = ("x", "\u200b", "i" * 64)
ERA = 2_000
"""So many records speak of the same few cases; then others come, before all that can be said of them has been said."""
NOT_ADDED_UP = 0.05
RECORDS_MAX = 60
"""Parts of a fact that are records themselves; a contract may allow more."""
WHOLE = (0, 1, -1, 2, 255, 2**31 - 1, -(2**31), 2**53, 10**12, 10**12 + 1, 2**63 - 1, -(2**63))

_DAYS_WRONG = (date.min, date(1949, 9, 30), date(2200, 1, 1), date.max)
_INSTANTS_WRONG = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))

RECIPIENT = object()
"""Stands for the type of a key that may be a unit's or a person's."""
_OF_ANYBODY = ("recipient_key", "case", "subject")

_POOLS: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (vocabulary.OutletKey, ("outlet-wendeng-longshan", "outlet-aa", f"outlet-{'z' * 40}")),
    (PoolKey, ("pool-371000", "pool-999900")),
    (CityCode, ("371000", "999900")),
    (ExpertKey, tuple(f"expert-{number}" for number in range(7))),
    (vocabulary.Month, ("1986-01", "2011-06", "2011-07", "2019-12", "2026-09", "2026-10", "2199-12")),
    (vocabulary.AmountFen, (0, 1, 2, 100, 99_999, 10**12 - 1, 10**12)),
    (vocabulary.Revision, (*(1,) * 8, 2, 2, 3, 3, 1_000_000)),
)
"""Types known by identity, each with the values it gets."""


@lru_cache(maxsize=4)
def _pools_of(era: int) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    """The types whose values change from era to era."""
    units = tuple(unit_code(era * 5 + number) for number in range(5))
    persons = tuple(f"p1-{era:016x}{number:016x}" for number in range(4))
    return (
        (vocabulary.UnitCode, units),
        (vocabulary.PersonKey, persons),
        (RECIPIENT, (*units, *persons)),
        (cards.CardKey, tuple(f"c1-{era:016x}{number:016x}" for number in range(5))),
        (vocabulary.BusinessReference, (*(f"REF-{era}-{number}" for number in range(20)), *REFERENCES)),
        (vocabulary.EventId, (*(f"{era:08x}-{number:04x}-5d0b-9e57-1c8f0a2d4b6e" for number in range(12)), *EVENT_IDS)),
    )


_BY_NAME: Mapping[str, tuple[Any, ...]] = {
    "action": ("redrive", "release", "resume", "reconcile", "destroy"),
    "outcome": ("done", "failed", "unknown", "perhaps"),
    "name": (
        "effects-from",
        "appraisal-local-conditions",
        "late-fee-cap",
        "cards-temporary-suspension-days",
        "notice-policy",
        "notice-authority",
        "warning-working-days",
        "nobody-knows",
    ),
    "value": (
        "2026-11-01",
        "2026-11-30",
        "banana",
        "9999-12-31",
        "strict",
        "warn",
        "on",
        "30",
        "-1",
        "law",
        "centre",
        "0",
    ),
    "year": (1949, 2025, 2026, 2027, 2199),
    "reasons": (("pool-empty",), ()),
    "slot": ("morning", "afternoon", "midnight"),
}
"""Fields whose name says more than their type."""


class Values:
    """Draws values; the same chance gives the same."""

    def __init__(self, chance: random.Random, number: int) -> None:
        self._chance = chance
        self._pools = (*_POOLS, *_pools_of(number // ERA))

    def fact(self, model: type[Wire]) -> dict[str, Any]:
        """Values for every field of a contract, allowed one by one; as a whole they may still be refused."""
        hints = get_type_hints(model, include_extras=True)
        found = {}
        for name, field in model.model_fields.items():
            is_left_out = not field.is_required() and self._chance.random() < 0.4
            found[name] = _plain(field.default) if is_left_out else self.of(name, hints[name])
        return found if self._chance.random() < NOT_ADDED_UP else added_up(model, found, self.fact)

    def of(self, name: str, kind: Any) -> Any:
        """One value for a field of this name and type."""
        kind = RECIPIENT if name in _OF_ANYBODY else kind
        for known, pool in self._pools:
            if kind is known:
                return self._chance.choice(pool)
        parts = get_args(kind)
        if NoneType in parts:
            inner = next(part for part in parts if part is not NoneType)
            return None if self._chance.random() < 0.3 else self.of(name, inner)
        if hasattr(kind, "__metadata__"):
            bounds = next((part for part in kind.__metadata__ if isinstance(part, FieldInfo)), None)
            return self._bounded(name, parts[0], limits_of(bounds))
        return self._bounded(name, kind, {})

    def _bounded(self, name: str, kind: Any, limits: Mapping[str, Any]) -> Any:
        origin = get_origin(kind)
        if origin is tuple:
            return self._several(name, get_args(kind)[0], limits)
        if origin is dict:
            return {self.text(20): self.text(40) for _ in range(self._chance.randrange(3))}
        if name in _BY_NAME and isinstance(_BY_NAME[name][0], kind):
            return self._chance.choice(_BY_NAME[name])
        if issubclass(kind, StrEnum):
            return str(self._chance.choice(list(kind)))
        return self.fact(kind) if issubclass(kind, Wire) else self._of_plain(kind, limits)

    def _of_plain(self, kind: type, limits: Mapping[str, Any]) -> Any:
        if kind is int:
            return self._whole(limits)
        if kind is str:
            return self.text(int(limits.get("max_length", 300)))
        if kind is bool:
            return self._chance.random() < 0.5
        if kind is date:
            return self.day()
        if kind is datetime:
            return self.instant()
        return self._chance.randbytes(self._chance.choice((0, 1, 24, 24, 300)))

    def _several(self, name: str, kind: Any, limits: Mapping[str, Any]) -> list[Any]:
        most = int(limits.get("max_length", 20))
        if isinstance(kind, type) and issubclass(kind, Wire):
            most = min(most, RECORDS_MAX)
        count = self._chance.choice((0, 1, 1, 2, 3, most))
        return [self.of(name, kind) for _ in range(max(count, int(limits.get("min_length", 0))))]

    def _whole(self, limits: Mapping[str, Any]) -> int:
        least = int(limits.get("ge", limits.get("gt", -1) + 1))
        most = int(limits.get("le", limits.get("lt", 10_001) - 1))
        return self._chance.choice((least, most, self._chance.randint(least, most), self._chance.randint(least, most)))

    def text(self, characters_max: int) -> str:
        """A nasty text, now and then as long as it may be."""
        text = self._chance.choice(TEXTS)
        if self._chance.random() < 0.1:
            text *= characters_max // len(text) + 1
        return text[:characters_max]

    def day(self) -> date:
        """A date near the beginning, or at an edge of the calendar."""
        if self._chance.random() < 0.85:
            return BEGIN.date() + timedelta(days=self._chance.randint(-420, 30))
        return self._chance.choice(
            (
                vocabulary.DATE_FIRST,
                vocabulary.DATE_LAST,
                date(1952, 2, 29),
                date(2011, 6, 30),
                date(2011, 7, 1),
                date(2019, 12, 31),
                date(2024, 2, 29),
                date(2199, 1, 1),
            )
        )

    def instant(self) -> datetime:
        """An instant near the beginning, or at an edge of what an instant may be."""
        if self._chance.random() < 0.85:
            return BEGIN + timedelta(minutes=self._chance.randint(-60_000, 1_000))
        year = self._chance.choice((1, 1949, 1970, 2038, 2149, 2150, 9999))
        return datetime(year, self._chance.choice((1, 12)), 1, tzinfo=UTC)

    def wrong(self, avro_type: Any) -> Any:
        """A value that this Avro type can write and no contract may like."""
        if isinstance(avro_type, list):
            return None if self._chance.random() < 0.3 else self.wrong(avro_type[-1])
        if isinstance(avro_type, Mapping) and "logicalType" in avro_type:
            return self._chance.choice(_DAYS_WRONG if avro_type["logicalType"] == "date" else _INSTANTS_WRONG)
        return self._wrong_plain(avro_type)

    def _wrong_plain(self, avro_type: Any) -> Any:
        if avro_type == "long":
            return self._chance.choice(WHOLE)
        if avro_type == "string":
            return self._chance.choice(("", "x" * 70_000, *TEXTS, "91371003MA3N5Y8K1F", "2026-13", "\x00" * 5_000))
        if avro_type == "bytes":
            return self._chance.randbytes(self._chance.choice((0, 70_000)))
        if avro_type == "boolean":
            return True
        raise LookupError(avro_type)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, StrEnum) else value
