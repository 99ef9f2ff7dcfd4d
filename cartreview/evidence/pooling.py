"""What may be pooled: the objective response of each study, by rules that do not see the result.

Vocabulary
----------
class      a best response: complete (CR), partial (PR), stable (SD) or progressive disease (PD).
objective  a complete or a partial response.
why_not    the reason why a study does not enter a pool; empty where it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.reports import standing
from cartreview.evidence.responses import PATIENTS

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["CLASSES", "DESIGNS", "class_rows", "poolable_responses"]

CLASSES = ("objective response", "CR", "PR", "SD", "PD", "SD or better")
# One patient is no rate, and a registry of reports has no denominator of its own.
DESIGNS = ("trial", "randomised trial", "series")
_FACTS = ["study_id", "name", "design"]


def class_rows(outcomes: DataFrame) -> DataFrame:
    """Keep the rows that count best responses by class.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``outcomes``.

    Returns
    -------
    pandas.DataFrame
        Those of ``CLASSES`` with a count.

    Examples
    --------
    >>> from cartreview import load
    >>> set(class_rows(load("outcomes"))["endpoint"]) <= set(CLASSES)
    True
    """
    return outcomes[outcomes["endpoint"].isin(CLASSES) & outcomes["events"].notna()]


def poolable_responses(outcomes: DataFrame, studies: DataFrame, reports: DataFrame) -> DataFrame:
    """Count objective responses, a row a study, and say which may be pooled.

    Parameters
    ----------
    outcomes, reports : pandas.DataFrame
        The tables of those names.
    studies : pandas.DataFrame
        The studies in question: rows of ``studies``, chosen by product, tumour or population.

    Returns
    -------
    pandas.DataFrame
        ``studies``, and for each ``study`` (its name), ``events`` and ``denominator`` (patients),
        ``criterion``, ``source_id`` and ``why_not``. Events and denominator are missing where
        ``why_not`` speaks.

    Raises
    ------
    ValueError
        If a column is missing, or a table has no row.

    Notes
    -----
    Whether patients responded is never looked at. A study enters by its design, and if the report
    that stands counts best responses by class among patients. Where it counts stable or progressive
    disease and names no response, nobody responded: a zero. Where it counts complete responses
    alone, partial ones are unknown, and it stays out. Arms are added up where the whole is not
    counted. The first count of a class in a report stands, not a later one (after further cycles).

    Examples
    --------
    >>> from cartreview import load
    >>> found = poolable_responses(load("outcomes"), load("studies"), load("reports"))
    >>> bool((found["events"].dropna() >= 0).all()), "" in set(found["why_not"])
    (True, True)
    """
    require(studies, _FACTS, name="studies")
    counts = {row["study_id"]: row for row in _counts(outcomes, reports)}
    none = {"events": None, "denominator": None, "criterion": "", "source_id": ""}
    rows = [
        {**none, **counts.get(study_id, {"why_not": "no count of best responses"})}
        for study_id in studies["study_id"]
    ]
    found = pd.DataFrame(rows, index=studies.index).drop(columns="study_id", errors="ignore")
    design = studies["design"].astype("str")
    outside = ~design.isin(DESIGNS) & (found["why_not"] == "")
    found.loc[outside, "why_not"] = design[outside]
    found.loc[found["why_not"] != "", ["events", "denominator"]] = None
    found = found.astype({"events": "Int64", "denominator": "Int64"})
    kept = studies.drop(columns=["source_id"], errors="ignore")
    return kept.assign(study=studies["name"], **{name: found[name] for name in found})


def _counts(outcomes: DataFrame, reports: DataFrame) -> list[dict[str, Any]]:
    among = outcomes["denominator"].fillna(outcomes["evaluable"])
    rows = class_rows(outcomes.assign(among=among))
    rows = rows[rows["among"].notna()]
    if rows.empty:
        return []
    return [_count(rows) for _, rows in standing(rows, reports).groupby("study_id", sort=False)]


def _count(rows: DataFrame) -> dict[str, Any]:
    """Count the objective responses of one study from the rows of one report."""
    whole = rows[rows["arm"].isna()]
    parts = [whole] if len(whole) else [arm for _, arm in rows.groupby("arm", sort=False)]
    counted = [_arm(part) for part in parts]
    known: dict[str, Any] = {
        "study_id": rows["study_id"].iloc[0],
        "source_id": rows["source_id"].iloc[0],
        "criterion": "; ".join(dict.fromkeys(rows["criterion"].dropna().astype("str"))),
    }
    reasons = [found for found in counted if isinstance(found, str)]
    if reasons:
        return {**known, "why_not": reasons[0]}
    events, totals = zip(*[pair for pair in counted if not isinstance(pair, str)], strict=True)
    return {**known, "events": sum(events), "denominator": sum(totals), "why_not": ""}


def _arm(rows: DataFrame) -> tuple[int, int] | str:
    """Give responders and patients of an arm, or why they are not known."""
    rows = rows.drop_duplicates("endpoint")
    kinds = rows["denominator_kind"].astype("str")
    if not (kinds.isin(PATIENTS) | rows["denominator"].isna()).all():
        return "courses counted, not patients"
    events = dict(zip(rows["endpoint"].astype("str"), rows["events"], strict=True))
    total = int(rows["among"].iloc[0])
    if "objective response" in events:
        return int(events["objective response"]), total
    if set(events) == {"CR"}:
        return "complete responses counted alone"
    return int(events.get("CR", 0) + events.get("PR", 0)), total
