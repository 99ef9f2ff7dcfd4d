"""When a toxicity begins, how long it lasts, and what one source says of two of them.

Vocabulary
----------
course  medians of onset and duration, in days, among patients with the toxicity.
pair    one cohort, product and source that states the same of two toxicities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cartreview._tables import require

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["Course", "Paired", "at_most", "course", "median_onsets", "paired"]

_PAIR = ["cohort", "product", "source_id"]


@dataclass(frozen=True, slots=True)
class Course:
    """Lowest and highest median of onset and of duration, in days."""

    cohorts: int
    onset_low: float
    onset_high: float
    duration_low: float
    duration_high: float
    rows: DataFrame


def course(rows: DataFrame) -> Course:
    """Say when a toxicity begins and how long it lasts, over cohorts.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence`` of one toxicity.

    Returns
    -------
    Course
        Its medians, how many cohorts state an onset, and the rows that state either.

    Examples
    --------
    >>> from cartreview import load
    >>> table = load("toxicity_incidence")
    >>> found = course(table[table["toxicity"] == "CRS"])
    >>> bool(found.onset_low <= found.onset_high)
    True
    """
    onset, duration = rows["onset_median"], rows["duration_median"]
    return Course(
        cohorts=rows.loc[onset.notna(), "cohort"].nunique(),
        onset_low=onset.min(),
        onset_high=onset.max(),
        duration_low=duration.min(),
        duration_high=duration.max(),
        rows=rows[onset.notna() | duration.notna()],
    )


@dataclass(frozen=True, slots=True)
class Paired:
    """How often the second of two toxicities has more of something than the first."""

    more: int
    n: int
    typical: float
    rows: DataFrame


def paired(first: DataFrame, second: DataFrame, column: str) -> Paired:
    """Compare two toxicities where one source states the same of both for one cohort.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    first, second : pandas.DataFrame
        Rows of ``toxicity_incidence``, each of one toxicity.
    column : str
        What is compared: ``onset_median``, ``duration_median``, ``share``.

    Returns
    -------
    Paired
        Pairs, in how many of them the second has more, the median of the second, and their rows.

    Notes
    -----
    Of a cohort that a source tells in parts and as a whole, the whole counts.

    Examples
    --------
    >>> from cartreview import load
    >>> table = load("toxicity_incidence")
    >>> crs, neuro = (table[table["toxicity"] == name] for name in ("CRS", "neurotoxicity"))
    >>> found = paired(crs, neuro, "onset_median")
    >>> 0 <= found.more <= found.n
    True
    """
    both = _one_each(first, column).merge(_one_each(second, column), on=_PAIR)
    keys = {*both["incidence_id_x"], *both["incidence_id_y"]}
    known = pd.concat([first, second])
    return Paired(
        more=int((both[f"{column}_y"] > both[f"{column}_x"]).sum()),
        n=len(both),
        typical=float(both[f"{column}_y"].median()),
        rows=known[known["incidence_id"].isin(keys)],
    )


def _one_each(rows: DataFrame, column: str) -> DataFrame:
    known = rows[rows[column].notna()].assign(part=rows["arm"].notna())
    known = known.sort_values("part", kind="stable").drop_duplicates(_PAIR)
    return known[[*_PAIR, "incidence_id", column]]


def at_most(rows: DataFrame, column: str, days: float) -> Series:
    """Tell cohort by cohort whether a median is at most some days.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence`` of one toxicity.
    column : str
        ``onset_median`` or ``duration_median``.
    days : float
        Limit.

    Returns
    -------
    pandas.Series
        True or False by cohort and product; the longest median of one counts, no patient twice.

    Examples
    --------
    >>> from cartreview import load
    >>> table = load("toxicity_incidence")
    >>> bool(at_most(table[table["toxicity"] == "CRS"], "duration_median", 1000).all())
    True
    """
    own = rows[rows[column].notna() & rows["same_patients_as"].isna()]
    return own.groupby(["cohort", "product"])[column].max() <= days


def median_onsets(incidence: DataFrame, cohort: str = "study_id") -> DataFrame:
    """Keep one stated median onset a toxicity, cohort and product; the whole cohort before a part.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    incidence : pandas.DataFrame
        Rows of ``toxicity_incidence``.
    cohort : str
        Column that names the cohort.

    Returns
    -------
    pandas.DataFrame
        Rows with ``onset_median`` whose patients no other row names.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"toxicity": "CRS", "study_id": "a-2020", "product": "x",
    ...                      "arm": ["elderly", None], "onset_median": [2.0, 3.0],
    ...                      "same_patients_as": None})
    >>> median_onsets(rows)["onset_median"].tolist()
    [3.0]
    """
    keys = ["toxicity", cohort, "product"]
    require(
        incidence, [*keys, "arm", "onset_median", "same_patients_as"], name="toxicity_incidence"
    )
    stated = incidence[incidence["onset_median"].notna() & incidence["same_patients_as"].isna()]
    first = stated.assign(part=stated["arm"].notna()).sort_values("part", kind="stable")
    return first.drop_duplicates(keys).drop(columns="part")
