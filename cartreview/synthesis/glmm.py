"""Maximum likelihood of the binomial-normal model, and the profile of tau2.

Vocabulary
----------
theta    beta (coefficients, logit scale) followed by tau.
profile  the highest log-likelihood that a tau allows, as a function of tau.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtri

from cartreview.synthesis.counts import Array
from cartreview.synthesis.likelihood import (
    Binomial,
    CommonEffect,
    Likelihood,
    common_effect,
    evaluate,
    maximise,
)
from cartreview.synthesis.normal import dersimonian_laird
from cartreview.synthesis.transform import logit_proportion

__all__ = ["GlmmFit", "fit_glmm", "profile_interval"]

# Beyond this a study is at 0 or 1 for certain, and the likelihood no longer tells one tau from
# another: a tau that climbs there has no maximum.
LARGEST_TAU = 50.0
SMALLEST_TAU = 1e-4
# Beyond this tau 21 points are too few for the profile (not for what metafor maximises).
WIDE_TAU = 5.0
MANY_POINTS = 201
BOUND_FOUND = 1e-7
# Beyond it studies are at 0 or 1 for certain, and 201 points are too few, too.
WIDEST_TAU = 20.0
SMALLEST_START = 0.3
STEPS = 25


@dataclass(frozen=True)
class GlmmFit:
    """The maximum, the common-effect model under it, and the data for the profile.

    `bounded` is False where the likelihood rises with tau for ever.
    """

    top: Likelihood
    common: CommonEffect
    data: Binomial
    points: int
    bounded: bool

    @property
    def tau2(self) -> float:
        """Variance between studies."""
        return float(self.top.theta[-1] ** 2)

    def weights(self) -> Array:
        """Give each study's share of the information about its logit, shape (K,)."""
        told = self.top.information[self.data.of_study]
        return np.asarray(told / told.sum())


def fit_glmm(events: Array, totals: Array, design: Array, points: int) -> GlmmFit:
    """Fit the random-intercept logistic model by maximum likelihood.

    Parameters
    ----------
    events, totals : ndarray of float, shape (K,)
        Patients with the outcome, patients evaluated (counts), not separated by `design`.
    design : ndarray of float, shape (K, p)
        Design of full rank, K > p.
    points : int
        Points of the quadrature (metafor and lme4: nAGQ).

    Returns
    -------
    GlmmFit
        With tau = 0 exactly where the likelihood is highest there.

    References
    ----------
    bib: stijnen2010

    Examples
    --------
    >>> import numpy as np
    >>> fit = fit_glmm(np.array([1.0, 7.0]), np.array([8.0, 8.0]), np.ones((2, 1)), 21)
    >>> round(fit.tau2, 2), fit.bounded
    (3.81, True)
    """
    data = Binomial.of(events, totals, design)
    common = common_effect(data)
    moment = dersimonian_laird(*logit_proportion(events, totals), design) ** 0.5
    start = np.append(common.theta[:-1], min(max(moment, SMALLEST_START), LARGEST_TAU))
    top = maximise(start, data, points, largest=LARGEST_TAU)
    top = _mirrored(top, data, points)
    if top.theta[-1] < SMALLEST_TAU or top.value <= common.value:
        top = evaluate(common.theta, data, points)
    return GlmmFit(top, common, data, points, bool(top.theta[-1] < LARGEST_TAU))


def _mirrored(top: Likelihood, data: Binomial, points: int) -> Likelihood:
    """Give the maximum at positive tau; the likelihood is the same on both sides of 0."""
    if top.theta[-1] >= 0:
        return top
    return evaluate(np.append(top.theta[:-1], -top.theta[-1]), data, points)


def profile_interval(fit: GlmmFit, level: float) -> tuple[float, float | None]:
    """Give the profile-likelihood interval of tau2.

    Parameters
    ----------
    fit : GlmmFit
        A bounded fit.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float, float or None
        Bounds of tau2; `high` is None where the profile has not fallen far enough at tau = 20.

    Examples
    --------
    >>> import numpy as np
    >>> fit = fit_glmm(np.array([1.0, 7.0]), np.array([8.0, 8.0]), np.ones((2, 1)), 21)
    >>> low, high = profile_interval(fit, 0.95)
    >>> round(low, 2), round(high, 1)
    (0.14, 94.9)
    """
    drop = float(chdtri(1, 1 - level)) / 2
    low = _bound(fit, drop, -1)
    high = _bound(fit, drop, 1)
    return (low or 0.0) ** 2, None if high is None else high**2


def _bound(fit: GlmmFit, drop: float, side: int) -> float | None:
    """Find the tau on one side of the maximum where the profile has dropped so far."""
    if side < 0 and fit.common.value >= fit.top.value - drop:
        return 0.0
    found = _newton_bound(fit, fit.top.value - drop, side)
    if found is not None and (found <= WIDE_TAU or fit.points >= MANY_POINTS):
        return found
    if fit.points < MANY_POINTS:
        top = maximise(fit.top.theta, fit.data, MANY_POINTS, largest=LARGEST_TAU)
        return _bound(replace(fit, top=top, points=MANY_POINTS), drop, side)
    return _searched_bound(fit, fit.top.value - drop, side)


def _newton_bound(fit: GlmmFit, target: float, side: int) -> float | None:
    """Solve loglik = target and slope by beta = 0 together; None where that leads astray."""
    theta, p = _first_guess(fit, target, side), len(fit.top.theta) - 1
    for _ in range(STEPS):
        here = evaluate(theta, fit.data, fit.points)
        missing = np.append(here.value - target, here.gradient[:p])
        slopes = np.vstack([here.gradient, here.hessian[:p]])
        try:
            step = np.linalg.solve(slopes, missing)
        except np.linalg.LinAlgError:
            return None
        theta = theta - np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-5:  # the next would be 1e-10
            break
    else:
        return None
    tau, peak = float(theta[-1]), float(fit.top.theta[-1])
    right = peak < tau < WIDEST_TAU if side > 0 else 0 <= tau < peak
    return tau if right else None


def _first_guess(fit: GlmmFit, target: float, side: int) -> Array:
    """Take the likelihood for a parabola."""
    top = fit.top
    bend = np.linalg.inv(top.hessian[:-1, :-1]) @ top.hessian[:-1, -1]
    curvature = -(top.hessian[-1, -1] - top.hessian[-1, :-1] @ bend)
    away = (2 * (top.value - target) / curvature) ** 0.5 if curvature > 0.1 else 1.0
    away = side * away if side > 0 else -min(away, 0.8 * top.theta[-1])
    return np.asarray(top.theta + away * np.append(-bend, 1.0))


def _searched_bound(fit: GlmmFit, target: float, side: int) -> float | None:
    """Bracket the bound on the profile itself, each point of which is a maximisation."""
    from scipy.optimize import brentq  # 0.3 s, for the few profiles that are no parabola

    beta = fit.top.theta[:-1]

    def over(tau: float) -> float:
        nonlocal beta  # the next tau is near: its beta is, too
        there = maximise(np.append(beta, tau), fit.data, fit.points, free=len(beta))
        beta = there.theta[:-1]
        return there.value - target

    inner = float(fit.top.theta[-1])
    if inner >= WIDEST_TAU and side > 0:
        return None
    outer = 0.0 if side < 0 else min(max(2 * inner, 1.0), WIDEST_TAU)
    while side > 0 and over(outer) > 0:
        if outer >= WIDEST_TAU:
            return None
        inner, outer = outer, min(2 * outer, WIDEST_TAU)
    return float(brentq(over, inner, outer, xtol=BOUND_FOUND))
