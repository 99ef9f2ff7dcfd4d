"""What a pooled proportion is, with the reasons where a part of it does not exist.

Vocabulary
----------
mu     centre of the studies on the logit scale; ``estimate`` is the same as a proportion.
tau2   variance of the studies' true logits around mu.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Coefficient", "PooledProportion"]


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
    tau2_low: float | None = None
    tau2_high: float | None = None
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
    reasons: tuple[str, ...] = ()
