"""The summary of imaging: each finding under the denominators that cohorts give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview.evidence.imaging.counts import STRUCTURAL
from cartreview.evidence.imaging.places import NOT_SEEN
from cartreview.evidence.imaging.shares import denominators

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["GROUPS", "findings_by_denominator", "group_of", "single_patients"]

# Who was examined how: the parts of the summary, from top to bottom.
GROUPS = ("MRI or CT", "EEG", "tumour or lymphoma of the CNS")
_CNS = ("CNS tumour", "CNS lymphoma")
_UNSAID = ("other", "change of treatment", *(name for name in NOT_SEEN if name != "normal"))


def group_of(findings: DataFrame) -> Series:
    """Say to which part of the summary a finding belongs; other examinations belong to none.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"modality": ["MRI", "EEG", "MRI", "FDG-PET"],
    ...                      "disease": ["B-cell lymphoma", None, "CNS tumour", None]})
    >>> group_of(rows).tolist()
    ['MRI or CT', 'EEG', 'tumour or lymphoma of the CNS', '']
    """
    structure = findings["modality"].isin(STRUCTURAL)
    within = findings["disease"].isin(_CNS)
    group = findings["modality"].where(findings["modality"] == "EEG", "")
    return group.mask(structure, GROUPS[0]).mask(structure & within, GROUPS[2]).astype("str")


def findings_by_denominator(findings: DataFrame) -> DataFrame:
    """Give each finding's counts, one a study and kind of denominator.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``named_findings``.

    Returns
    -------
    pandas.DataFrame
        ``group`` (one of ``GROUPS``), ``finding``, ``kind`` (of the denominator), ``name`` and
        ``study_id`` of the study, ``events``, ``denominator``, ``how`` (``stated`` or
        ``computed``) and ``source_id``; the findings of a group that most studies count first.

    Raises
    ------
    ValueError
        If the frame is empty or lacks a column.

    Notes
    -----
    Of several rows of a study a stated one comes first, then the one with most patients. Left out
    are findings without a name of their own, what was seen before infusion, single patients, and
    kinds of a finding that are counted among patients who have it.

    Examples
    --------
    >>> from cartreview.evidence.imaging import named_findings
    >>> found = findings_by_denominator(named_findings())
    >>> set(found["group"]) <= set(GROUPS) and bool((found["events"] <= found["denominator"]).all())
    True
    """
    rows = findings.assign(group=group_of(findings))
    rows = rows[rows["denominator_kind"] != "abnormal imaging"]  # a kind of a finding, not all
    shares = denominators(rows).merge(rows[["finding_id", "name", "study_id", "group"]])
    shares = shares[(shares["group"] != "") & ~shares["finding"].isin(_UNSAID)]
    first = shares.sort_values(["how", "events"], ascending=[False, False], kind="stable")
    kept = first.drop_duplicates(["group", "finding", "kind", "name"])
    many = kept.groupby(["group", "finding"])["name"].transform("nunique")
    order = kept["group"].map({name: place for place, name in enumerate(GROUPS)})
    placed = kept.assign(order=order, many=-many, size=-kept["denominator"])
    placed = placed.sort_values(["order", "many", "finding", "size"], ignore_index=True)
    columns = ["group", "finding", "kind", "name", "study_id", "events", "denominator", "how"]
    return placed[[*columns, "source_id"]]


def single_patients(findings: DataFrame) -> DataFrame:
    """Count the single patients in whom each finding is described.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``named_findings``.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``finding``, ``patients``; the most frequent first.

    Examples
    --------
    >>> from cartreview.evidence.imaging import named_findings
    >>> bool(single_patients(named_findings())["patients"].ge(1).all())
    True
    """
    rows = findings.assign(group=group_of(findings))
    single = rows[(rows["denominator_kind"] == "case") & rows["events"].ne(0).fillna(True)]
    single = single[(single["group"] != "") & ~single["finding"].isin(_UNSAID)]
    counts = single.groupby(["group", "finding"])["name"].nunique().rename("patients")
    return counts.reset_index().sort_values(
        ["patients", "finding"], ascending=[False, True], ignore_index=True
    )
