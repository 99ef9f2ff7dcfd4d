"""Who was harmed, a row a study and each patient once: what may be pooled, by rules blind to it.

Vocabulary
----------
severity   ``any`` grade, or ``severe``: grade 3 or higher, deaths among them.
part       patients that one row counts, where a study is told by dose level or route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.harms import PATIENTS, Severity, holds_deaths, nearest_count
from cartreview.evidence.pooling import DESIGNS
from cartreview.evidence.reports import standing
from cartreview.evidence.studies import about, whole

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["harm_counts", "harm_rows"]

# A wider term holds the narrower: of one source the widest stands.
_WIDEST_FIRST = ("neurologic events", "neurotoxicity")
_COUNTED = ["study_id", "source_id", "events", "denominator"]
_NEEDED = ["incidence_id", "study_id", "arm", "toxicity", "term", "denominator", "source_id"]


def harm_counts(
    incidence: DataFrame,
    studies: DataFrame,
    reports: DataFrame,
    *,
    toxicity: str,
    severity: Severity = "any",
) -> DataFrame:
    """Count the patients of each study who had a toxicity, those without any among them.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    incidence, reports : pandas.DataFrame
        The tables ``toxicity_incidence`` and ``reports``.
    studies : pandas.DataFrame
        The studies in question: rows of ``studies``.
    toxicity : str
        Value of the column of that name.
    severity : {"any", "severe"}
        Which grades.

    Returns
    -------
    pandas.DataFrame
        A row a study that counts it, in the order of `studies`: their columns, ``events`` and
        ``denominator`` (patients), ``source_id``, and ``study``, the name.

    Raises
    ------
    ValueError
        If a column is missing or there is no study.

    Notes
    -----
    Rows of which another counts the same patients, and counts of infusions, stay out. One report a
    study stands; the whole before its parts. Parts are added up where they make the whole. Rows of
    all patients, each for another kind of event, are added too: an upper bound, for a patient may
    have had both. A study counts severe cases if it says how many: that nobody had any grade lets
    none in, for one with cases of unknown grade could not enter, and the share would come out low.

    Examples
    --------
    >>> from cartreview import evidence, load
    >>> car = evidence.cns_studies(load("studies")).query("family == 'CAR cells'")
    >>> tables = load("toxicity_incidence"), car, load("reports")
    >>> found = harm_counts(*tables, toxicity="dose-limiting toxicity")
    >>> bool((found["events"] <= found["denominator"]).all()), found["study_id"].is_unique
    (True, True)
    """
    require(incidence, _NEEDED, name="toxicity_incidence")
    require(studies, ["study_id", "name", "design", "n_treated"], name="studies")
    kept = studies[studies["design"].isin(DESIGNS)]
    rows = _known(about(incidence[incidence["toxicity"] == toxicity], kept), severity)
    treated = kept.set_index("study_id")["n_treated"]
    counted = [
        row
        for key, part in _parts(rows, reports).groupby("study_id", sort=False)
        if (row := _summed(str(key), part, treated[key]))
    ]
    kept = kept.drop(columns="source_id", errors="ignore").assign(study=kept["name"])
    found = kept.merge(pd.DataFrame(counted, columns=_COUNTED), on="study_id")
    return found.astype({"events": "Int64", "denominator": "Int64"})


def harm_rows(incidence: DataFrame, counts: DataFrame, *, toxicity: str) -> DataFrame:
    """Keep the rows that counts rest on.

    Parameters
    ----------
    incidence : pandas.DataFrame
        The table ``toxicity_incidence``.
    counts : pandas.DataFrame
        What ``harm_counts`` gives.
    toxicity : str
        As there.

    Returns
    -------
    pandas.DataFrame
        Rows of that toxicity, study and source.

    Examples
    --------
    >>> rows = pd.DataFrame({"toxicity": ["CRS"] * 2, "study_id": ["a"] * 2,
    ...                      "source_id": ["paper", "review"]})
    >>> counts = pd.DataFrame({"study_id": ["a"], "source_id": ["paper"]})
    >>> harm_rows(rows, counts, toxicity="CRS").index.tolist()
    [0]
    """
    pairs = set(zip(counts["study_id"], counts["source_id"], strict=True))
    kept = incidence[incidence["toxicity"] == toxicity]
    found = [pair in pairs for pair in zip(kept["study_id"], kept["source_id"], strict=True)]
    return kept[pd.Series(found, index=kept.index, dtype=bool)]


def _parts(rows: DataFrame, reports: DataFrame) -> DataFrame:
    return rows if rows.empty else whole(standing(rows, reports))


def _known(rows: DataFrame, severity: Severity) -> DataFrame:
    """Keep what counts patients, with ``events``."""
    kinds = rows["denominator_kind"].isin([*PATIENTS, "subgroup"])
    rows = rows[rows["same_patients_as"].isna() & kinds & rows["denominator"].notna()]
    if severity == "severe":
        rows = rows[holds_deaths(rows)]
    events = [_events(row, severity) for row in rows.to_dict("records")]
    rows = rows.assign(events=pd.array(events, "Int64"))
    rank = rows["term"].map({term: place for place, term in enumerate(_WIDEST_FIRST)})
    rows = rows.assign(rank=rank.fillna(len(_WIDEST_FIRST)))
    return rows[rows["events"].notna()].sort_values("rank", kind="stable")


def _events(row: dict[str, Any], severity: Severity) -> int | None:
    events, percent = row[f"{severity}_events"], row[f"{severity}_percent"]
    if not pd.isna(events):
        return int(events)
    return None if pd.isna(percent) else nearest_count(float(percent), int(row["denominator"]))


def _summed(study_id: str, rows: DataFrame, treated: Any) -> dict[str, Any] | None:
    """Add up the parts of a study; nothing where they are not the whole."""
    known = {"study_id": study_id, "source_id": rows["source_id"].iloc[0]}
    if rows["arm"].isna().any():
        row = rows[rows["arm"].isna()].iloc[0]
        return {**known, "events": row["events"], "denominator": row["denominator"]}
    parts = rows.drop_duplicates("arm")
    if pd.isna(treated):
        return None
    events = int(parts["events"].sum())
    if (parts["denominator"] == treated).all():
        return {**known, "events": min(events, int(treated)), "denominator": int(treated)}
    if parts["denominator"].sum() == treated:
        return {**known, "events": events, "denominator": int(treated)}
    return None
