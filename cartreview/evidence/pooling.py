"""What may be pooled: the objective response of each study, by rules that do not see the result.

Vocabulary
----------
class      a best response: complete (CR), partial (PR), stable (SD) or progressive disease (PD).
objective  a complete or a partial response.
why_not    the reason why a study does not enter a pool; empty where it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.reports import standing
from cartreview.evidence.responses import PATIENTS

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["CLASSES", "DESIGNS", "class_rows", "poolable_responses"]

CLASSES = ("objective response", "CR", "PR", "SD", "PD", "SD or better")
# Shrinkage that no class was given to: beside it, silence on responses is no zero.
UNCLASSED = (
    "tumour shrinkage",
    "radiographic improvement",
    "initial response",
    "tumour reduction or necrosis",
)
# One patient is no rate, and a registry of reports has no denominator of its own.
DESIGNS = ("trial", "randomised trial", "series")
_FACTS = ["study_id", "name", "design", "n_treated"]


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
    that stands counts best responses by class among patients. Where it counts stable disease and
    names no response, nobody responded: a zero, unless it also speaks of shrinkage that it gives no
    class and leaves patients without one. Where it counts complete responses alone, partial ones
    are unknown, and it stays out. Arms are added up where the whole is not counted, if they are all
    patients. The first count of a class in a report stands, not a later one (after more cycles).

    Examples
    --------
    >>> from cartreview import load
    >>> found = poolable_responses(load("outcomes"), load("studies"), load("reports"))
    >>> bool((found["events"].dropna() >= 0).all()), "" in set(found["why_not"])
    (True, True)
    """
    require(studies, _FACTS, name="studies")
    treated = dict(zip(studies["study_id"], studies["n_treated"], strict=True))
    counts = {row["study_id"]: row for row in _counts(outcomes, reports, treated)}
    none = {"events": None, "denominator": None, "criterion": "", "source_id": None}
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


def _counts(
    outcomes: DataFrame, reports: DataFrame, treated: Mapping[str, Any]
) -> list[dict[str, Any]]:
    among = outcomes["denominator"].fillna(outcomes["evaluable"])
    known = outcomes.assign(among=among)[outcomes["events"].notna() & among.notna()]
    rows = class_rows(known)
    if rows.empty:
        return []
    loose = known[known["endpoint"].isin(UNCLASSED)]
    pairs = set(zip(loose["study_id"], loose["source_id"], strict=True))
    groups = standing(rows, reports).groupby(["study_id", "source_id"], sort=False)
    return [_count(part, key in pairs, treated.get(str(key[0]))) for key, part in groups]


def _count(rows: DataFrame, loose: bool, treated: Any) -> dict[str, Any]:
    """Count the objective responses of one study from the rows of one report."""
    whole = rows[rows["arm"].isna()]
    parts = [whole] if len(whole) else [arm for _, arm in rows.groupby("arm", sort=False)]
    counted = [_arm(part, loose) for part in parts]
    known: dict[str, Any] = {
        "study_id": rows["study_id"].iloc[0],
        "source_id": rows["source_id"].iloc[0],
        "criterion": "; ".join(dict.fromkeys(rows["criterion"].dropna().astype("str"))),
    }
    reasons = [found for found in counted if isinstance(found, str)]
    if reasons:
        return {**known, "why_not": reasons[0]}
    events, totals = zip(*[pair for pair in counted if not isinstance(pair, str)], strict=True)
    if whole.empty and not pd.isna(treated) and sum(totals) != treated:
        return {**known, "why_not": "counted for a part of the patients only"}
    return {**known, "events": sum(events), "denominator": sum(totals), "why_not": ""}


def _arm(rows: DataFrame, loose: bool) -> tuple[int, int] | str:
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
    if "PR" not in events and "CR" not in events:
        reason = _no_zero(events, total, loose)
        if reason:
            return reason
    return int(events.get("CR", 0) + events.get("PR", 0)), total


def _no_zero(events: Mapping[str, int], total: int, loose: bool) -> str:
    """Say why a report that names no response does not say that there was none."""
    if events.get("SD", 0) + events.get("PD", 0) == total:
        return ""
    if loose:
        return "shrinkage counted without a class"
    return "" if {"SD", "SD or better"} & set(events) else "progression counted alone"
