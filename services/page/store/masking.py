"""Numbers of citizens and telephones that somebody wrote into a text, masked as sealed ones are shown: `370***********1234`.

Contracts seal what they know to be sensitive; this is for what stands where it should not: in a free text, an id, a record nobody can read.
What is public stays: the outlets' telephones, and what a contract holds as an office's `telephone` (a person's is sealed, and is called otherwise).
"""

import re
from typing import Any

import msgspec

from schemas.vocabulary import unit_code_is_valid
from services.outlets.directory import OUTLETS
from services.runtime.private_numbers import LANDLINE, SEEN, folded
from services.runtime.sealing import masked

_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(".") for byte in range(256))
_RUN = b"0" * 7
_SHAPES = (b"0" * 11, b"00.0000000", b"00..0000000", b"00...0000000", b"00....0000000")
"""So many digits in a row, or in groups, has each of them; looking for these first takes a fraction of the time. What stands between an area
code and its number has one byte to four."""
_GROUPS = b"000.0000.0000"
"""The only one of them without seven digits in a row."""
_SIGNS_MIN = len(_SHAPES[0])
"""What is shorter holds no such number; most texts of a case are."""
_FULL_WIDTH = re.compile(b"\xef\xbc[\x90-\x99]")
"""A full-width digit in UTF-8."""
_TOKEN = re.compile(r"[A-Za-z0-9._:/-]*")
_CITIZEN_DIGITS = 18
_NOT_DIGITS = re.compile(r"[^0-9]+")
PUBLIC_FIELD = "telephone"
PUBLIC = frozenset(_NOT_DIGITS.sub("", outlet.telephone) for outlet in OUTLETS)
"""The digits of the outlets' telephones, as the bank publishes them."""
_LINE = re.compile(LANDLINE)


def masked_text(text: str) -> str:
    """Mask what looks like a citizen number or a telephone."""
    text = storable(text)
    if len(text) < _SIGNS_MIN:
        return text
    encoded = text.encode()
    if _FULL_WIDTH.search(encoded):
        plain = folded(text)
        shown = masked_text(plain)
        return text if shown == plain else shown
    if not _may_hold_one(encoded):
        return text
    # A token (a reference, an id) stays one: its contract knows no asterisk.
    sign = "x" if _TOKEN.fullmatch(text) else "*"
    return SEEN.sub(lambda found: _shown(found[0]).replace("*", sign), text)


def _may_hold_one(encoded: bytes) -> bool:
    digits = encoded.translate(_DIGITS)
    return (_RUN in digits and any(shape in digits for shape in _SHAPES)) or _GROUPS in digits


def storable(text: str) -> str:
    """A text without what no database keeps: NUL, and halves of a sign."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def masked_json(value: bytes) -> bytes:
    """Mask every text in a JSON value, keys of maps included; other values are never touched."""
    if not _may_hold_one(value) and not _FULL_WIDTH.search(value):
        return value
    return msgspec.json.encode(masked_plain(msgspec.json.decode(value)))


def masked_plain(value: Any) -> Any:
    """Mask every text in a plain value."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        return {masked_text(str(name)): _field(name, part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked_plain(part) for part in value]
    return value


def _field(name: object, value: Any) -> Any:
    """Mask a field; an office's telephone is there to be called."""
    is_public = name == PUBLIC_FIELD and isinstance(value, str) and _LINE.fullmatch(value)
    return value if is_public else masked_plain(value)


def _shown(number: str) -> str:
    if (len(number) == _CITIZEN_DIGITS and unit_code_is_valid(number)) or _NOT_DIGITS.sub("", number) in PUBLIC:
        return number
    return masked(number)
