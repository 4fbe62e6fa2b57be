"""How the arrears desk writes amounts, dates and months (Chinese)."""

from collections.abc import Iterable
from datetime import date

RANGES_MAX = 12
"""Ranges of months named a kind; what is beyond is counted, so that the text stays readable."""


def yuan(amount_fen: int) -> str:
    """Write fen as yuan with two decimals and thousands separated: `1,234.56元`."""
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d}元"


def day(value: date) -> str:
    """Write a date: `2026年1月5日`."""
    return f"{value.year}年{value.month}月{value.day}日"


def months(values: Iterable[str]) -> str:
    """Write months as ranges: `2025年11月至2026年1月、2026年3月`."""
    ranges: list[tuple[int, int]] = []
    for number in sorted({int(value[:4]) * 12 + int(value[5:]) - 1 for value in values}):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    named = [_month(first) if first == last else f"{_month(first)}至{_month(last)}" for first, last in ranges]
    left = sum(last - first + 1 for first, last in ranges[RANGES_MAX:])
    return "、".join(named[:RANGES_MAX]) + (f"等（另有{left}个月）" if left else "")


def _month(number: int) -> str:
    return f"{number // 12}年{number % 12 + 1}月"
