"""Read a spreadsheet or its CSV, within limits; no formula is computed, nothing outside is opened.

Vocabulary
----------
sheet   a header and rows of cells, each row with the number that a person sees beside it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

__all__ = ["LIMITS", "Cell", "Sheet", "SheetError", "read_sheet"]

Cell = str | int | float | bool | datetime | date | None

# More than ten times what the largest table has; a file that asks for more is no table of ours.
LIMITS = {
    "bytes": 20_000_000,
    "unpacked bytes": 200_000_000,
    "rows": 50_000,
    "columns": 300,
    "characters in a cell": 32_767,  # what a spreadsheet itself can hold
}
_MARKS = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls"}


class SheetError(Exception):
    """A file that cannot be taken back at all; the message says why and what to do."""


@dataclass(frozen=True)
class Sheet:
    """A header and rows of cells.

    Attributes
    ----------
    header : tuple of str
        Names of the columns, as the first row has them.
    rows : list of (int, tuple)
        Number of the row as a person sees it, and its cells; rows without any cell are left out.
    """

    header: tuple[str, ...]
    rows: list[tuple[int, tuple[Cell, ...]]]


def read_sheet(path: Path) -> Sheet:
    """Read the first sheet of a workbook, or a CSV file.

    Parameters
    ----------
    path : Path
        A file ``.xlsx`` or ``.csv``; what is in it counts, not its name.

    Returns
    -------
    Sheet
        Text, numbers, dates and truth values as the file has them; a formula stays its text.

    Raises
    ------
    SheetError
        If it cannot be read, is of another kind, or is larger than ``LIMITS``.
    """
    try:
        size = path.stat().st_size
        _within("bytes", size)
        data = path.read_bytes()
    except OSError as error:
        raise SheetError(f"{path} cannot be read: {error.strerror}") from error
    kind = next((name for mark, name in _MARKS.items() if data.startswith(mark)), ".csv")
    if kind == ".xls":
        raise SheetError(f"{path} is an old workbook or one with a password: save it as .xlsx")
    rows = _of_workbook(data, path) if kind == ".xlsx" else _of_csv(data, path)
    return _sheet(rows, path)


def _within(what: str, count: int) -> None:
    if count > LIMITS[what]:
        raise SheetError(f"{count:,} {what}: at most {LIMITS[what]:,} are read")


def _sheet(rows: Iterable[tuple[Cell, ...]], path: Path) -> Sheet:
    header: tuple[str, ...] | None = None
    kept: list[tuple[int, tuple[Cell, ...]]] = []
    for number, cells in enumerate(rows, start=1):
        _within("rows", number)
        _within("columns", len(cells))
        if all(cell is None or cell == "" for cell in cells):
            continue
        for cell in cells:
            _within("characters in a cell", len(cell) if isinstance(cell, str) else 0)
        if header is None:
            header = tuple("" if cell is None else str(cell).strip() for cell in cells)
        else:
            kept.append((number, cells))
    if header is None:
        raise SheetError(f"{path} has no row")
    return Sheet(header, kept)


def _of_csv(data: bytes, path: Path) -> Iterator[tuple[Cell, ...]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError(f"{path} is UTF-16: save it as 'CSV UTF-8 (comma-separated)' or as .xlsx")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(
            f"{path} is not UTF-8 (byte {error.start:,}), so Greek letters and accents are lost: "
            "save it as 'CSV UTF-8 (comma-separated)' or as .xlsx"
        ) from error
    head = text.partition("\n")[0]
    comma = ";" if ";" in head and "," not in head else "," if "," in head else "\t"
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
            yield tuple(row)
    except csv.Error as error:
        raise SheetError(f"{path} is no CSV: {error}") from error


def _of_workbook(data: bytes, path: Path) -> Iterator[tuple[Cell, ...]]:
    import warnings

    from openpyxl import load_workbook  # an extra: only who imports a workbook needs it

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _within("unpacked bytes", sum(item.file_size for item in packed.infolist()))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and rules that are not read
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its size may be wrong
            yield from _values(sheet)
    except SheetError:
        raise
    except Exception as error:  # a stranger's file may break the reader anywhere
        raise SheetError(f"{path} cannot be read as a workbook: {error!r:.200}") from error


def _values(sheet: Any) -> Iterator[tuple[Cell, ...]]:
    for cells in sheet.iter_rows():
        values = [_value(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        yield tuple(values)


def _value(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str | int | float | bool | datetime | date | None):
        return value
    return str(value)  # a time or a span: text that no field takes
