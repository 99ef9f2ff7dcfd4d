"""Imaging: what a finding's patients are a share of, and which shares may stand side by side.

Vocabulary
----------
kind      what the denominator is: all treated, those with neurotoxicity, those examined.
stated    the source counts the finding among these patients.
computed  the same patients with the finding, over another number that the source gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import load, require, split
from cartreview.evidence.harms import nearest_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pandas import DataFrame

__all__ = [
    "KINDS",
    "STRUCTURAL",
    "answers",
    "counted_findings",
    "denominators",
    "leading_regions",
    "named_findings",
    "placed_findings",
    "poolable_findings",
    "studies_in",
]

# Images of structure, against those of function: EEG, PET, perfusion.
STRUCTURAL = ("MRI", "spine MRI", "CT", "CT or MRI")

# Rows that show no new finding: nothing seen, seen before infusion, judged by criteria.
NOT_SEEN = ("normal", "baseline abnormality", "response by RANO")
BRAINSTEM = ("midbrain", "pons", "medulla")  # its parts

# From the patients who were looked at most to all: the order of rows in charts.
KINDS = (
    "abnormal imaging",
    "scans",
    "imaged with neurotoxicity",
    "imaged",
    "severe neurotoxicity",
    "with neurotoxicity",
    "treated",
    "not stated",
)

# A count can be set against patients of whom those counted are a part, and against those examined,
# because a finding is seen on an examination. A count among severe cases says nothing of the mild.
_OTHER: dict[str, dict[str, str]] = {
    "abnormal imaging": {"imaged": "n_imaged", "treated": "n_treated"},
    "imaged with neurotoxicity": {
        "with neurotoxicity": "n_neurotoxicity",
        "treated": "n_treated",
    },
    "imaged": {"treated": "n_treated"},
    "with neurotoxicity": {"treated": "n_treated"},
    "treated": {"imaged": "n_imaged"},
    "not stated": {"imaged": "n_imaged", "treated": "n_treated"},
}

_KEPT = ["finding_id", "cohort", "product", "disease", "modality", "finding", "source_id"]
_READ = ["events", "denominator", "denominator_kind", "percent"]
_SIZES = ["n_treated", "n_neurotoxicity", "n_imaged"]
_SAME = ["cohort", "modality", "finding", "kind", "events", "denominator"]


def denominators(findings: DataFrame) -> DataFrame:
    """Give the share of each finding under every denominator that its row allows.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``.

    Returns
    -------
    pandas.DataFrame
        One row a finding and denominator: ``finding_id``, ``cohort``, ``product``, ``disease``,
        ``modality``, ``finding``, ``source_id``, ``kind`` (one of ``KINDS``), ``events`` and
        ``denominator`` (patients; examinations where the kind is ``scans``), ``how`` (``stated`` or
        ``computed``) and ``back_calculated`` (true where the count comes from a percentage).

    Raises
    ------
    ValueError
        If the frame is empty or lacks a column.

    Notes
    -----
    A computed share over more patients than were examined is the share of these in whom the
    finding was seen; in the others nobody looked. Left out are single cases, rows without a count,
    and computed rows that repeat what the cohort states. A count among examinations or among
    severe cases is not set against other patients.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"finding_id": "a2020-mri", "cohort": "A 2020", "product": None, "disease": None,
    ...        "modality": "MRI", "finding": "infarct", "source_id": "a2020", "events": 3,
    ...        "denominator": 38, "denominator_kind": "imaged with neurotoxicity", "percent": None,
    ...        "n_treated": 100, "n_neurotoxicity": 68, "n_imaged": 38}
    >>> denominators(pd.DataFrame([row]))[["kind", "events", "denominator", "how"]].values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['imaged with neurotoxicity', 3, 38, 'stated'], ['with neurotoxicity', 3, 68, 'computed'],
     ['treated', 3, 100, 'computed']]
    """
    columns = [*_KEPT, *_READ, *_SIZES]
    require(findings, columns, name="imaging_findings")
    shares = [share for row in findings[columns].to_dict("records") for share in _shares(row)]
    names = [*_KEPT, "kind", "events", "denominator", "how", "back_calculated"]
    frame = pd.DataFrame(shares, columns=names).astype(
        {"events": "Int64", "denominator": "Int64", "back_calculated": "bool"}
    )
    keys = [tuple(row) for row in frame[_SAME].to_numpy().tolist()]
    stated = {key for key, how in zip(keys, frame["how"], strict=True) if how == "stated"}
    repeats = [
        how == "computed" and key in stated for key, how in zip(keys, frame["how"], strict=True)
    ]
    return frame[~pd.Series(repeats, dtype="bool")].reset_index(drop=True)


def _shares(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give what one row counts, first as stated."""
    kind, total = row["denominator_kind"], row["denominator"]
    events, back_calculated = _events(row)
    if kind == "case" or events is None:
        return
    kept = {name: row[name] for name in _KEPT} | {
        "events": events,
        "back_calculated": back_calculated,
    }
    if pd.notna(total):
        yield {**kept, "kind": kind, "denominator": int(total), "how": "stated"}
    for other, column in _OTHER.get(kind, {}).items():
        size = row[column]
        least = total if other != "imaged" and pd.notna(total) else 1
        if pd.notna(size) and size >= max(events, least):
            yield {**kept, "kind": other, "denominator": int(size), "how": "computed"}


def _events(row: dict[str, Any]) -> tuple[int | None, bool]:
    """Give the count, and whether it was back-calculated from a percentage."""
    if pd.notna(row["events"]):
        return int(row["events"]), False
    if pd.isna(row["percent"]) or pd.isna(row["denominator"]):
        return None, False
    return nearest_count(float(row["percent"]), int(row["denominator"])), True


