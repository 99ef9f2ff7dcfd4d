"""What a model finds, part by part; a part that does not exist keeps its empty default.

Vocabulary
----------
fit   all parts that a model gives of one set of studies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cartreview.synthesis.design import Levels
from cartreview.synthesis.result import Coefficient, Interval

__all__ = ["ChiSquare", "Estimate", "Fit", "Heterogeneity", "Regression", "known"]


@dataclass(frozen=True)
class ChiSquare:
    """A test: its statistic and p."""

    value: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class Estimate:
    """Where the studies centre: a logit with its standard error, a proportion with intervals."""

    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None
    mu: float | None = None
    se: float | None = None


@dataclass(frozen=True)
class Regression:
    """What takes the place of an estimate where there are moderators."""

    coefficients: tuple[Coefficient, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()
    levels: Levels = ()
    statistic: float | None = None  # of the test that all but the intercept are 0
    df: int | None = None
    p: float | None = None


def known(low: float | None = None, high: float | None = None) -> Interval:
    """Give an interval that need not be looked for.

    Examples
    --------
    >>> known(0.0, 1.5)
    (0.0, 1.5)
    """
    return low, high


@dataclass(frozen=True)
class Heterogeneity:
    """How far the studies lie apart; `search` looks for the interval of tau2."""

    tau2: float | None = None
    i2: float | None = None
    search: Callable[[], Interval] = known
    zero: ChiSquare = ChiSquare()  # likelihood-ratio test of tau2 = 0


@dataclass(frozen=True)
class Fit:
    """All that a model gives; `deviance` is the likelihood-ratio test of heterogeneity."""

    ci: str
    estimate: Estimate = Estimate()
    regression: Regression = Regression()
    heterogeneity: Heterogeneity = Heterogeneity()
    deviance: ChiSquare = ChiSquare()
    loglik: float | None = None
    weights: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
