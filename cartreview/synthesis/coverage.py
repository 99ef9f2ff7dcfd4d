"""How often the intervals of pooled proportions cover the truth, at the sizes of our own studies.

Vocabulary
----------
scenario   a true proportion at the centre of the studies, and a tau.
centre     expit(mu): what the models on logits estimate, the proportion of the middle study.
mean       average of the studies' true proportions, which differs from the centre if tau > 0.
shortcut   DerSimonian-Laird on Freeman-Tukey double arcsines, turned back with the harmonic mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri, stdtrit

from cartreview.synthesis.counts import Array
from cartreview.synthesis.normal import NormalFit, fit_normal
from cartreview.synthesis.pooling import pool_proportions
from cartreview.synthesis.transform import freeman_tukey, freeman_tukey_back, logit_proportion

__all__ = ["METHODS", "SHARES", "SIZES", "TAUS", "Coverage", "measure", "scenario"]

# The denominators of CAR T rows of Table 1 that count a response, as read in November 2026. They
# are written here so that the simulation stays what it is when a row is added.
SIZES = (58, 13, 6, 1, 3, 4, 3, 7, 1, 18, 10, 9, 3, 16, 18, 1, 1, 6, 11, 11, 8, 3)
SHARES = (0.05, 0.1, 0.2, 0.35, 0.5)
TAUS = (0.0, 0.5, 1.0)
REPLICATES = 2000
RANDOM_SEED = 20261121
LEVEL = 0.95
_UPPER = (1 + LEVEL) / 2
# Points of the integral over a normal distribution that gives the mean proportion.
_POINTS = 61

Interval = tuple[float, float, float]  # estimate, low, high, as proportions
Draw = tuple[Array, Array]  # events, totals


@dataclass(frozen=True)
class Coverage:
    """How a method did in a scenario.

    Attributes
    ----------
    method : str
        A key of METHODS.
    share, tau, mean_share : float
        True proportion at the centre, true standard deviation of the logits, true mean proportion.
    replicates, answered : int
        Sets of studies drawn; of these, those for which the method gave an interval.
    covered, covered_mean : int
        Intervals that held the centre; the mean.
    width, bias : float
        Median width of the intervals; mean of the estimates minus the centre (proportion).
    """

    method: str
    share: float
    tau: float
    mean_share: float
    replicates: int
    answered: int
    covered: int
    covered_mean: int
    width: float
    bias: float

    @property
    def coverage(self) -> float:
        """Share of intervals that held the centre."""
        return self.covered / self.answered

    @property
    def error(self) -> float:
        """Monte Carlo standard error of the coverage."""
        return float((self.coverage * (1 - self.coverage) / self.answered) ** 0.5)

    @property
    def coverage_mean(self) -> float:
        """Share of intervals that held the mean."""
        return self.covered_mean / self.answered

    @property
    def error_mean(self) -> float:
        """Monte Carlo standard error of the coverage of the mean."""
        return float((self.coverage_mean * (1 - self.coverage_mean) / self.answered) ** 0.5)


def _exact_model(draw: Draw) -> dict[str, Interval | None]:
    pooled = pool_proportions(*draw)
    if pooled.estimate is None or pooled.ci_low is None or pooled.ci_high is None:
        return {"glmm-wald": None, "glmm-t": None}
    wald = (pooled.estimate, pooled.ci_low, pooled.ci_high)
    if pooled.ci == "exact" or pooled.mu is None or pooled.se is None:
        return {"glmm-wald": wald, "glmm-t": wald}
    wider = _around(pooled.mu, pooled.se, float(stdtrit(pooled.k - 1, _UPPER)))
    return {"glmm-wald": wald, "glmm-t": wider}


def _around(mu: float, se: float, times: float) -> Interval:
    estimate, low, high = expit(np.array([mu, mu - times * se, mu + times * se])).tolist()
    return estimate, low, high


def _normal_models(draw: Draw) -> dict[str, Interval | None]:
    yi, vi = logit_proportion(*draw)
    X, normal = np.ones((len(yi), 1)), float(ndtri(_UPPER))
    reml, dl = (fit_normal(yi, vi, X, method) for method in ("reml", "dl"))
    stretch = (reml.weighted_squares / (len(yi) - 1)) ** 0.5
    student = float(stdtrit(len(yi) - 1, _UPPER))
    return {
        "reml-wald": _around(*_centre(reml), normal),
        "reml-knapp-hartung": _around(*_centre(reml), student * stretch),
        "dl-wald": _around(*_centre(dl), normal),
    }


def _centre(fit: NormalFit) -> tuple[float, float]:
    return float(fit.beta[0]), float(fit.covariance[0, 0] ** 0.5)


def _shortcut(draw: Draw) -> dict[str, Interval | None]:
    totals = draw[1]
    fit = fit_normal(*freeman_tukey(*draw), np.ones((len(totals), 1)), "dl")
    angle, error = _centre(fit)
    ends = angle + np.array([0.0, -1.0, 1.0]) * float(ndtri(_UPPER)) * error
    estimate, low, high = freeman_tukey_back(ends, len(totals) / float((1 / totals).sum())).tolist()
    return {"freeman-tukey-dl": (estimate, low, high)}


_MODELS: tuple[Callable[[Draw], dict[str, Interval | None]], ...] = (
    _exact_model,
    _normal_models,
    _shortcut,
)
METHODS = ("glmm-wald", "glmm-t", "reml-wald", "reml-knapp-hartung", "dl-wald", "freeman-tukey-dl")


def _mean_share(share: float, tau: float) -> float:
    nodes, weights = np.polynomial.hermite_e.hermegauss(_POINTS)
    return float(weights @ expit(logit(share) + tau * nodes) / weights.sum())


def scenario(
    share: float, tau: float, *, replicates: int = REPLICATES, sizes: Sequence[int] = SIZES
) -> list[Coverage]:
    """Draw sets of studies, pool each by every method, and count what the intervals cover.

    Parameters
    ----------
    share : float
        True proportion at the centre of the studies (between 0 and 1).
    tau : float
        True standard deviation of the studies' logits.
    replicates : int
        Sets of studies to draw.
    sizes : sequence of int
        Patients in each study (counts).

    Returns
    -------
    list of Coverage
        One a method, in the order of METHODS. The same arguments give the same numbers.

    Examples
    --------
    >>> [one.covered for one in scenario(0.1, 0.5, replicates=20)]
    [17, 18, 8, 5, 8, 8]
    """
    random = np.random.default_rng([RANDOM_SEED, round(1e6 * share), round(1e6 * tau)])
    totals = np.array(sizes, dtype=float)
    found: dict[str, list[Interval | None]] = {method: [] for method in METHODS}
    for _ in range(replicates):
        logits = logit(share) + tau * random.standard_normal(len(totals))
        events = random.binomial(totals.astype(int), expit(logits)).astype(float)
        for model in _MODELS:
            for method, interval in model((events, totals)).items():
                found[method].append(interval)
    return [_counted(method, share, tau, drawn) for method, drawn in found.items()]


def _counted(
    method: str, share: float, tau: float, intervals: Sequence[Interval | None]
) -> Coverage:
    estimates, low, high = np.array([one for one in intervals if one is not None]).T
    mean = _mean_share(share, tau)
    return Coverage(
        method,
        share,
        tau,
        mean,
        len(intervals),
        len(estimates),
        int(((low <= share) & (share <= high)).sum()),
        int(((low <= mean) & (mean <= high)).sum()),
        float(np.median(high - low)),
        float(estimates.mean() - share),
    )


def measure(*, replicates: int = REPLICATES) -> Iterator[Coverage]:
    """Run every scenario.

    Parameters
    ----------
    replicates : int
        Sets of studies to draw in each scenario.

    Yields
    ------
    Coverage
        One a scenario and method.

    Examples
    --------
    >>> sum(1 for _ in measure(replicates=1)) == len(SHARES) * len(TAUS) * len(METHODS)
    True
    """
    for tau in TAUS:
        for share in SHARES:
            yield from scenario(share, tau, replicates=replicates)
