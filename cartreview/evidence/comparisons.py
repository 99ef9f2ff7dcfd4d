"""Responses compared: by what tells studies apart, by way of counting, under other choices.

Vocabulary
----------
grouping   what studies are parted by: criterion, antigen, population, tumour, delivery.
way        what counts as a success, and among whom.
LEAST      studies in a group before it is pooled; smaller groups show their counts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.reports import standing
from cartreview.evidence.responses import response_counts, rows_of
from cartreview.evidence.studies import DELIVERIES, about
from cartreview.synthesis import pool_proportions

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "GROUPINGS",
    "LEAST",
    "overlapping",
    "response_groups",
    "response_sensitivity",
    "response_ways",
    "shares",
]

LEAST = 3
GROUPINGS = ("criterion", "antigen", "population", "tumour", "delivery")
# A mutant of a receptor and the receptor share an address; so do the versions of one criterion.
_FAMILIES = {"EGFRvIII": "EGFR", "mRANO": "RANO", "iRANO": "RANO", "RAPNO": "RANO"}
_UNKNOWN = "not stated"
_MEETING = ("abstract", "news")
_SHRINKAGE = ("tumour shrinkage", "radiographic improvement")
# How a curator writes that patients of a study may be counted in another.
_SHARES = re.compile(
    r"\b(?:may|might|probably)\b[^.;]*"
    r"\b(?:shares?|overlaps?|includes?|stand in|patients (?:of|from))\b",
    re.IGNORECASE,
)
_COLUMNS = {
    "criterion": "criterion",
    "antigen": "antigens",
    "population": "population",
    "tumour": "tumour_groups",
    "delivery": "delivery",
}


def shares(counts: DataFrame, **words: str) -> dict[str, Any]:
    """Sum up counts, and pool them where enough studies stand.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``events`` and ``denominator`` (patients), a row a study.
    **words : str
        What the row is called.

    Returns
    -------
    dict
        The words, ``k``, ``events``, ``denominator``, and ``estimate``, ``low``, ``high`` (shares
        between 0 and 1; missing below ``LEAST`` studies or where the model gives none).

    Examples
    --------
    >>> few = pd.DataFrame({"events": [1, 0], "denominator": [9, 4]})
    >>> found = shares(few, group="IV")
    >>> found["k"], found["events"], found["estimate"]
    (2, 1, None)
    """
    row: dict[str, Any] = {
        **words,
        "k": len(counts),
        "events": int(counts["events"].sum()),
        "denominator": int(counts["denominator"].sum()),
    }
    if len(counts) < LEAST:
        return {**row, "estimate": None, "low": None, "high": None}
    pooled = pool_proportions(counts["events"], counts["denominator"])
    return {**row, "estimate": pooled.estimate, "low": pooled.ci_low, "high": pooled.ci_high}


def response_groups(pool: DataFrame, groupings: Iterable[str] = GROUPINGS) -> DataFrame:
    """Part the pooled studies by what tells them apart.

    Parameters
    ----------
    pool : pandas.DataFrame
        Studies that ``poolable_responses`` lets in, with ``delivery``.
    groupings : iterable of str
        Any of ``GROUPINGS``.

    Returns
    -------
    pandas.DataFrame
        A row a group, the largest first within its ``grouping``, ``group`` and what ``shares``
        gives; each study once under each grouping.

    Raises
    ------
    ValueError
        If a column is missing, there is no study, or a grouping is unknown.

    Notes
    -----
    A study of several antigens, criteria or tumours stands under "several"; EGFR and its mutant are
    one antigen, and the versions of RANO one criterion.

    Examples
    --------
    >>> pool = pd.DataFrame({"delivery": ["IV"] * 3 + ["local"], "events": [1, 0, 2, 3],
    ...                      "denominator": [9, 10, 11, 58]})
    >>> found = response_groups(pool, ["delivery"])
    >>> found[["group", "k", "events"]].values.tolist()
    [['IV', 3, 3], ['local', 1, 3]]
    >>> found["estimate"].isna().tolist()
    [False, True]
    """
    rows: list[dict[str, Any]] = []
    for grouping in groupings:
        if grouping not in _COLUMNS:
            raise ValueError(f"grouping must be one of {', '.join(GROUPINGS)}; found {grouping!r}")
        column = _COLUMNS[grouping]
        require(pool, [column, "events", "denominator"], name="pool")
        names = pool[column].fillna("").astype("str").map(_one_group)
        parts = [shares(part, grouping=grouping, group=name) for name, part in pool.groupby(names)]
        rows += sorted(parts, key=lambda part: (part["group"] == _UNKNOWN, -part["k"]))
    return _typed(rows)


def _one_group(text: str) -> str:
    words = [word.strip() for word in text.split(";")]
    found = {_FAMILIES.get(word, word) for word in words if word not in ("", _UNKNOWN)}
    if len(found) > 1:
        return "several"
    return found.pop() if found else _UNKNOWN


def _typed(rows: list[dict[str, Any]]) -> DataFrame:
    return pd.DataFrame(rows).astype(dict.fromkeys(["estimate", "low", "high"], "Float64"))


def response_ways(pool: DataFrame, outcomes: DataFrame, reports: DataFrame) -> DataFrame:
    """Set local beside intravenous delivery under each way to count.

    Parameters
    ----------
    pool : pandas.DataFrame
        What ``poolable_responses`` gives, of all studies in question, with ``delivery``,
        ``n_treated`` and ``lymphodepletion``.
    outcomes, reports : pandas.DataFrame
        The tables of those names.

    Returns
    -------
    pandas.DataFrame
        A row a ``way`` and delivery (``group``), with what ``shares`` gives.

    Raises
    ------
    ValueError
        If a column is missing or there is no study.

    Notes
    -----
    The last way counts shrinkage beside responses: it takes in studies that report nothing else,
    and with them those that had something to report. It is shown because others count so.

    Examples
    --------
    >>> from cartreview import evidence, load
    >>> tables = [load(name) for name in ("outcomes", "studies", "reports")]
    >>> car = evidence.cns_studies(tables[1]).query("family == 'CAR cells'")
    >>> pool = evidence.poolable_responses(tables[0], car, tables[2])
    >>> found = response_ways(pool, tables[0], tables[2])
    >>> found["way"].nunique(), set(found["group"]) <= set(DELIVERIES)
    (4, True)
    """
    needed = ["study_id", "delivery", "n_treated", "lymphodepletion", "why_not"]
    require(pool, needed, name="pool")
    inside = pool[pool["why_not"] == ""]
    ways: Mapping[str, DataFrame] = {
        "response, of those judged": inside,
        "response, of those treated": treated_instead(inside),
        "response, without lymphodepletion": inside[inside["lymphodepletion"].isna()],
        "response or any shrinkage": _any_shrinkage(pool, outcomes, reports),
    }
    return _typed(
        [
            shares(part, way=way, group=name)
            for way, counts in ways.items()
            for name in DELIVERIES
            if len(part := counts[counts["delivery"] == name])
        ]
    )


def treated_instead(pool: DataFrame) -> DataFrame:
    """Count everybody treated: whoever was not judged had no response.

    Examples
    --------
    >>> row = {"events": 1, "denominator": 16, "n_treated": 17}
    >>> treated_instead(pd.DataFrame([row]))["denominator"].tolist()
    [17]
    """
    among = pool[["denominator", "n_treated"]].astype("Float64").max(axis=1)
    return pool.assign(denominator=among.astype("Int64"))


def _any_shrinkage(pool: DataFrame, outcomes: DataFrame, reports: DataFrame) -> DataFrame:
    """Count shrinkage where a study counts it among all its patients, else responses."""
    rows = rows_of(about(outcomes, pool), _SHRINKAGE)
    rows = rows[rows["arm"].isna() & rows["events"].notna() & rows["denominator"].notna()]
    inside = pool[pool["why_not"] == ""]
    if rows.empty:
        return inside
    loose = response_counts(standing(rows, reports), _SHRINKAGE)
    strict = inside[~inside["study_id"].isin(loose["study_id"])]
    columns = ["study_id", "events", "denominator"]
    both = pd.concat([loose[columns], strict[columns]])
    return both.merge(pool[["study_id", "delivery"]], on="study_id")


def response_sensitivity(pool: DataFrame, reports: DataFrame) -> DataFrame:
    """Pool responses again under other choices.

    Parameters
    ----------
    pool : pandas.DataFrame
        Studies that ``poolable_responses`` lets in.
    reports : pandas.DataFrame
        The table ``reports``.

    Returns
    -------
    pandas.DataFrame
        A row a ``choice``, the first with all studies, with what ``shares`` gives.

    Raises
    ------
    ValueError
        If a column is missing or there is no study.

    Examples
    --------
    >>> from cartreview import evidence, load
    >>> tables = [load(name) for name in ("outcomes", "studies", "reports")]
    >>> car = evidence.cns_studies(tables[1]).query("family == 'CAR cells'")
    >>> pool = evidence.poolable_responses(tables[0], car, tables[2]).query("why_not == ''")
    >>> found = response_sensitivity(pool, tables[2])
    >>> bool((found["k"] <= len(pool)).all()), found["choice"].iloc[0]
    (True, 'all studies')
    """
    require(pool, ["study_id", "source_id", "n_treated", "registrations", "note"], name="pool")
    kinds = reports.set_index(["study_id", "source_id"])["kind"].astype("str")
    own = pd.Series(
        [kinds.get(pair, "") for pair in zip(pool["study_id"], pool["source_id"], strict=True)],
        index=pool.index,
    )
    choices: Mapping[str, DataFrame] = {
        "all studies": pool,
        "without conference reports": pool[~own.isin(_MEETING)],
        "papers of the trials alone": pool[own == "paper"],
        "without overlapping cohorts": pool[~pool["study_id"].isin(overlapping(pool))],
        "those not judged did not respond": treated_instead(pool),
    }
    return _typed([shares(counts, choice=choice) for choice, counts in choices.items()])


def overlapping(studies: DataFrame) -> list[str]:
    """Name studies whose patients another of them counts, or may count.

    Parameters
    ----------
    studies : pandas.DataFrame
        ``study_id``, ``registrations``, ``n_treated`` and ``note``, a row a study.

    Returns
    -------
    list of str
        Of studies with one registration all but the largest; and each whose note says that it may
        share patients.

    Examples
    --------
    >>> studies = pd.DataFrame({"study_id": ["a", "b", "c"], "n_treated": [9, 4, 7],
    ...     "registrations": ["NCT1", "NCT2;NCT1", None],
    ...     "note": [None, None, "Probably shares patients with a."]})
    >>> overlapping(studies)
    ['b', 'c']
    """
    seen: set[str] = set()
    out: list[str] = []
    for row in studies.sort_values("n_treated", ascending=False).to_dict("records"):
        numbers = _registered(row["registrations"])
        said = isinstance(row["note"], str) and _SHARES.search(row["note"])
        if said or numbers & seen:
            out.append(row["study_id"])
        seen |= numbers
    return sorted(out)


def _registered(cell: object) -> set[str]:
    return {one.strip() for one in cell.split(";")} if isinstance(cell, str) else set()
