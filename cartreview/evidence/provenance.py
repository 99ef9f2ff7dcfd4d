"""Provenance: which rows name their place in a source, and how deep that source was read.

Vocabulary
----------
row of evidence   a row that names a source, a place in it, and how it was read.
report            a source that tells of a study.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cartreview._tables import key, load, require, tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

__all__ = ["OWN_REPORTS", "evidence_rows", "own_reports", "reading_shares"]

# Reports by those who made the study; the others tell of it.
OWN_REPORTS = ("paper", "abstract", "preprint", "registry")
_ASKED = ("source_id", "locator", "verification")
_DEPTHS = {
    "abstract": ("abstract",),
    "full": ("table", "full-text"),
    "secondary": ("secondary",),
    "official": ("registry", "label"),
}


def evidence_rows(frames: Mapping[str, DataFrame] | None = None) -> dict[str, DataFrame]:
    """Collect the rows of evidence, by table.

    Taught in: book/methods.md

    Parameters
    ----------
    frames : mapping of str to DataFrame, optional
        Tables to look at; all of them if None.

    Returns
    -------
    dict of str to DataFrame
        Of each table that names a source, a place and a way of reading its key and these columns.

    Examples
    --------
    >>> "outcomes" in evidence_rows(), "nodes" in evidence_rows()
    (True, False)
    """
    every = {name: load(name) for name in tables()} if frames is None else frames
    return {
        name: frame[[key(name), *_ASKED]]
        for name, frame in every.items()
        if set(_ASKED) <= set(frame.columns)
    }


def reading_shares(rows: Mapping[str, DataFrame]) -> dict[str, float]:
    """Give the share of rows that was read in an abstract, in full, or on a page about the source.

    Taught in: book/methods.md

    Parameters
    ----------
    rows : mapping of str to DataFrame
        What ``evidence_rows`` gives.

    Returns
    -------
    dict of str to float
        ``abstract``, ``full`` (a table or the text), ``secondary`` (a page about it), ``official``
        (a registry or a label) and ``seed`` (a document that the review starts from).

    Raises
    ------
    ValueError
        If there is no row.

    Examples
    --------
    >>> rows = {"a": pd.DataFrame({"verification": ["abstract", "table", "seed", "seed"]})}
    >>> reading_shares(rows)
    {'abstract': 0.25, 'full': 0.25, 'secondary': 0.0, 'official': 0.0, 'seed': 0.5}
    """
    together = pd.concat([frame["verification"] for frame in rows.values()]).to_frame()
    require(together, ["verification"], name="rows of evidence")
    depths = {**_DEPTHS, "seed": ("seed",)}
    return {
        name: float(together["verification"].isin(kinds).mean()) for name, kinds in depths.items()
    }


def own_reports(reports: DataFrame | None = None) -> DataFrame:
    """Keep the reports by those who made the study.

    Taught in: book/methods.md

    Parameters
    ----------
    reports : pandas.DataFrame, optional
        Rows of ``reports``; all of them if None.

    Returns
    -------
    pandas.DataFrame
        Papers, abstracts, preprints and registry records.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> set(own_reports()["kind"]) <= set(OWN_REPORTS)
    True
    """
    rows = load("reports") if reports is None else reports
    require(rows, ["kind"], name="reports")
    return rows[rows["kind"].isin(OWN_REPORTS)]
