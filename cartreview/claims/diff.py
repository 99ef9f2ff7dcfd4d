"""The difference between two ledgers: which claims moved, and because of which rows.

Vocabulary
----------
version   a ledger together with the tables that stood beside it: a git revision, a file, or now.
move      a claim whose text differs between two versions, that only one of them has, or that the
          newer one cannot compute.
rows responsible
          rows that differ between the versions and are evidence of the claim in one of them; if
          there is none, all rows that differ in the tables that its evidence comes from; if there
          is none either, all rows that differ in any table that people edit, for a claim may
          count what it does not name.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cartreview._package import DESCRIPTOR, Row, edited, json_object
from cartreview.claims._compute import ClaimError
from cartreview.claims.ledger import Claim

__all__ = [
    "EVIDENCE",
    "Move",
    "RowChange",
    "Version",
    "all_changes",
    "changed_rows",
    "compare",
]

EVIDENCE, TABLES, ELSEWHERE = "evidence", "tables", "elsewhere"  # how near rows are to a claim


@dataclass(frozen=True)
class Version:
    """A ledger and a way to read the files of the ``data`` folder that belongs to it.

    Attributes
    ----------
    name : str
        What a reader calls it: ``HEAD``, ``the working tree``.
    claims : mapping of str to Claim
        By claim id.
    read : callable
        Gives the text of a file under ``data/``, or None if it is not there.
    failures : mapping of str to ClaimError
        Claims that could not be computed, by claim id.
    """

    name: str
    claims: Mapping[str, Claim]
    read: Callable[[str], str | None] = field(repr=False, compare=False)
    failures: Mapping[str, ClaimError] = field(default_factory=dict)

    def edited(self) -> list[str]:
        """Name the tables that people edit, in the order of the data package."""
        return edited(json_object(self.read(DESCRIPTOR)))

    def rows(self, table: str) -> dict[str, Row] | None:
        """Give the rows of a table by key, or None where the table is not there."""
        text = self.read(f"{table}.csv")
        if text is None:
            # A version with other tables had no row of this one; without any, nothing is known.
            return {} if self.read(DESCRIPTOR) else None
        schema = json_object(self.read(f"schemas/{table}.json"))
        return dict(_keyed(text, schema.get("primaryKey")))


def _keyed(text: str, key: Any) -> Iterator[tuple[str, Row]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    place = header.index(key) if key in header else 0
    before = reader.line_num
    while True:
        try:
            record = next(reader)
        except (StopIteration, csv.Error):  # what csv cannot read is a finding of `check`
            return
        if len(record) > place:
            name = record[place] or f"(no key, line {before + 1})"
            yield name, Row(before + 1, dict(zip(header, record, strict=False)))
        before = reader.line_num


@dataclass(frozen=True)
class RowChange:
    """A row that was added, removed or changed.

    Attributes
    ----------
    table, key : str
        The row.
    change : str
        ``added``, ``removed`` or ``changed``.
    line : int
        Line in ``data/TABLE.csv``: of the newer version, or of the older one if it was removed.
    fields : dict of str to (str, str)
        Cells that differ, old and new.
    """

    table: str
    key: str
    change: str
    line: int
    fields: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Move:
    """A claim that differs between two versions.

    Attributes
    ----------
    claim_id, page : str
        The claim, and the page that makes it.
    old, new : Claim or None
        None where a version does not have it.
    rows : tuple of RowChange
        The rows responsible.
    near : str
        ``evidence`` where they are evidence of the claim, ``tables`` where they share a table
        with it, ``elsewhere`` where they stand in other tables.
    comparable : bool
        False where a version does not have the tables, so that no row could be compared.
    failure : ClaimError or None
        Why the newer version cannot compute it.
    """

    claim_id: str
    page: str
    old: Claim | None
    new: Claim | None
    rows: tuple[RowChange, ...] = ()
    near: str = EVIDENCE
    comparable: bool = True
    failure: ClaimError | None = None

    @property
    def change(self) -> str:
        """Say ``added``, ``removed``, ``changed`` or ``cannot be computed``."""
        if self.failure:
            return "cannot be computed"
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def verdict(self) -> tuple[str, str]:
        """Give the old and the new verdict, empty where there is none."""
        return (self.old.verdict if self.old else "", self.new.verdict if self.new else "")

    @property
    def values(self) -> dict[str, tuple[Any, Any]]:
        """Give the values that differ, old and new, those of the sentence first."""
        old, new = (item.values if item else {} for item in (self.old, self.new))
        shown = (slot for item in (self.new, self.old) if item for slot in item.slots)
        names = dict.fromkeys((*shown, *old, *new))
        slots = ((slot, old.get(slot), new.get(slot)) for slot in names)
        return {slot: (a, b) for slot, a, b in slots if _text(a) != _text(b)}

    @property
    def evidence(self) -> dict[str, list[str]]:
        """Give the rows that became or ceased to be evidence, as ``table:key``."""
        old, new = (list(_named(item)) for item in (self.old, self.new))
        return {
            "added": [name for name in new if name not in set(old)],
            "removed": [name for name in old if name not in set(new)],
        }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _named(claim: Claim | None) -> Iterator[str]:
    for table, keys in (claim.evidence if claim else {}).items():
        yield from (f"{table}:{key}" for key in keys)


def changed_rows(old: Mapping[str, Row], new: Mapping[str, Row], table: str) -> list[RowChange]:
    """List the rows that differ between two versions of a table.

    Parameters
    ----------
    old, new : mapping of str to Row
        Rows by key.
    table : str
        Name of the table.

    Returns
    -------
    list of RowChange
        In the order of the newer version, rows that were removed last.

    Examples
    --------
    >>> changes = changed_rows({"a": Row(2, {"n": "1"})}, {"a": Row(2, {"n": "2"})}, "outcomes")
    >>> changes[0].key, changes[0].change, changes[0].fields
    ('a', 'changed', {'n': ('1', '2')})
    """
    keys = [*new, *(key for key in old if key not in new)]
    pairs = ((key, old.get(key), new.get(key)) for key in keys)
    return [_row_change(table, key, a, b) for key, a, b in pairs if _cells(a) != _cells(b)]


def _cells(row: Row | None) -> dict[str, str]:
    return row.cells if row else {}


def _row_change(table: str, key: str, old: Row | None, new: Row | None) -> RowChange:
    change = "added" if old is None else "removed" if new is None else "changed"
    before, after = _cells(old), _cells(new)
    pairs = {name: (before.get(name, ""), after.get(name, "")) for name in {**before, **after}}
    fields = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    standing = new or old
    return RowChange(table, key, change, standing.line if standing else 0, fields)


def all_changes(old: Version, new: Version) -> list[RowChange]:
    """List the rows that differ in the tables that people edit.

    Parameters
    ----------
    old, new : Version
        The two versions; a table that neither can read has no row that differs.

    Returns
    -------
    list of RowChange
        Table by table, in the order of the data package.
    """
    found: list[RowChange] = []
    for table in dict.fromkeys((*new.edited(), *old.edited())):
        before, after = old.rows(table), new.rows(table)
        if before is not None and after is not None:
            found += changed_rows(before, after, table)
    return found


def compare(old: Version, new: Version) -> list[Move]:
    """List the claims that moved from one version to another.

    Parameters
    ----------
    old, new : Version
        The two ledgers with their tables.

    Returns
    -------
    list of Move
        By page and claim id.

    Examples
    --------
    >>> before = Claim("a", "There is 1.", "holds", {"n": 1}, {"studies": ("brown-15",)}, ())
    >>> after = Claim("a", "There are 2.", "holds", {"n": 2}, {"studies": ("brown-15",)}, ())
    >>> nothing = {}.get
    >>> moves = compare(Version("A", {"a": before}, nothing), Version("B", {"a": after}, nothing))
    >>> moves[0].change, moves[0].values
    ('changed', {'n': (1, 2)})
    """

    @cache
    def changes(table: str) -> list[RowChange] | None:
        before, after = old.rows(table), new.rows(table)
        return None if before is None or after is None else changed_rows(before, after, table)

    @cache
    def everything() -> list[RowChange]:
        return all_changes(old, new)

    def move(name: str) -> Move | None:
        before, after = old.claims.get(name), new.claims.get(name)
        failure = new.failures.get(name)
        if not failure and _state(before) == _state(after):
            return None
        return _move(name, before, after, failure, changes, everything)

    moves = filter(None, map(move, {**old.claims, **new.claims, **new.failures}))
    return sorted(moves, key=lambda move: (move.page, move.claim_id))


def _state(claim: Claim | None) -> tuple[str, str] | None:
    # The text, not the values: 1 and 1.0 are equal, but a chapter prints them apart.
    return (claim.page, str(claim)) if claim else None


def _move(
    name: str,
    old: Claim | None,
    new: Claim | None,
    failure: ClaimError | None,
    changes: Callable[[str], list[RowChange] | None],
    everything: Callable[[], list[RowChange]],
) -> Move:
    claim = new or failure or old
    assert claim is not None
    named = dict.fromkeys((*_named(new), *_named(old)))
    found = [changes(table) for table in dict.fromkeys(row.split(":", 1)[0] for row in named)]
    shared = [change for of_table in found for change in of_table or ()]
    exact = [change for change in shared if f"{change.table}:{change.key}" in named]
    # A cell that broke names no evidence of its own: whatever changed in its tables may be why.
    rows = shared if failure else exact or shared
    near = EVIDENCE if exact and not failure else TABLES
    # A claim that came has all its rows named; one that moved may count rows of other tables.
    if not rows and (failure or (old and new)):
        rows, near = everything(), ELSEWHERE
    comparable = bool(rows) or any(of_table is not None for of_table in found)
    return Move(name, claim.page, old, new, tuple(rows), near, comparable, failure)
