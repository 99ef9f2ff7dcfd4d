"""Take a table back from a spreadsheet: what was edited, and nothing else.

Rows are known by their key, columns by their name; their order in the sheet means nothing.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cartreview._words import count_of
from cartreview.living._cells import Doubt, answered, meant
from cartreview.living._sheet import Cell, Sheet, SheetError, read_sheet
from cartreview.living._spoiled import shown
from cartreview.validation import Table
from cartreview.validation.problems import did_you_mean, quoted

__all__ = ["SheetError", "Taken", "take_back"]

_SHOWN = 12  # keys that a message names


@dataclass(frozen=True)
class Taken:
    """What a sheet changes in a table.

    Attributes
    ----------
    table : Table
        As it stands.
    rows : list of dict
        As it will stand, cells by column.
    changed : list of (str, str, str, str)
        Key, column, old and new text of each cell that was edited.
    added, absent, removed : list of str
        Keys of rows that are new; that the sheet lacks and that stay; and that go.
    mended : dict of str to int
        Column by column, how many cells a spreadsheet had changed and are as they were.
    doubts : list of str
        What a person must settle, with row and column; with any of them nothing is written.
    """

    table: Table
    rows: list[dict[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str, str, str]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    mended: Counter[str] = field(default_factory=Counter)
    doubts: list[str] = field(default_factory=list)

    @property
    def moves(self) -> bool:
        """Whether the table will differ."""
        return bool(self.changed or self.added or self.removed)

    @property
    def text(self) -> str:
        """The table as a file, in the form that all tables have."""
        out = io.StringIO()
        writer = csv.DictWriter(out, self.table.header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()

    def told(self) -> Iterator[str]:
        """Say what differs, line by line, and what was mended without a word of anybody."""
        path, key = self.table.path, self.table.described.key
        for name in self.added:
            row = next(row for row in self.rows if row[key] == name)
            filled = [f"{column} {text!r}" for column, text in row.items() if text and name != text]
            yield f"{path}: {name} is new: {', '.join(filled)}"
        for name in self.removed:
            yield f"{path}: {name} goes"
        for name, column, old, new in self.changed:
            yield f"{path}: {name}, {column}: {old or '(empty)'} → {new or '(empty)'}"
        for column, count in self.mended.items():
            cells = count_of(count, "cell")
            yield f"{column}: {cells} as before, which the spreadsheet shows otherwise"
        if self.absent:
            more = f" and {len(self.absent) - _SHOWN} more" if len(self.absent) > _SHOWN else ""
            yield (
                f"{count_of(len(self.absent), 'row')} of the table not in the sheet, and kept: "
                f"{', '.join(self.absent[:_SHOWN])}{more}"
            )


def take_back(
    path: Path,
    table: Table,
    *,
    answers: Mapping[tuple[int, str], str] | None = None,
    remove: bool = False,
) -> Taken:
    """Compare a sheet with the table that it was made from.

    Parameters
    ----------
    path : Path
        A workbook or a CSV file.
    table : Table
        The table as it stands.
    answers : mapping of (int, str) to str, optional
        Text of a cell by row of the sheet and column, where the sheet cannot tell it.
    remove : bool
        Whether rows that the sheet lacks go; a sheet that was filtered lacks many.

    Returns
    -------
    Taken
        What differs and what is in doubt. Nothing is written.

    Raises
    ------
    SheetError
        If the file cannot be read or its header is not that of the table.
    """
    sheet = read_sheet(path)
    _check_header(sheet, table, path)
    taken = Taken(table)
    unused = dict(answers or {})
    found = {row[0]: row[1] for row in _keyed(sheet, table, taken, unused)}
    key = table.described.key
    for row in table.rows:
        name = row.cells[key]
        if name in found:
            taken.rows.append(_edited(name, found.pop(name), row.cells, taken, unused))
        elif remove:
            taken.removed.append(name)
        else:
            taken.absent.append(name)
            taken.rows.append(dict(row.cells))
    for name, place in found.items():
        taken.added.append(name)
        taken.rows.append(_new(name, place, taken, unused))
    taken.doubts.extend(
        f"row {row}, column {name}: no such cell to answer for" for row, name in unused
    )
    return taken


_Place = tuple[int, dict[str, Cell]]  # number of the row in the sheet, and its cells by column


def _check_header(sheet: Sheet, table: Table, path: Path) -> None:
    key, header = table.described.key, [name for name in sheet.header if name]
    if key not in header:
        raise SheetError(
            f"{path} has no column {key}, by which rows of {table.name} are known: "
            "keep the header of the table as its first row"
        )
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise SheetError(f"{path} has the column {twice[0]} more than once: take one out")
    for name in header:
        if name not in table.header:
            fix = did_you_mean(
                name, table.header, "take the column out, or name it as the table does"
            )
            raise SheetError(f"{path} has a column {quoted(name)} that {table.name} lacks: {fix}")
    if table.damaged:
        raise SheetError(f"{table.path} has damaged rows: mend what 'cartreview check' names first")


def _keyed(
    sheet: Sheet, table: Table, taken: Taken, answers: dict[tuple[int, str], str]
) -> Iterator[tuple[str, _Place]]:
    key, seen = table.described.key, dict[str, int]()
    for number, values in sheet.rows:
        cells = dict(zip(sheet.header, values, strict=False))
        beyond = [*values[len(sheet.header) :], cells.get("")]
        if any(value not in (None, "") for value in beyond):
            taken.doubts.append(f"row {number}: a cell that no column of the header names")
        answer = answers.pop((number, key), None)
        forms = {answer} if answer is not None else shown(cells.get(key))
        name = next((form for form in sorted(forms) if form in table.by(key)), sorted(forms)[0])
        if not name.strip():
            taken.doubts.append(f"row {number}, column {key}: empty; every row has its key")
        elif name in seen:
            taken.doubts.append(f"row {number}, column {key}: {name!r}, as row {seen[name]} has")
        else:
            seen[name] = number
            yield name, (number, cells)


def _edited(
    name: str,
    place: _Place,
    old: Mapping[str, str],
    taken: Taken,
    answers: dict[tuple[int, str], str],
) -> dict[str, str]:
    number, cells = place
    new = dict(old)
    for described in taken.table.described.fields:
        column = described.name
        if column not in cells or column == taken.table.described.key:
            continue
        new[column] = _cell(number, column, cells[column], old[column], taken, answers)
        if new[column] != old[column]:
            taken.changed.append((name, column, old[column], new[column]))
        elif old[column] not in shown(cells[column]):
            taken.mended[column] += 1
    return new


def _new(
    name: str, place: _Place, taken: Taken, answers: dict[tuple[int, str], str]
) -> dict[str, str]:
    number, cells = place
    new = dict.fromkeys(taken.table.header, "")
    for column in set(cells) & set(new):
        new[column] = _cell(number, column, cells[column], None, taken, answers)
    new[taken.table.described.key] = name
    return new


def _cell(
    number: int,
    column: str,
    cell: Cell,
    old: str | None,
    taken: Taken,
    answers: dict[tuple[int, str], str],
) -> str:
    described = next(f for f in taken.table.described.fields if f.name == column)
    answer = answers.pop((number, column), None)
    try:
        if answer is not None:
            return answered(answer, described)
        return meant(cell, described, old, taken.table.values(column))
    except Doubt as doubt:
        shown_as = quoted("" if cell is None else str(cell))
        taken.doubts.append(f"row {number}, column {column}: {shown_as}, {doubt}")
        return old or ""
