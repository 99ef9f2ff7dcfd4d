"""Counts: which cohorts count a finding, by which name, and what they relate it to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartreview._tables import load, require

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["STRUCTURAL", "answers", "counted_findings", "named_findings", "studies_in"]

# Images of structure, against those of function: EEG, PET, perfusion.
STRUCTURAL = ("MRI", "spine MRI", "CT", "CT or MRI")


def named_findings(
    findings: DataFrame | None = None, studies: DataFrame | None = None
) -> DataFrame:
    """Name each finding by its study, so that reports of one study share a name.

    Taught in: book/imaging.md

    Parameters
    ----------
    findings : pandas.DataFrame, optional
        Rows of ``imaging_findings``; all of them if None.
    studies : pandas.DataFrame, optional
        Rows of ``studies``; all of them if None.

    Returns
    -------
    pandas.DataFrame
        The rows with ``name``: the study's, or for rows of no study (reviews, criteria) what the
        row calls itself.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> bool(named_findings()["name"].notna().all())
    True
    """
    rows = load("imaging_findings") if findings is None else findings
    known = load("studies") if studies is None else studies
    require(rows, ["study_id", "cohort"], name="imaging_findings")
    names = rows["study_id"].map(known.set_index("study_id")["name"])
    return rows.assign(name=names.fillna(rows["cohort"]))


def counted_findings(findings: DataFrame, finding: str, kind: str | None = None) -> DataFrame:
    """Keep the rows of cohorts that count a finding among a stated number, the largest first.

    Taught in: book/imaging.md

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``.
    finding : str
        Value of the column ``finding``.
    kind : str, optional
        Kind of denominator to keep, one of ``KINDS``; all if None.

    Returns
    -------
    pandas.DataFrame
        Rows with ``events`` and ``denominator``, single cases left out; of rows with one
        denominator the one with most events first.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"finding": "infarct", "events": [1, 3, 1], "denominator": [1, 38, 50],
    ...                      "denominator_kind": ["case", "imaged", "imaged"]})
    >>> counted_findings(rows, "infarct")["denominator"].tolist()
    [50, 38]
    """
    require(
        findings, ["finding", "events", "denominator", "denominator_kind"], name="imaging_findings"
    )
    counts = findings["events"].notna() & findings["denominator"].notna()
    kinds = findings["denominator_kind"]
    of_many = kinds != "case" if kind is None else kinds == kind
    kept = findings[counts & of_many & (findings["finding"] == finding)]
    return kept.sort_values(["denominator", "events"], ascending=False, kind="stable")


def answers(findings: DataFrame, question: str) -> dict[str, dict[str, list[str]]]:
    """Name who answers a question on association, by how they looked.

    Taught in: book/imaging.md

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``named_findings``.
    question : str
        The column that answers: ``grade_association`` or ``occurrence_association``.

    Returns
    -------
    dict of str to dict
        ``eeg`` and ``images`` (of structure), each with ``yes`` and ``no``: names in the order of
        the alphabet, each once.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"name": ["A 2020", "B 2021"], "modality": ["EEG", "MRI"],
    ...                      "grade_association": ["more in severe", "no association"]})
    >>> answers(rows, "grade_association")
    {'eeg': {'yes': ['A 2020'], 'no': []}, 'images': {'yes': [], 'no': ['B 2021']}}
    """
    require(findings, ["name", "modality", question], name="named findings")
    ways = {"eeg": ("EEG",), "images": STRUCTURAL}
    replies = {"yes": ("more in severe", "associated"), "no": ("no association",)}
    return {
        way: {
            reply: sorted(
                set(
                    findings.loc[
                        findings["modality"].isin(modalities) & findings[question].isin(words),
                        "name",
                    ]
                )
            )
            for reply, words in replies.items()
        }
        for way, modalities in ways.items()
    }


def studies_in(findings: DataFrame) -> int:
    """Count the studies and case reports that tell of findings.

    Taught in: book/imaging.md

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``named_findings``.

    Returns
    -------
    int
        Different names.

    Examples
    --------
    >>> import pandas as pd
    >>> studies_in(pd.DataFrame({"name": ["A 2020", "A 2020", "B 2021"]}))
    2
    """
    return int(findings["name"].nunique())
