"""How amounts, dates and rates are written in a document. Pure."""

from datetime import date

FEN_A_YUAN = 100
UNITS_A_YUAN = 1_000_000
"""Ten-thousandths of a fen in a yuan."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_WAN = 10**4
_YI = 10**8
_NUMERALS = "零一二三四五六七八九十"


def yuan(amount_fen: int) -> str:
    """Write an amount in yuan with two decimals and commas: `12,345.00`."""
    return f"{amount_fen // FEN_A_YUAN:,}.{amount_fen % FEN_A_YUAN:02d}"


def yuan_of_units(units: int) -> str:
    """Write ten-thousandths of a fen in yuan, exactly, with two decimals or as many as it takes: `0.64025`."""
    decimals = f"{units % UNITS_A_YUAN:06d}".rstrip("0").ljust(2, "0")
    return f"{units // UNITS_A_YUAN:,}.{decimals}"


def capitals(amount_fen: int) -> str:
    """Write an amount in the capitals of bills (大写), as 支付结算办法 附一 has it: `壹仟肆佰零玖元伍角`."""
    whole, rest = divmod(amount_fen, FEN_A_YUAN)
    jiao, fen = divmod(rest, 10)
    words = f"{_whole(whole)}元" if whole else ""
    if not rest:
        return f"{words or '零元'}整"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif whole:
        words += "零"
    return words + (f"{_DIGITS[fen]}分" if fen else "")


def _whole(number: int) -> str:
    """Read a number above zero by 亿 and 万; one 零 for each gap inside."""
    for size, name in ((_YI, "亿"), (_WAN, "万")):
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return f"{_whole(high)}{name}{gap}{_whole(low) if low else ''}"
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    words, has_gap = "", False
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit == "0":
            has_gap = bool(words)
            continue
        words += ("零" if has_gap else "") + _DIGITS[int(digit)] + place
        has_gap = False
    return words


def day(on: date) -> str:
    """Write a date as documents do (GB/T 9704: Arabic figures, no leading zeros): `2026年11月5日`."""
    return f"{on.year}年{on.month}月{on.day}日"


def month(text: str) -> str:
    """Write a contribution month `2026-01`: `2026年1月`."""
    year, number = text.split("-")
    return f"{year}年{int(number)}月"


def rate(ten_thousandths: int) -> str:
    """Write a daily rate as the law words it: 5 is `万分之五`, 20 is `千分之二`."""
    base, number = ("千分之", ten_thousandths // 10) if ten_thousandths % 10 == 0 else ("万分之", ten_thousandths)
    return base + (_NUMERALS[number] if number < len(_NUMERALS) else str(number))
