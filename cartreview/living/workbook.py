"""Spreadsheet files as plain cells of text, read within limits and written without formulas."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["SheetError", "letter", "read_book", "read_csv", "write_book"]

_FILE, _UNPACKED = 20_000_000, 100_000_000  # bytes
_ROWS, _COLUMNS = 50_000, 200
_WIDTHS = {"title": 60, "abstract": 80, "reason": 24, "note": 40, "decision": 12}
_WIDTH = 18


class SheetError(ValueError):
    """A file that cannot be read as a sheet; the message names it and says why."""


def letter(place: int) -> str:
    """Name a column as spreadsheets do, from the first, which is 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    rest, last = divmod(place, 26)
    return (letter(rest - 1) if rest else "") + chr(ord("A") + last)


def read_csv(path: Path) -> list[list[str]]:
    """Read a CSV file as a spreadsheet program saves it.

    Returns
    -------
    list of list of str
        Rows, the headings first; commas, semicolons or tabs between cells, a mark at the start and
        any line ends are taken.

    Raises
    ------
    SheetError
        If it is not there, too large, not UTF-8 or no CSV.
    """
    try:
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(f"{path.name} is not UTF-8: save it as 'CSV UTF-8'") from error
    head = text.partition("\n")[0]
    between = max(",;\t", key=head.count)
    try:
        return _within(path, list(csv.reader(io.StringIO(text), delimiter=between, strict=True)))
    except csv.Error as error:
        raise SheetError(f"{path.name} is no CSV: {error}") from error


def read_book(path: Path) -> list[list[str]]:
    """Read the first sheet of an .xlsx file.

    Returns
    -------
    list of list of str
        Rows, the headings first, every cell as text. A formula is its text, and not computed.

    Raises
    ------
    SheetError
        If it is not there, too large, or no .xlsx.
    """
    content = _bytes(path)
    _check_parts(path, content)
    from openpyxl import load_workbook  # a third of a second

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        rows = []
        for row in sheet.iter_rows(values_only=True):
            rows.append([_text(cell) for cell in row])
            if len(rows) > _ROWS:
                break
    except Exception as error:  # openpyxl raises what its parsers do: KeyError, ValueError, ...
        raise SheetError(f"{path.name} cannot be read as .xlsx: {error}") from error
    return _within(path, rows)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _FILE:
            raise SheetError(f"{path.name} is larger than {_FILE // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise SheetError(f"{path} cannot be read: {error.strerror}") from error


def _check_parts(path: Path, content: bytes) -> None:
    """Refuse an archive that grows without bound, or whose XML declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _UNPACKED:
                raise SheetError(f"{path.name} unpacks to more than {_UNPACKED // 1_000_000} MB")
            for part in parts.infolist():
                with parts.open(part) as file:
                    if b"<!DOCTYPE" in file.read(4096):
                        raise SheetError(f"{path.name} declares entities, which no sheet needs")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise SheetError(f"{path.name} is no .xlsx: {error}") from error


def _within(path: Path, rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > _ROWS or any(len(row) > _COLUMNS for row in rows):
        raise SheetError(f"{path.name} has more than {_ROWS:,} rows or {_COLUMNS} columns")
    return rows


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def write_book(rows: Sequence[Sequence[str]], lists: Mapping[str, Sequence[str]]) -> bytes:
    """Make an .xlsx file of one sheet, in which every cell is text.

    Parameters
    ----------
    rows : sequence of sequence of str
        The headings first.
    lists : mapping of str to sequence of str
        Of a column, the words that may be chosen in it.

    Returns
    -------
    bytes
        The file.
    """
    from openpyxl import Workbook  # as in read_book
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Candidates"
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.value = text or None
            if text:
                cell.data_type = "s"  # never a formula, whatever it starts with
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, name in enumerate(rows[0]):
        sheet.cell(1, place + 1).font = Font(bold=True)
        sheet.column_dimensions[letter(place)].width = _WIDTHS.get(name, _WIDTH)
        if name in lists and len(rows) > 1:
            allowed = DataValidation(
                "list", formula1=f'"{",".join(lists[name])}"', allow_blank=True
            )
            allowed.add(f"{letter(place)}2:{letter(place)}{len(rows)}")
            sheet.add_data_validation(allowed)
    sheet.freeze_panes = "C2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
