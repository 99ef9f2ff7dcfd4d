"""Tables as they stand in their files: raw strings with their lines, and their schemas.

Vocabulary
----------
package    all tables of a checkout that could be read.
damaged    a row whose number of cells is wrong: its key counts, its cells are not checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cartreview._package import Row
from cartreview.validation.bibliography import Entry
from cartreview.validation.problems import Place
from cartreview.validation.schemas import Schema

__all__ = ["Package", "Table"]


# Columns of tables: those of a checkout, and of the copies with one cell changed that are in use.
_REMEMBERED = 1024


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it stands in its file.

    Attributes
    ----------
    name, path : str
        Name in the data package; path from the root of the checkout.
    header : tuple of str
        Columns as the file has them.
    rows : list of Row
        Records with as many cells as the header.
    schema : dict
        The Table Schema as JSON has it; ``described`` is the same, read.
    damaged : tuple of Row
        Records with another number of cells.
    """

    name: str
    path: str
    header: tuple[str, ...]
    rows: list[Row]
    schema: dict[str, Any]
    described: Schema
    damaged: tuple[Row, ...] = ()

    def place(self, row: Row, column: str) -> Place:
        """Name the place of a cell."""
        return Place(self.path, row.line, column, row.cells.get(self.described.key, ""))

    @lru_cache(maxsize=_REMEMBERED)  # noqa: B019  a table that falls out of it is let go
    def values(self, column: str) -> frozenset[str]:
        """Give the filled cells of a column."""
        every = (row.cells.get(column, "") for row in [*self.rows, *self.damaged])
        return frozenset(filter(None, every))

    @lru_cache(maxsize=_REMEMBERED)  # noqa: B019  as above
    def by(self, column: str) -> Mapping[str, Row]:
        """Give the first row of each filled value of a column."""
        index: dict[str, Row] = {}
        for row in self.rows:
            index.setdefault(row.cells.get(column, ""), row)
        index.pop("", None)
        return MappingProxyType(index)

    def where(self, cells: Mapping[str, str] | None) -> list[Row]:
        """Give the rows that have some cells; all of them if none are asked for."""
        if not cells:
            return self.rows
        return [row for row in self.rows if all(row.cells[c] == text for c, text in cells.items())]

    def with_cell(self, index: int, column: str, value: str) -> Table:
        """Give the table with one cell changed; every other row is shared."""
        row = self.rows[index]
        rows = self.rows.copy()
        rows[index] = Row(row.line, {**row.cells, column: value})
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Package(Mapping[str, Table]):
    """The tables of a checkout by name, and the entries of its bibliography.

    Attributes
    ----------
    tables : dict of str to Table
        Tables that could be read.
    schemas : dict of str to Schema
        Descriptions of all tables, also of those whose file could not be read.
    entries : dict of str to Entry, or None
        Entries of references.bib by key; None where it was not read.
    """

    tables: dict[str, Table]
    schemas: dict[str, Schema] = field(default_factory=dict)
    entries: dict[str, Entry] | None = None

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def with_cell(self, table: str, index: int, column: str, value: str) -> Package:
        """Give the package with one cell changed; everything else is shared.

        Parameters
        ----------
        table : str
            Name of a table.
        index : int
            Position of the row, counted from 0.
        column, value : str
            Column and its new raw text.

        Returns
        -------
        Package
            A new package; this one stays as it is.
        """
        changed = self.tables[table].with_cell(index, column, value)
        return replace(self, tables={**self.tables, table: changed})
