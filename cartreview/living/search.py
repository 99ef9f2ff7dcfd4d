"""Run saved strategies and put what is new before those who screen.

A run asks each service for all pages, keeps each page on disk, sets all records beside what is
known, and appends rows. Nothing that a service gave is dropped: a record is a candidate, is known
already, or belongs to a candidate and is one of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cartreview.living import log
from cartreview.living.journal import Run, ask, kept
from cartreview.living.matching import Known, Library, Match
from cartreview.living.ranking import rank
from cartreview.living.records import KINDS, Record
from cartreview.living.services import SERVICES
from cartreview.living.strategies import Strategy, since_last
from cartreview.living.web import ServiceError, Web

__all__ = ["Candidate", "Outcome", "search", "write"]


@dataclass(frozen=True)
class Candidate:
    """A record that is new.

    Attributes
    ----------
    name : str
        Of the row of ``screening``.
    record : Record
    search_id : str
        The first search that brought it.
    match : Match or None
        To what it belongs.
    points : int
    reasons : tuple of str
        What raised its rank.
    """

    name: str
    record: Record
    search_id: str
    match: Match | None
    points: int
    reasons: tuple[str, ...]


@dataclass
class Outcome:
    """What a run brought.

    Attributes
    ----------
    runs : list of Run
        Strategies whose pages are complete.
    candidates : list of Candidate
        What is new, to be read in this order.
    new, known : Counter
        Records by search: those that are candidates now, and those that were known before.
    failed : dict of str to str
        Strategies that are not complete, and why.
    names : dict of str to str
        Name of each strategy's search.
    places : dict of str to int
        Where a candidate stood before the list was ranked.
    """

    runs: list[Run] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict, repr=False)
    places: dict[str, int] = field(default_factory=dict, repr=False)


def search(
    root: Path,
    strategies: Iterable[Strategy],
    contact: str,
    *,
    since: date | None = None,
    everything: bool = False,
    today: date | None = None,
    told: Callable[[Run], None] = lambda run: None,
) -> Outcome:
    """Ask the services and set what they give beside what is known; no table is changed.

    Parameters
    ----------
    root : Path
        Root of the checkout.
    strategies : iterable of Strategy
        What to run.
    contact : str
        Address of mail by which a service can reach who asks.
    since : date, optional
        Ask for records from this day on; by default from two weeks before the last search.
    everything : bool
        Ask for records of any day.
    today : date, optional
        Day of the search.
    told : callable
        Called with each run as its pages come.

    Returns
    -------
    Outcome
        A service that fails takes nothing away from the others.
    """
    searches = log.rows(root, "searches")
    folder, outcome = log.folder(root), Outcome()
    for strategy in strategies:
        begin = None if everything else since or since_last(strategy.strategy_id, searches)
        run = kept(folder, strategy, begin, today or date.today())
        told(run)
        try:
            service = SERVICES[strategy.service]
            ask(run, Web(contact, per_second=service.per_second), told)
        except ServiceError as error:
            outcome.failed[strategy.strategy_id] = str(error)
        else:
            outcome.runs.append(run)
    _place(root, outcome, {row["search_id"] for row in searches})
    return outcome


def write(root: Path, outcome: Outcome) -> None:
    """Append the searches and the new candidates to the tables.

    Raises
    ------
    NotWritten
        If a table could not be written; the next run finishes what this one began.
    """
    new = [_candidate_row(one) for one in outcome.candidates]
    plan: dict[str, Sequence[log.Row]] = {
        "searches": [_search_row(run, outcome) for run in outcome.runs],
        "screening": [_screening_row(one) for one in outcome.candidates],
        "candidates": [*_awaiting(root), *new],
    }
    told = {one.name: one.record.abstract for one in outcome.candidates if one.record.abstract}
    log.keep(root, told)
    log.commit(root, plan, [run.strategy.strategy_id for run in outcome.runs])


def _place(root: Path, outcome: Outcome, taken: set[str]) -> None:
    """Tell for each record whether it is known, and what it belongs to."""
    library = Library()
    library.add(log.known(root))
    names = {row["candidate_id"] for row in log.rows(root, "screening")}
    found = []
    for run in outcome.runs:
        name = f"{run.strategy.strategy_id}-{run.day.isoformat()}"
        while name in taken:
            name += "-again"
        taken.add(name)
        outcome.names[run.strategy.strategy_id] = name
        found += [(record, name) for record in run.records]
    # The main report comes before its abstract or preprint, which then can name it.
    for record, search_id in sorted(found, key=lambda pair: KINDS.index(pair[0].kind)):
        match = library.match(record)
        if match and match.relation == "same":
            outcome.known[search_id] += 1
            _enrich(library, outcome, match.name, record)
            continue
        name = _name(record, names)
        names.add(name)
        outcome.new[search_id] += 1
        outcome.places[name] = len(outcome.candidates)
        outcome.candidates.append(Candidate(name, record, search_id, match, *rank(record, match)))
        library.add([_as_known(name, record)])
    outcome.candidates.sort(key=lambda one: -one.points)


def _enrich(library: Library, outcome: Outcome, name: str, record: Record) -> None:
    """Let a candidate of this run have what a second service knows of it and the first did not."""
    place = outcome.places.get(name)
    if place is None:
        return
    one = outcome.candidates[place]
    first = one.record
    full = replace(
        first,
        doi=first.doi or record.doi,
        pmid=first.pmid or record.pmid,
        abstract=first.abstract or record.abstract,
        registrations=first.registrations or record.registrations,
        notices=tuple(dict.fromkeys((*first.notices, *record.notices))),
        types=tuple(dict.fromkeys((*first.types, *record.types))),
    )
    points, reasons = rank(full, one.match)
    outcome.candidates[place] = replace(one, record=full, points=points, reasons=reasons)
    library.add([_as_known(name, full)])


def _as_known(name: str, record: Record) -> Known:
    return Known(
        name,
        record.title,
        record.year,
        record.doi,
        record.pmid,
        record.registrations,
        record.kind,
    )


def _name(record: Record, taken: set[str]) -> str:
    """Name a candidate by its identifier, so that the same record gets the same name again."""
    if record.kind == "registration" and record.registrations:
        name = record.registrations[0].lower()
    elif record.pmid:
        name = f"pmid-{record.pmid}"
    elif record.doi:
        name = "doi-" + re.sub(r"[^a-z0-9]+", "-", record.doi).strip("-")
    else:
        told = f"{record.title}{record.address}".encode()
        name = f"record-{hashlib.sha256(told).hexdigest()[:12]}"
    while name in taken:  # two DOIs that differ in a sign only
        name += "-b"
    return name


def _search_row(run: Run, outcome: Outcome) -> dict[str, str]:
    name = outcome.names[run.strategy.strategy_id]
    notes = [f"The service remarks: {remark}." for remark in run.remarks]
    if run.total is not None and run.total != len(run.records):
        notes.append(f"The service names {run.total} records and gave {len(run.records)} of them.")
    return {
        "search_id": name,
        "kind": "strategy",
        "service": run.strategy.service,
        "saved_strategy_id": run.strategy.strategy_id,
        "words": run.strategy.query,
        "since": run.since.isoformat() if run.since else "",
        "day": run.day.isoformat(),
        "found": str(len(run.records)),
        "new": str(outcome.new[name]),
        "by_whom": "cartreview search",
        "note": " ".join(notes),
    }


def _screening_row(one: Candidate) -> dict[str, str]:
    record = one.record
    return {
        "candidate_id": one.name,
        "title": record.title,
        "year": str(record.year or ""),
        "doi": record.doi,
        "pmid": record.pmid,
        "registrations": ";".join(record.registrations),
        "address": record.address,
        "search_id": one.search_id,
        "decision": "awaiting",
    }


def _candidate_row(one: Candidate) -> dict[str, str]:
    also = one.match.also if one.match else ()
    return {
        "ranked_id": one.name,
        "kind": one.record.kind,
        "points": str(one.points),
        "reasons": ";".join(reason.replace(";", ",") for reason in one.reasons),
        "joins": one.match.name if one.match else "",
        "relation": one.match.relation if one.match and one.match.name else "",
        "matched_by": one.match.by if one.match and one.match.name else "",
        "note": f"It names {', '.join(also)} too." if also else "",
    }


def _awaiting(root: Path) -> list[dict[str, str]]:
    """Rank what was found by hand and is undecided, by what its row tells."""
    found = []
    for row in log.rows(root, "screening"):
        if row["decision"] == "awaiting":
            numbers = tuple(filter(None, row["registrations"].split(";")))
            record = Record(row["title"], registrations=numbers)
            points, reasons = rank(record)
            one = Candidate(row["candidate_id"], record, row["search_id"], None, points, reasons)
            found.append(_candidate_row(one))
    return found
