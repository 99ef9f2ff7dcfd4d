"""Incidence of toxicity: which rows ask one question, and what they count.

Vocabulary
----------
severity   ``any`` grade, or ``severe``: the grades that the column ``severe_kind`` names.
poolable   a row that counts patients, of whom no other poolable row counts the same ones under the
           same scale, with deaths included among the severe.
back-calculated  a count that is not printed, but is the nearest to a printed percentage.
share      patients with the toxicity, in percent, as printed or from the printed counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.products import short_product
from cartreview.evidence.rows import named
from cartreview.synthesis import pool_proportions

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = [
    "SEVERE",
    "PooledShare",
    "Severity",
    "counted",
    "described",
    "each_scale",
    "holds_deaths",
    "nearest_count",
    "once",
    "poolable",
    "pooled",
    "row_names",
    "share_ranges",
    "whole_cohorts",
]

Severity = Literal["any", "severe"]

# Of the ways to draw the line only these two include every death, if the source is to be believed.
SEVERE = ("grade 3 or higher", "grade 3")
# "Not stated" is a number of patients of whom the source does not say more.
PATIENTS = ("infused", "safety set", "evaluable", "not stated")


def nearest_count(percent: float, denominator: int) -> int:
    """Give the count that is nearest to a percentage.

    Parameters
    ----------
    percent : float
        Percentage as printed, 0 to 100.
    denominator : int
        Patients, one or more.

    Returns
    -------
    int
        Patients. A printed percentage without decimals fixes it only up to 100 patients; above,
        it is off by less than half a percent of them.

    Raises
    ------
    ValueError
        If the percentage is outside 0 to 100 or the denominator is below 1.

    Examples
    --------
    >>> nearest_count(58, 111), nearest_count(4.1, 97)
    (64, 4)
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must be between 0 and 100; found {percent}")
    if denominator < 1:
        raise ValueError(f"denominator must be 1 patient or more; found {denominator}")
    return round(percent * denominator / 100)


def row_names(rows: DataFrame, study: str = "cohort") -> list[str]:
    """Name rows of ``toxicity_incidence`` by product, cohort or study, and arm.

    Examples
    --------
    >>> import pandas as pd
    >>> row_names(pd.DataFrame({"product": ["tisagenlecleucel"], "cohort": ["JULIET"]}))
    ['tisa-cel, JULIET']
    """
    arms = rows["arm"].fillna("") if "arm" in rows else [""] * len(rows)
    triples = zip(rows["product"], rows[study], arms, strict=True)
    return [
        ", ".join(filter(None, [short_product(product), name, arm]))
        for product, name, arm in triples
    ]


def poolable(
    rows: DataFrame, severity: Severity = "any", *, by: Literal["scale", "term"] = "scale"
) -> DataFrame:
    """Keep the rows that can be pooled, with what they count.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence`` of one toxicity and one scale or term.
    severity : {"any", "severe"}
        Which grades.
    by : {"scale", "term"}
        What the rows must share: the scale, or, where sources name a syndrome that its own scale
        defines (ICANS) and not the scale, the term.

    Returns
    -------
    pandas.DataFrame
        Its rows with ``study_id`` (the key of the row), ``study``, ``events``, ``denominator`` and
        ``back_calculated`` (true where the count comes from a percentage), by product and cohort.

    Raises
    ------
    ValueError
        If the rows mix toxicities, scales or terms, name no scale, lack a column, or are none.

    Notes
    -----
    Left out are rows that count the same patients as another (``same_patients_as``), that count
    reports or courses, that state no denominator, and, among the severe, those whose cut leaves
    out deaths or lies elsewhere than at grade 3.

    Examples
    --------
    >>> from cartreview import load
    >>> table = load("toxicity_incidence")
    >>> crs = table[(table["toxicity"] == "CRS") & (table["scale"] == "ASTCT 2019")]
    >>> bool((poolable(crs)["events"] <= poolable(crs)["denominator"]).all())
    True
    """
    needed = ["incidence_id", "toxicity", by, "denominator", "same_patients_as"]
    require(rows, needed, name="toxicity_incidence")
    for column in ("toxicity", by):
        found = sorted(rows[column].unique())
        if len(found) > 1 or found == ["not stated"]:
            raise ValueError(
                f"rows to pool must have one {column}; found {', '.join(found)}: choose one"
            )
    events, percent = rows[f"{severity}_events"], rows[f"{severity}_percent"]
    kept = (
        rows["same_patients_as"].isna()
        & rows["denominator"].notna()
        & rows["denominator_kind"].isin(PATIENTS)
        & (events.notna() | percent.notna())
    )
    if severity == "severe":
        kept &= holds_deaths(rows)
    return _counted(rows[kept], severity).sort_values(["product", "cohort"], ignore_index=True)


