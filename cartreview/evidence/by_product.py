"""Toxicity product by product: how often under each scale, when it begins, how long it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cartreview.evidence.harms import Severity, holds_deaths
from cartreview.evidence.products import PRODUCTS

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["HARMS", "Span", "by_product"]

# What is told of each product: a heading, the toxicity and the grades.
HARMS: dict[str, tuple[str, Severity]] = {
    "CRS, any grade": ("CRS", "any"),
    "CRS, grade 3 or higher": ("CRS", "severe"),
    "Neurotoxicity, any grade": ("neurotoxicity", "any"),
    "Neurotoxicity, grade 3 or higher": ("neurotoxicity", "severe"),
}
_COURSES = {"begins": "onset_median", "lasts": "duration_median"}


@dataclass(frozen=True, slots=True)
class Span:
    """What cohorts of one product say of one thing: from the lowest to the highest.

    Attributes
    ----------
    short : str
        The product as clinicians shorten it.
    what : str
        A key of ``HARMS``, or a syndrome with ``begins`` or ``lasts``.
    basis : str
        The scale, or for neurotoxicity the term and the scale; empty for days.
    low, high : float
        Percent of patients, or median days.
    cohorts, patients : int
        How many; patients are zero where no cohort gives a number.
    sources : tuple of str
        Keys of the bibliography.
    """

    short: str
    what: str
    basis: str
    low: float
    high: float
    cohorts: int
    patients: int
    sources: tuple[str, ...]


def by_product(incidence: DataFrame) -> list[Span]:
    """Give what is known of CRS and neurotoxicity with each approved product.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    incidence : pandas.DataFrame
        Rows of ``toxicity_incidence``.

    Returns
    -------
    list of Span
        By product in the order of ``PRODUCTS``, by harm, then by scale. Whole cohorts alone, each
        patient once under a scale; CNS tumours and CNS lymphoma are left out. A cut that leaves
        out deaths is not counted as grade 3 or higher.

    Examples
    --------
    >>> from cartreview import load
    >>> spans = by_product(load("toxicity_incidence"))
    >>> all(span.low <= span.high for span in spans)
    True
    """
    own = incidence[incidence["arm"].isna() & incidence["same_patients_as"].isna()]
    elsewhere = ~own["disease"].isin(["CNS tumour", "CNS lymphoma"])
    kept = own[elsewhere & (own["design"] != "regrading")]
    return [
        span
        for name, short in PRODUCTS.items()
        for span in _spans(kept[kept["product"] == name], short)
    ]


def _spans(rows: DataFrame, short: str) -> Iterator[Span]:
    for what, (toxicity, severity) in HARMS.items():
        found = rows[rows["toxicity"] == toxicity]
        found = found.assign(share=_share(found, severity), basis=_basis(found))
        for basis, part in found.dropna(subset=["share"]).groupby("basis", sort=True):
            yield _span(part.drop_duplicates("cohort"), short, what, str(basis), "share")
    for toxicity in dict.fromkeys(toxicity for toxicity, _ in HARMS.values()):
        for word, column in _COURSES.items():
            found = rows[(rows["toxicity"] == toxicity) & rows[column].notna()]
            if len(found):
                yield _span(found, short, f"{toxicity} {word}", "", column)


def _span(rows: DataFrame, short: str, what: str, basis: str, column: str) -> Span:
    return Span(
        short=short,
        what=what,
        basis=basis,
        low=float(rows[column].min()),
        high=float(rows[column].max()),
        cohorts=rows["cohort"].nunique(),
        patients=int(rows.drop_duplicates("cohort")["denominator"].fillna(0).sum()),
        sources=tuple(dict.fromkeys(rows["source_id"])),
    )


def _share(rows: DataFrame, severity: Severity) -> Series:
    """Give percent of patients as printed, or from the printed counts."""
    counted = 100 * rows[f"{severity}_events"] / rows["denominator"]
    share = rows[f"{severity}_percent"].fillna(counted).astype("Float64")
    if severity == "any":
        return share
    return share.where(holds_deaths(rows), pd.NA)


def _basis(rows: DataFrame) -> Series:
    """Name the scale; of neurotoxicity the term as well, for ICANS is the narrower word."""
    scale = rows["scale"].where(~rows["scale"].isin(["not stated", "several"]), "scale not stated")
    narrow = rows["term"].where(rows["term"] == "ICANS", "neurological events")
    return scale.where(rows["toxicity"] == "CRS", narrow + ", " + scale)
