"""The proportion of one study and how sure it is.

Vocabulary
----------
events   patients with the outcome.
total    patients evaluated.
"""

from __future__ import annotations

from scipy.special import betaincinv, ndtri

__all__ = ["exact_interval", "wilson_interval"]


def exact_interval(events: int, total: int, *, level: float = 0.95) -> tuple[float, float]:
    """Give the exact (Clopper-Pearson) interval of a proportion.

    Taught in: book/methods.md

    Parameters
    ----------
    events : int
        Patients with the outcome (count, 0 <= events <= total).
    total : int
        Patients evaluated (count, total >= 1).
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        Bounds of the proportion (no unit, between 0 and 1).

    Raises
    ------
    ValueError
        If the counts are negative, events exceed total, or level lies outside 0..1.

    Notes
    -----
    Quantiles of the beta distribution from scipy.special: scipy.stats gives the same numbers and
    takes ten times as long to import.

    References
    ----------
    bib: clopper1934

    Examples
    --------
    >>> low, high = exact_interval(8, 13)
    >>> round(low, 3), round(high, 3)
    (0.316, 0.861)
    >>> exact_interval(0, 3)[0]
    0.0
    """
    _check(events, total, level)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, total - events + 1, tail))
    high = 1.0 if events == total else float(betaincinv(events + 1, total - events, 1 - tail))
    return low, high


def wilson_interval(events: int, total: int, *, level: float = 0.95) -> tuple[float, float]:
    """Give Wilson's score interval of a proportion: shorter than the exact one, right on average.

    Taught in: book/methods.md

    Parameters
    ----------
    events : int
        Patients with the outcome (count, 0 <= events <= total).
    total : int
        Patients evaluated (count, total >= 1).
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        Bounds of the proportion (no unit, between 0 and 1).

    Raises
    ------
    ValueError
        If the counts are negative, events exceed total, or level lies outside 0..1.

    Notes
    -----
    The exact interval covers at least as often as its level says, this one about as often.

    Examples
    --------
    >>> low, high = wilson_interval(8, 13)
    >>> round(low, 3), round(high, 3)
    (0.355, 0.823)
    >>> wilson_interval(0, 3)[0]
    0.0
    """
    _check(events, total, level)
    squared = float(ndtri((1 + level) / 2)) ** 2
    centre = (events + squared / 2) / (total + squared)
    inside = events * (total - events) / total + squared / 4
    reach = (squared * inside) ** 0.5 / (total + squared)
    low = 0.0 if events == 0 else centre - reach
    return low, 1.0 if events == total else centre + reach


def _check(events: int, total: int, level: float) -> None:
    if total < 1 or not 0 <= events <= total:
        raise ValueError(
            f"events must lie in 0..total and total be 1 or more; found {events} of {total}"
        )
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1; found {level}")
