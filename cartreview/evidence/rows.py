"""Rows of any table: some by their keys, the first and last by a column, the largest group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["Ends", "ends", "keyed", "named"]


def keyed(rows: DataFrame, keys: Iterable[str]) -> DataFrame:
    """Keep the rows of some keys, each once, in the order of the keys.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of a table; the key is its first column.
    keys : iterable of str
        Keys.

    Returns
    -------
    pandas.DataFrame
        Its rows.

    Raises
    ------
    KeyError
        If a key has no row.

    Examples
    --------
    >>> from cartreview import load
    >>> table = load("toxicity_incidence")
    >>> first, second = table["incidence_id"].head(2)
    >>> keyed(table, [second, first])["incidence_id"].tolist() == [second, first]
    True
    """
    found = rows.set_index(rows.columns[0], drop=False).loc[list(dict.fromkeys(keys))]
    return found.reset_index(drop=True)


class Ends(NamedTuple):
    """The row with the least of something, and the row with the most."""

    low: Series
    high: Series


def ends(rows: DataFrame, column: str = "share") -> Ends:
    """Give the rows with the least and with the most of something.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with that column.
    column : str
        A column of numbers; rows without one are left out.

    Returns
    -------
    Ends
        The lowest and the highest row; of equal ones the first and the last.

    Raises
    ------
    ValueError
        If no row has a number.

    Examples
    --------
    >>> import pandas as pd
    >>> low, high = ends(pd.DataFrame({"name": ["a", "b", "c"], "share": [3, 1, 2]}))
    >>> low["name"], high["name"]
    ('b', 'a')
    """
    known = rows[rows[column].notna()].sort_values(column, kind="stable")
    if known.empty:
        raise ValueError(f"no row has a number in {column}; choose rows that do")
    return Ends(known.iloc[0], known.iloc[-1])


def named(rows: DataFrame, studies: DataFrame) -> DataFrame:
    """Add the name by which readers know the study of each row.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of a table with ``study_id`` and ``cohort``.
    studies : pandas.DataFrame
        Rows of ``studies``.

    Returns
    -------
    pandas.DataFrame
        Its rows with ``study``: the name of the study; of patients of several studies, or of none
        that is known, the cohort.

    Examples
    --------
    >>> import pandas as pd
    >>> studies = pd.DataFrame({"study_id": ["a-2020"], "name": ["A 2020"]})
    >>> rows = pd.DataFrame({"study_id": ["a-2020", None], "cohort": ["NCT1", "two trials"]})
    >>> named(rows, studies)["study"].tolist()
    ['A 2020', 'two trials']
    """
    names = studies.set_index("study_id")["name"]
    return rows.assign(study=rows["study_id"].map(names).fillna(rows["cohort"]))
