"""Headline outcomes: for each, the studies that count it, a row a study, each patient once.

Vocabulary
----------
counts    rows with ``study_id``, ``study`` (its name), ``events``, ``denominator``, ``n_treated``
          (patients) and ``measure``: the criterion or scale that was used, "" where none is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cartreview.evidence import harms
from cartreview.evidence.harm_counts import harm_counts, harm_rows
from cartreview.evidence.pooling import poolable_responses
from cartreview.evidence.reports import standing
from cartreview.evidence.studies import about, cns_studies, whole

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "COUNTS",
    "OUTCOMES",
    "headline_counts",
    "responders",
    "year_survivors",
]

COUNTS = ["study_id", "study", "events", "denominator", "n_treated", "measure"]
OUTCOMES = {
    "response": "Complete or partial response, CAR cells, tumours of the brain and spinal cord",
    "lymphoma response": "Complete or partial response, CAR T cells, CNS lymphoma",
    "survival at 12 months": "Alive at 12 months, CAR cells, tumours of the brain and spinal cord",
    "dose-limiting toxicity": "Dose-limiting toxicity, CAR cells, tumours of the brain and "
    "spinal cord",
    "severe neurotoxicity": "Neurotoxicity of grade 3 or higher, CAR cells, tumours of the brain "
    "and spinal cord",
}
_UNNAMED = ("", "not stated")


def responders(studies: DataFrame, outcomes: DataFrame, reports: DataFrame) -> DataFrame:
    """Count the patients with a complete or partial response.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies, outcomes, reports : pandas.DataFrame
        Rows of the tables of those names; `studies` are those in question.

    Returns
    -------
    pandas.DataFrame
        Counts of the studies that may be pooled.

    Examples
    --------
    >>> from cartreview import load
    >>> list(responders(load("studies"), load("outcomes"), load("reports"))) == COUNTS
    True
    """
    if studies.empty:
        return _none(studies)
    found = poolable_responses(outcomes, studies, reports)
    found = found[found["why_not"] == ""]
    return _counts(found.assign(measure=found["criterion"]))


def year_survivors(studies: DataFrame, outcomes: DataFrame, reports: DataFrame) -> DataFrame:
    """Count the patients alive at 12 months, where the number that was followed is told.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies, outcomes, reports : pandas.DataFrame
        Rows of the tables of those names; `studies` are those in question.

    Returns
    -------
    pandas.DataFrame
        Counts; ``measure`` is the day from which time is counted.

    Examples
    --------
    >>> from cartreview import load
    >>> found = year_survivors(load("studies"), load("outcomes"), load("reports"))
    >>> bool((found["events"] <= found["denominator"]).all())
    True
    """
    rows = about(outcomes, studies)
    at_year = (rows["endpoint"] == "OS") & (rows["timepoint"] == "12 months")
    rows = rows[at_year | (rows["endpoint"] == "one-year survival")]
    rows = rows[rows["denominator"].notna() & (rows["events"].notna() | rows["percent"].notna())]
    rows = whole(standing(rows, reports)) if len(rows) else rows
    triples = zip(rows["events"], rows["percent"], rows["denominator"], strict=True)
    events = [harms.nearest_count(p, n) if pd.isna(e) else e for e, p, n in triples]
    rows = rows.assign(events=pd.array(events, "Int64"), scale=rows["clock"])
    return _by_study(rows.drop_duplicates(["study_id", "arm"]), studies)


def headline_counts(
    studies: DataFrame, outcomes: DataFrame, incidence: DataFrame, reports: DataFrame
) -> dict[str, DataFrame]:
    """Count every headline outcome.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies, outcomes, incidence, reports : pandas.DataFrame
        The tables ``studies``, ``outcomes``, ``toxicity_incidence`` and ``reports``.

    Returns
    -------
    dict of str to pandas.DataFrame
        Counts by the names of `OUTCOMES`, in that order.

    Examples
    --------
    >>> from cartreview import load
    >>> tables = [load(n) for n in ("studies", "outcomes", "toxicity_incidence", "reports")]
    >>> list(headline_counts(*tables)) == list(OUTCOMES)
    True
    """
    cns = cns_studies(studies)
    cells = cns[cns["family"] == "CAR cells"]
    solid = cells[cells["disease"] == "CNS tumour"]
    lymphoma = cells[cells["disease"] == "CNS lymphoma"]
    return {
        "response": responders(solid, outcomes, reports),
        "lymphoma response": responders(lymphoma, outcomes, reports),
        "survival at 12 months": year_survivors(solid, outcomes, reports),
        "dose-limiting toxicity": _harmed(
            incidence, solid, reports, toxicity="dose-limiting toxicity"
        ),
        "severe neurotoxicity": _harmed(
            incidence, solid, reports, toxicity="neurotoxicity", severity="severe"
        ),
    }


def _harmed(
    incidence: DataFrame,
    studies: DataFrame,
    reports: DataFrame,
    *,
    toxicity: str,
    severity: harms.Severity = "any",
) -> DataFrame:
    """Count who was harmed, with the scales that the rows behind it name."""
    if studies.empty:
        return _none(studies)
    found = harm_counts(incidence, studies, reports, toxicity=toxicity, severity=severity)
    rows = harm_rows(incidence, found, toxicity=toxicity)
    scales = rows.groupby("study_id")["scale"].agg(lambda each: "; ".join(_named(each)))
    return _counts(found.assign(measure=found["study_id"].map(scales)))


def _by_study(rows: DataFrame, studies: DataFrame) -> DataFrame:
    """Add up the groups of each study, and name what they were measured with."""
    groups = rows.groupby("study_id", sort=False)
    found = groups[["events", "denominator"]].sum().reset_index()
    named = groups["scale"].agg(lambda scales: "; ".join(_named(scales)))
    facts = studies[["study_id", "name", "n_treated"]].rename(columns={"name": "study"})
    return _counts(found.assign(measure=found["study_id"].map(named)).merge(facts, on="study_id"))


def _named(scales: pd.Series) -> list[str]:
    known = scales.dropna().astype("str")
    return [name for name in dict.fromkeys(known) if name not in _UNNAMED]


def _none(studies: DataFrame) -> DataFrame:
    return _counts(studies.assign(study="", events=0, denominator=0, measure=""))


def _counts(rows: DataFrame) -> DataFrame:
    named = [
        "; ".join(part for part in str(words).split("; ") if part not in _UNNAMED)
        for words in rows["measure"].fillna("")
    ]
    return rows.assign(measure=named)[COUNTS].reset_index(drop=True)
