"""Certainty of the evidence for each headline outcome, by the five domains of GRADE.

Vocabulary
----------
domain     risk of bias, inconsistency, indirectness, imprecision, publication bias.
rating     ``not serious``, ``serious`` (one level down), ``very serious`` (two levels down).
start      the level before any domain is looked at: low, for studies that are not randomised.
excess     how much wider the prediction interval is than the exact interval of all patients taken
           as one study: what differences between studies add to chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview.evidence.bias import appraise, concerns
from cartreview.evidence.headline import OUTCOMES
from cartreview.synthesis import (
    PooledProportion,
    exact_interval,
    pool_proportions,
    small_study_test,
)

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["DOMAINS", "LEVELS", "RATINGS", "START", "Certainty", "Domain", "grade", "summary"]

DOMAINS = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")
RATINGS = ("not serious", "serious", "very serious")
LEVELS = ("very low", "low", "moderate", "high")
START = "low"  # bib: schunemann2019, Table 1: observational studies

FEWEST_TO_POOL = 3
# bib: murad2017, Table 1: a threshold of 400 or less is concerning. GRADE names no other limits for
# a share without a comparator; these are ours, in shares of patients.
ENOUGH_PATIENTS, FEW_PATIENTS = 400, 100
WIDE, VERY_WIDE = 0.20, 0.40
FEWEST_TO_TEST, LIMIT_OF_P = 10, 0.10
_SHARES = {
    "estimate": "estimate",
    "low": "ci_low",
    "high": "ci_high",
    "next_low": "pi_low",
    "next_high": "pi_high",
}


@dataclass(frozen=True)
class Domain:
    """A domain of an outcome: its rating, why, and whether it was computed or judged."""

    name: str
    rating: str
    reason: str
    by: str

    @property
    def down(self) -> int:
        """Levels to go down."""
        return RATINGS.index(self.rating)


@dataclass(frozen=True)
class Certainty:
    """How certain an outcome is, and why.

    Attributes
    ----------
    outcome : str
        A name of `OUTCOMES`.
    studies, patients : int
        Studies that count it, and patients in them.
    pooled : PooledProportion or None
        The pooled share; None below three studies.
    domains : tuple of Domain
        In the order of `DOMAINS`.
    """

    outcome: str
    studies: int
    patients: int
    pooled: PooledProportion | None
    domains: tuple[Domain, ...]

    @property
    def level(self) -> str:
        """One of `LEVELS`: the start, less what the domains take off."""
        down = sum(domain.down for domain in self.domains)
        return LEVELS[max(LEVELS.index(START) - down, 0)]

    @property
    def against(self) -> tuple[str, ...]:
        """Names of the domains that lower the certainty."""
        return tuple(domain.name for domain in self.domains if domain.down)


def grade(
    counts: Mapping[str, DataFrame], bias: DataFrame, judgements: DataFrame
) -> dict[str, Certainty]:
    """Rate the certainty of each headline outcome.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    counts : mapping of str to pandas.DataFrame
        What ``headline_counts`` gives.
    bias, judgements : pandas.DataFrame
        The tables ``risk_of_bias`` and ``certainty``.

    Returns
    -------
    dict of str to Certainty
        By the names of `counts`.

    Raises
    ------
    ValueError
        If an outcome has no judgement of a domain that needs one.

    Notes
    -----
    Risk of bias: ``not serious`` if most patients are in studies of low concern, ``very serious``
    if most are in studies of high concern. Inconsistency: by the excess, above 20 and above 40
    percentage points. Imprecision: fewer than 400 patients or an interval wider than 20 points;
    fewer than 100, wider than 40 points, or no pooled share at all go down two levels.
    Indirectness and publication bias are judged; from ten studies on, the test of small studies may
    make the latter worse (p below 0.10). What is missing for want of studies is counted once, as
    imprecision.

    Examples
    --------
    >>> from cartreview import load
    >>> from cartreview.evidence.headline import headline_counts
    >>> names = ("studies", "outcomes", "toxicity_incidence", "reports")
    >>> counts = headline_counts(*(load(name) for name in names))
    >>> found = grade(counts, load("risk_of_bias"), load("certainty"))
    >>> found["response"].level in LEVELS, [d.name for d in found["response"].domains] == [*DOMAINS]
    (True, True)
    """
    return {name: _rated(name, rows, bias, judgements) for name, rows in counts.items()}


def summary(certain: Mapping[str, Certainty]) -> DataFrame:
    """Set the headline outcomes side by side.

    Taught in: book/cns-trials.md

    Parameters
    ----------
    certain : mapping of str to Certainty
        What `grade` gives.

    Returns
    -------
    pandas.DataFrame
        A row an outcome: ``outcome``, ``title``, ``studies``, ``patients``, ``estimate``, ``low``,
        ``high``, ``next_low``, ``next_high`` (shares, missing where not pooled), ``certainty``,
        ``against`` (domains that lower it).

    Examples
    --------
    >>> summary({}).columns.tolist()[:3]
    ['outcome', 'title', 'studies']
    """
    columns = ["outcome", "title", "studies", "patients", *_SHARES, "certainty", "against"]
    return pd.DataFrame([_row(one) for one in certain.values()], columns=columns)


def _row(one: Certainty) -> dict[str, Any]:
    shares = {name: getattr(one.pooled, of, None) for name, of in _SHARES.items()}
    return {
        "outcome": one.outcome,
        "title": OUTCOMES[one.outcome],
        "studies": one.studies,
        "patients": one.patients,
        **shares,
        "certainty": one.level,
        "against": list(one.against),
    }


def _rated(name: str, rows: DataFrame, bias: DataFrame, judgements: DataFrame) -> Certainty:
    pooled = None
    if len(rows) >= FEWEST_TO_POOL:
        pooled = pool_proportions(rows["events"], rows["denominator"])
    patients = int(rows["denominator"].sum())
    domains = (
        _risk_of_bias(rows, concerns(appraise(rows, bias))),
        _inconsistency(pooled),
        _judged(name, "indirectness", judgements),
        _imprecision(pooled, patients),
        _publication(rows, _judged(name, "publication bias", judgements)),
    )
    return Certainty(name, len(rows), patients, pooled, domains)


def _risk_of_bias(rows: DataFrame, concern: Series) -> Domain:
    patients = rows.groupby(rows["study_id"].map(concern))["denominator"].sum()
    total = int(rows["denominator"].sum())
    low, high = (int(patients.get(word, 0)) for word in ("low", "high"))
    rating = "serious"
    if 2 * low > total:
        rating = "not serious"
    elif 2 * high > total:
        rating = "very serious"
    reason = (
        f"{low or 'None'} of {total} patients are in studies whose five answers on bias are all "
        f"yes, {high or 'none'} in studies where most are no; of the others too little was told "
        "or read."
    )
    return Domain("risk of bias", rating, reason, "computed")


def _inconsistency(pooled: PooledProportion | None) -> Domain:
    reach = _width(pooled, "pi")
    if pooled is None or reach is None:
        few = f"Fewer than {FEWEST_TO_POOL} studies: nothing to compare."
        return Domain("inconsistency", "not serious", few, "computed")
    low, high = exact_interval(pooled.events, pooled.total)
    reason = (
        f"What a further study may find spans {100 * reach:.0f} percentage points, where it would "
        f"be {100 * (high - low):.0f} if studies differed by chance alone; "
        f"{100 * (pooled.i2 or 0):.0f}% of the variance lies between studies."
    )
    return Domain("inconsistency", _beyond(reach - (high - low)), reason, "computed")


def _imprecision(pooled: PooledProportion | None, patients: int) -> Domain:
    width = _width(pooled, "ci")
    if pooled is None or width is None:
        few = f"{patients} patients in fewer than {FEWEST_TO_POOL} studies: not pooled."
        return Domain("imprecision", "very serious", few, "computed")
    rating = _beyond(width)
    if patients < FEW_PATIENTS:
        rating = "very serious"
    elif patients < ENOUGH_PATIENTS and rating == "not serious":
        rating = "serious"
    reason = (
        f"{pooled.events} events among {patients} patients; the interval spans "
        f"{100 * width:.0f} percentage points."
    )
    return Domain("imprecision", rating, reason, "computed")


def _publication(rows: DataFrame, judged: Domain) -> Domain:
    if len(rows) < FEWEST_TO_TEST:
        return judged
    p = small_study_test(rows["events"], rows["denominator"]).p
    if p is None:
        return judged
    differ = p < LIMIT_OF_P
    told = f"Small studies {'differ' if differ else 'do not differ'} from large ones (p = {p:.2f})."
    rating = "serious" if differ and not judged.down else judged.rating
    return Domain(judged.name, rating, f"{judged.reason} {told}", "judged and computed")


def _judged(outcome: str, domain: str, judgements: DataFrame) -> Domain:
    rows = judgements[(judgements["outcome"] == outcome) & (judgements["domain"] == domain)]
    if rows.empty:
        raise ValueError(f"certainty has no row of {domain} for {outcome!r}; judge it and say why")
    row = rows.iloc[0]
    return Domain(domain, str(row["rating"]), str(row["reason"]), "judged")


def _beyond(width: float) -> str:
    return RATINGS[(width > WIDE) + (width > VERY_WIDE)]


def _width(pooled: PooledProportion | None, which: str) -> float | None:
    if pooled is None:
        return None
    low, high = getattr(pooled, f"{which}_low"), getattr(pooled, f"{which}_high")
    return None if low is None or high is None else high - low
