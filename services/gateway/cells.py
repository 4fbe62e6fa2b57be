"""How a cell of a file becomes a value of the contract: lists, money in yuan, times, sealed and opaque fields."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from schemas.decision import LEGAL_ZONE
from schemas.vocabulary import citizen_number_is_valid
from services.gateway.columns import Column, Way
from services.runtime.sealing import Vault

LIST_SEPARATOR = ";"
TEXT_CHARACTERS_MAX = 4_000
"""Longest clear text that is sealed."""

_YUAN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
_CARD_NUMBER = re.compile(r"[0-9A-Za-z]{8,32}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,28}[0-9]")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_SESSION = re.compile(r"([a-z-]+) ([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_WRITTEN_OFF = re.compile(r"(\S+) (\S+) ([0-9]{1,13}) ([0-9]{1,13})")
_YES_NO = {"是": "true", "否": "false"}


class CellRefused(Exception):
    """A cell cannot be read; carries the code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_cell(column: Column, cell: Any) -> Any:
    """Read a cell that needs no vault; `CellRefused` where it cannot be read. pydantic checks what comes out."""
    reader = _READERS.get(column.way)
    if reader is not None:
        return reader(column, cell)
    return cell.strip() if isinstance(cell, str) else cell


def clear_text(column: Column, cell: Any) -> str:
    """Read a cell that will be sealed, as far as it can be checked in clear."""
    text = str(cell).strip()
    if len(text) > TEXT_CHARACTERS_MAX:
        raise CellRefused("text-too-long")
    if column.field == "contact_phone" and not _PHONE.fullmatch(text):
        raise CellRefused("phone-invalid")
    if column.field == "contact_email" and not _EMAIL.fullmatch(text):
        raise CellRefused("email-invalid")
    return text


def opaque_cell(column: Column, cell: Any, vault: Vault) -> Any:
    """Turn citizen numbers and card numbers into keys."""
    if column.way is Way.CARD:
        return _card_key(str(cell).strip(), vault)
    if column.way is Way.PERSON:
        return _person_key(str(cell), vault)
    return [_person_key(number, vault) for number in _items(cell)]


def _person_key(cell: str, vault: Vault) -> str:
    number = cell.strip().upper()
    if not citizen_number_is_valid(number):
        raise CellRefused("citizen-number-invalid")
    return vault.person_key(number)


def _card_key(number: str, vault: Vault) -> str:
    if not _CARD_NUMBER.fullmatch(number):
        raise CellRefused("card-number-invalid")
    return vault.card_key(number.upper())


def _fen(column: Column, cell: Any) -> Any:
    text = str(cell).strip()
    if not column.name.endswith("_yuan"):
        return text.replace(",", "") if isinstance(cell, str) else cell
    plain = text.replace(",", "")
    if not _YUAN.fullmatch(plain):
        raise CellRefused("yuan-invalid")
    return int(Decimal(plain) * 100)


def _instant(_: Column, cell: Any) -> Any:
    """A time without a zone is Weihai's."""
    text = str(cell).strip()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise CellRefused("instant-invalid") from None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=LEGAL_ZONE)


def _yes_no(_: Column, cell: Any) -> Any:
    return _YES_NO.get(cell.strip(), cell.strip()) if isinstance(cell, str) else cell


def _list(_: Column, cell: Any) -> list[str]:
    return _items(cell)


def _items(cell: Any) -> list[str]:
    parts = cell if isinstance(cell, list) else str(cell).split(LIST_SEPARATOR)
    return [text for part in parts if (text := str(part).strip())]


def _sessions(_: Column, cell: Any) -> list[dict[str, Any]]:
    if isinstance(cell, list) and all(isinstance(part, dict) for part in cell):
        return cell
    sessions = []
    for item in _items(cell):
        found = _SESSION.fullmatch(item)
        if found is None:
            raise CellRefused("sessions-invalid")
        days, opens_hour, opens_minute, closes_hour, closes_minute = found.groups()
        sessions.append(
            {
                "days": days,
                "opens_minute": int(opens_hour) * 60 + int(opens_minute),
                "closes_minute": int(closes_hour) * 60 + int(closes_minute),
            }
        )
    return sessions


def _written_off_lines(_: Column, cell: Any) -> list[dict[str, Any]]:
    if isinstance(cell, list) and all(isinstance(part, dict) for part in cell):
        return cell
    lines = []
    for item in _items(cell):
        found = _WRITTEN_OFF.fullmatch(item)
        if found is None:
            raise CellRefused("written-off-lines-invalid")
        month, insurance, principal_fen, late_fee_fen = found.groups()
        lines.append(
            {
                "month": month,
                "insurance": insurance,
                "principal_fen": int(principal_fen),
                "late_fee_fen": int(late_fee_fen),
            }
        )
    return lines


_READERS: dict[Way, Callable[[Column, Any], Any]] = {
    Way.FEN: _fen,
    Way.INSTANT: _instant,
    Way.YES_NO: _yes_no,
    Way.LIST: _list,
    Way.SESSIONS: _sessions,
    Way.WRITTEN_OFF_LINES: _written_off_lines,
}
