"""Rows of any table: some by their keys, the first and last by a column, the largest group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["ends", "keyed", "largest"]


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


def ends(rows: DataFrame, column: str = "share") -> tuple[Series, Series]:
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
    tuple of pandas.Series
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
    return known.iloc[0], known.iloc[-1]


def largest(rows: DataFrame) -> Series:
    """Give the row that counts the most patients.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with a ``denominator``.

    Returns
    -------
    pandas.Series
        Its row, with the ``share`` in percent where there are ``events``.

    Raises
    ------
    ValueError
        If no row has a denominator.

    Examples
    --------
    >>> import pandas as pd
    >>> float(largest(pd.DataFrame({"events": [3, 30], "denominator": [6, 40]}))["share"])
    75.0
    """
    row = ends(rows, "denominator")[1].copy()
    row["share"] = 100 * row["events"] / row["denominator"]
    return row
