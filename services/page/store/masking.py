"""Numbers of citizens and telephones that somebody wrote into a text, masked as sealed ones are shown: `370***********1234`.

Contracts seal what they know to be sensitive; this is for what stands where it should not: in a free text, an id, a record nobody can read.
"""

import re
from typing import Any

import msgspec

from schemas.vocabulary import unit_code_is_valid
from services.runtime.sealing import masked

_CITIZEN = r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
"""District, date of birth, number, check digit; also where the last is wrong: a slip of the pen is somebody's number all the same."""
_MOBILE = r"1[3-9][0-9]{9}"
_SUSPECT = re.compile(rf"(?<![0-9A-Za-z])(?:{_CITIZEN}|(?:86)?{_MOBILE})(?![0-9A-Za-z])")
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(".") for byte in range(256))
_RUN = b"0" * 11
"""So many digits in a row has each of them; looking for these first takes a fraction of the time."""
_TOKEN = re.compile(r"[A-Za-z0-9._:/-]*")
_CITIZEN_DIGITS = 18


def masked_text(text: str) -> str:
    """Mask what looks like a citizen number or a mobile telephone."""
    text = storable(text)
    if _RUN not in text.encode().translate(_DIGITS):
        return text
    # A token (a reference, an id) stays one: its contract knows no asterisk.
    sign = "x" if _TOKEN.fullmatch(text) else "*"
    return _SUSPECT.sub(lambda found: _masked(found[0]).replace("*", sign), text)


def storable(text: str) -> str:
    """A text without what no database keeps: NUL, and halves of a sign."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def masked_json(value: bytes) -> bytes:
    """Mask every text in a JSON value, keys of maps included; other values are never touched."""
    if _RUN not in value.translate(_DIGITS):
        return value
    return msgspec.json.encode(masked_plain(msgspec.json.decode(value)))


def masked_plain(value: Any) -> Any:
    """Mask every text in a plain value."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        return {masked_text(str(name)): masked_plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked_plain(part) for part in value]
    return value


def _masked(number: str) -> str:
    if len(number) == _CITIZEN_DIGITS and unit_code_is_valid(number):
        return number
    return masked(number)
