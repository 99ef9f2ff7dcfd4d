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

__all__ = ["Coefficient", "PooledProportion"]


Interval = tuple[float | None, float | None]

NO_UPPER_BOUND = (
    "The interval of tau2 has no upper bound below 400: the likelihood hardly falls as tau2 grows."
)
_STORED_ONLY = ("notes", "tau2_interval")


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


@dataclass(frozen=True)
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
    notes, tau2_interval
        What `reasons`, `tau2_low` and `tau2_high` are made of when they are asked for.
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
    tau2_interval: Interval | Callable[[], Interval] = field(
        default=(None, None), repr=False, compare=False
    )

    @cached_property
    def _tau2_ends(self) -> Interval:
        """Look for the interval when it is asked for: it takes as long as the fit."""
        return self.tau2_interval() if callable(self.tau2_interval) else self.tau2_interval

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
        """Give every attribute by name, for a table or a file.

        Examples
        --------
        >>> one = PooledProportion(k=1, events=1, total=3, method="dl", ci="wald", level=0.95)
        >>> one.as_dict()["total"]
        3
        """
        stored = {one.name: getattr(self, one.name) for one in fields(self)}
        asked = {name: getattr(self, name) for name in ("tau2_low", "tau2_high", "reasons")}
        return {**{k: v for k, v in stored.items() if k not in _STORED_ONLY}, **asked}
