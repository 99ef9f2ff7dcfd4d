"""Whether a study or a source is there already, and under which name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cartreview.living._identifier import Identifier, identified
from cartreview.living.matching import same_title
from cartreview.validation import Package

__all__ = ["Known", "is_there", "where_known"]

_NCT = re.compile(r"NCT[0-9]{8}")


@dataclass(frozen=True)
class Known:
    """A place where an identifier stands.

    Attributes
    ----------
    what : str
        source, study, candidate, trial or title.
    key : str
        Key of the entry or row.
    told : str
        The sentence for the person who asked.
    """

    what: str
    key: str
    told: str


def is_there(known: Iterable[Known], asked: Identifier) -> bool:
    """Say whether what was asked for stands there itself, so that nothing is to be added.

    A paper whose trial is registered here is not there itself.

    Examples
    --------
    >>> trial = [Known("trial", "NCT00000001", "")]
    >>> [is_there(trial, Identifier(kind, "x")) for kind in ("nct", "doi")]
    [True, False]
    """
    return any(one.what == ("trial" if asked.kind == "nct" else "source") for one in known)


def where_known(
    package: Package, identifiers: Iterable[Identifier], title: str = ""
) -> Iterator[Known]:
    """Find what has one of some identifiers, or the same title.

    Parameters
    ----------
    package : Package
        Tables and bibliography.
    identifiers : iterable of Identifier
        Of one publication or trial.
    title : str
        Its title, where it is known.

    Yields
    ------
    Known
        Sources first, then studies, candidates, registered trials, and titles alike.
    """
    wanted = set(identifiers)
    sources = {known.key: known for known in _sources(package, wanted)}
    yield from sources.values()
    for known in _titles(package, title):
        if known.key not in sources:
            yield known
    yield from _studies(package, wanted, set(sources))
    yield from _candidates(package, wanted)
    yield from _trials(package, wanted)


def _sources(package: Package, wanted: set[Identifier]) -> Iterator[Known]:
    for key, entry in (package.entries or {}).items():
        for kind in ("doi", "pmid", "pmcid"):
            found = identified(entry.fields.get(kind, ""))
            if found in wanted and found is not None:
                told = f"the source {key} has {found.text}: {_plain(entry.fields.get('title', ''))}"
                yield Known("source", key, told)
                break


def _plain(text: str) -> str:
    return " ".join(text.strip("{}").split())[:120]


def _titles(package: Package, title: str) -> Iterator[Known]:
    for key, entry in (package.entries or {}).items():
        if title and same_title(title, entry.fields.get("title", "")):
            yield Known("title", key, f"the source {key} has the same title")


def _studies(package: Package, wanted: set[Identifier], sources: set[str]) -> Iterator[Known]:
    numbers = {one.text for one in wanted if one.kind == "nct"}
    reported: dict[str, list[str]] = {}
    for cells in _rows(package, "reports"):
        if cells.get("source_id") in sources:
            reported.setdefault(cells.get("study_id", ""), []).append(cells["source_id"])
    for cells in _rows(package, "studies"):
        name = cells.get("study_id", "")
        shared = numbers & set(_NCT.findall(cells.get("registrations", "")))
        if shared:
            yield Known("study", name, f"the study {name} has the registration {min(shared)}")
        elif name in reported:
            yield Known("study", name, f"{reported[name][0]} is a report of the study {name}")


def _candidates(package: Package, wanted: set[Identifier]) -> Iterator[Known]:
    for cells in _rows(package, "screening"):
        found = {identified(cells.get("doi", "")), identified(cells.get("pmid", ""))}
        found |= {Identifier("nct", n) for n in _NCT.findall(cells.get("registrations", ""))}
        if found & wanted:
            name, decision = cells.get("candidate_id", ""), cells.get("decision", "")
            why = f", {cells['reason']}" if cells.get("reason") else ""
            yield Known("candidate", name, f"the candidate {name} was screened: {decision}{why}")


def _trials(package: Package, wanted: set[Identifier]) -> Iterator[Known]:
    for cells in _rows(package, "ongoing_trials"):
        number = cells.get("registration", "")
        if Identifier("nct", number) in wanted:
            yield Known("trial", number, f"the trial {number} stands among the registered trials")


def _rows(package: Package, name: str) -> list[Mapping[str, str]]:
    table = package.get(name)
    return [row.cells for row in table.rows] if table else []
