"""Incidence of toxicity: which rows ask one question, and what they count.

Vocabulary
----------
severity   ``any`` grade, or ``severe``: the grades that the column ``severe_kind`` names.
poolable   a row that counts patients, of whom no other poolable row counts the same ones under the
           same scale, with deaths included among the severe.
back-calculated  a count that is not printed, but is the nearest to a printed percentage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.products import short_product

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["SEVERE", "Severity", "nearest_count", "poolable", "row_names"]

Severity = Literal["any", "severe"]

# Of the ways to draw the line only these two include every death, if the source is to be believed.
SEVERE = ("grade 3 or higher", "grade 3")
# "Not stated" is a number of patients of whom the source does not say more.
PATIENTS = ("infused", "safety set", "evaluable", "not stated")


def nearest_count(percent: float, denominator: int) -> int:
    """Give the count that is nearest to a percentage.

    Parameters
    ----------
    percent : float
        Percentage as printed, 0 to 100.
    denominator : int
        Patients, one or more.

    Returns
    -------
    int
        Patients. A printed percentage without decimals fixes it only up to 100 patients; above,
        it is off by less than half a percent of them.

    Raises
    ------
    ValueError
        If the percentage is outside 0 to 100 or the denominator is below 1.

    Examples
    --------
    >>> nearest_count(58, 111), nearest_count(4.1, 97)
    (64, 4)
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must be between 0 and 100; found {percent}")
    if denominator < 1:
        raise ValueError(f"denominator must be 1 patient or more; found {denominator}")
    return round(percent * denominator / 100)


def row_names(rows: DataFrame) -> list[str]:
    """Name rows of ``toxicity_incidence`` by product and cohort.

    Examples
    --------
    >>> import pandas as pd
    >>> row_names(pd.DataFrame({"product": ["tisagenlecleucel"], "cohort": ["JULIET"]}))
    ['tisa-cel, JULIET']
    """
    arms = rows["arm"].fillna("") if "arm" in rows else [""] * len(rows)
    triples = zip(rows["product"], rows["cohort"], arms, strict=True)
    return [
        ", ".join(filter(None, [short_product(product), cohort, arm]))
        for product, cohort, arm in triples
    ]


def poolable(
    rows: DataFrame, severity: Severity = "any", *, by: Literal["scale", "term"] = "scale"
) -> DataFrame:
    """Keep the rows that can be pooled, with what they count.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``toxicity_incidence`` of one toxicity and one scale or term.
    severity : {"any", "severe"}
        Which grades.
    by : {"scale", "term"}
        What the rows must share: the scale, or, where sources name a syndrome that its own scale
        defines (ICANS) and not the scale, the term.

    Returns
    -------
    pandas.DataFrame
        Its rows with ``study_id`` (the key of the row), ``study``, ``events``, ``denominator`` and
        ``back_calculated`` (true where the count comes from a percentage), by product and cohort.

    Raises
    ------
    ValueError
        If the rows mix toxicities, scales or terms, name no scale, lack a column, or are none.

    Notes
    -----
    Left out are rows that count the same patients as another (``same_patients_as``), that count
    reports or courses, that state no denominator, and, among the severe, those whose cut leaves
    out deaths or lies elsewhere than at grade 3.

    Examples
    --------
    >>> from cartreview import load
    >>> table = load("toxicity_incidence")
    >>> crs = table[(table["toxicity"] == "CRS") & (table["scale"] == "ASTCT 2019")]
    >>> bool((poolable(crs)["events"] <= poolable(crs)["denominator"]).all())
    True
    """
    needed = ["incidence_id", "toxicity", by, "denominator", "same_patients_as"]
    require(rows, needed, name="toxicity_incidence")
    for column in ("toxicity", by):
        found = sorted(rows[column].unique())
        if len(found) > 1 or found == ["not stated"]:
            raise ValueError(
                f"rows to pool must have one {column}; found {', '.join(found)}: choose one"
            )
    events, percent = rows[f"{severity}_events"], rows[f"{severity}_percent"]
    kept = (
        rows["same_patients_as"].isna()
        & rows["denominator"].notna()
        & rows["denominator_kind"].isin(PATIENTS)
        & (events.notna() | percent.notna())
    )
    if severity == "severe":
        none_died = (rows["severe_kind"] == "grade 3 or 4") & (rows["fatal_events"] == 0)
        kept &= rows["severe_kind"].isin(SEVERE) | none_died.fillna(False)
    return _counted(rows[kept], severity).sort_values(["product", "cohort"], ignore_index=True)


def _counted(rows: DataFrame, severity: Severity) -> DataFrame:
    printed = rows[f"{severity}_events"]
    triples = zip(printed, rows[f"{severity}_percent"], rows["denominator"], strict=True)
    events = [nearest_count(share, total) if pd.isna(e) else e for e, share, total in triples]
    return rows.assign(
        study_id=rows["incidence_id"],
        study=row_names(rows),
        events=pd.array(events, "Int64"),
        back_calculated=printed.isna(),
    )
