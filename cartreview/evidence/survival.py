"""Survival: median times, each with its clock, none added to another.

Vocabulary
----------
clock   the day from which a time is counted: infusion, enrolment, surgery, diagnosis, recurrence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview._tables import require
from cartreview.evidence.reports import standing

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["CLOCKS", "median_times"]

CLOCKS = ("infusion", "enrolment", "surgery", "recurrence", "diagnosis", "not stated")
_MONTHS = {"months": 1.0, "weeks": 12 / 52.18, "days": 12 / 365.25}
_NEEDED = ["study_id", "arm", "endpoint", "value", "unit", "clock", "interval_low", "interval_high"]


def median_times(outcomes: DataFrame, reports: DataFrame, *, endpoint: str = "OS") -> DataFrame:
    """Give the median time of each study in months, by the report that stands.

    Parameters
    ----------
    outcomes, reports : pandas.DataFrame
        The tables of those names.
    endpoint : {"OS", "PFS"}
        Which time.

    Returns
    -------
    pandas.DataFrame
        Rows of `outcomes` with ``months``, ``months_low`` and ``months_high`` added and the clock
        filled ("not stated"); a study has a row for the whole, or else one an arm.

    Raises
    ------
    ValueError
        If a column is missing or no row has a median.

    Notes
    -----
    Medians are not pooled: they are counted from different days, of patients at different points of
    their disease. A time is a median if it stands in ``value``; a share alive at a time does not.

    Examples
    --------
    >>> from cartreview import load
    >>> found = median_times(load("outcomes"), load("reports"))
    >>> bool((found["months"] > 0).all()), set(found["clock"]) <= set(CLOCKS)
    (True, True)
    """
    require(outcomes, _NEEDED, name="outcomes")
    rows = outcomes[(outcomes["endpoint"] == endpoint) & outcomes["value"].notna()]
    rows = rows[rows["unit"].isin(_MONTHS) & rows["timepoint"].isna()]
    require(rows, [], name=f"outcomes with a median {endpoint}")
    kept = standing(rows, reports)
    whole = kept["arm"].isna().groupby(kept["study_id"]).transform("any")
    kept = kept[kept["arm"].isna() | ~whole].drop_duplicates(["study_id", "arm", "clock"])
    factor = kept["unit"].map(_MONTHS).astype("Float64")
    return kept.assign(
        months=kept["value"] * factor,
        months_low=kept["interval_low"] * factor,
        months_high=kept["interval_high"] * factor,
        clock=kept["clock"].fillna("not stated"),
    )
