"""What a pooled proportion is, with the reasons where a part of it does not exist.

Vocabulary
----------
mu     centre of the studies on the logit scale; ``estimate`` is the same as a proportion.
tau2   variance of the studies' true logits around mu.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Literal

from cartreview._words import count_of

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Ci", "Coefficient", "Interval", "Method", "PooledProportion"]

Method = Literal["glmm", "reml", "dl"]
Ci = Literal["wald", "t", "knapp-hartung"]
Interval = tuple[float | None, float | None]

NO_UPPER_BOUND = (
    "The interval of tau2 has no upper bound below 400: the likelihood hardly falls as tau2 grows."
)
_STORED_ONLY = ("notes", "tau2_search")
_SEVERAL = ("weights", "coefficients", "covariance", "levels")
_COUNTS, _WORDS = ("k", "events", "total"), ("method", "ci", "reasons")


def _unknown() -> Interval:
    return None, None


@dataclass(frozen=True)
class Coefficient:
    """One coefficient of a meta-regression, on the logit scale.

    ``term`` is "intercept", "year" for a number, "route: ICV" for a value of a category against
    its first value in the alphabet.
    """

    term: str
    value: float
    se: float
    ci_low: float
    ci_high: float
    p: float


@dataclass(frozen=True, repr=False)
class PooledProportion:
    """A pooled proportion and what is known of the spread between studies.

    What does not exist is None, and `reasons` says why, a sentence each.

    Attributes
    ----------
    estimate, ci_low, ci_high : float or None
        Proportion at the centre of the studies and its confidence interval (0 to 1).
    pi_low, pi_high : float or None
        Prediction interval: where the proportion of a new study would lie (0 to 1).
    mu, se : float or None
        The estimate and its standard error (logit scale).
    tau2, tau2_low, tau2_high : float or None
        Variance between studies and its interval (logit scale, squared).
    i2 : float or None
        Share of the variance that lies between studies (0 to 1; metafor prints percent).
    q, q_df, q_p : float or None
        Wald test of heterogeneity: chi-square, degrees of freedom, p.
    lrt, lrt_p : float or None
        Likelihood-ratio test on the counts: a proportion for every study against one for all, on
        q_df degrees of freedom.
    tau2_lrt, tau2_p : float or None
        Likelihood-ratio test of tau2 = 0 in the binomial-normal model; half of a chi-square with
        one degree of freedom, because 0 is the end of the range (method "glmm" only).
    loglik : float or None
        Log-likelihood: of the counts for "glmm", restricted for "reml", None for "dl".
    k, events, total : int
        Studies, patients with the outcome, patients evaluated.
    method, ci, level : str, str, float
        As asked for; `ci` is "exact" where the method has none and the exact one was given.
    weights : tuple of float
        Share of each study in what is known of mu; sums to 1, empty where there is no mu.
    coefficients : tuple of Coefficient
        With moderators: the coefficients; there is then no single estimate.
    covariance : tuple of tuple of float
        Of the coefficients.
    levels : tuple of (str, tuple of str)
        The moderators, each with the values of a category, the reference first.
    moderators_q, moderators_df, moderators_p : float or None
        Wald test that all coefficients but the intercept are 0; with ci "t" and "knapp-hartung"
        an F test, on moderators_df and k minus the number of coefficients.
    reasons : tuple of str
        A sentence for each thing that does not exist or has to be read with care.
    notes, tau2_search
        What `reasons` and `tau2_interval()` are made of when they are asked for.

    Examples
    --------
    >>> from cartreview.synthesis import pool_proportions
    >>> pool_proportions([8, 2, 0, 1], [13, 6, 3, 11])
    PooledProportion(0.25, 95% interval 0.07 to 0.60; 11 of 33 patients, 4 studies; glmm)
    """

    k: int
    events: int
    total: int
    method: str
    ci: str
    level: float
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None
    mu: float | None = None
    se: float | None = None
    tau2: float | None = None
    i2: float | None = None
    q: float | None = None
    q_df: int | None = None
    q_p: float | None = None
    lrt: float | None = None
    lrt_p: float | None = None
    tau2_lrt: float | None = None
    tau2_p: float | None = None
    loglik: float | None = None
    weights: tuple[float, ...] = field(default=(), repr=False)
    coefficients: tuple[Coefficient, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    levels: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), repr=False)
    moderators_q: float | None = None
    moderators_df: int | None = None
    moderators_p: float | None = None
    notes: tuple[str, ...] = field(default=(), repr=False)
    tau2_search: Callable[[], Interval] = field(default=_unknown, repr=False, compare=False)

    @cached_property
    def _tau2_ends(self) -> Interval:
        return self.tau2_search()

    def tau2_interval(self) -> Interval:
        """Give the interval of tau2; it is looked for once, when it is first asked for.

        Returns
        -------
        low, high : float or None
            Bounds of tau2 (logit scale, squared): of the profile likelihood for "glmm", of the
            Q-profile for "reml" and "dl". None where there is none; `reasons` then says why.

        Examples
        --------
        >>> from cartreview.synthesis import pool_proportions
        >>> low, high = pool_proportions([8, 2, 0, 1], [13, 6, 3, 11]).tau2_interval()
        >>> round(low, 2), round(high, 1)
        (0.0, 16.7)
        """
        return self._tau2_ends

    @property
    def tau2_low(self) -> float | None:
        """Lower bound of tau2."""
        return self._tau2_ends[0]

    @property
    def tau2_high(self) -> float | None:
        """Upper bound of tau2."""
        return self._tau2_ends[1]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Sentences on what does not exist or has to be read with care."""
        endless = self.tau2_low is not None and self.tau2_high is None
        return (*self.notes, NO_UPPER_BOUND) if endless else self.notes

    def as_dict(self) -> dict[str, object]:
        """Give every attribute by name, for a file.

        Examples
        --------
        >>> one = PooledProportion(k=1, events=1, total=3, method="dl", ci="wald", level=0.95)
        >>> one.as_dict()["total"]
        3
        """
        stored = {one.name: getattr(self, one.name) for one in fields(self)}
        asked = {name: getattr(self, name) for name in ("tau2_low", "tau2_high", "reasons")}
        return {**{k: v for k, v in stored.items() if k not in _STORED_ONLY}, **asked}

    def to_frame(self) -> DataFrame:
        """Give the result as a frame of one row, to be put below others.

        Returns
        -------
        pandas.DataFrame, shape (1, 26)
            Every attribute that is a single number or word, with its type: counts ``int64``, the
            others ``float64`` (NaN where there is none); ``reasons`` as one text. Coefficients,
            covariance and weights are in `as_dict`.

        Examples
        --------
        >>> from cartreview.synthesis import pool_proportions
        >>> row = pool_proportions([8, 2, 0, 1], [13, 6, 3, 11]).to_frame()
        >>> row[["k", "events", "total", "estimate"]].round(2).values.tolist()
        [[4.0, 11.0, 33.0, 0.25]]
        """
        import pandas as pd  # half a second: only who wants a frame pays for it

        found = {name: one for name, one in self.as_dict().items() if name not in _SEVERAL}
        found["reasons"] = " ".join(self.reasons)
        kinds = dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(_WORDS, "str")
        return pd.DataFrame([found]).astype({name: kinds.get(name, "float64") for name in found})

    def __repr__(self) -> str:
        """Say the result in one line."""
        if self.estimate is None:
            found = f"{len(self.coefficients)} coefficients" if self.coefficients else "no estimate"
        else:
            ends = f"{self.ci_low:.2f} to {self.ci_high:.2f}"
            found = f"{self.estimate:.2f}, {100 * self.level:g}% interval {ends}"
        studies = count_of(self.k, "study", "studies")
        patients = f"{self.events} of {self.total} patients"
        return f"PooledProportion({found}; {patients}, {studies}; {self.method})"

    def _repr_html_(self) -> str:
        """Show the result as a small table in a notebook."""
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>"
            for name, text in self._shown().items()
        )
        notes = "".join(f"<p>{escape(reason)}</p>" for reason in self.reasons)
        return f"<table>{rows}</table>{notes}"

    def _shown(self) -> dict[str, str]:
        """Give the lines of the small table; what does not exist has none."""
        level = f"{100 * self.level:g}% interval"
        lines = {
            "Pooled proportion": _number(self.estimate),
            level: _ends(self.ci_low, self.ci_high),
            "Prediction interval": _ends(self.pi_low, self.pi_high),
            "Patients": f"{self.events} of {self.total}",
            "Studies": str(self.k),
            "tau2": _number(self.tau2),
            f"tau2, {level}": _ends(*self.tau2_interval()),
            "I2": _number(self.i2),
            "Method": f"{self.method}, {self.ci}",
        }
        terms = {
            one.term: f"{one.value:.3f} ({one.ci_low:.3f} to {one.ci_high:.3f})"
            for one in self.coefficients
        }
        return {name: text for name, text in {**terms, **lines}.items() if text}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _ends(low: float | None, high: float | None) -> str:
    if low is None:
        return ""
    return f"{low:.3f} to {high:.3f}" if high is not None else f"from {low:.3f}"