def poolable_findings(findings: DataFrame, finding: str, kind: str) -> DataFrame:
    """Keep the shares of one finding that can be pooled: one kind of denominator, one a cohort.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings`` of one modality.
    finding : str
        Value of the column ``finding``.
    kind : str
        One of ``KINDS``.

    Returns
    -------
    pandas.DataFrame
        Rows of ``denominators`` with ``study_id`` (the key of the row) and ``study`` (the cohort),
        as ``charts.forest`` asks for them, and ``of_rows``: how many rows of the cohort count this
        finding among these patients. By cohort; without rows where no cohort has such a share.

    Raises
    ------
    ValueError
        If there is no such finding or kind, the rows to pool mix modalities, or a column is
        missing.

    Notes
    -----
    Where a cohort has several rows, a stated one comes first, then the one with most patients: a
    part of a finding cannot be more frequent than the whole, which is at least as large. Cohorts
    of one hospital may share patients; the table cannot tell.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"finding_id": "a2020-mri", "cohort": "A 2020", "product": None, "disease": None,
    ...        "modality": "MRI", "finding": "infarct", "source_id": "a2020", "events": 3,
    ...        "denominator": 38, "denominator_kind": "imaged", "percent": None,
    ...        "n_treated": 100, "n_neurotoxicity": None, "n_imaged": 38}
    >>> found = poolable_findings(pd.DataFrame([row]), "infarct", "treated")
    >>> found[["study", "events", "denominator", "how"]].values.tolist()
    [['A 2020', 3, 100, 'computed']]
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}; found {kind!r}")
    require(findings, ["finding", "modality"], name="imaging_findings")
    if finding not in set(findings["finding"]):
        there = ", ".join(sorted(set(findings["finding"])))
        raise ValueError(f"finding must be one of these rows' findings: {there}; found {finding!r}")
    shares = denominators(findings[findings["finding"] == finding])
    shares = shares[shares["kind"] == kind]
    modalities = sorted(set(shares["modality"]))
    if len(modalities) > 1:
        raise ValueError(
            f"rows to pool must have one modality; found {', '.join(modalities)}: choose one"
        )
    first = shares.sort_values(["how", "events"], ascending=[False, False], kind="stable")
    of_rows = shares.groupby("cohort")["finding_id"].nunique()
    kept = first.drop_duplicates("cohort").sort_values("cohort", ignore_index=True)
    return kept.assign(
        study_id=kept["finding_id"],
        study=kept["cohort"],
        of_rows=kept["cohort"].map(of_rows).astype("Int64"),
    )


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
    require(findings, ["finding", *_READ[:3]], name="imaging_findings")
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


def placed_findings(findings: DataFrame) -> DataFrame:
    """Give findings a row a region, those in parts of the brainstem also under the brainstem.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``. Left out are rows that name no region, rows of normal images,
        of what was there before infusion and of response, and findings in no patient.

    Returns
    -------
    pandas.DataFrame
        The rows with ``region`` and ``kind``: ``series``, ``cases`` (single patients), or ``named``
        where the row counts no patient.

    Raises
    ------
    ValueError
        If a column is missing, or no row names a region.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"cohort": "A 2020", "finding": "white matter change", "regions": "thalamus;pons",
    ...        "events": 3, "denominator": 38, "denominator_kind": "imaged", "n_treated": None,
    ...        "n_imaged": None, "percent": None}
    >>> placed_findings(pd.DataFrame([row]))["region"].tolist()
    ['thalamus', 'pons', 'brainstem']
    """
    sizes = ["events", "denominator", "percent", "n_treated", "n_imaged"]
    needed = ["cohort", "finding", "regions", "denominator_kind", *sizes]
    require(findings, needed, name="imaging_findings")
    seen = findings[~findings["finding"].isin(NOT_SEEN) & ~findings["events"].eq(0).fillna(False)]
    seen = split(seen, "regions").rename(columns={"regions": "region"})
    require(seen, [], name="imaging_findings with a region")
    kinds = seen["denominator_kind"].eq("case").map({True: "cases", False: "series"})
    seen = seen.assign(kind=kinds.where(seen[sizes].notna().any(axis=1), "named"))
    stem = seen[seen["region"].isin(BRAINSTEM)].assign(region="brainstem")
    return pd.concat([seen, stem], ignore_index=True)


def leading_regions(findings: DataFrame) -> tuple[list[str], int]:
    """Name the regions where most cohorts report a finding, and say how many cohorts do.

    Taught in: book/imaging.md

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``; those count that ``charts.brain_map`` counts.

    Returns
    -------
    tuple of list of str and int
        Regions in the order of the alphabet, and the number of cohorts of each.

    Raises
    ------
    ValueError
        If a column is missing, or no row names a region.

    Notes
    -----
    A cohort counts once in a region, whatever it found there. Rows that count no patient (as
    reviews do) give no cohort. The brainstem takes in its parts.

    Examples
    --------
    >>> regions, cohorts = leading_regions(load("imaging_findings"))
    >>> len(regions) > 0 and cohorts > 0
    True
    """
    placed = placed_findings(findings)
    placed = placed[placed["kind"] != "named"]
    require(placed, [], name="imaging_findings with a region and a patient")
    cohorts = placed.groupby("region")["cohort"].nunique()
    return sorted(cohorts.index[cohorts == cohorts.max()]), int(cohorts.max())


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
