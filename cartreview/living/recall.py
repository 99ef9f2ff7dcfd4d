"""What strategies miss: reports that they must find, held against what they found.

The reports are those that were included and carry an identifier; nobody chooses them for the test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cartreview.living import log
from cartreview.living.journal import Run
from cartreview.living.records import Record, normal_doi, normal_pmid

__all__ = ["Expected", "expected", "missed", "report"]


@dataclass(frozen=True)
class Expected:
    """A report that must be found.

    Attributes
    ----------
    name, title : str
        Its row of ``screening``.
    names : frozenset of str
        Its identifiers, as ``doi:10.1/a``, ``pmid:1`` or ``NCT00000001``; one of them is enough.
    """

    name: str
    title: str
    names: frozenset[str]


def expected(screening: Iterable[Mapping[str, str]]) -> list[Expected]:
    """List the included reports that carry an identifier.

    Parameters
    ----------
    screening : iterable of mapping
        Rows of ``screening``.

    Examples
    --------
    >>> row = dict.fromkeys(("doi", "pmid", "registrations"), "")
    >>> row |= {"candidate_id": "a", "title": "T", "decision": "included", "pmid": "1"}
    >>> expected([row])
    [Expected(name='a', title='T', names=frozenset({'pmid:1'}))]
    """
    found = []
    for row in screening:
        names = _names(normal_doi(row["doi"]), normal_pmid(row["pmid"]))
        # A registration finds the trial, and stands for a report that has nothing of its own.
        names |= set() if names else set(filter(None, row["registrations"].split(";")))
        if row["decision"] == "included" and names:
            found.append(Expected(row["candidate_id"], row["title"], frozenset(names)))
    return found


def missed(reports: Sequence[Expected], records: Iterable[Record]) -> list[Expected]:
    """List the reports that are not among records."""
    found: set[str] = set()
    for record in records:
        found |= _names(record.doi, record.pmid) | set(record.registrations)
    return [one for one in reports if not one.names & found]


def report(root: Path, runs: Sequence[Run]) -> tuple[list[str], bool]:
    """Say which reports each strategy found, and name those that none found.

    Parameters
    ----------
    root : Path
        Root of the checkout.
    runs : sequence of Run
        Runs that are complete.

    Returns
    -------
    list of str
        Lines to show.
    bool
        Whether a report was missed.
    """
    reports = expected(log.rows(root, "screening"))
    lines = []
    for run in runs:
        n = len(reports) - len(missed(reports, run.records))
        lines.append(f"{run.strategy.strategy_id}: {n} of {len(reports)} included reports")
    lost = missed(reports, [record for run in runs for record in run.records])
    lines.append(f"all: {len(reports) - len(lost)} of {len(reports)}, missed {len(lost)}")
    lines += [f"missed: {one.name}: {one.title} ({', '.join(sorted(one.names))})" for one in lost]
    return lines, bool(lost)


def _names(doi: str, pmid: str) -> set[str]:
    return {f"{kind}:{value}" for kind, value in (("doi", doi), ("pmid", pmid)) if value}
