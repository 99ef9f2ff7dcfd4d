"""Proportions on scales where they can be averaged, and the way back.

Vocabulary
----------
yi, vi   estimate and its sampling variance, on the scale that the function names.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from cartreview.synthesis.counts import Array

__all__ = ["expit", "freeman_tukey", "freeman_tukey_back", "logit_proportion"]

CORRECTION = 0.5  # metafor, escalc(): add=1/2 with to="only0" is the default of measure "PLO"


def logit_proportion(
    events: Array, totals: Array, *, add: float = CORRECTION
) -> tuple[Array, Array]:
    """Turn counts into logit proportions and their sampling variances.

    Parameters
    ----------
    events, totals : ndarray of float, shape (K,)
        Patients with the outcome, patients evaluated (counts).
    add : float
        Added to both cells of a study with no event or only events; 0 keeps them infinite.

    Returns
    -------
    yi, vi : ndarray of float, shape (K,)
        Log odds and its variance (logit scale, no unit).

    Notes
    -----
    metafor: ``escalc(measure="PLO", add=1/2, to="only0")``.

    Examples
    --------
    >>> import numpy as np
    >>> yi, vi = logit_proportion(np.array([8.0, 0.0]), np.array([10.0, 3.0]))
    >>> yi.round(3).tolist(), vi.round(3).tolist()
    ([1.386, -1.946], [0.625, 2.286])
    """
    with_event, without = events, totals - events
    extra = np.where((with_event == 0) | (without == 0), add, 0.0)
    with_event, without = with_event + extra, without + extra
    with np.errstate(divide="ignore"):
        return np.log(with_event / without), 1 / with_event + 1 / without


def freeman_tukey(events: Array, totals: Array) -> tuple[Array, Array]:
    """Turn counts into Freeman-Tukey double arcsines, the usual shortcut for rare events.

    Parameters
    ----------
    events, totals : ndarray of float, shape (K,)
        Patients with the outcome, patients evaluated (counts).

    Returns
    -------
    yi, vi : ndarray of float, shape (K,)
        Half the sum of two arcsines (radians) and its variance.

    Notes
    -----
    metafor: ``escalc(measure="PFT")``. Kept for the simulation, which shows how it fares.

    References
    ----------
    bib: freeman1950

    Examples
    --------
    >>> import numpy as np
    >>> yi, vi = freeman_tukey(np.array([8.0]), np.array([10.0]))
    >>> float(yi[0].round(4)), float(vi[0].round(4))
    (1.0758, 0.0238)
    """
    low = np.arcsin(np.sqrt(events / (totals + 1)))
    high = np.arcsin(np.sqrt((events + 1) / (totals + 1)))
    return (low + high) / 2, 1 / (4 * totals + 2)


def freeman_tukey_back(angle: Array, total: float) -> Array:
    """Turn double arcsines back into proportions, for one sample size.

    Parameters
    ----------
    angle : ndarray of float
        Double arcsines (radians).
    total : float
        Sample size; the harmonic mean of the studies is usual.

    Returns
    -------
    ndarray of float
        Proportions (no unit, between 0 and 1); outside the range of the transformation, 0 or 1.

    References
    ----------
    bib: miller1978

    Examples
    --------
    >>> import numpy as np
    >>> float(freeman_tukey_back(np.array([1.0758]), 10.0)[0].round(3))
    0.8
    """
    ends, _ = freeman_tukey(np.array([0.0, total]), np.array([total, total]))
    sine = np.sin(2 * angle)
    inner = 1 - (sine + (sine - 1 / sine) / total) ** 2
    share = 0.5 * (1 - np.sign(np.cos(2 * angle)) * np.sqrt(np.clip(inner, 0, 1)))
    return np.where(angle <= ends[0], 0.0, np.where(angle >= ends[1], 1.0, share))