def holds_deaths(rows: DataFrame) -> Series:
    """Tell of each row whether every death is among the severe: no death, or a cut that has them.

    Examples
    --------
    >>> rows = pd.DataFrame({"severe_kind": ["grade 3 or higher", "grade 3 or 4", "grade 3 or 4"],
    ...                      "fatal_events": [None, 0, 1]})
    >>> holds_deaths(rows).tolist()
    [True, True, False]
    """
    none_died = (rows["severe_kind"] == "grade 3 or 4") & (rows["fatal_events"] == 0)
    return rows["severe_kind"].isin(SEVERE) | none_died.fillna(False)


def _counted(rows: DataFrame, severity: Severity) -> DataFrame:
    printed = rows[f"{severity}_events"]
    triples = zip(printed, rows[f"{severity}_percent"], rows["denominator"], strict=True)
    events = [nearest_count(share, total) if pd.isna(e) else e for e, share, total in triples]
    return rows.assign(
        study_id=rows["incidence_id"],
        study=row_names(rows),
        events=pd.array(events, "Int64"),
        back_calculated=printed.isna(),
    )


def described(rows: DataFrame, studies: DataFrame) -> DataFrame:
    """Add what readers call a row, and its share.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence``.
    studies : pandas.DataFrame
        Rows of ``studies``.

    Returns
    -------
    pandas.DataFrame
        Its rows with ``study`` (its name), ``short`` (product), ``name`` (product, study and arm)
        and ``share`` (percent).

    Examples
    --------
    >>> from cartreview import load
    >>> rows = described(load("toxicity_incidence"), load("studies"))
    >>> bool(rows["share"].max() <= 100)
    True
    """
    rows = named(rows, studies)
    counted_share = 100 * rows["any_events"] / rows["denominator"]
    return rows.assign(
        name=row_names(rows, study="study"),
        short=rows["product"].map(short_product),
        share=rows["any_percent"].fillna(counted_share).astype("Float64"),
    )


def whole_cohorts(rows: DataFrame) -> DataFrame:
    """Keep whole cohorts with a share, no part of one, no patient twice.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Described rows of one toxicity.

    Returns
    -------
    pandas.DataFrame
        One row a cohort and product, the one with the highest share, the lowest cohort first.
        Regradings are left out: their cohort has a row of its own.

    Examples
    --------
    >>> from cartreview import load
    >>> rows = described(load("toxicity_incidence"), load("studies"))
    >>> bool(whole_cohorts(rows[rows["toxicity"] == "CRS"])["arm"].isna().all())
    True
    """
    own = rows["arm"].isna() & rows["same_patients_as"].isna()
    known = rows[own & rows["share"].notna() & (rows["design"] != "regrading")]
    known = known.sort_values("share", kind="stable")
    return known.drop_duplicates(["cohort", "product"], keep="last")


def counted(rows: DataFrame) -> DataFrame:
    """Keep groups whose patients with the toxicity are counted, no patient twice.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence`` of one toxicity.

    Returns
    -------
    pandas.DataFrame
        Its rows with ``events``.

    Examples
    --------
    >>> from cartreview import load
    >>> rows = load("toxicity_incidence")
    >>> found = counted(rows[rows["toxicity"] == "TIAN"])
    >>> bool((found["events"] <= found["denominator"]).all())
    True
    """
    own = rows[rows["same_patients_as"].isna()]
    known = own[own["any_events"].notna() & own["denominator"].notna()]
    return known.assign(events=known["any_events"])


