"""The binomial-normal model: what is counted is binomial, the studies' logits are normal.

The likelihood of a study is an integral over its own logit. It is taken by Gauss-Hermite
quadrature around the place where the integrand is highest (adaptive), as lme4 does for metafor.
Neither scipy, statsmodels nor PyMARE has this model with this likelihood, so it is written here.

Vocabulary
----------
theta    beta (coefficients, logit scale) followed by tau, the standard deviation of the logits.
u        a study's own deviation, in units of tau: its logit is eta + tau * u.
pattern  events, total and design of a study; equal studies are computed once.
G, J     patterns; points of the quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import expit, gammaln, log_expit

from cartreview.synthesis.counts import Array
from cartreview.synthesis.transform import logit_proportion

__all__ = [
    "Binomial",
    "CommonEffect",
    "Likelihood",
    "common_effect",
    "covariance",
    "evaluate",
    "maximise",
]

STEPS = 200
QUICK_STEPS = 12
DIFFERENCE = 1e-4  # in theta; squared, it is the relative error of the standard errors
PEAK_FOUND = 1e-6  # Newton's next step would be 1e-12
GRADIENT_ZERO = 1e-8  # per study; estimates then move by less than 1e-7
LONGEST_STEP = 3.0  # logits: further from the start the quadratic approximation means nothing


@dataclass(frozen=True)
class Binomial:
    """Counts by pattern: events, totals and copies of shape (G,), design of shape (G, p)."""

    events: Array
    totals: Array
    copies: Array
    design: Array
    of_study: np.ndarray
    logits: tuple[Array, Array]
    constant: float

    @classmethod
    def of(cls, events: Array, totals: Array, design: Array) -> Binomial:
        """Group K studies by pattern.

        Examples
        --------
        >>> import numpy as np
        >>> Binomial.of(np.array([0.0, 0.0]), np.array([3.0, 3.0]), np.ones((2, 1))).copies
        array([2.])
        """
        rows = np.column_stack([events, totals, design])
        order = np.lexsort(rows.T[::-1])
        new = np.r_[True, np.any(np.diff(rows[order], axis=0) != 0, axis=1)]
        of_study = np.empty(len(rows), dtype=int)
        of_study[order] = np.cumsum(new) - 1
        kept = rows[order[new]]
        copies = np.bincount(of_study).astype(float)
        x, n = kept[:, 0], kept[:, 1]
        constant = float(copies @ (gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)))
        return cls(x, n, copies, kept[:, 2:], of_study, logit_proportion(x, n), constant)


@dataclass(frozen=True)
class Likelihood:
    """Log-likelihood at theta, its gradient, its second derivatives, and what a pattern tells.

    ``information`` is minus the second derivative of one study by its own eta, shape (G,).
    """

    theta: Array
    value: float
    gradient: Array
    hessian: Array
    information: Array


@cache
def _rule(points: int) -> tuple[Array, Array]:
    """Give nodes z and log weights of the integral of f(z) dz, taken as exp(z^2/2) f(z)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    return nodes, np.log(weights) + nodes**2 / 2 - np.log(2 * np.pi) / 2


def _peaks(data: Binomial, eta: Array, tau: float) -> Array:
    """Find where each integrand is highest, by Newton from where normal logits would have it."""
    x, n = data.events, data.totals
    yi, vi = data.logits
    far = tau * (x - n * expit(eta))  # the slope at 0; the peak lies between 0 and it
    low, high = np.minimum(0, far), np.maximum(0, far)
    u = np.minimum(np.maximum(tau * (yi - eta) / (vi + tau**2), low), high)
    for _ in range(QUICK_STEPS):
        p = expit(eta + tau * u)
        step = (tau * (x - n * p) - u) / (1 + tau**2 * (n * p * (1 - p)))
        u = np.minimum(np.maximum(u + step, low), high)
        if np.abs(step).max() < PEAK_FOUND:
            return u
    return _cornered(data, eta, tau, low, high)


def _cornered(data: Binomial, eta: Array, tau: float, low: Array, high: Array) -> Array:
    """Find the peaks by Newton's steps between bounds that close in, halving where one is left."""
    x, n = data.events, data.totals
    u = (low + high) / 2
    for _ in range(STEPS):
        p = expit(eta + tau * u)
        slope = tau * (x - n * p) - u
        low, high = np.where(slope > 0, u, low), np.where(slope > 0, high, u)
        step = slope / (1 + tau**2 * n * p * (1 - p))
        there = u + step
        u = np.where((there < low) | (there > high), (low + high) / 2, there)
        if np.abs(step).max() < PEAK_FOUND:
            break
    return u


