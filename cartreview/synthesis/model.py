"""What was asked of a pooling, and what every model then says in the same words.

Vocabulary
----------
K, p     studies and coefficients.
beta     coefficients on the logit scale; beta[0] is mu where there are no moderators.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc, entr, expit, fdtrc, ndtri, stdtr, stdtrit

from cartreview.synthesis.counts import Array, Counts
from cartreview.synthesis.design import Levels
from cartreview.synthesis.normal import heterogeneity, typical_variance
from cartreview.synthesis.result import Coefficient
from cartreview.synthesis.transform import logit_proportion

__all__ = ["Task", "centre", "deviance", "share_between", "wald_test", "within"]

_MODERATORS = (
    "With moderators there is no single estimate: see the coefficients, or predict_proportion "
    "for chosen values."
)


@dataclass(frozen=True)
class Task:
    """Options of a pooling, checked, with the design X of shape (K, p)."""

    counts: Counts
    X: Array
    terms: tuple[str, ...]
    levels: Levels
    method: str
    ci: str
    level: float
    points: int

    @property
    def free(self) -> int:
        """Degrees of freedom between studies, K - p."""
        return int(self.X.shape[0] - self.X.shape[1])

    def critical(self) -> float:
        """Give the quantile that an interval is a multiple of; Student's t only with freedom."""
        upper = (1 + self.level) / 2
        if self.ci == "wald" or self.free < 1:
            return float(ndtri(upper))
        return float(stdtrit(self.free, upper))

    def p_value(self, ratio: float) -> float:
        """Give the two-sided p of an estimate divided by its standard error."""
        if self.ci == "wald" or self.free < 1:
            return float(chdtrc(1, ratio**2))
        return float(2 * stdtr(self.free, -abs(ratio)))


def within(task: Task, value: float, se: float) -> tuple[float, float]:
    """Give the interval of a logit, as proportions."""
    reach = task.critical() * se
    return float(expit(value - reach)), float(expit(value + reach))


def centre(task: Task, beta: Array, covariance: Array, tau2: float | None) -> dict[str, Any]:
    """Give the estimate with its intervals or, with moderators, the coefficients."""
    if len(beta) > 1:
        return _coefficients(task, beta, covariance)
    mu, se = float(beta[0]), float(covariance[0, 0] ** 0.5)
    low, high = within(task, mu, se)
    found = {"mu": mu, "se": se, "estimate": float(expit(mu)), "ci_low": low, "ci_high": high}
    if tau2 is not None:
        found["pi_low"], found["pi_high"] = within(task, mu, (se**2 + tau2) ** 0.5)
    return found


def _coefficients(task: Task, beta: Array, covariance: Array) -> dict[str, Any]:
    errors, reach = np.diag(covariance) ** 0.5, task.critical()
    found = tuple(
        Coefficient(
            term, value, se, value - reach * se, value + reach * se, task.p_value(value / se)
        )
        for term, value, se in zip(task.terms, beta.tolist(), errors.tolist(), strict=True)
    )
    m = len(beta) - 1
    chi_square = float(beta[1:] @ np.linalg.solve(covariance[1:, 1:], beta[1:]))
    by_f = task.ci != "wald"
    statistic = chi_square / m if by_f else chi_square
    p = fdtrc(m, task.free, statistic) if by_f else chdtrc(m, statistic)
    return {
        "coefficients": found,
        "covariance": tuple(map(tuple, covariance.tolist())),
        "levels": task.levels,
        "moderators_q": statistic,
        "moderators_df": m,
        "moderators_p": float(p),
        "notes": (_MODERATORS,),
    }


def wald_test(task: Task) -> dict[str, Any]:
    """Test heterogeneity by squared residuals of logits: Cochran's Q.

    Notes
    -----
    In the exact model a study with no event or only events weighs nothing, as the limit of
    metafor's QE.Wld has it; the models on logits correct such a study and keep it.
    """
    if task.free < 1:
        return {}
    x, n, X = task.counts.events, task.counts.totals, task.X
    if task.method == "glmm":
        keep = (x > 0) & (x < n)
        x, n, X = x[keep], n[keep], X[keep]
    q = 0.0
    p = X.shape[1]
    if len(x) > p and (p == 1 or np.linalg.matrix_rank(X) == p):
        q = heterogeneity(*logit_proportion(x, n), X)
    return {"q": q, "q_df": task.free, "q_p": float(chdtrc(task.free, q))}


def deviance(task: Task, shares: Array) -> dict[str, float]:
    """Test heterogeneity on the counts: a proportion for every study against the fitted shares."""
    if task.free < 1:
        return {}
    x, n = task.counts.events, task.counts.totals
    own = x / n
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = np.where(x > 0, x * np.log(shares), 0) + np.where(
            x < n, (n - x) * np.log1p(-shares), 0
        )
    lrt = max(0.0, float(2 * (-n * (entr(own) + entr(1 - own)) - fitted).sum()))
    return {"lrt": lrt, "lrt_p": float(chdtrc(task.free, lrt))}


def share_between(task: Task, tau2: float) -> float:
    """Give I2: tau2 beside the sampling variance of a typical study."""
    _, vi = logit_proportion(task.counts.events, task.counts.totals)
    return tau2 / (tau2 + typical_variance(vi, task.X))
