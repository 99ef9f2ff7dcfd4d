"""Rows and schemas of the tables, as text.

The pages show cells to the letter, so they are read with `csv`: no type can change what is shown,
and a build without notebooks to run does not wait for pandas.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cartreview import _package
from cartreview._package import DESCRIPTOR, Resource, read_object

__all__ = ["Table", "read", "resource", "resources", "shown"]

_BOOLEANS = {"true": "yes", "false": "no"}
_MILLION = 1_000_000
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Table:
    """A table: its schema and its rows, cells as in the file."""

    name: str
    schema: dict[str, Any]
    rows: tuple[dict[str, str], ...]

    @property
    def key(self) -> str:
        """Name of the column that identifies a row."""
        return str(self.schema["primaryKey"])

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """Schema of each field, by name, in the order of the file."""
        return {field["name"]: field for field in self.schema["fields"]}

    def by_key(self) -> dict[str, dict[str, str]]:
        """Rows by their key."""
        return {row[self.key]: row for row in self.rows}


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=64)
def _json(path: Path, stamp: int) -> dict[str, Any]:
    return read_object(path)


@lru_cache(maxsize=64)
def _rows(path: Path, stamp: int) -> tuple[dict[str, str], ...]:
    if not stamp:
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def resources(root: Path) -> list[Resource]:
    """List the tables of a data folder."""
    package = root / DESCRIPTOR
    return _package.resources(_json(package, _stamp(package)))


def resource(root: Path, name: str) -> Resource:
    """Find a table; KeyError with the names there are."""
    for found in resources(root):
        if found.name == name:
            return found
    names = ", ".join(found.name for found in resources(root))
    raise KeyError(f"no table {name!r}; there are {names}")


def read(root: Path, name: str) -> Table:
    """Read one table; a table without a file yet has no rows."""
    found = resource(root, name)
    path, schema_path = root / found.path, root / found.schema
    return Table(name, _json(schema_path, _stamp(schema_path)), _rows(path, _stamp(path)))


def shown(value: str, field: dict[str, Any]) -> str:
    """Turn a cell into what a reader sees: lists with commas and spaces, yes and no."""
    if field.get("separator"):
        return ", ".join(item.strip() for item in value.split(field["separator"]))
    if field.get("type") == "boolean":
        return _BOOLEANS.get(value, value)
    if field.get("type") in {"integer", "number"}:
        return _power_of_ten(value)
    return value


def _power_of_ten(value: str) -> str:
    """Write numbers from a million on, such as doses in cells, with a power of ten.

    Examples
    --------
    >>> _power_of_ten("25000000"), _power_of_ten("0.5"), _power_of_ten("")
    ('2.5 × 10⁷', '0.5', '')
    """
    if not value or abs(float(value)) < _MILLION:
        return value
    digits, _, power = f"{float(value):e}".partition("e")
    return f"{float(digits):g} × 10{str(int(power)).translate(_RAISED)}"
