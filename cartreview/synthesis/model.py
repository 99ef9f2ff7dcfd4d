"""What was asked of a pooling, and what every model then says in the same words.

Vocabulary
----------
K, p     studies and coefficients.
beta     coefficients on the logit scale; beta[0] is mu where there are no moderators.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, entr, expit, fdtrc, ndtri, stdtr, stdtrit

from cartreview.synthesis.counts import Array, Counts
from cartreview.synthesis.design import Levels
from cartreview.synthesis.normal import heterogeneity, typical_variance
from cartreview.synthesis.parts import ChiSquare, Estimate, Regression
from cartreview.synthesis.result import Coefficient
from cartreview.synthesis.transform import logit_proportion

__all__ = ["MODERATORS", "Model"]

MODERATORS = (
    "With moderators there is no single estimate: see the coefficients, or predict_proportion "
    "for chosen values."
)


@dataclass(frozen=True)
class Model:
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
    def df(self) -> int:
        """Degrees of freedom between studies, K - p."""
        return int(self.X.shape[0] - self.X.shape[1])

    @property
    def moderated(self) -> bool:
        """Whether there are moderators, and so no single estimate."""
        return len(self.terms) > 1

    def critical(self) -> float:
        """Give the quantile that an interval is a multiple of; Student's t only with freedom."""
        upper = (1 + self.level) / 2
        if self.ci == "wald" or self.df < 1:
            return float(ndtri(upper))
        return float(stdtrit(self.df, upper))

    def p_value(self, ratio: float) -> float:
        """Give the two-sided p of an estimate divided by its standard error."""
        if self.ci == "wald" or self.df < 1:
            return float(chdtrc(1, ratio**2))
        return float(2 * stdtr(self.df, -abs(ratio)))

    def proportion_interval(self, logit: float, se: float) -> tuple[float, float]:
        """Give the interval of a logit, as proportions."""
        reach = self.critical() * se
        return float(expit(logit - reach)), float(expit(logit + reach))

    def estimates(self, beta: Array, covariance: Array, tau2: float | None) -> Estimate:
        """Give mu as a proportion, with its intervals; without a tau2 none of prediction."""
        mu, se = float(beta[0]), float(covariance[0, 0] ** 0.5)
        low, high = self.proportion_interval(mu, se)
        ahead: tuple[float | None, float | None] = (None, None)
        if tau2 is not None:
            ahead = self.proportion_interval(mu, (se**2 + tau2) ** 0.5)
        return Estimate(float(expit(mu)), low, high, *ahead, mu, se)

    def regression(self, beta: Array, covariance: Array) -> Regression:
        """Give the coefficients, and the Wald test that all but the intercept are 0."""
        errors, reach = np.diag(covariance) ** 0.5, self.critical()
        found = tuple(
            Coefficient(
                term, value, se, value - reach * se, value + reach * se, self.p_value(value / se)
            )
            for term, value, se in zip(self.terms, beta.tolist(), errors.tolist(), strict=True)
        )
        m = len(beta) - 1
        chi_square = float(beta[1:] @ np.linalg.solve(covariance[1:, 1:], beta[1:]))
        by_f = self.ci != "wald"
        statistic = chi_square / m if by_f else chi_square
        p = float(fdtrc(m, self.df, statistic) if by_f else chdtrc(m, statistic))
        spread = tuple(map(tuple, covariance.tolist()))
        return Regression(found, spread, self.levels, statistic, m, p)

    def wald_test(self) -> ChiSquare:
        """Test heterogeneity by squared residuals of logits: Cochran's Q.

        Notes
        -----
        In the exact model a study with no event or only events weighs nothing, as the limit of
        metafor's QE.Wld has it; the models on logits correct such a study and keep it.
        """
        if self.df < 1:
            return ChiSquare()
        x, n, X = self.counts.events, self.counts.totals, self.X
        if self.method == "glmm":
            keep = (x > 0) & (x < n)
            x, n, X = x[keep], n[keep], X[keep]
        q = 0.0
        p = X.shape[1]
        if len(x) > p and (p == 1 or np.linalg.matrix_rank(X) == p):
            q = heterogeneity(*logit_proportion(x, n), X)
        return ChiSquare(q, float(chdtrc(self.df, q)))

    def likelihood_ratio_test(self, shares: Array) -> ChiSquare:
        """Test heterogeneity on the counts: a share for every study against the fitted ones."""
        if self.df < 1:
            return ChiSquare()
        x, n = self.counts.events, self.counts.totals
        own = x / n
        with np.errstate(divide="ignore", invalid="ignore"):
            fitted = np.where(x > 0, x * np.log(shares), 0) + np.where(
                x < n, (n - x) * np.log1p(-shares), 0
            )
        lrt = max(0.0, float(2 * (-n * (entr(own) + entr(1 - own)) - fitted).sum()))
        return ChiSquare(lrt, float(chdtrc(self.df, lrt)))

    def i_squared(self, tau2: float) -> float:
        """Give I2: tau2 beside the sampling variance of a typical study."""
        _, vi = logit_proportion(self.counts.events, self.counts.totals)
        return tau2 / (tau2 + typical_variance(vi, self.X))

    def too_few(self) -> str:
        """Say that there are more quantities to estimate than studies."""
        return (
            f"Found {len(self.counts)} studies for {len(self.terms)} coefficients and tau2: "
            f"{len(self.terms) + 1} studies or more are needed."
        )
