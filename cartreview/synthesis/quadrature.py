"""The likelihood of one study's counts when its logit is normal: an integral, and its slopes.

Adaptive Gauss-Hermite quadrature: the points stand around the peak of each integrand, as far apart
as it is wide (as in lme4, which metafor calls).

Vocabulary
----------
eta, tau   centre and standard deviation of a study's logit, shape (G,).
u          its deviation in units of tau: the logit is eta + tau * u.
G, J       studies (or studies times parameter values); points of the quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from scipy.special import expit, log_expit

from cartreview.synthesis.counts import Array

__all__ = ["Integrals", "integrate"]

STEPS = 200
QUICK_STEPS = 12
BLOCK = 512
PEAK_FOUND = 1e-6  # Newton's next step would be 1e-12


@dataclass(frozen=True)
class Integrals:
    """Log integrals without the binomial coefficient, and their derivatives, each of shape (G,).

    First derivatives are those of the quadrature to the last digit, its moving points included;
    second derivatives are those of the integral.
    """

    value: Array
    by_eta: Array
    by_tau: Array
    by_eta_eta: Array
    by_eta_tau: Array
    by_tau_tau: Array


@cache
def _rule(points: int) -> tuple[Array, Array, Array]:
    """Give nodes z, log weights of the integral of exp(z^2 / 2) f(z), and 1, z, z^2."""
    z, weights = np.polynomial.hermite_e.hermegauss(points)
    log_weights = np.log(weights) + z**2 / 2 - np.log(2 * np.pi) / 2
    return z, log_weights, np.column_stack([np.ones(points), z, z**2])


def integrate(
    x: Array, n: Array, logits: tuple[Array, Array], eta: Array, tau: Array, points: int
) -> Integrals:
    """Integrate binomial likelihoods over normal logits.

    Parameters
    ----------
    x, n : ndarray of float, shape (G,)
        Events and totals (counts).
    logits : pair of ndarray, shape (G,)
        Corrected logits and their variances, from which the peaks are looked for.
    eta, tau : ndarray of float, shape (G,)
        Centre and standard deviation of each logit.
    points : int
        Points of the quadrature.

    Returns
    -------
    Integrals
        Logarithms and derivatives.

    Examples
    --------
    >>> import numpy as np
    >>> one, zero = np.ones(1), np.zeros(1)
    >>> float(np.exp(integrate(one, 2 * one, (zero, one), zero, zero, 21).value)[0].round(6))
    0.25
    """
    # A block's arrays stay in the processor's cache, and the allocator keeps them.
    parts = []
    for start in range(0, len(x), BLOCK):
        block = slice(start, start + BLOCK)
        starts = (logits[0][block], logits[1][block])
        parts.append(_integrated(x[block], n[block], starts, eta[block], tau[block], points))
    if len(parts) == 1:
        return parts[0]
    names = [one.name for one in fields(Integrals)]
    return Integrals(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def _integrated(
    x: Array, n: Array, logits: tuple[Array, Array], eta: Array, tau: Array, points: int
) -> Integrals:
    u = _peaks(x, n, logits, eta, tau)
    peak = _Peak.at(u, x, n, eta, tau)
    z, log_weights, powers = _rule(points)
    logit = (eta + tau * u)[:, None] + (tau * peak.scale)[:, None] * z
    p = expit(logit)
    shift = peak.scale[:, None] * z
    expected = n[:, None] * p
    # Where n is huge, log(1 - p) is large and differs little from the peak's: difference first.
    fall = log_expit(-logit) - peak.log_others[:, None]
    log_terms = (x * tau)[:, None] * shift + n[:, None] * fall - shift * (u[:, None] + shift / 2)
    share = np.exp(log_terms + log_weights)
    total = share.sum(axis=1)
    share /= total[:, None]
    residual = x[:, None] - expected
    spread = share * (residual * residual - expected * (1 - p))
    value = peak.height + np.log(peak.scale * total)
    return _assembled(
        value, peak, tau, share @ powers, (share * residual) @ powers, spread @ powers
    )


def _assembled(
    value: Array, peak: _Peak, tau: Array, ones: Array, residuals: Array, spreads: Array
) -> Integrals:
    """Turn means of z to the power of 0, 1, 2 into derivatives; u is peak.u + peak.scale * z."""
    u, scale = peak.u, peak.scale
    r0, r1, _ = residuals.T
    b0, b1, b2 = spreads.T
    score_eta, score_tau = r0, u * r0 + scale * r1
    # The slope of the integrand by u, which moves with the points: tau * residual - u.
    along = tau * r0 - u - scale * ones[:, 1]
    stretched = tau * r1 - u * ones[:, 1] - scale * ones[:, 2]
    widening = 1 + stretched * scale
    return Integrals(
        value,
        score_eta + along * peak.moves[0] + widening * peak.widens[0],
        score_tau + along * peak.moves[1] + widening * peak.widens[1],
        b0 - score_eta**2,
        u * b0 + scale * b1 - score_eta * score_tau,
        u**2 * b0 + 2 * u * scale * b1 + scale**2 * b2 - score_tau**2,
    )


@dataclass(frozen=True)
class _Peak:
    """The top of each integrand: place, height, width, and how they move with eta and tau.

    ``moves`` are the derivatives of u, ``widens`` those of the logarithm of the scale.
    """

    u: Array
    height: Array
    scale: Array
    log_others: Array
    moves: tuple[Array, Array]
    widens: tuple[Array, Array]

    @classmethod
    def at(cls, u: Array, x: Array, n: Array, eta: Array, tau: Array) -> _Peak:
        logit = eta + tau * u
        p = expit(logit)
        variance = n * p * (1 - p)
        curvature = 1 + tau * tau * variance
        by_eta = -tau * variance / curvature
        by_tau = (x - n * p - tau * variance * u) / curvature
        half_skew = tau * tau * variance * (0.5 - p) / curvature
        widens_eta = -half_skew * (1 + tau * by_eta)
        widens_tau = -tau * variance / curvature - half_skew * (u + tau * by_tau)
        log_others = log_expit(-logit)
        height = x * logit + n * log_others - u * u / 2
        return cls(
            u, height, curvature**-0.5, log_others, (by_eta, by_tau), (widens_eta, widens_tau)
        )


def _peaks(x: Array, n: Array, logits: tuple[Array, Array], eta: Array, tau: Array) -> Array:
    """Find where each integrand is highest, by Newton from where normal logits would have it."""
    yi, vi = logits
    far = tau * (x - n * expit(eta))  # the slope at 0; the peak lies between 0 and it
    low, high = np.minimum(0, far), np.maximum(0, far)
    squared = tau * tau
    u = np.minimum(np.maximum(tau * (yi - eta) / (vi + squared), low), high)
    for _ in range(QUICK_STEPS):
        p = expit(eta + tau * u)
        expected = n * p
        step = (tau * (x - expected) - u) / (1 + squared * (expected * (1 - p)))
        u = np.minimum(np.maximum(u + step, low), high)
        if np.abs(step).max() < PEAK_FOUND:
            return u
    return _cornered(x, n, eta, tau, low, high)


def _cornered(x: Array, n: Array, eta: Array, tau: Array, low: Array, high: Array) -> Array:
    """Find the peaks by Newton's steps between bounds that close in, halving where one is left."""
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
