"""Risk of bias of studies without a comparator, by the ten questions of a named tool.

Vocabulary
----------
item      a question of JBI's checklist for case series; ``ITEMS`` has them in the tool's order.
judged    an item that somebody answered from what was read: a row of ``risk_of_bias``.
computed  an item that follows from the tables, for one outcome: ``COMPUTED``.
concern   what the answers on bias of a study come to: ``low``, ``unclear`` or ``high``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.headline import COUNTS

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["COMPUTED", "CONCERNS", "ITEMS", "ON_BIAS", "appraise", "concerns"]

ITEMS = (
    *("criteria", "measured", "diagnosis", "consecutive", "complete"),
    *("demographics", "clinical", "outcomes", "site", "statistics"),
)
# The wording of those that are judged stands in the schema of risk_of_bias.
COMPUTED = {
    "measured": "JBI 2: Was the condition measured in a standard, reliable way for all "
    "participants included in the case series? Yes: the outcome was measured by a criterion or "
    "scale that is named.",
    "complete": "JBI 5: Did the case series have complete inclusion of participants? Yes: all "
    "patients treated are counted.",
    "outcomes": "JBI 8: Were the outcomes or follow-up results of cases reported? Yes: events and "
    "patients are told.",
}
# The first five ask whether patients and outcomes were chosen or read so as to mislead; the others
# whether enough is told to see it.
ON_BIAS = ITEMS[:5]
CONCERNS = ("low", "unclear", "high")

Answer = tuple[str, str]
OPEN = {
    "judgement": "unclear",
    "reason": "Not judged yet.",
    "source_id": None,
    "computed": False,
}


def appraise(counts: DataFrame, bias: DataFrame) -> DataFrame:
    """Answer the ten questions for each study of an outcome.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    counts : pandas.DataFrame
        Counts of a headline outcome.
    bias : pandas.DataFrame
        Rows of ``risk_of_bias``.

    Returns
    -------
    pandas.DataFrame
        A row a study and question: ``study_id``, ``study``, ``item``, ``judgement`` (yes, no,
        unclear, not applicable), ``reason``, ``source_id`` (missing where computed), ``computed``.

    Raises
    ------
    ValueError
        If a column is missing.

    Notes
    -----
    A study that nobody judged yet is unclear, and says so. Computed are whether the outcome was
    measured by a criterion or scale that is named, whether all patients treated are counted, and
    whether events and patients are told. Of two judges the first stands; the other is there to be
    compared.

    Examples
    --------
    >>> from cartreview import load
    >>> from cartreview.evidence.headline import responders
    >>> tables = [load(name) for name in ("studies", "outcomes", "reports")]
    >>> found = appraise(responders(*tables).head(0), load("risk_of_bias"))
    >>> len(found)
    0
    """
    if len(counts):
        require(counts, COUNTS, name="counts")
    first = bias.drop_duplicates(["study_id", "item"])
    known = {(row["study_id"], row["item"]): _judged(row) for row in first.to_dict("records")}
    rows = [
        {"study_id": row["study_id"], "study": row["study"], "item": item}
        | (_computed(item, row) if item in COMPUTED else known.get((row["study_id"], item), OPEN))
        for row in counts.to_dict("records")
        for item in ITEMS
    ]
    columns = ["study_id", "study", "item", "judgement", "reason", "source_id", "computed"]
    return pd.DataFrame(rows, columns=columns)


def concerns(appraisal: DataFrame) -> Series:
    """Sum up the five questions on bias of each study.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    appraisal : pandas.DataFrame
        What `appraise` gives.

    Returns
    -------
    pandas.Series
        One of `CONCERNS` by ``study_id``: ``low`` if all five are answered with yes or do not
        apply, ``high`` if most of them are answered with no, else ``unclear``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"study_id": ["a"] * 5 + ["b"] * 5, "item": [*ON_BIAS] * 2,
    ...     "judgement": ["yes"] * 5 + ["no", "no", "no", "yes", "unclear"]})
    >>> concerns(rows).to_dict()
    {'a': 'low', 'b': 'high'}
    """
    rows = appraisal[appraisal["item"].isin(ON_BIAS)]
    return rows.groupby("study_id", sort=False)["judgement"].agg(_concern)


def _concern(answers: Series) -> str:
    if answers.isin(["yes", "not applicable"]).all():
        return "low"
    return "high" if 2 * (answers == "no").sum() > len(answers) else "unclear"


def _judged(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "judgement": str(row["judgement"]),
        "reason": str(row["reason"]),
        "source_id": str(row["source_id"]),
        "computed": False,
    }


def _computed(item: str, row: dict[str, Any]) -> dict[str, Any]:
    judgement, reason = _RULES[item](row)
    return {"judgement": judgement, "reason": reason, "source_id": None, "computed": True}


def _measured(row: dict[str, Any]) -> Answer:
    if row["measure"]:
        return "yes", f"Measured by {row['measure']}."
    return "unclear", "What was read names no criterion or scale."


def _complete(row: dict[str, Any]) -> Answer:
    counted, treated = row["denominator"], row["n_treated"]
    if pd.isna(treated):
        return "unclear", "How many patients were treated is not told."
    if counted > treated:
        return "unclear", f"{counted} patients are counted over several reports, {treated} known."
    told = f"{counted} of {treated} patients treated are counted."
    return ("yes" if counted == treated else "no"), told


def _outcomes(row: dict[str, Any]) -> Answer:
    return "yes", f"{row['events']} of {row['denominator']} patients."


_RULES: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "measured": _measured,
    "complete": _complete,
    "outcomes": _outcomes,
}
