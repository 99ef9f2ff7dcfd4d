"""Whether the log of searches and screening can be true: what no flow may be drawn from.

Vocabulary
----------
log   the tables ``searches``, ``screening`` and ``screening_decisions`` together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.readers import ANSWERS, settlement

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["check_log", "log_faults"]

_SEARCHES = ["search_id", "service", "day", "found"]
_SCREENING = ["candidate_id", "search_id", "decision", "reason", "day", "study_id"]
_DECISIONS = ["candidate_id", "reader", "round", "decision", "reason", "day"]
_OUTCOMES = ("included", "excluded", "awaiting")
_BECOMES = {"include": "included", "exclude": "excluded"}


def check_log(searches: DataFrame, screening: DataFrame, decisions: DataFrame) -> None:
    """Refuse a log that is empty or contradicts itself.

    Parameters
    ----------
    searches, screening, decisions : pandas.DataFrame
        The tables ``searches``, ``screening`` and ``screening_decisions``.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column, or rows contradict each other; the message names
        the first such row and how many faults there are.

    Examples
    --------
    >>> from cartreview import load
    >>> check_log(load("searches"), load("screening"), load("screening_decisions"))
    """
    faults = list(log_faults(searches, screening, decisions))
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ValueError(f"{faults[0]}{more}")


def log_faults(searches: DataFrame, screening: DataFrame, decisions: DataFrame) -> Iterator[str]:
    """Say what cannot be true in a log, a sentence each.

    Parameters
    ----------
    searches, screening, decisions : pandas.DataFrame
        As for ``check_log``.

    Yields
    ------
    str
        The table, the row and what is wrong with it.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column.

    Examples
    --------
    >>> from cartreview import load
    >>> log = [load(name) for name in ("searches", "screening", "screening_decisions")]
    >>> list(log_faults(log[0], log[1].assign(search_id="none"), log[2]))[0].split(": ")[0]
    'screening'
    """
    require(searches, _SEARCHES, name="searches")
    require(screening, _SCREENING, name="screening")
    require(decisions, _DECISIONS, name="screening_decisions")
    yield from _outcomes(screening)
    yield from _brought(searches, screening)
    yield from _judged(screening, decisions)


def _named(screening: DataFrame, where: Series, what: str) -> Iterator[str]:
    for name in screening.loc[where, "candidate_id"]:
        yield f"screening: {name!r} {what}"


def _outcomes(screening: DataFrame) -> Iterator[str]:
    """Find candidates that stand twice, or whose outcome lacks its reason or study."""
    decision = screening["decision"].astype("object")
    no_reason, no_study = screening["reason"].isna(), screening["study_id"].isna()
    yield from _named(screening, screening["candidate_id"].duplicated(), "stands there twice")
    yield from _named(screening, ~decision.isin(_OUTCOMES), "has no decision of the list")
    excluded, included = decision == "excluded", decision == "included"
    yield from _named(screening, excluded & no_reason, "was excluded without a reason")
    yield from _named(screening, ~excluded & ~no_reason, "was not excluded and has a reason")
    yield from _named(screening, included & no_study, "was included and became no study")
    # A duplicate names the study that it repeats, and what is awaited the one it may belong to.
    apart = excluded & (screening["reason"] != "duplicate") & ~no_study
    yield from _named(screening, apart, "was excluded and names a study")


def _brought(searches: DataFrame, screening: DataFrame) -> Iterator[str]:
    """Find candidates of no search, decided before it, or more than it found."""
    known = searches.drop_duplicates("search_id").set_index("search_id")
    if len(known) < len(searches):
        yield "searches: a search stands there twice"
    unknown = ~screening["search_id"].isin(known.index)
    yield from _named(screening, unknown, "was brought by no search of the log")
    day = pd.to_datetime(screening["search_id"].map(known["day"]))
    early = pd.to_datetime(screening["day"]) < day
    yield from _named(screening, early, "was decided before the day of its search")
    for name, number in screening["search_id"].value_counts().items():
        found = known["found"].get(name)
        if found is not None and not pd.isna(found) and number > found:
            yield f"searches: {name!r} found {found} records and brought {number} candidates"


def _judged(screening: DataFrame, decisions: DataFrame) -> Iterator[str]:
    """Find decisions on no candidate, twice by a reader, and outcomes that nobody decided."""
    outcome = dict(zip(screening["candidate_id"], screening["decision"], strict=True))
    for name in decisions.loc[~decisions["candidate_id"].isin(list(outcome)), "candidate_id"]:
        yield f"screening_decisions: {name!r} is no candidate"
    again = decisions.duplicated(["candidate_id", "reader", "round"])
    for row in decisions[again].to_dict("records"):
        yield f"screening_decisions: {row['reader']!r} decided twice on {row['candidate_id']!r}"
    odd = (decisions["decision"] == "exclude") == decisions["reason"].isna()
    for row in decisions[odd].to_dict("records"):
        what = "no reason" if row["decision"] == "exclude" else "a reason"
        yield (
            f"screening_decisions: {row['reader']!r} decided {row['decision']} with {what} on "
            f"{row['candidate_id']!r}"
        )
    settled = {name: {found["decision"]} for name, found in settlement(decisions).items()}
    said = decisions[decisions["decision"].isin(ANSWERS)]
    readers = said.groupby("candidate_id")["decision"].agg(set).to_dict()
    for name, answers in {**readers, **settled}.items():
        stands = outcome.get(name, "awaiting")
        if stands != "awaiting" and stands not in {_BECOMES[answer] for answer in answers}:
            yield f"screening: {name!r} is {stands}, which no reader decided"
