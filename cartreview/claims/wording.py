"""Words that many claims need: lists, shares of cohorts, verdicts of three kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = [
    "cohorts",
    "day",
    "how_many",
    "names",
    "overlap",
    "tally",
    "verdict",
    "verdict_of_most",
]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class _Interval(Protocol):
    ci_low: float
    ci_high: float


def tally(items: Series) -> list[str]:
    """Count each value of a column, the commonest first.

    Parameters
    ----------
    items : pandas.Series
        Values; empty cells do not count.

    Returns
    -------
    list of str
        ``"VALUE (n)"``, equal counts in the order of the alphabet.

    Examples
    --------
    >>> import pandas as pd
    >>> tally(pd.Series(["MRI", "CT", "MRI", None]))
    ['MRI (2)', 'CT (1)']
    """
    counts = items.dropna().astype("str").value_counts()
    return [f"{name} ({n})" for name, n in sorted(counts.items(), key=lambda x: (-x[1], x[0]))]


def cohorts(rows: DataFrame, name: str = "cohort") -> list[str]:
    """Say the counts of rows with the cohort of each.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``events``, ``denominator`` and a column that names the cohort.
    name : str
        That column.

    Returns
    -------
    list of str
        ``"4 of 6 (JULIET)"``, or ``"none of 6 (JULIET)"``, in the order of the rows.

    Examples
    --------
    >>> import pandas as pd
    >>> cohorts(pd.DataFrame({"events": [4], "denominator": [6], "cohort": ["JULIET"]}))
    ['4 of 6 (JULIET)']
    """
    triples = zip(rows["events"], rows["denominator"], rows[name], strict=True)
    return [f"{events or 'none'} of {total} ({cohort})" for events, total, cohort in triples]


def names(rows: DataFrame, none: str = "none") -> list[str]:
    """Name the studies of rows, each once.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``name``.
    none : str
        What to say where there is no row.

    Returns
    -------
    list of str
        In the order of the rows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"name": ["Brown 2024", "Choi 2024", "Brown 2024"]})
    >>> names(rows), names(rows.head(0), "no study")
    (['Brown 2024', 'Choi 2024'], ['no study'])
    """
    return list(rows["name"].unique()) or [none]


def how_many(k: int, n: int) -> str:
    """Say how many of a number do something, as a sentence does.

    Parameters
    ----------
    k : int
        How many do.
    n : int
        Of how many.

    Returns
    -------
    str
        ``"none"``, ``"both"``, ``"all n"`` or the number.

    Examples
    --------
    >>> how_many(0, 4), how_many(2, 2), how_many(3, 3), how_many(1, 2)
    ('none', 'both', 'all 3', '1')
    """
    if k < n or n < 2:
        return str(k or "none")
    return "both" if n == 2 else f"all {n}"


def verdict_of_most(k: int, n: int) -> str:
    """Say that a statement about all holds if it is so for all, in part if for most.

    Examples
    --------
    >>> verdict_of_most(3, 3), verdict_of_most(2, 3), verdict_of_most(1, 3)
    ('holds', 'holds in part', 'does not hold')
    """
    return verdict(k == n, part=2 * k > n)


def verdict(whole: bool, *, part: bool = False) -> str:
    """Say whether a statement holds, holds in part, or does not.

    Parameters
    ----------
    whole : bool
        Whether all that it says is so.
    part : bool
        Whether some of it is.

    Returns
    -------
    str
        One of ``cartreview.claims.ledger.VERDICTS``.

    Examples
    --------
    >>> verdict(False, part=True), verdict(True), verdict(False)
    ('holds in part', 'holds', 'does not hold')
    """
    return "holds" if whole else "holds in part" if part else "does not hold"


def overlap(a: _Interval, b: _Interval) -> bool:
    """Tell whether two pooled intervals overlap.

    Examples
    --------
    >>> from cartreview.synthesis import pool_proportions
    >>> few, many = pool_proportions([1, 2], [20, 30]), pool_proportions([15, 20], [20, 30])
    >>> overlap(few, many)
    False
    """
    return bool(a.ci_low <= b.ci_high and b.ci_low <= a.ci_high)


def day(iso: str) -> str:
    """Write a date in words, as far as it is known.

    Parameters
    ----------
    iso : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Returns
    -------
    str
        Day, month and year.

    Examples
    --------
    >>> day("2025-06-26"), day("2025-06")
    ('26 June 2025', 'June 2025')
    """
    year, month, number = (int(part) for part in f"{iso}-0-0".split("-")[:3])
    words = [str(number or ""), _MONTHS[month - 1] if month else "", str(year)]
    return " ".join(filter(None, words))