def each_scale(rows: DataFrame, severity: Severity = "any") -> DataFrame:
    """Keep what can be pooled under each scale that sources name.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence`` of one toxicity, of any scale.
    severity : {"any", "severe"}
        Which grades.

    Returns
    -------
    pandas.DataFrame
        What ``poolable`` keeps of each scale. A patient stands under one scale at most once, but
        may stand under several scales: the frame compares, it is not to be added up.

    Examples
    --------
    >>> from cartreview import load
    >>> table = load("toxicity_incidence")
    >>> crs = table[table["toxicity"] == "CRS"]
    >>> "not stated" in set(each_scale(crs)["scale"])
    False
    """
    named = rows[~rows["scale"].isin(["not stated", "several"])]
    parts = [poolable(part, severity) for _, part in named.groupby("scale")]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def share_ranges(counts: DataFrame, by: str = "product") -> DataFrame:
    """Give the range of the shares of groups, product by product or scale by scale.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    counts : pandas.DataFrame
        What ``poolable`` or ``each_scale`` keeps.
    by : str
        Column that names the groups.

    Returns
    -------
    pandas.DataFrame
        ``low`` and ``high`` in percent, ``groups`` and ``short`` by that column, the lowest first.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"product": ["a", "b", "b"], "events": [1, 3, 4],
    ...                        "denominator": [10, 10, 10]})
    >>> share_ranges(counts).loc["b", ["low", "high"]].tolist()
    [30.0, 40.0]
    """
    shares = (100 * counts["events"] / counts["denominator"]).astype(float)
    found = shares.groupby(counts[by]).agg(low="min", high="max", groups="size")
    found["short"] = [short_product(str(name)) for name in found.index]
    return found.sort_values(["low", "high"], kind="stable")


@dataclass(frozen=True, slots=True)
class PooledShare:
    """A pooled share with its intervals, in percent, as sentences say it."""

    k: int
    events: int
    total: int
    estimate: float
    low: float
    high: float
    next_low: float
    next_high: float


def pooled(counts: DataFrame) -> PooledShare:
    """Pool the shares of groups, in percent.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    counts : pandas.DataFrame
        Groups with ``events`` and ``denominator`` that answer one question.

    Returns
    -------
    PooledShare
        Estimate, 95% interval, and the interval in which the share of a further group may lie.

    Raises
    ------
    ValueError
        If there are too few groups to pool.

    Examples
    --------
    >>> import pandas as pd
    >>> three = pd.DataFrame({"events": [5, 6, 7], "denominator": [20, 20, 20]})
    >>> found = pooled(three)
    >>> found.k, round(found.estimate), found.low < found.estimate < found.high
    (3, 30, True)
    """
    result = pool_proportions(counts["events"], counts["denominator"])
    shares = (result.estimate, result.ci_low, result.ci_high, result.pi_low, result.pi_high)
    percents = [100 * share for share in shares if share is not None]
    if len(percents) < len(shares):
        raise ValueError(f"{len(counts)} groups cannot be pooled: {result}")
    return PooledShare(int(result.k), int(result.events), int(result.total), *percents)


def once(rows: DataFrame, *, by: str) -> DataFrame:
    """Keep rows of whose patients no other row with the same value of a column counts any.

    Taught in: book/retested.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence``.
    by : str
        The column: patients who were given cells first by one route and then by another stand
        under both routes, and once under each.

    Returns
    -------
    pandas.DataFrame
        Those rows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"incidence_id": ["a", "b", "c"], "route": ["IV", "ICV", "IV"],
    ...                      "same_patients_as": [None, "a", "a"]})
    >>> once(rows, by="route")["incidence_id"].tolist()
    ['a', 'b']
    """
    other = rows["same_patients_as"].map(rows.set_index("incidence_id")[by])
    return rows[rows["same_patients_as"].isna() | (other.notna() & other.ne(rows[by]))]
