"""How studies were found: the numbers of the PRISMA flow, counted from the log of screening.

Vocabulary
----------
candidate  a report that a search brought up: a row of ``screening``.
screened   a candidate on which somebody has decided.
service    a bibliographic database or registry that a search asked over its interface.
release    a data version with the day on which it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cartreview._tables import load, package, require
from cartreview.evidence.readers import conflicts, read_twice
from cartreview.evidence.screening_log import check_log

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = [
    "SERVICES",
    "Flow",
    "Stream",
    "data_versions",
    "flow",
    "flows",
    "of_services",
    "releases",
]

# As letters and digits alone, so that "Europe PMC" and "europepmc" are one.
SERVICES = ("clinicaltrialsgov", "crossref", "europepmc", "pubmed")


@dataclass(frozen=True)
class Stream:
    """What searches of one kind brought.

    Attributes
    ----------
    searches, uncounted : int
        Searches in the log, and those of them that recorded no number of records.
    records : int
        Records that the other searches found.
    candidates : int
        Reports that were taken from them.
    """

    searches: int
    uncounted: int
    records: int
    candidates: int


@dataclass(frozen=True)
class Flow:
    """Numbers of the PRISMA flow.

    Attributes
    ----------
    services, others : Stream
        What services brought, and what all other ways did: by hand, by reference lists, by leads.
    candidates, screened, awaiting, included : int
        Reports on which to decide, and what was decided.
    twice, conflicts : int
        Reports on which two readers decided independently, and those on which they still differ.
    excluded : dict of str to int
        Reports left out, by reason, the commonest first.
    studies, reports : int
        Studies that came of it, and the reports that tell of them.
    """

    services: Stream
    others: Stream
    candidates: int
    screened: int
    awaiting: int
    twice: int
    conflicts: int
    excluded: dict[str, int]
    included: int
    studies: int
    reports: int

    @property
    def searches(self) -> int:
        """Searches of all kinds."""
        return self.services.searches + self.others.searches

    @property
    def uncounted(self) -> int:
        """Searches of all kinds that recorded no number of records."""
        return self.services.uncounted + self.others.uncounted

    @property
    def records(self) -> int:
        """Records of all searches that counted them."""
        return self.services.records + self.others.records


def of_services(searches: DataFrame) -> Series:
    """Tell which searches asked a service, of those in ``SERVICES``.

    Examples
    --------
    >>> of_services(pd.DataFrame({"service": ["Europe PMC", "reference list"]})).tolist()
    [True, False]
    """
    names = searches["service"].astype("str").str.lower().str.replace(r"[^a-z0-9]", "", regex=True)
    return names.isin(SERVICES)


def releases(changes: DataFrame, version: str, day: object) -> list[tuple[str, pd.Timestamp]]:
    """List the data versions with the day on which each was first seen, the earliest first.

    Parameters
    ----------
    changes : pandas.DataFrame
        The table ``changes``; a row may name the state of the tables when it was written.
    version : str
        The version that ``data/datapackage.json`` names.
    day : object
        The day on which it says that this version was made.

    Returns
    -------
    list of (str, pandas.Timestamp)
        Versions without the digest of a state between two of them.

    Examples
    --------
    >>> log = pd.DataFrame({"date": pd.to_datetime(["2026-11-21"]),
    ...                     "data_version": ["2026.11.1+1bf8032"]})
    >>> [name for name, _ in releases(log, "2026.12.1", "2026-12-20")]
    ['2026.11.1', '2026.12.1']
    """
    seen = changes.dropna(subset=["date", "data_version"])
    names = seen["data_version"].astype("str").str.partition("+")[0]
    first = pd.to_datetime(seen["date"]).groupby(names).min().to_dict()
    made = pd.Timestamp(str(day)[:10])
    first[version] = min(first.get(version, made), made)
    return sorted(first.items(), key=lambda pair: (pair[1], pair[0]))


def data_versions() -> list[tuple[str, pd.Timestamp]]:
    """List the data versions of this review with their days, the earliest first.

    Taught in: book/methods.md

    Examples
    --------
    >>> data_versions()[0][0]
    '2026.11.1'
    """
    about = package()
    return releases(load("changes"), about["version"], about["created"])


def flow(
    searches: DataFrame, screening: DataFrame, reports: DataFrame, decisions: DataFrame
) -> Flow:
    """Count the PRISMA flow.

    Taught in: book/methods.md

    Parameters
    ----------
    searches, screening, reports, decisions : pandas.DataFrame
        The tables ``searches``, ``screening``, ``reports`` and ``screening_decisions``.

    Returns
    -------
    Flow
        Its numbers add up: candidates are awaiting, excluded or included.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column, or the log contradicts itself; the message names
        the row.

    Examples
    --------
    >>> from cartreview import load
    >>> names = ("searches", "screening", "reports", "screening_decisions")
    >>> found = flow(*map(load, names))
    >>> found.candidates == found.awaiting + sum(found.excluded.values()) + found.included
    True
    """
    check_log(searches, screening, decisions)
    require(reports, ["report_id", "study_id"], name="reports")
    became = screening.loc[screening["decision"] == "included", "study_id"].dropna().unique()
    told = reports[reports["study_id"].isin(became)]
    silent = sorted(set(became) - set(told["study_id"]))
    if silent:
        raise ValueError(f"screening: {silent[0]!r} was included and no report tells of it")
    return _counted(searches, screening, told, decisions)


def _counted(
    searches: DataFrame, screening: DataFrame, told: DataFrame, decisions: DataFrame
) -> Flow:
    decision = screening["decision"].astype("str")
    left_out = screening.loc[decision == "excluded", "reason"].astype("str").value_counts()
    asked = of_services(searches)
    return Flow(
        services=_stream(searches[asked], screening),
        others=_stream(searches[~asked], screening),
        candidates=len(screening),
        screened=int((decision != "awaiting").sum()),
        awaiting=int((decision == "awaiting").sum()),
        twice=len(read_twice(decisions)),
        conflicts=int(conflicts(decisions)["candidate_id"].nunique()),
        excluded={str(reason): int(n) for reason, n in left_out.items() if n},
        included=int((decision == "included").sum()),
        studies=int(screening.loc[decision == "included", "study_id"].nunique()),
        reports=len(told),
    )


def _stream(searches: DataFrame, screening: DataFrame) -> Stream:
    return Stream(
        searches=len(searches),
        uncounted=int(searches["found"].isna().sum()),
        records=int(searches["found"].sum()),
        candidates=int(screening["search_id"].isin(searches["search_id"]).sum()),
    )


def flows(
    searches: DataFrame,
    screening: DataFrame,
    reports: DataFrame,
    decisions: DataFrame,
    made: Sequence[tuple[str, pd.Timestamp]],
) -> dict[str, Flow]:
    """Count the PRISMA flow of a living review: up to each data version, all before it included.

    Taught in: book/methods.md

    Parameters
    ----------
    searches, screening, reports, decisions : pandas.DataFrame
        As ``flow`` takes them.
    made : sequence of (str, pandas.Timestamp)
        Releases, the earliest first, as ``releases`` gives them.

    Returns
    -------
    dict of str to Flow
        By version. Where the log goes on after the last release, a further one, "after" it. A row
        without a day counts from the first version on. Reports are those known now.

    Raises
    ------
    ValueError
        As ``flow``; or if there is no release, or a version holds no search or no decision.

    Examples
    --------
    >>> from cartreview import load
    >>> names = ("searches", "screening", "reports", "screening_decisions")
    >>> found = flows(*map(load, names), [("2026.11.1", pd.Timestamp("2026-11-21"))])
    >>> list(found)[0]
    '2026.11.1'
    """
    if not made:
        raise ValueError("no data version is known: the flow is counted up to each of them")
    whole = flow(searches, screening, reports, decisions)
    days = pd.concat([searches["day"], screening["day"], decisions["day"]])
    found = {
        name: _counted(*_until(searches, screening, reports, decisions, day)) for name, day in made
    }
    if (pd.to_datetime(days) > made[-1][1]).any():
        return {**found, f"after {made[-1][0]}": whole}
    return found


def _until(
    searches: DataFrame,
    screening: DataFrame,
    reports: DataFrame,
    decisions: DataFrame,
    last: pd.Timestamp,
) -> tuple[DataFrame, DataFrame, DataFrame, DataFrame]:
    """Give the log as it stood at the end of a day."""
    before = searches[~(pd.to_datetime(searches["day"]) > last)]
    brought = screening[screening["search_id"].isin(before["search_id"])]
    undecided = pd.to_datetime(brought["day"]) > last
    brought = brought.assign(
        decision=brought["decision"].astype("str").mask(undecided, "awaiting"),
        reason=brought["reason"].astype("object").mask(undecided),
        study_id=brought["study_id"].astype("object").mask(undecided),
    )
    became = brought.loc[brought["decision"] == "included", "study_id"]
    known = decisions[~(pd.to_datetime(decisions["day"]) > last)]
    if before.empty or known.empty:
        raise ValueError(f"the log has no search or no decision up to {last:%Y-%m-%d}")
    return before, brought, reports[reports["study_id"].isin(became)], known
