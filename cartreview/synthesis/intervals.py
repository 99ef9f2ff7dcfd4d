"""The proportion of one study, or of a column of studies, and how sure it is.

Vocabulary
----------
events   patients with the outcome.
total    patients evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from scipy.special import betaincinv, ndtri

from cartreview.synthesis.counts import Array, check_level

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["exact_interval", "wilson_interval"]

Bounds = Callable[[Array, Array, float], tuple[Array, Array]]

_ALLOWED = "events must lie in 0..total and total be 1 or more"


@overload
def exact_interval(events: int, total: int, *, level: float = 0.95) -> tuple[float, float]: ...
@overload
def exact_interval(events: Sized, total: Sized | int, *, level: float = 0.95) -> DataFrame: ...
def exact_interval(events: Any, total: Any, *, level: float = 0.95) -> Any:
    """Give the exact (Clopper-Pearson) interval of a proportion.

    Parameters
    ----------
    events : int, or column of int, shape (K,)
        Patients with the outcome (count, 0 <= events <= total).
    total : int, or column of int, shape (K,)
        Patients evaluated (count, total >= 1).
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float, or pandas.DataFrame, shape (K, 2)
        Bounds of the proportion (no unit, between 0 and 1). For columns a frame ``low``, ``high``
        of type ``Float64`` with their index; where a count is missing, so are the bounds.

    Raises
    ------
    ValueError
        If the counts are negative, events exceed total, columns have different indices, or level
        lies outside 0..1.

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

    A column of studies, one of which gives no count:

    >>> import pandas as pd
    >>> counts = pd.DataFrame({"events": [8, None], "denominator": [13, 6]}, index=["a", "b"])
    >>> exact_interval(counts["events"], counts["denominator"]).round(3)
         low   high
    a  0.316  0.861
    b   <NA>   <NA>
    """
    return _interval(_exact, events, total, level)


@overload
def wilson_interval(events: int, total: int, *, level: float = 0.95) -> tuple[float, float]: ...
@overload
def wilson_interval(events: Sized, total: Sized | int, *, level: float = 0.95) -> DataFrame: ...
def wilson_interval(events: Any, total: Any, *, level: float = 0.95) -> Any:
    """Give Wilson's score interval of a proportion: shorter than the exact one, right on average.

    Parameters
    ----------
    events : int, or column of int, shape (K,)
        Patients with the outcome (count, 0 <= events <= total).
    total : int, or column of int, shape (K,)
        Patients evaluated (count, total >= 1).
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float, or pandas.DataFrame, shape (K, 2)
        Bounds of the proportion (no unit, between 0 and 1), as `exact_interval` gives them.

    Raises
    ------
    ValueError
        As `exact_interval`.

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
    return _interval(_wilson, events, total, level)


def _exact(events: Array, total: Array, level: float) -> tuple[Array, Array]:
    tail = (1 - level) / 2
    low = betaincinv(events, total - events + 1, tail)
    high = betaincinv(events + 1, total - events, 1 - tail)
    return low, high


def _wilson(events: Array, total: Array, level: float) -> tuple[Array, Array]:
    squared = float(ndtri((1 + level) / 2)) ** 2
    centre = (events + squared / 2) / (total + squared)
    inside = events * (total - events) / total + squared / 4
    reach = (squared * inside) ** 0.5 / (total + squared)
    return centre - reach, centre + reach


def _interval(bounds: Bounds, events: Any, total: Any, level: float) -> Any:
    """Give the bounds of one proportion as a pair, of columns as a frame."""
    check_level(level)
    if np.ndim(events) or np.ndim(total):
        return _framed(bounds, events, total, level)
    if not total >= 1 or not 0 <= events <= total:
        raise ValueError(f"{_ALLOWED}; found {events} of {total}")
    low, high = _ends(bounds, np.array([float(events)]), np.array([float(total)]), level)
    return float(low[0]), float(high[0])


def _ends(bounds: Bounds, x: Array, n: Array, level: float) -> tuple[Array, Array]:
    """Give bounds that are exactly 0 and 1 where nobody or everybody has the outcome."""
    low, high = bounds(x, n, level)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def _framed(bounds: Bounds, events: Any, total: Any, level: float) -> DataFrame:
    import pandas as pd  # half a second: who asks for one proportion does without

    indices = [one.index for one in (events, total) if isinstance(one, pd.Series)]
    if len(indices) == 2 and not indices[0].equals(indices[1]):
        raise ValueError("events and total must be columns of the same rows; their indices differ")
    index = indices[0] if indices else None
    counts = pd.DataFrame({"events": events, "total": total}, index=index).astype("Float64")
    known = counts.notna().all(axis=1).to_numpy()
    x, n = counts[known].to_numpy("float64").T
    bad = np.flatnonzero((n < 1) | (x < 0) | (x > n))
    if len(bad):
        first = bad[0]
        row = counts.index[known][first]
        raise ValueError(f"row {row!r}: {_ALLOWED}; found {x[first]:g} of {n[first]:g}")
    found = pd.DataFrame(pd.NA, counts.index, ["low", "high"], dtype="Float64")
    found.loc[known, :] = np.column_stack(_ends(bounds, x, n, level))
    return found
