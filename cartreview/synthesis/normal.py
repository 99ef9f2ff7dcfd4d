"""The normal-normal model on estimates with known variances: DerSimonian-Laird and REML.

Everything is a sum over studies, so a fit of 10,000 studies takes 400 times one of 25.

Vocabulary
----------
yi, vi   estimates and sampling variances, shape (K,).
X        design, shape (K, p); a column of ones without moderators.
wi       1 / (vi + tau2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from cartreview.synthesis.counts import Array

__all__ = [
    "NormalFit",
    "dersimonian_laird",
    "fit_normal",
    "heterogeneity",
    "typical_variance",
    "variance_interval",
]

STEPS = 10_000
CLOSE = 1e-13  # relative change of tau2 at which the search stops; metafor's stops at 1e-5


@dataclass(frozen=True)
class NormalFit:
    """Coefficients, their covariance, tau2 and the residual sum of squares weighted by wi."""

    beta: Array
    covariance: Array
    tau2: float
    weighted_squares: float
    weights: Array
    loglik: float | None = None


def _weighted(yi: Array, vi: Array, X: Array, tau2: float) -> tuple[Array, Array, Array, Array]:
    """Give coefficients, covariance, residuals and weights of weighted least squares."""
    wi = 1 / (vi + tau2)
    covariance = np.asarray(np.linalg.inv((X.T * wi) @ X), dtype=float)
    beta = covariance @ (X.T @ (wi * yi))
    return beta, covariance, yi - X @ beta, wi


def heterogeneity(yi: Array, vi: Array, X: Array) -> float:
    """Give Cochran's Q: the squared residuals around the common effect, weighted by 1 / vi.

    Examples
    --------
    >>> import numpy as np
    >>> heterogeneity(np.array([0.0, 2.0]), np.ones(2), np.ones((2, 1)))
    2.0
    """
    _, _, residuals, wi = _weighted(yi, vi, X, 0.0)
    return float(wi @ residuals**2)


def typical_variance(vi: Array, X: Array) -> float:
    """Give the sampling variance of a typical study, which I2 compares tau2 with.

    Notes
    -----
    (K - p) / trace(P), as in metafor; without moderators the formula of Higgins and Thompson.

    References
    ----------
    bib: higgins2002

    Examples
    --------
    >>> import numpy as np
    >>> round(typical_variance(np.array([1.0, 1.0]), np.ones((2, 1))), 12)
    1.0
    """
    wi = 1 / vi
    return float((len(vi) - X.shape[1]) / _traces(X, wi)[0])


def _traces(X: Array, wi: Array) -> tuple[float, float]:
    """Give the traces of P and of PP, without forming the K by K matrix P."""
    inverse = np.linalg.inv((X.T * wi) @ X)
    second = inverse @ ((X.T * wi**2) @ X)
    third = inverse @ ((X.T * wi**3) @ X)
    of_p = wi.sum() - np.trace(second)
    return float(of_p), float((wi**2).sum() - 2 * np.trace(third) + np.trace(second @ second))


def dersimonian_laird(yi: Array, vi: Array, X: Array) -> float:
    """Give the moment estimate of tau2.

    References
    ----------
    bib: dersimonian1986

    Examples
    --------
    >>> import numpy as np
    >>> round(dersimonian_laird(np.array([0.0, 2.0]), np.ones(2), np.ones((2, 1))), 12)
    1.0
    """
    excess = heterogeneity(yi, vi, X) - (len(yi) - X.shape[1])
    return max(0.0, excess / _traces(X, 1 / vi)[0])


def _hedges(yi: Array, vi: Array, X: Array) -> float:
    """Give the unweighted moment estimate, from which metafor starts scoring, too."""
    inverse = np.linalg.inv(X.T @ X)
    residuals = yi - X @ (inverse @ (X.T @ yi))
    expected = vi.sum() - np.trace(inverse @ ((X.T * vi) @ X))
    return max(0.0, float((residuals @ residuals - expected) / (len(yi) - X.shape[1])))


def _score(yi: Array, vi: Array, X: Array, tau2: float) -> tuple[float, float]:
    """Give twice the slope of the restricted likelihood, and its expected fall."""
    _, _, residuals, wi = _weighted(yi, vi, X, tau2)
    trace, squared = _traces(X, wi)
    return float(((wi * residuals) ** 2).sum() - trace), squared


def _reml(yi: Array, vi: Array, X: Array) -> float:
    """Maximise the restricted likelihood: bracket the zero of its slope, then close in.

    Fisher's scoring, metafor's way, goes to the same place and needs hundreds of steps where the
    likelihood is flat.
    """
    tau2 = _hedges(yi, vi, X)
    slope, fall = _score(yi, vi, X, tau2)
    if slope <= 0:
        at_zero = _score(yi, vi, X, 0.0)[0]
        return _zero(yi, vi, X, (0.0, at_zero), (tau2, slope)) if at_zero > 0 else 0.0
    below = (tau2, slope)
    while slope > 0:
        below = (tau2, slope)
        tau2 += 2 * slope / fall
        slope, fall = _score(yi, vi, X, tau2)
    return _zero(yi, vi, X, below, (tau2, slope))


def _zero(
    yi: Array, vi: Array, X: Array, below: tuple[float, float], above: tuple[float, float]
) -> float:
    """Find where the slope is 0 by regula falsi; the end that stays has its slope halved."""
    stays = 0
    tau2 = above[0]
    for _ in range(STEPS):
        before = tau2
        tau2 = (below[0] * above[1] - above[0] * below[1]) / (above[1] - below[1])
        slope = _score(yi, vi, X, tau2)[0]
        if abs(tau2 - before) <= CLOSE * (1 + tau2) or slope == 0:
            break
        if slope > 0:
            below, above = (tau2, slope), (above[0], above[1] / (2 if stays > 0 else 1))
            stays = 1
        else:
            below, above = (below[0], below[1] / (2 if stays < 0 else 1)), (tau2, slope)
            stays = -1
    return tau2


def _restricted(residuals: Array, wi: Array, X: Array) -> float:
    _, inside = np.linalg.slogdet((X.T * wi) @ X)
    _, plain = np.linalg.slogdet(X.T @ X)
    free = len(wi) - X.shape[1]
    fitted = np.log(wi).sum() - wi @ residuals**2
    return float(fitted - free * np.log(2 * np.pi) + plain - inside) / 2


def fit_normal(yi: Array, vi: Array, X: Array, method: str) -> NormalFit:
    """Fit the random-effects model with a closed-form or a restricted-likelihood tau2.

    Parameters
    ----------
    yi, vi : ndarray of float, shape (K,)
        Estimates and sampling variances.
    X : ndarray of float, shape (K, p)
        Design of full rank.
    method : str
        "dl", "reml", or "common" for tau2 = 0 (metafor "DL", "REML", "EE").

    Returns
    -------
    NormalFit
        With K = p there is no tau2 to estimate; it is then 0.

    References
    ----------
    bib: dersimonian1986, viechtbauer2010

    Examples
    --------
    >>> import numpy as np
    >>> fit = fit_normal(np.array([0.0, 2.0]), np.ones(2), np.ones((2, 1)), "dl")
    >>> float(fit.beta[0]), round(fit.tau2, 12)
    (1.0, 1.0)
    """
    estimators = {"dl": dersimonian_laird, "reml": _reml}
    spread = method in estimators and len(yi) > X.shape[1]
    tau2 = estimators[method](yi, vi, X) if spread else 0.0
    beta, covariance, residuals, wi = _weighted(yi, vi, X, tau2)
    loglik = _restricted(residuals, wi, X) if method == "reml" else None
    return NormalFit(beta, covariance, tau2, float(wi @ residuals**2), wi / wi.sum(), loglik)


def variance_interval(yi: Array, vi: Array, X: Array, level: float) -> tuple[float, float] | None:
    """Give the Q-profile interval of tau2, or None where it holds no value.

    Parameters
    ----------
    yi, vi : ndarray of float, shape (K,)
        Estimates and sampling variances.
    X : ndarray of float, shape (K, p)
        Design of full rank, K > p.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float, or None
        Bounds of tau2. None if the studies differ less than chance allows at this level.

    Notes
    -----
    metafor: ``confint()`` of an ``rma.uni`` fit.

    References
    ----------
    bib: viechtbauer2007

    Examples
    --------
    >>> import numpy as np
    >>> low, high = variance_interval(np.array([0.0, 4.0]), np.ones(2), np.ones((2, 1)), 0.95)
    >>> round(low, 3), round(high, 1)
    (0.592, 8145.1)
    """
    free, tail = len(yi) - X.shape[1], (1 - level) / 2
    upper, lower = float(chdtri(free, tail)), float(chdtri(free, 1 - tail))
    at_zero = heterogeneity(yi, vi, X)
    if at_zero < lower:
        return None
    low = 0.0 if at_zero <= upper else _where_q_is(upper, yi, vi, X)
    return low, _where_q_is(lower, yi, vi, X)


def _where_q_is(target: float, yi: Array, vi: Array, X: Array) -> float:
    """Solve Q(tau2) = target; Q falls and is convex, so Newton's steps never go too far."""
    tau2 = 0.0
    for _ in range(STEPS):
        _, _, residuals, wi = _weighted(yi, vi, X, tau2)
        excess = float(wi @ residuals**2) - target
        step = excess / float(wi**2 @ residuals**2)
        tau2 = max(0.0, tau2 + step)
        if abs(step) <= CLOSE * (1 + tau2):
            break
    return tau2
