"""The binomial-normal model: what is counted is binomial, the studies' logits are normal.

CONTRIBUTING.md, Decisions, says why it is written here.

Vocabulary
----------
theta    beta (coefficients, logit scale) followed by tau, the standard deviation of the logits.
pattern  events, total and design of a study; equal studies are computed once.
G        patterns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, gammaln, log_expit

from cartreview.synthesis.counts import Array
from cartreview.synthesis.quadrature import Integrals, integrate
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
DIFFERENCE = 1e-4  # in theta; squared, it is the relative error of the standard errors
ROUNDING = 1e-14  # of a term; a study's terms are about as large as its patients are many
LAST_STEP = 1e-5  # what Newton would do next is less than 1e-6, mostly 1e-10
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
        one that metafor looks for; the second derivatives are those of the integral.

    Examples
    --------
    >>> import numpy as np
    >>> data = Binomial.of(np.array([1.0]), np.array([2.0]), np.ones((1, 1)))
    >>> round(np.exp(evaluate(np.array([0.0, 0.0]), data, 21).value).item(), 6)
    0.5
    """
    eta = data.design @ theta[:-1]
    tau = np.full(len(eta), theta[-1])
    found = integrate(data.events, data.totals, data.logits, eta, tau, points)
    copies = data.copies
    gradient = np.append(data.design.T @ (copies * found.by_eta), copies @ found.by_tau)
    value = float(copies @ found.value) + data.constant
    return Likelihood(theta, value, gradient, _hessian(found, data), -found.by_eta_eta)


def _hessian(found: Integrals, data: Binomial) -> Array:
    X, p, copies = data.design, data.design.shape[1], data.copies
    square = np.empty((p + 1, p + 1))
    square[:p, :p] = (X.T * (copies * found.by_eta_eta)) @ X
    square[:p, p] = square[p, :p] = X.T @ (copies * found.by_eta_tau)
    square[p, p] = copies @ found.by_tau_tau
    return square


def _gradients(thetas: Array, data: Binomial, points: int) -> Array:
    """Give the gradients at T places, shape (T, p + 1), in one sweep."""
    times = len(thetas)
    x, n, yi, vi = (np.tile(one, times) for one in (data.events, data.totals, *data.logits))
    eta = (thetas[:, :-1] @ data.design.T).ravel()
    tau = np.repeat(thetas[:, -1], len(data.events))
    found = integrate(x, n, (yi, vi), eta, tau, points)
    by_eta = found.by_eta.reshape(times, -1) * data.copies
    by_tau = found.by_tau.reshape(times, -1) @ data.copies
    return np.column_stack([by_eta @ data.design, by_tau])


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
    array([[2.42]])
    """
    size = len(top.theta)
    # The likelihood is even in tau, so that at tau = 0 beta and tau are uncorrelated.
    moving = size - 1 if top.theta[-1] == 0 else size
    steps = DIFFERENCE * np.eye(size)[:moving]
    around = _gradients(top.theta + np.vstack([-steps, steps]), data, points)
    bends = (around[:moving] - around[moving:])[:, :moving] / (2 * DIFFERENCE)
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
    share = (copies @ x) / (copies @ n)
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
        The highest point found, whether or not the gradient is zero there; after a last step
        that changes no digit that matters, value and derivatives are those before it.

    Examples
    --------
    >>> import numpy as np
    >>> data = Binomial.of(np.array([1.0, 7.0]), np.array([8.0, 8.0]), np.ones((2, 1)))
    >>> top = maximise(np.array([0.1, 1.0]), data, 21)
    >>> abs(top.theta.round(2)).tolist()
    [0.0, 1.95]
    """
    size = len(start) if free is None else free
    here = evaluate(start, data, points)
    for _ in range(STEPS):
        step = np.zeros_like(start)
        step[:size] = _uphill(here.gradient[:size], here.hessian[:size, :size])
        if np.abs(step).max() < LAST_STEP:
            return replace(here, theta=here.theta + step)
        better = _along(step, here, data, points)
        if better is None or abs(better.theta[-1]) > largest:
            return better or here
        here = better
    return here


def _uphill(gradient: Array, hessian: Array) -> Array:
    """Give Newton's step; directions in which the likelihood bends up are taken as bending down."""
    try:
        np.linalg.cholesky(-hessian)
        step = np.linalg.solve(hessian, -gradient)
    except np.linalg.LinAlgError:
        curvatures, axes = np.linalg.eigh(hessian)
        bend = np.maximum(np.abs(curvatures), 1e-8 * np.abs(curvatures).max() + 1e-300)
        step = axes @ ((axes.T @ gradient) / bend)
    return np.asarray(step / max(1.0, np.abs(step).max() / LONGEST_STEP))


def _along(step: Array, here: Likelihood, data: Binomial, points: int) -> Likelihood | None:
    """Halve the step until it does not descend, but for digits that a sum of large terms loses."""
    lost = ROUNDING * (1 + abs(here.value) + float(data.copies @ data.totals))
    for _ in range(40):
        there = evaluate(here.theta + step, data, points)
        if there.value >= here.value - lost:
            return there
        step = step / 2
    return None
