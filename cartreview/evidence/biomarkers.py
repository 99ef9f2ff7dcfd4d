"""Markers: how comparisons of a marker between patients with and without an outcome came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["contested_markers", "directions"]

_WAYS = ("higher", "lower", "no difference", "present")


def directions(comparisons: DataFrame) -> dict[str, int]:
    """Count comparisons by how they came out.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    comparisons : pandas.DataFrame
        Rows of ``biomarkers``; there may be none.

    Returns
    -------
    dict of str to int
        ``n``, ``higher``, ``lower``, ``same`` (no difference found) and ``present`` (found, not
        compared).

    Examples
    --------
    >>> import pandas as pd
    >>> directions(pd.DataFrame({"direction": ["higher", "no difference", "higher"]}))
    {'n': 3, 'higher': 2, 'lower': 0, 'same': 1, 'present': 0}
    """
    found = comparisons["direction"].value_counts()
    counts = {way.replace("no difference", "same"): int(found.get(way, 0)) for way in _WAYS}
    return {"n": len(comparisons), **counts}


def contested_markers(comparisons: DataFrame) -> DataFrame:
    """Keep the comparisons of markers that some find higher and others no different.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    comparisons : pandas.DataFrame
        Rows of ``biomarkers``.

    Returns
    -------
    pandas.DataFrame
        Rows of those markers, with ``marker``: the key in ``nodes``, else the name.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"analyte": ["IL6", "IL6", "CRP"], "node_id": ["il6", "il6", None],
    ...                      "direction": ["higher", "no difference", "higher"]})
    >>> contested_markers(rows)["marker"].tolist()
    ['il6', 'il6']
    """
    marked = comparisons.assign(marker=_marker(comparisons))
    ways = marked.groupby("marker")["direction"].agg(set)
    split = ways.index[[{"higher", "no difference"} <= found for found in ways]]
    return marked[marked["marker"].isin(split)]


def _marker(rows: DataFrame) -> Series:
    return rows["node_id"].fillna(rows["analyte"])
