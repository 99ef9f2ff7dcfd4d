"""Trials told in a line each: who was treated, what happened, at what price.

Vocabulary
----------
line   ``"Brown 2024 (65 treated; 3 of 58 responded; median survival 8 months)"``: what is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cartreview.evidence.harm_counts import harm_counts, harm_rows
from cartreview.evidence.pooling import class_rows
from cartreview.evidence.studies import about
from cartreview.evidence.trials import INSTEAD, trial_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

__all__ = ["Told", "told"]

LEAST = 3  # patients of a trial that is told; single cases stand in the table of studies
_TOLD = 2  # counts that stand in for responses
_STOPPING, _DEATH = "dose-limiting toxicity", "treatment-related death"
_SPREAD = re.compile(r" \([\d.]+ to [\d.]+\)")
_NO_CLOCK = re.compile(r", clock not stated")
_AGAIN = re.compile(r"^([a-z ]+)( in .*), \1(?= in )")  # of two groups: named once
_ASIDE = str.maketrans("()", "[]")
_COUNT = re.compile(r"(?<=[a-z]) (\d+)(?= of \d|, of how many)")


@dataclass(frozen=True, slots=True)
class Told:
    """Lines of trials, the largest first, and the rows that they rest on."""

    lines: list[str]
    studies: DataFrame
    rows: Sequence[DataFrame]


def told(
    studies: DataFrame,
    outcomes: DataFrame,
    incidence: DataFrame,
    reports: DataFrame,
    *,
    least: int = LEAST,
) -> Told:
    """Tell trials in a line each.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    studies : pandas.DataFrame
        The studies in question: rows of ``studies``, chosen by product, tumour or population.
    outcomes, incidence, reports : pandas.DataFrame
        The tables ``outcomes``, ``toxicity_incidence`` and ``reports``.
    least : int
        Patients treated, below which a study is not told.

    Returns
    -------
    Told
        A line a study with something to tell, the largest first: the number treated, complete and
        partial responses or what is counted instead, median overall survival with its clock where
        one is stated, dose-limiting toxicity and deaths from treatment where there were any.

    Raises
    ------
    ValueError
        If a column is missing, or no study is large enough.

    Examples
    --------
    >>> from cartreview import evidence, load
    >>> car = evidence.cns_studies(load("studies")).query("family == 'CAR cells'")
    >>> tables = [load(name) for name in ("outcomes", "toxicity_incidence", "reports")]
    >>> found = told(car, *tables)
    >>> found.lines[0].startswith(found.studies["name"].iloc[0])
    True
    """
    enough = studies[studies["n_treated"].notna() & (studies["n_treated"] >= least).fillna(False)]
    rows = trial_rows(enough, outcomes, incidence, reports)
    harms = {
        name: harm_counts(incidence, enough, reports, toxicity=name) for name in (_STOPPING, _DEATH)
    }
    by_study = {name: counts.set_index("study_id") for name, counts in harms.items()}
    facts = [
        [
            f"{row['n_treated']} treated",
            _responded(row["response"], row["response_kind"]),
            _survived(row["survival"]),
            _stopped(by_study[_STOPPING], row["study_id"]),
            _died(by_study[_DEATH], row["study_id"]),
        ]
        for row in rows.to_dict("records")
    ]
    pairs = zip(rows["name"], facts, strict=True)
    lines = [
        # A group of patients is in brackets already; in brackets themselves these are square.
        f"{name} ({'; '.join(filter(None, words)).translate(_ASIDE)})"
        for name, words in pairs
    ]
    known = enough.assign(line=lines, told=[any(words[1:]) for words in facts])
    known = known[known["told"]].sort_values("n_treated", ascending=False, kind="stable")
    return Told(
        lines=known["line"].tolist(),
        studies=known.drop(columns=["line", "told"]),
        rows=[
            _counted(about(outcomes, known), reports),
            *(
                harm_rows(incidence, about(counts, known), toxicity=name)
                for name, counts in harms.items()
            ),
        ],
    )


def _counted(outcomes: DataFrame, reports: DataFrame) -> DataFrame:
    """Keep the rows that a line may be told from."""
    medians = (outcomes["endpoint"] == "OS") & outcomes["value"].notna()
    classes = outcomes["outcome_id"].isin(class_rows(outcomes)["outcome_id"])
    return outcomes[medians | classes | outcomes["endpoint"].isin(INSTEAD)]


def _responded(words: str, kind: str) -> str:
    if kind:
        events, _, total = words.partition(" of ")
        if events == total:
            return f"all {total} responded"
        return f"none of {total} responded" if events == "0" else f"{words} responded"
    parts = words.split("; ")
    # What is counted beside a response or shrinkage says less than they do.
    parts = [part for part in parts if not part.startswith("SD or better")] or parts
    told = _COUNT.sub(r" in \1", ", ".join(parts[:_TOLD]))
    return _AGAIN.sub(r"\1\2 and", told).replace(", of how many is not stated", "")


def _survived(words: str) -> str:
    if not words:
        return ""
    return "median survival " + _NO_CLOCK.sub("", _SPREAD.sub("", words)).replace("; ", ", ")


def _stopped(counts: DataFrame, study_id: str) -> str:
    events = 0 if study_id not in counts.index else counts.loc[study_id, "events"]
    return f"{_STOPPING} in {events} of {counts.loc[study_id, 'denominator']}" if events else ""


def _died(counts: DataFrame, study_id: str) -> str:
    events = 0 if study_id not in counts.index else counts.loc[study_id, "events"]
    if pd.isna(events) or not events:
        return ""
    return f"{events} {'death' if events == 1 else 'deaths'} from treatment"
