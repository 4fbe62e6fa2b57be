"""Numbers of citizens and telephones in any text, in the ways in which people write them.

Contracts seal what they know to be sensitive; this is for what stands where it should not: a log line, a free text, an id.
A number with its country's code, in groups (`138-0013-8000`, `0631-5231675`) or in full-width digits is the same number; so is a citizen's
of before 1999, with fifteen digits. The hotlines of five digits (`0631-12333`) are nobody's.
"""

import re

CITIZEN = r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
"""District, date of birth, number, check digit; also where the last is wrong: a slip of the pen is somebody's number all the same."""
OLD_CITIZEN = (
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-2])[0-9]{4}"
    r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}"
)
"""Province, place, date of birth without its century, number (GB 11643-1989). A reference that begins with its year has no such province."""
MOBILE = r"(?:(?:00)?86[ -]?)?1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})"
_SIGN = r"[-－–—]"
_TO_AREA = rf"(?:(?:(?:00)?86(?:{_SIGN}| )|(?<=\+)86)0?|0)"
_AREA = r"(?:10|2[0-9]|[3-9][0-9]{2})"
_IN_ONE = r"(?:(?<![0-9A-Fa-f]{4}-)0|(?<=\+)86)"
LANDLINE = (
    rf"[(\uff08]?{_TO_AREA}{_AREA}(?:[)\uff09] ?|{_SIGN})[0-9]{{7,8}}"
    rf"|{_TO_AREA}{_AREA} [1-9][0-9]{{6,7}}"
    rf"|{_IN_ONE}(?:10|2[0-9])[1-9][0-9]{{7}}|{_IN_ONE}[3-9][0-9]{{2}}[1-9][0-9]{{6,7}}"
)
"""Any area code with its number of seven or eight digits. In one run it is no group of an event's id, and no counter filled up with zeros."""
ALONE = r"(?=[0-9(\uff08])(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])"
"""Frame of a pattern: not inside a longer number or word, which is a reference or a hash."""

SEEN = re.compile(ALONE.format(f"{CITIZEN}|{OLD_CITIZEN}|{MOBILE}|{LANDLINE}"))
ANY_EIGHTEEN = re.compile(ALONE.format(rf"[0-9]{{17}}[0-9Xx]|{OLD_CITIZEN}|{MOBILE}|{LANDLINE}"))
"""The same, and whatever else has the length of a citizen number: for logs and records of acts, where nobody misses it."""

_FULL_WIDTH = re.compile("[０-９]")
_TO_ASCII = {ord("０") + digit: ord("0") + digit for digit in range(10)} | {ord("Ｘ"): ord("X"), ord("ｘ"): ord("x")}


def folded(text: str) -> str:
    """Give a text with full-width digits as plain ones, sign by sign; the same text where there are none."""
    return text if text.isascii() or not _FULL_WIDTH.search(text) else text.translate(_TO_ASCII)


def hidden(text: str, mask: str) -> str:
    """Give a text with a mask in place of each such number, and of all that has the length of one."""
    plain = folded(text)
    shown = ANY_EIGHTEEN.sub(mask, plain)
    return text if shown == plain else shown
