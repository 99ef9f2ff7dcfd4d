"""Other toxicities: blood, infection, late effects, intensive care.

Vocabulary
----------
measure  what a row of ``other_toxicities`` counts, in words.
whole    a row of a whole cohort, no arm of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview.synthesis import exact_interval

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["VERY_COMMON", "admitted", "beside", "counted_of", "measured", "one_source", "seldom"]

# Labels of medicines call an effect "very common" from one patient in ten: the frequency groups of
# the Council for International Organizations of Medical Sciences.
VERY_COMMON = 10  # percent


def measured(rows: DataFrame, toxicity: str, measure: str = "", *, whole: bool = True) -> DataFrame:
    """Keep what is measured of a toxicity.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``other_toxicities``.
    toxicity : str
        Which one.
    measure : str
        How the measure reads, as a regular expression for its whole text; all by default.
    whole : bool
        Whole cohorts only.

    Returns
    -------
    pandas.DataFrame
        Its rows, the lowest share first.

    Examples
    --------
    >>> from cartreview import load
    >>> found = measured(load("other_toxicities"), "infection", "infection.* of grade 3 or higher")
    >>> found["percent"].is_monotonic_increasing
    True
    """
    kept = rows["toxicity"] == toxicity
    if measure:
        kept &= rows["measure"].str.fullmatch(measure)
    if whole:
        kept &= rows["arm"].isna()
    return rows[kept].sort_values("percent", kind="stable")


def one_source(rows: DataFrame, by: str) -> DataFrame:
    """Keep the rows of the source that says most of something.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with a ``source_id``.
    by : str
        What the measure of a row must speak of for the row to count, as a regular expression.

    Returns
    -------
    pandas.DataFrame
        All rows of the source with the most such rows; of equal sources the first.

    Raises
    ------
    ValueError
        If no row speaks of it.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"source_id": ["a", "b", "b"],
    ...                      "measure": ["share due to x", "share due to x", "share due to y"]})
    >>> set(one_source(rows, "share due to")["source_id"])
    {'b'}
    """
    speaking = rows.loc[rows["measure"].str.contains(by), "source_id"]
    if speaking.empty:
        raise ValueError(f"no row measures {by!r}")
    counts = speaking.value_counts(sort=False)
    return rows[rows["source_id"] == counts.idxmax()]


def admitted(rows: DataFrame, reason: str = "") -> DataFrame:
    """Keep cohorts whose admissions to intensive care are counted among all patients infused.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``other_toxicities``.
    reason : str
        Why they were admitted, as the measure names it (``for neurotoxicity``); for any reason by
        default.

    Returns
    -------
    pandas.DataFrame
        One row a cohort.

    Examples
    --------
    >>> from cartreview import load
    >>> found = admitted(load("other_toxicities"))
    >>> bool((found["events"] <= found["denominator"]).all())
    True
    """
    measure = "patients admitted to intensive care" + (f" {reason}" if reason else "")
    found = measured(rows, "intensive care", measure)
    return found[found["events"].notna() & (found["denominator_kind"] == "infused")]


def beside(rows: DataFrame, first: str, second: str) -> tuple[Series, Series]:
    """Give two measures of the cohort that states both, the largest if several do.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``other_toxicities``.
    first, second : str
        The measures, to the letter.

    Returns
    -------
    tuple of pandas.Series
        The two rows, with their ``share`` in percent where both counts are printed.

    Raises
    ------
    ValueError
        If no cohort states both.

    Examples
    --------
    >>> from cartreview import load
    >>> severe, profound = beside(load("other_toxicities"), "severe neutropenia",
    ...                           "profound neutropenia")
    >>> severe["cohort"] == profound["cohort"]
    True
    """
    whole = rows[rows["arm"].isna()]
    share = (100 * whole["events"] / whole["denominator"]).astype("Float64")
    whole = whole.assign(share=share.fillna(whole["percent"]))
    parts = [whole[whole["measure"] == measure] for measure in (first, second)]
    keys = ["cohort", "source_id"]
    both = parts[0][[*keys, "denominator"]].merge(parts[1][keys], on=keys)
    if both.empty:
        raise ValueError(f"no cohort states both {first!r} and {second!r}")
    chosen = both.sort_values("denominator", kind="stable", na_position="first").iloc[-1]
    found = [part[(part[keys] == chosen[keys]).all(axis=1)].iloc[0] for part in parts]
    return found[0], found[1]


def counted_of(rows: DataFrame, measure: str) -> DataFrame:
    """Keep the whole cohorts whose events of one measure are counted.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``other_toxicities``.
    measure : str
        The measure, to the letter.

    Returns
    -------
    pandas.DataFrame
        Its rows with ``share`` in percent.

    Examples
    --------
    >>> from cartreview import load
    >>> found = counted_of(load("other_toxicities"), "neurotoxicity resolved")
    >>> bool(found["share"].between(0, 100).all())
    True
    """
    known = rows[(rows["measure"] == measure) & rows["arm"].isna() & rows["events"].notna()]
    share = (100 * known["events"] / known["denominator"]).astype(float)
    return known.assign(share=share)


def seldom(rows: DataFrame) -> bool | None:
    """Say whether something is needed seldom: by fewer than one patient in ten.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : pandas.DataFrame
        Cohorts with ``events`` and ``denominator``.

    Returns
    -------
    bool or None
        None where no cohort counts it, and where the 95% interval of all cohorts added up holds
        the share that labels call very common.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"events": [2], "denominator": [200]})
    >>> seldom(frame), seldom(frame.assign(events=60)), seldom(frame.iloc[:0])
    (True, False, None)
    """
    if rows.empty:
        return None
    low, high = exact_interval(int(rows["events"].sum()), int(rows["denominator"].sum()))
    limit = VERY_COMMON / 100
    return None if low <= limit <= high else bool(high < limit)
