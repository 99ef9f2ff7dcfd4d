"""What one cell must be: its type, its range, its form, one of its values.

A check here knows the field and the text, never the place; ``records`` adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from cartreview.validation.characters import check_text
from cartreview.validation.problems import Problem, did_you_mean, listed, quoted
from cartreview.validation.schemas import Field

__all__ = ["check_cell", "is_number"]

_ODD_SPACE = re.compile(r"^\s|\s$|[^\S ]|  |[\u200b\u2060\ufeff\u00ad]")
_INVISIBLE = str.maketrans("", "", "\u200b\u2060\ufeff\u00ad")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_LONG = 200  # characters of a number with its unit, its dates and all; longer ones are no number
# What a spreadsheet would compute when it opens the table: '=1+1', '@SUM(A1)', '-cmd|x!A0', but
# not '-5' or '+10%'.
_FORMULA = re.compile(
    r"\s*(?:[=@]|[+-]\s*[^\W\d]|[+-]\s*[=@+-]|[+-](?=.*(?:\w\(|[|!])))", re.DOTALL
)
_DIGITS = 40  # more than any quantity has; Python refuses to read thousands of digits
_RANGE = re.compile(r"[0-9.e]+ ?[-–—] ?[0-9.e]+( ?[^\W\d].*)?")
_WITH_UNIT = re.compile(
    r"(?:[<>≤≥~≈] ?|over |about |up to )?"
    r"(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?(?:e[0-9]+)?) ?(?P<unit>[^\W\d_][^0-9]*|[%‰°][^0-9]*)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MISSING = frozenset(("-", "–", "—", "?", ".", "na", "n/a", "nan", "none", "null", "unknown"))
_TYPES = {
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
}
_LEAVE_EMPTY = "leave the cell empty: unknown is empty."
# One word a unit: how a cell may spell the unit that the schema spells otherwise.
_SAME_UNIT = {
    "%": "percent",
    "percentage": "percent",
    "days": "d",
    "day": "d",
    "minutes": "min",
    "minute": "min",
    "mins": "min",
    "millilitres": "mL",
    "ml": "mL",
    "patient": "patients",
    "pts": "patients",
    "cell": "cells",
    "doses": "infusions",
}


def check_cell(field: Field, text: str, schema: str = "the schema") -> Iterator[Problem]:
    """Check one cell against its field.

    Parameters
    ----------
    field : Field
        What the schema says.
    text : str
        The raw cell.
    schema : str
        Path of the schema, for the fix.

    Yields
    ------
    Problem
        Each thing that is wrong.

    Examples
    --------
    >>> n = Field("n", "integer", unit="patients")
    >>> [problem.fix for problem in check_cell(n, "12 patients")]
    ["write 12: the schema says that the unit is 'patients'."]
    """
    if not text.isascii() or not text.isprintable():
        yield from check_text(text)
    if not text:
        if field.required:
            yield _missing(field)
    elif _ODD_SPACE.search(text):
        clean = " ".join(text.translate(_INVISIBLE).split())
        yield Problem(
            "stray-space",
            found=quoted(text),
            expected="single, ordinary spaces inside the cell only",
            fix=f"write {quoted(clean)}.",
        )
    elif _FORMULA.match(text):
        yield Problem(
            "formula",
            found=quoted(text),
            expected="text that no spreadsheet computes",
            fix="start the cell with another character than =, +, - or @.",
        )
    elif field.separator:
        yield from _list(field, text, schema)
    elif field.type in ("integer", "number"):
        yield from _number(field, text)
    elif field.type == "boolean":
        yield from _boolean(field, text)
    elif field.type == "date":
        yield from _date(text)
    else:
        yield from _string(field, text, schema)


def _missing(field: Field) -> Problem:
    if field.name == "locator":
        return Problem(
            "missing-locator",
            found="an empty cell",
            expected="the place in the source",
            fix="write where the value stands, for example 'Table 1, row 3, column Conditions'.",
        )
    return Problem(
        "missing-value",
        found="an empty cell",
        expected=f"{_TYPES.get(field.type, 'a text')}: the field is required",
        fix="fill the cell, or take the row out.",
    )


def _list(field: Field, text: str, schema: str) -> Iterator[Problem]:
    items = [item.strip() for item in text.split(field.separator)]
    tidy = field.separator.join(dict.fromkeys(filter(None, items)))
    if tidy != field.separator.join(items):
        what = "an empty item" if "" in items else "an item twice"
        yield Problem(
            "bad-list",
            found=f"{quoted(text)}, {what}",
            expected="each item once, none empty",
            fix=f"write {quoted(tidy)}.",
        )
    elif tidy != text:
        yield Problem(
            "stray-space",
            found=quoted(text),
            expected=f"items parted by {field.separator!r} alone",
            fix=f"write {quoted(tidy)}.",
        )
    for item in dict.fromkeys(filter(None, items)):
        yield from _value(item, field.item_enum, field.item_pattern, schema)


def _string(field: Field, text: str, schema: str) -> Iterator[Problem]:
    if field.enum and not field.required and text.casefold() in _MISSING and text not in field.enum:
        yield Problem(
            "unknown-category",
            found=quoted(text),
            expected=listed(field.enum),
            fix=_LEAVE_EMPTY,
        )
    else:
        yield from _value(text, field.enum, field.pattern, schema)


def _value(
    text: str, enum: tuple[str, ...], pattern: re.Pattern[str] | None, schema: str
) -> Iterator[Problem]:
    if enum and text not in enum:
        fix = did_you_mean(text, enum, f"a new value is added in {schema} first.")
        yield Problem(
            "unknown-category",
            found=quoted(text),
            expected=listed(enum),
            fix=fix,
        )
    if pattern and not pattern.fullmatch(text):
        yield _malformed(text, pattern)


def _malformed(text: str, pattern: re.Pattern[str]) -> Problem:
    if pattern.pattern.startswith("^NCT"):
        return Problem(
            "malformed-nct",
            found=quoted(text),
            expected="NCT and eight digits",
            fix="copy the identifier from the registry's page.",
        )
    return Problem(
        "malformed-value",
        found=quoted(text),
        expected=f"the form {pattern.pattern}",
        fix="write it in the form that the schema gives.",
    )


def _plain(text: str) -> str:
    """Write a number without thousands, exponent or needless sign; empty if it is none.

    >>> _plain("1e7"), _plain("1,000"), _plain("0,5"), _plain(".50"), _plain("x")
    ('10000000', '1000', '0.5', '0.50', '')
    """
    decimal_comma = re.fullmatch(r"[0-9]+,[0-9]{1,2}", text)
    bare = text.replace(",", "." if decimal_comma else "")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return ""
    # The bound keeps an absurd exponent from being written out.
    return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 30 else ""


def _number(field: Field, text: str) -> Iterator[Problem]:
    form = _INTEGER if field.type == "integer" else _NUMBER
    if is_number(text) and form.fullmatch(text):
        yield from _range(field, text)
        return
    unit = _WITH_UNIT.fullmatch(text) if len(text) <= _LONG else None
    if unit and unit["unit"] and _plain(unit["number"]):
        yield _with_unit(field, text, _plain(unit["number"]), unit["unit"])
    else:
        yield Problem(
            "wrong-type",
            found=quoted(text),
            expected=_expected(field),
            fix=_number_fix(field, text),
        )


def is_number(text: str) -> bool:
    """Say whether a cell is a number in plain digits.

    Examples
    --------
    >>> is_number("0.5"), is_number("1e7"), is_number("")
    (True, False, False)
    """
    return len(text) <= _DIGITS and _NUMBER.fullmatch(text) is not None


def _expected(field: Field) -> str:
    unit = _unit(field)
    return f"{_TYPES[field.type]} in plain digits" + (f", in {unit}" if unit else "")


def _unit(field: Field) -> str:
    """Give the unit of a number; "1" is none, and "see COLUMN" stands in another column."""
    return "" if field.unit == "1" or field.unit.startswith("see ") else field.unit


def _number_fix(field: Field, text: str) -> str:
    if text.casefold() in _MISSING:
        return _LEAVE_EMPTY
    if len(text) <= _LONG and _RANGE.fullmatch(text):
        stem = re.sub("_(low|high)$", "", field.name)
        two = f"{stem}_low and {stem}_high" if stem != field.name else "two fields, low and high"
        return f"write the two ends of a range into {two}."
    plain = _plain(text)
    if plain and field.type == "integer":
        whole = re.sub(r"\.0+$", "", plain)
        return f"write {whole}." if "." not in whole else "write a whole number."
    if plain:
        return f"write {plain}."
    return "write the number in digits, or leave the cell empty where it is unknown."


def _with_unit(field: Field, text: str, number: str, unit: str) -> Problem:
    same = _SAME_UNIT.get(unit.casefold(), unit.casefold())
    if not _unit(field):
        fix = f"write {number}: the unit stands in a column of its own."
    elif field.unit.casefold().split()[0] == same.casefold().split()[0]:
        fix = f"write {number}: the schema says that the unit is {field.unit!r}."
    else:
        fix = (
            f"convert {text} to {field.unit!r}, the unit in the schema, and write the number alone."
        )
    return Problem(
        "number-with-unit",
        found=quoted(text),
        expected=_expected(field),
        fix=fix,
    )


def _range(field: Field, text: str) -> Iterator[Problem]:
    value = float(text)
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = (
            f"at least {low:g}" if low is not None else "",
            f"at most {high:g}" if high is not None else "",
        )
        yield Problem(
            "outside-range",
            found=text,
            expected=" and ".join(filter(None, bounds)),
            fix="compare the cell with its source.",
        )


def _boolean(field: Field, text: str) -> Iterator[Problem]:
    allowed = field.true_values + field.false_values
    if text not in allowed:
        otherwise = (
            _LEAVE_EMPTY if text.casefold() in _MISSING else f"write {' or '.join(allowed)}."
        )
        yield Problem(
            "wrong-type",
            found=quoted(text),
            expected=" or ".join(allowed),
            fix=did_you_mean(text, allowed, otherwise),
        )


def _date(text: str) -> Iterator[Problem]:
    if not _DATE.fullmatch(text):
        yield Problem(
            "wrong-type",
            found=quoted(text),
            expected="a date as 2026-11-21",
            fix="write year-month-day.",
        )
        return
    try:
        date.fromisoformat(text)
    except ValueError:
        yield Problem(
            "no-such-date",
            found=quoted(text),
            expected="a day of the calendar",
            fix="compare the date with its source.",
        )
