"""One cell of a sheet for one field: what was meant, or a doubt that a person must settle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

from cartreview.living._sheet import Cell
from cartreview.living._spoiled import is_spoiled, plain, shown, spoiled
from cartreview.validation.fields import check_cell
from cartreview.validation.schemas import Field

__all__ = ["Doubt", "answered", "meant"]

_DIGITS = 15
_AGAIN = "format the cell as text, type it as the source prints it"


class Doubt(Exception):
    """What a cell was meant to be cannot be known; the message says why and what to do."""


def meant(cell: Cell, field: Field, old: str | None, column: Iterable[str] = ()) -> str:
    """Give the text that a cell of a sheet stands for.

    Parameters
    ----------
    cell : Cell
        As the sheet has it.
    field : Field
        What the schema says of the column.
    old : str or None
        The cell as the table has it; None in a new row.
    column : iterable of str
        The cells of the column in the table.

    Returns
    -------
    str
        The old text where a spreadsheet would show it so; else what was typed.

    Raises
    ------
    Doubt
        If it may have been several things, or is nothing that the field takes.

    Examples
    --------
    >>> meant("17-Dec", Field("note"), "12-17"), meant("1E+07", Field("n", "number"), "10000000")
    ('12-17', '10000000')
    >>> meant("2-Jan", Field("phase", enum=("1", "1/2", "2")), None)
    '1/2'
    >>> meant("2-Jan", Field("note"), None)
    Traceback (most recent call last):
    ...
    cartreview.living._cells.Doubt: a spreadsheet made it of something else; format the cell as \
text, type it as the source prints it
    """
    forms = shown(cell)
    if old is not None and (old in forms or forms & spoiled(old)):
        return old
    return answered(_typed(cell, field, forms, column), field)


def answered(text: str, field: Field) -> str:
    """Take a text that a person typed, if the field takes it.

    Raises
    ------
    Doubt
        If it does not.

    Examples
    --------
    >>> answered("17-Dec", Field("note"))
    '17-Dec'
    """
    for problem in check_cell(field, text):
        if problem.code != "missing-value":  # an empty cell of a skeleton is told by `check`
            raise Doubt(f"expected {problem.expected}; {problem.fix}")
    return text


def _typed(cell: Cell, field: Field, forms: set[str], column: Iterable[str]) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str) and cell.startswith("=") and len(cell) > 1:
        raise Doubt("a formula, which is not computed here; type its value")
    known = _of_allowed(field, forms)
    if known:
        return known
    if field.type == "date":
        return _day(cell)
    if field.type in ("integer", "number"):
        return _number(cell)
    if isinstance(cell, str):
        return _text(cell)
    return _of_number(cell, column)


def _of_allowed(field: Field, forms: set[str]) -> str:
    """Find the one value that the field allows and a spreadsheet would show so."""
    values = ("true", "false") if field.type == "boolean" else field.enum
    allowed = values or (field.item_enum if field.separator else ())
    exact = [value for value in allowed if value in forms]
    found = exact or [value for value in allowed if forms & spoiled(value)]
    if len(found) > 1:
        raise Doubt(f"may be any of {', '.join(map(repr, found))}; {_AGAIN}")
    return found[0] if found else ""


def _day(cell: Cell) -> str:
    if isinstance(cell, datetime) and cell.time() != time():
        raise Doubt("a time of day; a date is written as 2026-11-30")
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    return _text(str(cell))


def _number(cell: Cell) -> str:
    if isinstance(cell, bool | date):
        raise Doubt(f"a spreadsheet made it of something else; {_AGAIN}")
    if isinstance(cell, int | float):
        if len(plain(Decimal(repr(cell))).strip("-0.")) > _DIGITS + 1:
            raise Doubt("a spreadsheet keeps 15 digits, and others are lost; type it as text")
        return next(iter(shown(cell)))
    text = cell or ""
    if is_spoiled(text):
        raise Doubt(f"digits may be lost; {_AGAIN}")
    return text


def _text(text: str) -> str:
    if is_spoiled(text):
        raise Doubt(f"a spreadsheet made it of something else; {_AGAIN}")
    return text.replace("\r\n", "\n")


def _of_number(cell: Cell, column: Iterable[str]) -> str:
    """Take a number for a column of text only where nothing of it can have been lost."""
    try:
        whole = int(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None
    except (OverflowError, ValueError):  # no number, or one without end
        whole = None
    if whole is None or whole != cell or abs(whole) >= 10**_DIGITS:
        raise Doubt(f"no text, and a spreadsheet may have changed it; {_AGAIN}")
    if any(text[:1] == "0" and text.isdigit() and len(text) > 1 for text in column):
        raise Doubt(f"zeros may be lost at its front, as others of the column have; {_AGAIN}")
    return str(whole)
