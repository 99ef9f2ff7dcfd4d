"""Begin a source, a study or a registered trial with what its record states, and empty cells.

Nothing is invented: what no service said, and what only a reader of the publication can say, stays
empty, and ``check`` asks for it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cartreview.living._entry import bibtex, key_of
from cartreview.living._identifier import Identifier
from cartreview.living._known import Known, is_there, where_known
from cartreview.living._lookup import Publication, Trial
from cartreview.validation import Package
from cartreview.validation.bibliography import PATH
from cartreview.validation.fields import check_cell

__all__ = ["NotAdded", "Plan", "Wish", "identifiers_of", "plan"]


class NotAdded(Exception):
    """What was asked for cannot be begun; the message says why and what to do."""


@dataclass(frozen=True)
class Wish:
    """What a person asked for.

    Attributes
    ----------
    study : str
        Key of the study that the source reports, which is there or is to be made; or empty.
    key : str
        Key of the source, or empty to make it from author and year.
    search : str
        Key of the search that found it, or empty.
    day : date
        Today.
    """

    study: str = ""
    key: str = ""
    search: str = ""
    day: date = field(default_factory=date.today)


@dataclass
class Plan:
    """What is to be appended to which file.

    Attributes
    ----------
    entry : str
        Entry of references.bib, or empty.
    rows : list of (str, dict)
        Table and cells of each new row.
    dropped : list of str
        What a service said that no cell may hold.
    """

    entry: str = ""
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def contents(self, root: Path, package: Package) -> dict[Path, str]:
        """Give each file as it will be, all of it."""
        texts: dict[Path, str] = {}
        if self.entry:
            old = (root / PATH).read_text(encoding="utf-8") if (root / PATH).is_file() else ""
            texts[root / PATH] = f"{old.rstrip()}\n\n{self.entry}".lstrip()
        for name, cells in self.rows:
            table = package[name]
            file = root / table.path
            old = texts.get(file) or file.read_text(encoding="utf-8")
            line = io.StringIO()
            csv.DictWriter(line, table.header, restval="", lineterminator="\n").writerow(cells)
            texts[file] = old + line.getvalue()
        return texts

    def told(self, package: Package) -> Iterator[str]:
        """Say what will be written, and which required cells a person has to fill."""
        if self.entry:
            yield f"{PATH}:\n{self.entry.rstrip()}"
        for name, cells in self.rows:
            shown = ", ".join(f"{column} {text!r}" for column, text in cells.items() if text)
            needed = [f.name for f in package[name].described.fields if f.required]
            empty = [column for column in needed if not cells.get(column)]
            yield f"data/{name}.csv: {shown}" + (
                f"\n    to fill: {', '.join(empty)}" if empty else ""
            )
        yield from self.dropped


def identifiers_of(found: Publication | Trial | None, asked: Identifier) -> set[Identifier]:
    """Collect what a publication or a trial can be known by."""
    named = {asked}
    if isinstance(found, Publication):
        for kind in ("doi", "pmid", "pmcid"):
            if getattr(found, kind):
                named.add(Identifier(kind, getattr(found, kind)))
        named |= {Identifier("nct", number) for number in found.registrations}
    return named


def plan(
    package: Package, asked: Identifier, found: Publication | Trial | None, wish: Wish
) -> tuple[list[Known], Plan]:
    """Say what is known already, and what a new source or trial begins with.

    Parameters
    ----------
    package : Package
        Tables and bibliography.
    asked : Identifier
        What was asked for.
    found : Publication, Trial or None
        What services say of it; None where none was asked.
    wish : Wish
        What is to be made.

    Returns
    -------
    list of Known, Plan
        Where it stands already; what is to be written, nothing if it is there as a source.

    Raises
    ------
    NotAdded
        If it needs what nobody stated, or what was asked for cannot be.
    """
    title = found.title if isinstance(found, Publication) else ""
    known = list(where_known(package, identifiers_of(found, asked), title))
    if is_there(known, asked):
        return known, Plan()
    _check_wish(package, wish)
    made = Plan()
    if asked.kind == "nct":
        _trial(package, asked, found if isinstance(found, Trial) else None, known, wish, made)
    else:
        publication = found if isinstance(found, Publication) else _bare(asked)
        _source(package, publication, known, wish, made)
    return known, made


def _bare(asked: Identifier) -> Publication:
    known = {kind: asked.text if kind == asked.kind else "" for kind in ("doi", "pmid", "pmcid")}
    return Publication(doi=known["doi"], pmid=known["pmid"], pmcid=known["pmcid"])


def _check_wish(package: Package, wish: Wish) -> None:
    searches = package["searches"].values("search_id") if "searches" in package else frozenset()
    if wish.search and wish.search not in searches:
        raise NotAdded(f"no search {wish.search!r}; there are {', '.join(sorted(searches))}")
    for table, column, text in (
        ("studies", "study_id", wish.study),
        ("sources", "source_id", wish.key),
    ):
        described = next(f for f in package[table].described.fields if f.name == column)
        for problem in check_cell(described, text) if text else ():
            raise NotAdded(f"{text!r} is no {column}: expected {problem.expected}")
    if wish.key and wish.key in (package.entries or {}):
        raise NotAdded(f"the key {wish.key} is taken: name another with --key")


def _add(package: Package, made: Plan, table: str, cells: dict[str, str]) -> None:
    """Add a row; a cell that its field does not take stays empty, and that is told."""
    kept: dict[str, str] = {}
    for described in package[table].described.fields:
        text = cells.get(described.name, "")
        wrong = (
            [p for p in check_cell(described, text) if p.code != "missing-value"] if text else []
        )
        if wrong:
            made.dropped.append(
                f"data/{table}.csv: {described.name} left empty; {wrong[0].found} is there, "
                f"expected {wrong[0].expected}"
            )
        kept[described.name] = "" if wrong else text
    made.rows.append((table, kept))


def _trial(
    package: Package,
    asked: Identifier,
    found: Trial | None,
    known: list[Known],
    wish: Wish,
    made: Plan,
) -> None:
    if wish.study:
        raise NotAdded(
            "a registration alone is a registered trial; a study begins with its report: "
            "cartreview add DOI --study NAME"
        )
    cells = found.cells if found else {"registration": asked.text}
    studies = [one.key for one in known if one.what == "study"]
    read_on = f"{wish.day}" if found else ""
    row = {**cells, "read_on": read_on, "study_id": studies[0] if studies else ""}
    _add(package, made, "ongoing_trials", row)


def _source(
    package: Package, publication: Publication, known: list[Known], wish: Wish, made: Plan
) -> None:
    key = wish.key or key_of(publication, package.entries or {})
    if not key:
        raise NotAdded("no author is known to name the source by: name it, as in --key brown2026")
    made.entry = bibtex(key, publication, wish.day)
    read = bool(publication.address)
    numbers = ";".join(publication.registrations)
    _add(
        package,
        made,
        "sources",
        {
            "source_id": key,
            "kind": "evidence",
            "year": publication.year,
            "nct_ids": numbers,
            "confirmed_at": publication.address,
            "verification": "record" if read else "",
        },
    )
    if not any(one.what == "candidate" for one in known):
        _add(package, made, "screening", _candidate(package, key, publication, wish))
    if wish.study:
        _study(package, key, publication, wish, made)


def _candidate(package: Package, key: str, publication: Publication, wish: Wish) -> dict[str, str]:
    name = wish.study or re.sub(r"([0-9]{4}[a-z]?|nd)$", r"-\1", key)
    while name in package["screening"].values("candidate_id"):
        name = f"{name}-again"
    return {
        "candidate_id": name,
        "title": publication.title,
        "year": publication.year,
        "doi": publication.doi,
        "pmid": publication.pmid,
        "registrations": ";".join(publication.registrations),
        "address": publication.address,
        "search_id": wish.search,
        "decision": "included" if wish.study else "awaiting",
        "day": f"{wish.day}",
        "study_id": wish.study,
    }


def _study(package: Package, key: str, publication: Publication, wish: Wish, made: Plan) -> None:
    if wish.study not in package["studies"].values("study_id"):
        study = {
            "study_id": wish.study,
            "registrations": ";".join(publication.registrations),
            "source_id": key,
            "entered_on": f"{wish.day}",
        }
        _add(package, made, "studies", study)
    report = {
        "report_id": f"{wish.study}-{key}",
        "study_id": wish.study,
        "source_id": key,
        "kind": publication.report,
    }
    _add(package, made, "reports", report)