def evaluate(theta: Array, data: Binomial, points: int) -> Likelihood:
    """Evaluate the log-likelihood of the counts.

    Parameters
    ----------
    theta : ndarray of float, shape (p + 1,)
        Coefficients and tau; the sign of tau does not matter.
    data : Binomial
        Counts.
    points : int
        Points of the quadrature.

    Returns
    -------
    Likelihood
        The gradient is that of the quadrature, to the last digit, so that the maximum is the
        one that metafor looks for; the second derivatives are those of the integral (Louis).

    References
    ----------
    bib: pinheiro1995

    Examples
    --------
    >>> import numpy as np
    >>> data = Binomial.of(np.array([1.0]), np.array([2.0]), np.ones((1, 1)))
    >>> round(evaluate(np.array([0.0, 0.0]), data, 21).value, 6) == round(np.log(0.5), 6)
    True
    """
    eta, tau = data.design @ theta[:-1], float(theta[-1])
    u = _peaks(data, eta, tau)
    peak = _Peak.at(u, data, eta, tau)
    z, log_weights = _rule(points)
    shift = peak.scale[:, None] * z
    residual, variance, log_terms = _terms(u, shift, data, eta, tau)
    log_terms = log_terms + log_weights
    top = log_terms.max(axis=1, keepdims=True)
    share = np.exp(log_terms - top)
    total = share.sum(axis=1, keepdims=True)
    share /= total
    value = peak.height + np.log(peak.scale) + (top + np.log(total))[:, 0]
    at = u[:, None] + shift
    slopes = peak.slopes(_means(share, residual, at, tau, z))
    seconds = _seconds(share, residual, variance, at)
    return Likelihood(
        theta,
        float(data.copies @ value) + data.constant,
        _gather(slopes, data),
        _gather_square(seconds, data),
        -seconds[0],
    )


@dataclass(frozen=True)
class _Peak:
    """The top of each integrand: place, height, width, and how they move with eta and tau."""

    height: Array
    scale: Array
    moves: tuple[Array, Array]
    widens: tuple[Array, Array]

    @classmethod
    def at(cls, u: Array, data: Binomial, eta: Array, tau: float) -> _Peak:
        x, n = data.events, data.totals
        logit = eta + tau * u
        p = expit(logit)
        variance = n * p * (1 - p)
        curvature = 1 + tau**2 * variance
        skew = variance * (1 - 2 * p)
        by_eta = -tau * variance / curvature
        by_tau = (x - n * p - tau * variance * u) / curvature
        bends_eta = tau**2 * skew * (1 + tau * by_eta)
        bends_tau = 2 * tau * variance + tau**2 * skew * (u + tau * by_tau)
        height = x * log_expit(logit) + (n - x) * log_expit(-logit) - u**2 / 2
        widens = (-bends_eta / (2 * curvature), -bends_tau / (2 * curvature))
        return cls(height, curvature**-0.5, (by_eta, by_tau), widens)

    def slopes(self, means: tuple[Array, Array, Array, Array]) -> tuple[Array, Array]:
        """Differentiate the quadrature by eta and by tau, its moving points included."""
        residual, residual_u, along, stretched = means
        direct = (residual, residual_u)
        eta, tau = (
            direct[i]
            + self.widens[i]
            + along * self.moves[i]
            + stretched * self.scale * self.widens[i]
            for i in (0, 1)
        )
        return eta, tau


def _terms(
    u: Array, shift: Array, data: Binomial, eta: Array, tau: float
) -> tuple[Array, Array, Array]:
    """Give residual, variance and log integrand over its top, each of shape (G, J)."""
    x, n = data.events[:, None], data.totals[:, None]
    top = (eta + tau * u)[:, None]
    logit = top + tau * shift
    p = expit(logit)
    # log(1 - p) differs from the top's by little where n is huge: so the difference is taken first
    fall = log_expit(-logit) - log_expit(-top)
    log_terms = x * (tau * shift) + n * fall - shift * (u[:, None] + shift / 2)
    return x - n * p, n * p * (1 - p), log_terms


def _mean(share: Array, what: Array) -> Array:
    return np.asarray(np.vecdot(share, what))


def _means(
    share: Array, residual: Array, at: Array, tau: float, z: Array
) -> tuple[Array, Array, Array, Array]:
    slope = tau * residual - at
    weighted = share * slope
    return (
        _mean(share, residual),
        _mean(share, residual * at),
        weighted.sum(axis=1),
        weighted @ z,
    )


def _seconds(
    share: Array, residual: Array, variance: Array, at: Array
) -> tuple[Array, Array, Array]:
    """Give second derivatives by eta, eta and tau, tau: mean curvature plus variance of scores."""
    score = residual * at
    bent = variance * at
    mean_r, mean_s = _mean(share, residual), _mean(share, score)
    return (
        _mean(share, residual * residual - variance) - mean_r**2,
        _mean(share, residual * score - bent) - mean_r * mean_s,
        _mean(share, score * score - bent * at) - mean_s**2,
    )


def _gather(slopes: tuple[Array, Array], data: Binomial) -> Array:
    by_eta, by_tau = (data.copies * slope for slope in slopes)
    return np.append(data.design.T @ by_eta, by_tau.sum())


def _gather_square(seconds: tuple[Array, Array, Array], data: Binomial) -> Array:
    ee, et, tt = (data.copies * second for second in seconds)
    X, p = data.design, data.design.shape[1]
    square = np.empty((p + 1, p + 1))
    square[:p, :p] = (X.T * ee) @ X
    square[:p, p] = square[p, :p] = X.T @ et
    square[p, p] = tt.sum()
    return square


