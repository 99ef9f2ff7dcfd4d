"""A data folder as text: rows by table, without types, so that any state of it can be read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cartreview._package import DESCRIPTOR, Resource, json_object, read_object, resources

__all__ = ["Folder"]


@dataclass(frozen=True)
class Folder:
    """The tables below a folder ``data/``.

    Attributes
    ----------
    path : Path
        The folder.

    Examples
    --------
    >>> from cartreview._tables import DATA
    >>> Folder(DATA).fields("runs")["last_success"]["type"]
    'date'
    """

    path: Path

    @cached_property
    def package(self) -> dict[str, Any]:
        """Give what ``datapackage.json`` says."""
        return read_object(self.path / DESCRIPTOR)

    @cached_property
    def tables(self) -> dict[str, Resource]:
        """Give the tables by name."""
        return {found.name: found for found in resources(self.package)}

    def rows(self, name: str) -> list[dict[str, str]]:
        """Give the rows of a table, none where there is no such table."""
        path = self.path / self.tables[name].path if name in self.tables else None
        if path is None or not path.is_file():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if None not in row.values()]

    def fields(self, name: str) -> dict[str, dict[str, Any]]:
        """Give the fields of a table by name."""
        schema = self._schema(name)
        return {field["name"]: field for field in schema.get("fields", [])}

    def key(self, name: str) -> str:
        """Name the column that identifies a row of a table."""
        return str(self._schema(name).get("primaryKey", ""))

    def _schema(self, name: str) -> dict[str, Any]:
        path = self.path / self.tables[name].schema if name in self.tables else None
        return json_object(path.read_text("utf-8")) if path and path.is_file() else {}
