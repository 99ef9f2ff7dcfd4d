"""Shares: what a finding's patients are a share of, and which shares may stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import require
from cartreview.evidence.harms import nearest_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pandas import DataFrame

__all__ = ["KINDS", "denominators", "poolable_findings"]

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