def covariance(top: Likelihood, data: Binomial, points: int) -> Array:
    """Give the covariance of beta at a maximum, tau being unknown, too.

    Parameters
    ----------
    top : Likelihood
        The maximum.
    data, points : Binomial, int
        As for `evaluate`.

    Returns
    -------
    ndarray of float, shape (p, p)
        From differences of the exact gradient: where 21 points are few for a wide tau, the
        likelihood that was maximised bends otherwise than its integral, and metafor's standard
        error is that of the former.

    Examples
    --------
    >>> import numpy as np
    >>> data = Binomial.of(np.array([1.0, 7.0]), np.array([8.0, 8.0]), np.ones((2, 1)))
    >>> covariance(maximise(np.array([0.1, 1.0]), data, 21), data, 21).round(2)
    array([[2.54]])
    """
    size = len(top.theta)
    # The likelihood is even in tau, so that at tau = 0 beta and tau are uncorrelated.
    moving = size - 1 if top.theta[-1] == 0 else size
    bends = np.empty((moving, moving))
    for column, step in enumerate(DIFFERENCE * np.eye(size)[:moving]):
        above = evaluate(top.theta + step, data, points).gradient
        below = evaluate(top.theta - step, data, points).gradient
        bends[column] = (below - above)[:moving] / (2 * DIFFERENCE)
    return np.asarray(np.linalg.inv((bends + bends.T) / 2)[: size - 1, : size - 1])


@dataclass(frozen=True)
class CommonEffect:
    """The model without spread: theta with tau = 0, and the log-likelihood there."""

    theta: Array
    value: float


def common_effect(data: Binomial) -> CommonEffect:
    """Fit tau = 0, the logistic regression on the summed counts, by Newton's method.

    Examples
    --------
    >>> import numpy as np
    >>> data = Binomial.of(np.array([1.0, 3.0]), np.array([2.0, 6.0]), np.ones((2, 1)))
    >>> common_effect(data).theta.round(9).tolist()
    [0.0, 0.0]
    """
    x, n, X, copies = data.events, data.totals, data.design, data.copies
    share = (copies @ x + 0.5) / (copies @ n + 1)
    beta = np.zeros(X.shape[1])
    beta[0] = np.log(share / (1 - share))
    for _ in range(STEPS):
        p = expit(X @ beta)
        information = (X.T * (copies * n * p * (1 - p))) @ X
        step = np.linalg.solve(information, X.T @ (copies * (x - n * p)))
        beta = beta + np.minimum(np.maximum(step, -LONGEST_STEP), LONGEST_STEP)
        if np.abs(step).max() < 1e-8:
            break
    eta = X @ beta
    value = copies @ (x * log_expit(eta) + (n - x) * log_expit(-eta))
    return CommonEffect(np.append(beta, 0.0), float(value) + data.constant)


def maximise(
    start: Array,
    data: Binomial,
    points: int,
    *,
    free: int | None = None,
    largest: float = np.inf,
) -> Likelihood:
    """Climb from a start to a maximum of the likelihood, by Newton steps that never descend.

    Parameters
    ----------
    start : ndarray of float, shape (p + 1,)
        theta to start from.
    data : Binomial
        Counts.
    points : int
        Points of the quadrature.
    free : int, optional
        Only the first `free` entries of theta move; all without it.
    largest : float
        The climb ends where tau goes beyond.

    Returns
    -------
    Likelihood
        The highest point found, whether or not the gradient is zero there.

    Examples
    --------
    >>> import numpy as np
    >>> data = Binomial.of(np.array([1.0, 7.0]), np.array([8.0, 8.0]), np.ones((2, 1)))
    >>> top = maximise(np.array([0.1, 1.0]), data, 21)
    >>> top.theta.round(2).tolist()
    [0.0, 1.75]
    """
    size = len(start) if free is None else free
    here = evaluate(start, data, points)
    enough = GRADIENT_ZERO * data.copies.sum() ** 0.5
    for _ in range(STEPS):
        if np.abs(here.gradient[:size]).max() < enough or abs(here.theta[-1]) > largest:
            break
        step = np.zeros_like(start)
        step[:size] = _uphill(here.gradient[:size], here.hessian[:size, :size])
        better = _along(step, here, data, points)
        if better is None:
            break
        here = better
    return here


def _uphill(gradient: Array, hessian: Array) -> Array:
    """Give Newton's step; directions in which the likelihood bends up are taken as bending down."""
    curvatures, axes = np.linalg.eigh(hessian)
    bend = np.maximum(np.abs(curvatures), 1e-8 * np.abs(curvatures).max() + 1e-300)
    step = axes @ ((axes.T @ gradient) / bend)
    return np.asarray(step * min(1.0, LONGEST_STEP / np.abs(step).max()))


def _along(step: Array, here: Likelihood, data: Binomial, points: int) -> Likelihood | None:
    """Halve the step until it does not descend; the last digits of a sum may be lost."""
    lost = 1e-13 * (1 + abs(here.value))
    for _ in range(40):
        there = evaluate(here.theta + step, data, points)
        if there.value >= here.value - lost:
            return there
        step = step / 2
    return None
