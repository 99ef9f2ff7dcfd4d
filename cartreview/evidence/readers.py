"""What readers of candidates decided: apart, together, how far they agree, and what is settled.

Vocabulary
----------
independent  decided by one reader without sight of the others.
consensus    agreed by readers together after they had decided differently.
open         a decision "later": the candidate was seen and comes again.
settled      agreed by two readers or more, or by consensus.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from cartreview._tables import require
from cartreview.synthesis.agreement import Agreement, cohens_kappa

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["ANSWERS", "agreement", "conflicts", "read_twice", "settlement"]

ANSWERS = ("include", "exclude")
_COLUMNS = ["candidate_id", "reader", "round", "decision", "reason", "day"]


def _closed(decisions: DataFrame, round_: str) -> DataFrame:
    """Give the decisions of a round that are not open, reasons as text."""
    require(decisions, _COLUMNS, name="screening_decisions")
    found = decisions[(decisions["round"] == round_) & decisions["decision"].isin(ANSWERS)]
    return found.assign(reason=found["reason"].astype("object").fillna("").astype("str"))


def read_twice(decisions: DataFrame) -> set[str]:
    """Name the candidates on which two readers or more decided independently.

    Parameters
    ----------
    decisions : pandas.DataFrame
        The table ``screening_decisions``.

    Raises
    ------
    ValueError
        If it is empty or lacks a column.

    Examples
    --------
    >>> from cartreview import load
    >>> read_twice(load("screening_decisions")) <= set(load("screening")["candidate_id"])
    True
    """
    readers = _closed(decisions, "independent").groupby("candidate_id")["reader"].nunique()
    return set(readers.index[readers > 1])


def conflicts(decisions: DataFrame) -> DataFrame:
    """List the candidates on which readers decided differently and have not agreed since.

    Parameters
    ----------
    decisions : pandas.DataFrame
        The table ``screening_decisions``.

    Returns
    -------
    pandas.DataFrame
        The independent decisions in conflict, a row each, with ``kind``: "decision" or, where all
        exclude and say differently why, "reason".

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"candidate_id": "a", "round": "independent", "reason": "", "day": ""}
    >>> rows = [{**row, "reader": "one", "decision": "include"},
    ...         {**row, "reader": "two", "decision": "exclude", "reason": "no patients"}]
    >>> conflicts(pd.DataFrame(rows))[["reader", "kind"]].values.tolist()
    [['one', 'decision'], ['two', 'decision']]
    """
    apart = _closed(decisions, "independent")
    agreed = set(_closed(decisions, "consensus")["candidate_id"])
    apart = apart[~apart["candidate_id"].isin(agreed)]
    answers = apart.groupby("candidate_id")["decision"].transform("nunique")
    reasons = apart.groupby("candidate_id")["reason"].transform("nunique")
    found = apart.assign(kind=answers.map(lambda number: "decision" if number > 1 else "reason"))
    return found[(answers > 1) | (reasons > 1)].sort_values("candidate_id", kind="stable")


def agreement(decisions: DataFrame) -> dict[tuple[str, str], Agreement]:
    """Measure how far each two readers agree on what is included and excluded.

    Parameters
    ----------
    decisions : pandas.DataFrame
        The table ``screening_decisions``. What was agreed later, and what is open, does not count.

    Returns
    -------
    dict of (str, str) to Agreement
        Of each two readers who decided on the same candidates.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"round": "independent", "reason": "", "day": "", "decision": "include"}
    >>> rows = [{**row, "candidate_id": "a", "reader": reader} for reader in ("one", "two")]
    >>> agreement(pd.DataFrame(rows))["one", "two"].agreed
    1.0
    """
    apart = _closed(decisions, "independent")
    readers = dict(tuple(apart.set_index("candidate_id").groupby("reader")["decision"]))
    found = {}
    for first, second in combinations(sorted(readers), 2):
        both = readers[first].to_frame("a").join(readers[second].to_frame("b"), how="inner")
        if len(both):
            found[str(first), str(second)] = cohens_kappa(_crossed(both))
    return found


def _crossed(both: DataFrame) -> list[list[int]]:
    return [
        [int(((both["a"] == one) & (both["b"] == other)).sum()) for other in ANSWERS]
        for one in ANSWERS
    ]


def settlement(decisions: DataFrame) -> dict[str, dict[str, Any]]:
    """Give what is settled, by candidate.

    Parameters
    ----------
    decisions : pandas.DataFrame
        The table ``screening_decisions``.

    Returns
    -------
    dict of str to dict
        ``decision``, ``reason`` (empty unless excluded), ``readers`` (names) and ``day`` (the
        latest) of each candidate that two readers judged alike, or that has a consensus.

    Raises
    ------
    ValueError
        If the table is empty or lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"candidate_id": "a", "round": "independent", "reason": "", "day": "2026-11-21"}
    >>> rows = [{**row, "reader": who, "decision": "include"} for who in ("one", "two")]
    >>> settlement(pd.DataFrame(rows))["a"]["decision"], settlement(pd.DataFrame(rows[:1]))
    ('include', {})
    """
    apart, together = (_closed(decisions, round_) for round_ in ("independent", "consensus"))
    twice, contested = read_twice(decisions), set(conflicts(decisions)["candidate_id"])
    alike = apart[apart["candidate_id"].isin(twice - contested)]
    agreed = set(together["candidate_id"])
    rows = [*together.to_dict("records"), *alike.to_dict("records")]
    readers = apart.groupby("candidate_id")["reader"].agg(sorted).to_dict()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = str(row["candidate_id"])
        if key in found and key in agreed:
            continue  # the consensus comes first and stands
        day = max(filter(None, (found.get(key, {}).get("day"), row["day"])))
        found[key] = {
            "decision": row["decision"],
            "reason": row["reason"],
            "readers": readers.get(key, [row["reader"]]),
            "day": day,
        }
    return found
