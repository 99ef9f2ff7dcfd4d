"""Why rows changed: the reasons that people give, in ``data/changes.csv``, one line a change.

The table only grows. A line is never edited, and its id is the day and a digest of its content, so
that two branches that each add a line merge by keeping both.

Vocabulary
----------
change   a reason with the rows and the claims that it stands for, all against the last commit.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cartreview._words import count_of
from cartreview.claims.diff import Move, RowChange, Version

__all__ = ["FIELDS", "Change", "describe", "read_changes", "reasons", "with_change"]

FIELDS = ("change_id", "date", "why", "rows", "claims", "data_version")
_NAMED = 100  # rows of one table that a change names; a migration names the table


@dataclass(frozen=True)
class Change:
    """A reason, with what changed for it.

    Attributes
    ----------
    change_id, date, why : str
        Day and digest; ISO date; the reason, on one line.
    rows : tuple of str
        Rows that changed, as ``table:key``, or ``table:*`` where more than a hundred did.
    claims : tuple of str
        Ids of the claims that moved.
    data_version : str
        State of the tables after the change.
    """

    change_id: str
    date: str
    why: str
    rows: tuple[str, ...]
    claims: tuple[str, ...]
    data_version: str

    @property
    def extent(self) -> str:
        """Count the rows and the claims.

        Examples
        --------
        >>> Change("a", "2026-11-21", "b", ("t:k",), ("c", "d"), "1").extent
        '1 row, 2 claims'
        """
        counts = ((len(self.rows), "row"), (len(self.claims), "claim"))
        return ", ".join(count_of(count, word) for count, word in counts)


def describe(
    why: str,
    rows: Iterable[RowChange],
    moves: Iterable[Move],
    *,
    known: Collection[Change] = (),
    data_version: str,
    day: date,
) -> Change | None:
    """Describe a change.

    Parameters
    ----------
    why : str
        The reason; line breaks in it become spaces.
    rows : iterable of RowChange
        Rows that differ from the last commit.
    moves : iterable of Move
        Claims that differ from the last commit.
    known : collection of Change
        Changes since the last commit that have their reason: what they name is left out.
    data_version : str
        State of the tables now.
    day : datetime.date
        Today.

    Returns
    -------
    Change or None
        None if every row and every claim has its reason.

    Raises
    ------
    ValueError
        If the reason is empty.

    Examples
    --------
    >>> rows = [RowChange("outcomes", "brown-15-cr", "changed", 2, {})]
    >>> change = describe("read anew", rows, [], data_version="1", day=date(2026, 11, 21))
    >>> change.change_id[:11], change.rows
    ('2026-11-21-', ('outcomes:brown-15-cr',))
    """
    reason = " ".join(why.split())
    if not reason:
        raise ValueError("a reason has words: --why 'what was wrong, and who says so'")
    told_rows = {name for change in known for name in change.rows}
    told_claims = {name for change in known for name in change.claims}
    named = tuple(name for name in _row_names(rows) if name not in told_rows)
    claims = tuple(move.claim_id for move in moves if move.claim_id not in told_claims)
    if not named and not claims:
        return None
    told = "\n".join((reason, *named, *claims, data_version))
    name = f"{day.isoformat()}-{hashlib.sha256(told.encode()).hexdigest()[:6]}"
    return Change(name, day.isoformat(), reason, named, claims, data_version)


def _row_names(rows: Iterable[RowChange]) -> Iterator[str]:
    by_table: dict[str, list[str]] = {}
    for row in rows:
        # A row that has no key yet is refused by `check`; a list cannot hold its stand-in.
        if not row.key.startswith("("):
            by_table.setdefault(row.table, []).append(row.key)
    for table, keys in by_table.items():
        shown = ["*"] if len(keys) > _NAMED else keys
        yield from (f"{table}:{key}" for key in shown)


def read_changes(text: str) -> list[Change]:
    """Read the changes that a text of ``data/changes.csv`` holds.

    Lines that are none are left out: `check` names them.

    Examples
    --------
    >>> read_changes(with_change("", Change("a", "2026-11-21", "b", ("t:k",), (), "1")))[0].rows
    ('t:k',)
    """
    records = csv.reader(io.StringIO(text, newline=""))
    try:
        found = [record for record in records if len(record) == len(FIELDS)]
    except csv.Error:
        return []
    return [_from_record(record) for record in found if tuple(record) != FIELDS]


def _from_record(record: list[str]) -> Change:
    change_id, day, why, rows, claims, data_version = record
    return Change(change_id, day, why, _items(rows), _items(claims), data_version)


def _items(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))


def with_change(text: str, change: Change) -> str:
    """Append a change to a text of ``data/changes.csv``.

    Examples
    --------
    >>> print(with_change("", Change("a", "2026-11-21", "b", ("t:k",), ("c", "d"), "1")), end="")
    change_id,date,why,rows,claims,data_version
    a,2026-11-21,b,t:k,c;d,1
    """
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    if not text.strip():
        writer.writerow(FIELDS)
    cells = (change.change_id, change.date, change.why)
    writer.writerow([*cells, ";".join(change.rows), ";".join(change.claims), change.data_version])
    end = "" if not text.strip() or text.endswith("\n") else "\n"
    return f"{text if text.strip() else ''}{end}{lines.getvalue()}"


def reasons(old: Version, new: Version) -> list[Change]:
    """List the changes that the newer version tells and the older one does not.

    Examples
    --------
    >>> nothing = Version("A", {}, {}.get)
    >>> reasons(nothing, nothing)
    []
    """
    known = {change.change_id for change in read_changes(old.read("changes.csv") or "")}
    told = read_changes(new.read("changes.csv") or "")
    return [change for change in told if change.change_id not in known]
