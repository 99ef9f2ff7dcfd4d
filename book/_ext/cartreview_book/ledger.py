"""Accepted claims, and the evidence behind them as rows that a reader can follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cartreview._words import enumeration
from cartreview.claims.ledger import Claim, read_ledger
from cartreview_book import calculation as calculations
from cartreview_book import data
from cartreview_book.calculation import Calculation

__all__ = [
    "Evidence",
    "Rows",
    "calculation",
    "claims",
    "evidence",
    "page_path",
    "shares",
    "statement",
    "value",
]

LEDGER = "claims.csv"
STATEMENTS = "statements"
NUMERIC = ("integer", "number")
# Coded, yet said elsewhere in a row of evidence.
ASIDE = ("study_id", "row", "citation_number", "locator", "verification", "note")
MOST = 60  # rows that a card lists; the rest stand in their tables
FEW = 6  # numbers that a reader takes in with a row


@dataclass(frozen=True)
class Evidence:
    """A row of a table as a claim's card shows it."""

    study_id: str
    study: str
    printed: str
    coded: tuple[str, ...]
    place: str
    verification: str
    source: str


@dataclass(frozen=True)
class Rows:
    """Rows of one table behind a claim: how many, the first of them, and all their sources."""

    table: str
    title: str
    count: int
    listed: tuple[Evidence, ...]
    sources: tuple[str, ...]


@lru_cache(maxsize=4)
def _ledger(path: Path, stamp: int) -> dict[str, Claim]:
    return read_ledger(path) if stamp else {}


def claims(root: Path) -> dict[str, Claim]:
    """Read the accepted claims below a data folder, by id."""
    path = root / LEDGER
    return _ledger(path, path.stat().st_mtime_ns if path.is_file() else 0)


def value(claim: Claim, slot: str, spec: str = "") -> str:
    """Write one value of a claim.

    Raises
    ------
    KeyError, ValueError
        If the claim has no such slot, or the value does not take the format.
    """
    found = claim.values[slot]
    if isinstance(found, list):
        return enumeration([format(item, spec) for item in found])
    return format(found, spec)


def page_path(root: Path, claim: Claim) -> Path:
    """Give the file of the page that computes a claim; `root` is the data folder."""
    return root.parent / "book" / f"{claim.page}.md"


def calculation(root: Path, claim: Claim) -> Calculation:
    """Give the code that computes a claim."""
    return calculations.calculation(page_path(root, claim), claim.claim_id)


def statement(root: Path, claim: Claim) -> dict[str, str]:
    """Give the statement that a claim re-tests: its row, or nothing."""
    known = {found.name for found in data.resources(root)}
    if not claim.tests or STATEMENTS not in known:
        return {}
    return data.read(root, STATEMENTS).by_key().get(claim.tests, {})


def evidence(root: Path, claim: Claim) -> list[Rows]:
    """Collect the rows that a claim rests on, a part a table."""
    code = calculation(root, claim).cell
    limits = shares([len(keys) for keys in claim.evidence.values()], MOST)
    parts = zip(claim.evidence.items(), limits, strict=True)
    return [_rows(root, name, keys, code, limit) for (name, keys), limit in parts]


def shares(counts: Sequence[int], most: int) -> list[int]:
    """Share out how many rows of each table a card lists; small tables leave room to others.

    Examples
    --------
    >>> shares([100, 5, 100], 60), shares([3, 2], 60)
    ([27, 5, 28], [3, 2])
    """
    left, given = most, dict.fromkeys(range(len(counts)), 0)
    for done, place in enumerate(sorted(given, key=lambda place: counts[place])):
        given[place] = min(counts[place], left // (len(counts) - done))
        left -= given[place]
    return list(given.values())


def _rows(root: Path, name: str, keys: Sequence[str], code: str, limit: int) -> Rows:
    table = data.read(root, name)
    rows = table.by_key()
    studies = data.read(root, "studies").by_key() if "study_id" in table.fields else {}
    found = [rows[key] for key in keys if key in rows]
    fields = _used(table, found, code)
    listed = tuple(_evidence(table, row, fields, studies) for row in found[:limit])
    sources = tuple(dict.fromkeys(row.get("source_id", "") for row in found))
    return Rows(name, table.schema["title"], len(found), listed, tuple(filter(None, sources)))


def _used(table: data.Table, rows: Sequence[dict[str, str]], code: str) -> list[str]:
    """Name the coded fields that a calculation names; if it names none, the numbers of the rows.

    Rows with many numbers, as in studies, would only hide what the calculation looked at.
    """
    coded = [name for name in table.fields if _is_coded(name, table)]
    named = [name for name in coded if re.search(rf"\b{name}\b", code)]
    filled = [name for name in coded if any(row.get(name) for row in rows)]
    numbers = [name for name in filled if table.fields[name]["type"] in NUMERIC]
    return named or (numbers if len(numbers) <= FEW else [])


def _is_coded(name: str, table: data.Table) -> bool:
    field = table.fields[name]
    aside = field.get("printed") or name in ASIDE or name == table.key
    return not (aside or name.endswith(("source_id", "source_ids")))


def _evidence(
    table: data.Table,
    row: dict[str, str],
    used: list[str],
    studies: dict[str, dict[str, str]],
) -> Evidence:
    study = studies.get(row.get("study_id", ""), row)
    coded = [(name, row.get(name, "")) for name in used]
    return Evidence(
        study_id=study.get("study_id", ""),
        study=study.get("name") or row[table.key],
        printed=" · ".join(_printed(table, row, used)),
        coded=tuple(_coded(table.fields[name], text) for name, text in coded if text),
        place=row.get("locator", ""),
        verification=row.get("verification", ""),
        source=row.get("source_id", ""),
    )


def _printed(table: data.Table, row: dict[str, str], used: list[str]) -> list[str]:
    """Give the print that the used fields were coded from, each once."""
    fragments = [name for name, field in table.fields.items() if field.get("printed")]
    if len(fragments) > 1:
        named = [table.fields[name].get("printed_in", "") for name in used]
        fragments = [name for name in dict.fromkeys(named) if name in fragments]
    return [row[name] for name in fragments if row.get(name)]


def _coded(field: dict[str, Any], text: str) -> str:
    return f"{field['title'].lower()} {data.shown(text, field)}"
