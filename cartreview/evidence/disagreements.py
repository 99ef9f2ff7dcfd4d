"""Where publications contradict themselves or each other, and what hangs on it.

Vocabulary
----------
weight   what would be different if the other side were right: a conclusion, a figure or wording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview._tables import require

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["questions"]


def questions(rows: DataFrame) -> list[str]:
    """Count the disagreements that bear on each conclusion, most first.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``disagreements``; those that bear on no conclusion do not count.

    Returns
    -------
    list of str
        ``"whether it works (3)"``, in the order of the rows where counts are equal.

    Raises
    ------
    ValueError
        If there is no row or no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> questions(pd.DataFrame({"conclusion": ["When to stop", "Whether it works"] * 1 +
    ...                                       ["Whether it works", None]}))
    ['whether it works (2)', 'when to stop (1)']
    """
    require(rows, ["conclusion"], name="disagreements")
    found = rows["conclusion"].dropna().astype("str")
    counts = found.value_counts()
    order = sorted(dict.fromkeys(found), key=lambda question: -int(counts[question]))
    return [f"{text[0].lower()}{text[1:]} ({counts[text]})" for text in order]
