"""What a spreadsheet makes of a cell, and what it may have made it from.

A spreadsheet is no reader: it turns ``1/2`` into a date, ``007`` into 7, ``10000000`` into
``1E+07``. Whether it did is not guessed. The old cell is spoiled here as a spreadsheet does it, and
where that gives what the sheet has, the cell was not edited.

Vocabulary
----------
spoiled   the texts that a spreadsheet may show or save where a text stood.
doubt     a cell that may have been several things; a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from cartreview.living._sheet import Cell

__all__ = ["is_spoiled", "shown", "spoiled"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?%?", re.I
)
_PAIR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,4})")
_TRIPLE = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2}|[0-9]{4})")
_NAMED = re.compile(r"([a-z]{3})[a-z]*[-. ]?([0-9]{1,4})", re.I)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = "|".join(_MONTHS)
_MADE = re.compile(
    rf"[0-9]{{1,2}}-(?:{_MONTH})(?:-[0-9]{{2,4}})?|(?:{_MONTH})-[0-9]{{2}}"  # dates
    r"|[+-]?[0-9](?:\.[0-9]+)?E[+-][0-9]{2,3}"  # numbers
    r"|#+|#(?:NAME|REF|N/A|VALUE|DIV/0|NUM|NULL)[!?]?",  # no room, and errors
    re.IGNORECASE,
)
_DIGITS = 15  # significant digits that a spreadsheet keeps


def is_spoiled(text: str) -> bool:
    """Say whether a text is of a form that a spreadsheet makes and hardly anybody types.

    Examples
    --------
    >>> [is_spoiled(text) for text in ("Dec-17", "17-Dec", "1E+07", "#NAME?", "1-2.5e7", "12")]
    [True, True, True, True, False, False]
    """
    return bool(_MADE.fullmatch(text))


def shown(cell: Cell) -> set[str]:
    """Give the texts under which a cell of a sheet is compared, the plainest among them.

    Examples
    --------
    >>> sorted(shown(7.0)), sorted(shown(True)), sorted(shown(datetime(2026, 12, 1)))
    (['7'], ['TRUE'], ['1-Dec', '2026-12-01', 'Dec-26'])
    """
    if cell is None:
        return {""}
    if isinstance(cell, bool):
        return {str(cell).upper()}
    if isinstance(cell, int | float):
        return {plain(Decimal(repr(cell)))} if _finite(cell) else {str(cell)}
    if isinstance(cell, datetime) and cell.time() != time():
        return {cell.isoformat(" ")}
    if isinstance(cell, date):
        month = _MONTHS[cell.month - 1]
        first = {f"{month}-{cell.year % 100:02}"} if cell.day == 1 else set()
        return {f"{cell:%Y-%m-%d}", f"{cell.day}-{month}"} | first
    return {cell.replace("\r\n", "\n")}


def _finite(number: float) -> bool:
    return number == number and abs(number) != float("inf")


def plain(number: Decimal) -> str:
    """Write a number without exponent, without a point that says nothing.

    Examples
    --------
    >>> plain(Decimal("1E+7")), plain(Decimal("0.50")), plain(Decimal("-0"))
    ('10000000', '0.5', '0')
    """
    if abs(number.adjusted()) > 40:
        return str(number)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def spoiled(text: str) -> set[str]:
    """Give the texts that a spreadsheet may show or save where a text stood, itself among them.

    Examples
    --------
    >>> {"Dec-17", "17-Dec"} <= spoiled("12-17"), {"1-Feb", "2-Jan"} <= spoiled("1/2")
    (True, True)
    >>> {"1E+07", "1.0E+07"} <= spoiled("10000000"), "7" in spoiled("007")
    (True, True)
    """
    return {text, text.strip(), *_truths(text), *_numbers(text), *_dates(text)}


def _truths(text: str) -> set[str]:
    return {text.upper(), text.capitalize()} if text.lower() in ("true", "false") else set()


def _numbers(text: str) -> Iterator[str]:
    bare = text.strip()
    if not _NUMBER.fullmatch(bare) or len(bare) > 40:
        return
    try:
        value = Decimal(bare.rstrip("%").replace(",", ""))
    except InvalidOperation:
        return
    if abs(value.adjusted()) > 300:
        return
    yield from _forms(value)
    if bare.endswith("%"):
        yield from _forms(value / 100)
        yield f"{plain(value)}%"


def _forms(value: Decimal) -> Iterator[str]:
    kept = Decimal(f"{value:.{_DIGITS - 1}E}")
    yield plain(value)
    yield plain(kept)
    yield plain(value).replace(".", ",")  # where the comma is the point
    yield plain(Decimal(repr(float(value))))
    if abs(value.adjusted()) <= 40:
        yield f"{kept:,f}"
    for digits in range(_DIGITS):
        mantissa, _, power = f"{value:.{digits}E}".partition("E")
        yield f"{mantissa}E{power[0]}{power[1:].zfill(2)}"


def _dates(text: str) -> Iterator[str]:
    bare = text.strip()
    pair, triple = _PAIR.fullmatch(bare), _TRIPLE.fullmatch(bare)
    named, iso = _NAMED.fullmatch(bare), _ISO.fullmatch(bare)
    if pair:
        first, second = int(pair[1]), int(pair[2])
        yield from _day(second, first)
        yield from _day(first, second)
        yield from _month(first, second)
    if named and named[1].capitalize() in _MONTHS:
        month = _MONTHS.index(named[1].capitalize()) + 1
        yield from _day(int(named[2]), month)
        yield from _month(month, int(named[2]))
    if triple:
        first, second, year = (int(triple[at]) for at in (1, 2, 3))
        century = year if year > 99 else year + (2000 if year < 30 else 1900)
        yield from _full(century, first, second)
        yield from _full(century, second, first)
    if iso:
        yield from _full(int(iso[1]), int(iso[2]), int(iso[3]))


def _day(day: int, month: int) -> Iterator[str]:
    if 1 <= month <= 12 and 1 <= day <= 31:
        yield f"{day}-{_MONTHS[month - 1]}"
        yield f"{day:02}-{_MONTHS[month - 1]}"


def _month(month: int, year: int) -> Iterator[str]:
    if 1 <= month <= 12 and (year <= 99 or 1900 <= year <= 2100):
        yield f"{_MONTHS[month - 1]}-{year % 100:02}"


def _full(year: int, month: int, day: int) -> Iterator[str]:
    try:
        found = date(year, month, day)
    except ValueError:
        return
    yield f"{found:%Y-%m-%d}"
    yield f"{day}-{_MONTHS[month - 1]}-{year % 100:02}"
    for mark in "/.":
        for short in (year, f"{year % 100:02}"):
            for a, b in ((month, day), (day, month)):
                yield f"{a}{mark}{b}{mark}{short}"
                yield f"{a:02}{mark}{b:02}{mark}{short}"
