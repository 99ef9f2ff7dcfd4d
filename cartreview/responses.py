"""Who responded, as favourably as a row of the seed review allows.

Vocabulary
----------
response   complete or partial response, or shrinkage on imaging.
share      patients with a response among those that the row counts, between 0 and 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["CLASSES", "RESPONSE", "SEED", "of_seed", "response_counts"]

SEED = "kaminskiy2025"

# Complete and partial responses part the patients between them, so they add up. The other
# endpoints may count the same patients again, so only the largest count of a study is taken.
CLASSES = ("CR", "PR")
RESPONSE = (*CLASSES, "tumour shrinkage", "radiographic improvement")


def of_seed(frame: DataFrame) -> DataFrame:
    """Keep the rows read in the seed review, without those read in primary sources.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    frame : DataFrame
        A table with the column ``source_id``.

    Returns
    -------
    DataFrame
        Its rows whose source is the seed review.

    Examples
    --------
    >>> from cartreview import load
    >>> set(of_seed(load("outcomes"))["source_id"])
    {'kaminskiy2025'}
    """
    return frame[frame["source_id"] == SEED]


def response_counts(outcomes: DataFrame, *, endpoints: tuple[str, ...] = RESPONSE) -> DataFrame:
    """Count the patients of each study with a response.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    outcomes : DataFrame
        Table ``outcomes`` or a part of it; rows without events or denominator are left out.
    endpoints : tuple of str
        Endpoints that count as a response.

    Returns
    -------
    DataFrame
        One row a study: ``study_id``, ``events`` and ``denominator`` (patients), ``share``.

    Examples
    --------
    >>> from cartreview import load
    >>> counts = response_counts(of_seed(load("outcomes")))
    >>> bool((counts["events"] <= counts["denominator"]).all())
    True
    """
    wanted = outcomes[outcomes["endpoint"].isin(endpoints)]
    counted = wanted.dropna(subset=["events", "denominator"])
    kind = counted["endpoint"].where(~counted["endpoint"].isin(CLASSES), "CR or PR")
    sums = (
        counted.assign(kind=kind)
        .groupby(["study_id", "kind"], as_index=False)
        .agg(events=("events", "sum"), denominator=("denominator", "max"))
    )
    best = sums.sort_values(["study_id", "events"], kind="stable").groupby("study_id").tail(1)
    share = (best["events"] / best["denominator"]).astype("float")
    return best.assign(share=share).drop(columns="kind").reset_index(drop=True)
