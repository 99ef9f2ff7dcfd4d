"""Onsets: which cohorts state when a toxicity began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview._tables import require

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["median_onsets"]


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
    >>> import pandas as pd
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
