"""Who responded: which printed count stands for a study.

Vocabulary
----------
endpoint   a value of the column ``endpoint`` of ``outcomes``, or several in a tuple, whose counts
           are added: ``("CR", "PR")`` are patients with a complete or a partial response.
endpoints  endpoints in order of preference: a study shows the first one that it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cartreview._tables import require

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "RESPONSE",
    "SIGNS",
    "Endpoint",
    "response_counts",
    "rows_of",
]

Endpoint = str | tuple[str, ...]

# Shrinkage comes first because a row that counts it may count CR and PR among the same patients.
RESPONSE: tuple[Endpoint, ...] = ("tumour shrinkage", ("CR", "PR"), "radiographic improvement")
# What the seed review also takes for a sign that the cells acted on the tumour.
SIGNS: tuple[Endpoint, ...] = (*RESPONSE, "tumour necrosis", "antitumour signs")

PATIENTS = ("all patients of the row", "subset, not explained", "arm", "evaluable")
_NEEDED = ["study_id", "arm", "endpoint", "events", "denominator", "denominator_kind", "source_id"]
_PART = ["study_id", "source_id", "arm"]


def rows_of(outcomes: DataFrame, endpoints: Sequence[Endpoint]) -> DataFrame:
    """Keep the outcomes that some endpoints are counted from.

    Examples
    --------
    >>> from cartreview import load
    >>> sorted(set(rows_of(load("outcomes"), [("CR", "PR")])["endpoint"]))
    ['CR', 'PR']
    """
    return outcomes[outcomes["endpoint"].isin(_ranks(endpoints))]


def response_counts(outcomes: DataFrame, endpoints: Sequence[Endpoint]) -> DataFrame:
    """Choose for each study the first of some endpoints that it prints with a denominator.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``outcomes``.
    endpoints : sequence of str or tuple of str
        Endpoints, the most wanted first. The counts of a tuple are added where they share arm and
        denominator; what is not printed adds nothing.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``arm``, ``endpoint``, ``events``, ``denominator``, ``source_id``. A count for
        the whole study excludes those of its arms; a study counted by arm only has a row an arm.

    Raises
    ------
    ValueError
        If the frame is empty or lacks a column, or no row counts any of the endpoints.

    Notes
    -----
    The counts of a study come from one source: the first in the table that has any. Counts of
    anything but patients, such as courses of treatment, are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"study_id": ["brown-15"] * 2, "arm": [None] * 2,
    ...     "endpoint": ["CR", "PR"], "events": [2, 2], "denominator": [58, 58],
    ...     "denominator_kind": ["evaluable"] * 2, "source_id": ["kaminskiy2025"] * 2})
    >>> found = response_counts(rows, ["tumour shrinkage", ("CR", "PR")])
    >>> found[["endpoint", "events"]].values.tolist()
    [['CR + PR', 4]]
    """
    require(outcomes, _NEEDED, name="outcomes")
    found = _counts(outcomes, endpoints)
    if found.empty:
        names = ", ".join(one if isinstance(one, str) else " + ".join(one) for one in endpoints)
        raise ValueError(
            f"outcomes: column 'endpoint' has no count with a denominator for {names}; it has "
            f"{', '.join(sorted(set(outcomes['endpoint'])))}"
        )
    return found


def _ranks(endpoints: Sequence[Endpoint]) -> dict[str, int]:
    """Give each endpoint the place of its preference; those of a tuple share one."""
    tuples = [(one,) if isinstance(one, str) else one for one in endpoints]
    return {part: rank for rank, parts in enumerate(tuples) for part in parts}


def _counts(outcomes: DataFrame, endpoints: Sequence[Endpoint]) -> DataFrame:
    ranks = _ranks(endpoints)
    rows = outcomes[
        outcomes["endpoint"].isin(ranks) & outcomes["denominator_kind"].isin(PATIENTS)
    ].dropna(subset=["events", "denominator"])
    rows = rows.assign(
        arm=rows["arm"].fillna(""),
        rank=rows["endpoint"].map(ranks).astype("int64"),
        place=range(len(rows)),
    ).drop_duplicates([*_PART, "endpoint"])
    return _chosen(_added(rows, list(ranks)))


def _added(rows: DataFrame, order: list[str]) -> DataFrame:
    """Add up the counts that share a preference and the denominator printed first for it."""
    group = rows.groupby([*_PART, "rank"], sort=False)
    same = rows[rows["denominator"] == group["denominator"].transform("first")]
    same = same.sort_values("endpoint", key=lambda names: names.map(order.index), kind="stable")
    return same.groupby([*_PART, "rank"], sort=False, as_index=False).agg(
        endpoint=("endpoint", " + ".join),
        events=("events", "sum"),
        denominator=("denominator", "first"),
        place=("place", "min"),
    )


def _chosen(sums: DataFrame) -> DataFrame:
    """Keep of each study one source, the whole before its arms, and the preferred endpoint."""
    first = sums["place"].groupby(sums["study_id"]).transform("min")
    sources = sums.loc[sums["place"] == first, ["study_id", "source_id"]]
    kept = sums.merge(sources, on=["study_id", "source_id"])
    whole = (kept["arm"] == "").groupby(kept["study_id"]).transform("any")
    kept = kept[~whole | (kept["arm"] == "")]
    best = kept[kept["rank"] == kept.groupby(_PART)["rank"].transform("min")]
    columns = ["study_id", "arm", "endpoint", "events", "denominator", "source_id"]
    ordered = best.sort_values("place", kind="stable", ignore_index=True)[columns]
    return ordered.assign(share=(ordered["events"] / ordered["denominator"]).astype("float"))
