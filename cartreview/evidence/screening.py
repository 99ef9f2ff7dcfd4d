"""How studies were found: the numbers of the PRISMA flow, counted from the log of screening.

Vocabulary
----------
candidate  a report that a search brought up: a row of ``screening``.
screened   a candidate on which somebody has decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartreview._tables import require

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Flow", "flow"]


@dataclass(frozen=True)
class Flow:
    """Numbers of the PRISMA flow.

    Attributes
    ----------
    searches, uncounted : int
        Searches in the log, and those of them that recorded no number of records.
    records : int
        Records that the other searches found.
    candidates, screened, awaiting, included : int
        Reports on which to decide, and what was decided.
    excluded : dict of str to int
        Reports left out, by reason, the commonest first.
    studies, reports : int
        Studies that came of it, and the reports that tell of them.
    """

    searches: int
    uncounted: int
    records: int
    candidates: int
    screened: int
    awaiting: int
    excluded: dict[str, int]
    included: int
    studies: int
    reports: int


def flow(searches: DataFrame, screening: DataFrame, reports: DataFrame) -> Flow:
    """Count the PRISMA flow.

    Parameters
    ----------
    searches, screening, reports : pandas.DataFrame
        The tables of those names.

    Returns
    -------
    Flow
        Its numbers add up: candidates are awaiting, excluded or included.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column, or a study was included without a report.

    Examples
    --------
    >>> from cartreview import load
    >>> found = flow(load("searches"), load("screening"), load("reports"))
    >>> found.candidates == found.awaiting + sum(found.excluded.values()) + found.included
    True
    """
    require(searches, ["search_id", "found"], name="searches")
    require(screening, ["candidate_id", "decision", "reason", "study_id"], name="screening")
    require(reports, ["report_id", "study_id"], name="reports")
    decision = screening["decision"].astype("str")
    left_out = screening.loc[decision == "excluded", "reason"].astype("str").value_counts()
    became = screening.loc[decision == "included", "study_id"].dropna().unique()
    told = reports[reports["study_id"].isin(became)]
    silent = sorted(set(became) - set(told["study_id"]))
    if silent:
        raise ValueError(f"screening: {silent[0]!r} was included and no report tells of it")
    return Flow(
        searches=len(searches),
        uncounted=int(searches["found"].isna().sum()),
        records=int(searches["found"].sum()),
        candidates=len(screening),
        screened=int((decision != "awaiting").sum()),
        awaiting=int((decision == "awaiting").sum()),
        excluded={str(reason): int(n) for reason, n in left_out.items() if n},
        included=int((decision == "included").sum()),
        studies=len(became),
        reports=len(told),
    )
