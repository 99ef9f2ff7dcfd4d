"""Risk scores: how well they separate, as sources measured it.

Vocabulary
----------
AUC  probability that a patient with the outcome has the higher score, 0.5 to 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["aucs", "groups_of"]


def aucs(rows: DataFrame, score: str) -> DataFrame:
    """Keep the areas under the curve of a score or of a family of scores.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``risk_scores``.
    score : str
        Name of the score, as a regular expression for the whole of it.

    Returns
    -------
    pandas.DataFrame
        Its rows with ``auc``, a probability also where the source prints a percentage, the lowest
        first.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"score": ["EASIX", "m-EASIX"], "measure": ["AUC", "AUC"],
    ...                      "value": [0.61, 80.0], "value_unit": ["probability", "percent"]})
    >>> aucs(rows, ".*EASIX")["auc"].tolist()
    [0.61, 0.8]
    """
    found = rows[rows["score"].str.fullmatch(score) & (rows["measure"] == "AUC")]
    value = found["value"].mask(found["value_unit"] == "percent", found["value"] / 100)
    return found.assign(auc=value.astype(float)).sort_values("auc", kind="stable")


def groups_of(rows: DataFrame, row: Series) -> DataFrame:
    """Keep how often the outcome of an area came in each risk group of the same patients.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``risk_scores``.
    row : pandas.Series
        A row with an area under the curve.

    Returns
    -------
    pandas.DataFrame
        Rows of the same score, source, outcome and population that count patients of a group.

    Examples
    --------
    >>> from cartreview import load
    >>> scores = load("risk_scores")
    >>> found = groups_of(scores, aucs(scores, "CAR-HEMATOTOX").iloc[-1])
    >>> sorted(found["group"])
    ['high', 'low']
    """
    same = rows[["score", "source_id", "outcome", "population"]].eq(
        row[["score", "source_id", "outcome", "population"]]
    )
    return rows[same.all(axis=1) & rows["group"].notna() & rows["events"].notna()]
