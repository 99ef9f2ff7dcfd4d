"""Counts of patients with an outcome: which printed count stands for a study.

Vocabulary
----------
endpoint  a value of the column ``endpoint`` of ``outcomes``, or several in a tuple whose counts are
          added: ``("CR", "PR")`` are patients with a complete or a partial response.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pandas import DataFrame

from cartreview.charts.frames import require

__all__ = ["Endpoint", "counted", "endpoint_name", "recounted"]

Endpoint = str | tuple[str, ...]

_NEEDED = ["study_id", "arm", "endpoint", "events", "denominator", "denominator_kind", "source_id"]
PATIENTS = ("all patients of the row", "subset, not explained", "arm", "evaluable")


def endpoint_name(endpoint: Endpoint) -> str:
    """Name an endpoint in a chart.

    Examples
    --------
    >>> endpoint_name(("CR", "PR")), endpoint_name("SD")
    ('CR + PR', 'SD')
    """
    return endpoint if isinstance(endpoint, str) else " + ".join(endpoint)


def counted(outcomes: DataFrame, endpoints: Sequence[Endpoint]) -> DataFrame:
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
    >>> counted(rows, ["tumour shrinkage", ("CR", "PR")])[["endpoint", "events"]].values.tolist()
    [['CR + PR', 4]]
    """
    require(outcomes, _NEEDED, name="outcomes")
    found = _counts(outcomes, endpoints)
    if found.empty:
        names = ", ".join(endpoint_name(endpoint) for endpoint in endpoints)
        raise ValueError(
            f"outcomes: column 'endpoint' has no count with a denominator for {names}; it has "
            f"{', '.join(sorted(set(outcomes['endpoint'])))}"
        )
    return found


def recounted(outcomes: DataFrame, endpoints: Sequence[Endpoint], chosen: DataFrame) -> DataFrame:
    """Give what a second source counts for a study, where its share differs from the chosen one.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``outcomes``.
    endpoints : sequence of str or tuple of str
        As given to ``counted``.
    chosen : pandas.DataFrame
        What ``counted`` gave.

    Returns
    -------
    pandas.DataFrame
        As `chosen`; without rows where no other source differs.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"study_id": ["hayes-53"] * 2, "arm": [None] * 2,
    ...     "endpoint": ["PR"] * 2, "events": [4, 2], "denominator": [19, 19],
    ...     "denominator_kind": ["evaluable"] * 2, "source_id": ["kaminskiy2025", "hayes1995"]})
    >>> recounted(rows, ["PR"], counted(rows, ["PR"]))["events"].tolist()
    [2]
    """
    source = chosen.drop_duplicates("study_id").set_index("study_id")["source_id"]
    others = outcomes[outcomes["source_id"] != outcomes["study_id"].map(source)]
    found = _counts(others[others["study_id"].isin(source.index)], endpoints)
    if found.empty:
        return found
    known = {(s, e / d) for s, e, d in chosen[["study_id", "events", "denominator"]].to_numpy()}
    triples = found[["study_id", "events", "denominator"]].to_numpy()
    return found[[(s, e / d) not in known for s, e, d in triples]]


def _counts(outcomes: DataFrame, endpoints: Sequence[Endpoint]) -> DataFrame:
    counts = outcomes.dropna(subset=["events", "denominator"])
    counts = counts[counts["denominator_kind"].isin(PATIENTS)]
    counts = counts.assign(arm=counts["arm"].astype(object).where(counts["arm"].notna(), ""))
    studies = [study for _, study in counts.groupby("study_id", sort=False)]
    rows = [row for study in studies for row in _of(study, endpoints)]
    columns = [column for column in _NEEDED if column != "denominator_kind"]
    return pd.DataFrame(rows, columns=columns)


def _of(study: DataFrame, endpoints: Sequence[Endpoint]) -> list[dict[str, object]]:
    for _, part in study.groupby("source_id", sort=False):
        whole = _first(part[part["arm"] == ""], endpoints)
        if whole:
            return [whole]
        arms = [_first(part[part["arm"] == arm], endpoints) for arm in part["arm"].unique() if arm]
        if any(arms):
            return [arm for arm in arms if arm]
    return []


def _first(arm: DataFrame, endpoints: Sequence[Endpoint]) -> dict[str, object] | None:
    for endpoint in endpoints:
        parts = (endpoint,) if isinstance(endpoint, str) else endpoint
        found = arm[arm["endpoint"].isin(parts)].drop_duplicates("endpoint")
        if found.empty:
            continue
        first = found.iloc[0]
        same = found[found["denominator"] == first["denominator"]]
        printed = tuple(part for part in parts if part in set(same["endpoint"]))
        return {
            "study_id": first["study_id"],
            "arm": first["arm"],
            "endpoint": endpoint_name(printed),
            "events": int(same["events"].sum()),
            "denominator": int(first["denominator"]),
            "source_id": first["source_id"],
        }
    return None
