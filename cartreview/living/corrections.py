"""Publications that were corrected or retracted, and what of the review rests on them.

Vocabulary
----------
notice    an assertion, by one who makes it, that a publication was corrected: a row of the table
          ``corrections``. Two who assert the same are two notices.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cartreview._files import write_whole
from cartreview.claims.ledger import Claim, read_ledger
from cartreview.living.folder import Folder

__all__ = ["GRAVE", "Notice", "Rest", "append", "known", "marked", "new", "resting", "sources_of"]

TABLE = "corrections"
GRAVE = ("retraction", "expression of concern")  # what takes the ground from a finding


@dataclass(frozen=True)
class Notice:
    """An assertion that a publication was corrected; the fields are those of the table."""

    source_id: str
    kind: str
    date: str
    notice: str
    asserted_by: str
    seen_at: str
    work: str = ""
    doi: str = ""
    words: str = ""
    read_on: str = ""
    note: str = ""
    correction_id: str = ""

    def key(self) -> tuple[str, ...]:
        """Give what tells two notices apart: the same notice by two is two."""
        return (
            self.source_id or self.doi.lower(),
            self.kind,
            self.notice.lower(),
            self.asserted_by,
        )

    def named(self) -> str:
        """Give the notice a name of its own, of letters, digits and hyphens.

        Examples
        --------
        >>> Notice("a2020", "new version", "", "10.1/x", "publisher", "").named()[:18]
        'a2020-new-version-'
        """
        digest = hashlib.sha256("\n".join(self.key()).encode()).hexdigest()[:6]
        words = f"{self.source_id or 'none'}-{self.kind}-{digest}".lower()
        return re.sub(r"[^a-z0-9-]+", "-", words)


@dataclass(frozen=True)
class Rest:
    """What of the review rests on one publication.

    Attributes
    ----------
    rows : tuple of str
        Rows, as ``table:key``.
    claims, pages : tuple of str
        Accepted claims that name one of these rows or re-test a statement of the publication, and
        the pages that make them.
    """

    rows: tuple[str, ...]
    claims: tuple[str, ...]
    pages: tuple[str, ...]


def known(data: Path) -> list[Notice]:
    """Read the notices of a data folder.

    Examples
    --------
    >>> from cartreview._tables import DATA
    >>> {notice.kind for notice in known(DATA)} >= {"correction", "retraction"}
    True
    """
    names = Notice.__dataclass_fields__
    return [
        Notice(**{name: row.get(name, "") for name in names}) for row in Folder(data).rows(TABLE)
    ]


def marked(data: Path, dois: Mapping[str, str] | None = None) -> dict[str, list[Notice]]:
    """Give the notices by the source that they are about.

    Parameters
    ----------
    data : Path
        The data folder.
    dois : mapping of str to str, optional
        DOI of each entry of the bibliography. A notice about a publication that was no source when
        it was entered is found again by its DOI.
    """
    by_doi = {doi.lower(): key for key, doi in (dois or {}).items() if doi}
    found: dict[str, list[Notice]] = {}
    for notice in known(data):
        source = notice.source_id or by_doi.get(notice.doi.lower(), "")
        if source:
            found.setdefault(source, []).append(notice)
    return found


def new(found: Iterable[Notice], before: Iterable[Notice]) -> list[Notice]:
    """Keep the notices that the table does not have.

    A notice that was read on a page has no identifier; the same kind by the same party on the same
    day is the same notice.

    Examples
    --------
    >>> page = Notice("a", "correction", "2025-09-23", "", "publisher", "")
    >>> record = Notice("a", "correction", "2025-09-23", "10.1/x", "publisher", "")
    >>> new([record], [page]), len(new([record], []))
    ([], 1)
    """
    held = list(before)
    keys = {notice.key() for notice in held}
    unnamed = {_occasion(notice) for notice in held if not notice.notice and notice.date}
    kept: list[Notice] = []
    for notice in found:
        if notice.key() not in keys and _occasion(notice) not in unnamed:
            keys.add(notice.key())
            kept.append(notice)
    return kept


def _occasion(notice: Notice) -> tuple[str, ...]:
    return (notice.source_id, notice.kind, notice.date, notice.asserted_by)


def append(notices: Iterable[Notice], data: Path) -> int:
    """Append notices to the table, in its own columns; give how many."""
    folder, added = Folder(data), list(notices)
    path, columns = data / folder.tables[TABLE].path, list(folder.fields(TABLE))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for notice in added:
        cells = {**vars(notice), "correction_id": notice.correction_id or notice.named()}
        writer.writerow([cells.get(column, "") for column in columns])
    if added:
        write_whole(path, path.read_text("utf-8") + lines.getvalue())
    return len(added)


def resting(data: Path, sources: Collection[str]) -> dict[str, Rest]:
    """Find the rows, claims and pages that rest on sources.

    Parameters
    ----------
    data : Path
        The data folder, with the ledger in it.
    sources : collection of str
        Keys of the bibliography.

    Returns
    -------
    dict of str to Rest
        By source, in the order given.
    """
    folder = Folder(data)
    told = _told_in(folder)
    ledger = data / "claims.csv"
    claims = read_ledger(ledger) if ledger.is_file() else {}
    grounds = {name: _grounds(claim, told) for name, claim in claims.items()}
    return {source: _rest(source, told, claims, grounds) for source in sources}


def sources_of(claim: Claim, data: Path) -> set[str]:
    """Give the sources that a claim rests on."""
    return _grounds(claim, _told_in(Folder(data)))


def _told_in(folder: Folder) -> dict[str, set[str]]:
    """Give the sources of each row, as ``table:key``, in the tables that people edit."""
    found: dict[str, set[str]] = {}
    for name, resource in folder.tables.items():
        columns = [
            field for field in folder.fields(name) if field.endswith(("source_id", "source_ids"))
        ]
        if resource.generated or not columns or name in (TABLE, "sources"):
            continue
        for row in folder.rows(name):
            keys = ";".join(row.get(column) or "" for column in columns).split(";")
            found[f"{name}:{row.get(folder.key(name), '')}"] = set(filter(None, keys))
    return found


def _grounds(claim: Claim, told: Mapping[str, set[str]]) -> set[str]:
    rows = [f"{table}:{key}" for table, keys in claim.evidence.items() for key in keys]
    rows += [f"statements:{claim.tests}"] if claim.tests else []
    return set().union(*(told.get(row, set()) for row in rows))


def _rest(
    source: str,
    told: Mapping[str, set[str]],
    claims: Mapping[str, Claim],
    grounds: Mapping[str, set[str]],
) -> Rest:
    names = tuple(name for name, found in grounds.items() if source in found)
    return Rest(
        rows=tuple(row for row, found in told.items() if source in found),
        claims=names,
        pages=tuple(dict.fromkeys(claims[name].page for name in names)),
    )
