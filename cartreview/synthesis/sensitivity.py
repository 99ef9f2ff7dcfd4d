"""How much a pooled proportion hangs on single studies, on their order, and on small studies.

Vocabulary
----------
order   years, or anything that sorts; studies enter the cumulative pooling by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from scipy.special import stdtr

from cartreview.synthesis.counts import Array, Counts, check_counts, check_option
from cartreview.synthesis.pooling import pool_proportions
from cartreview.synthesis.result import PooledProportion
from cartreview.synthesis.transform import logit_proportion

__all__ = ["SmallStudyTest", "cumulative", "leave_one_out", "small_study_test"]

FEWEST_STUDIES = 10  # below it such tests have too little power to be read
FEWEST_FOR_A_LINE = 3
ROUNDING = 1e-12

Test = Literal["peters", "egger"]
Named = tuple[tuple[str, PooledProportion], ...]


@dataclass(frozen=True)
class SmallStudyTest:
    """Whether small studies have other proportions than large ones.

    Attributes
    ----------
    test : str
        "peters" or "egger".
    slope, se : float or None
        Change of the logit with one unit of `against` (logit scale), and its standard error.
    against : str
        What the logits are set against.
    t, df, p : float, int, float or None
        Student's t of the slope, degrees of freedom, two-sided p.
    reasons : tuple of str
        What has to be said of the test.
    """

    test: str
    against: str
    slope: float | None = None
    se: float | None = None
    t: float | None = None
    df: int | None = None
    p: float | None = None
    reasons: tuple[str, ...] = ()


def _labels(counts: Counts) -> tuple[str, ...]:
    return counts.names or tuple(str(index) for index in range(len(counts)))


def leave_one_out(events: Any, totals: Any = None, **options: Any) -> Named:
    """Pool again and again, each time without one of the studies.

    Parameters
    ----------
    events, totals : sequence of int, shape (K,)
        Patients with the outcome, patients evaluated (counts); or a frame of both, as for
        `pool_proportions`.
    **options
        As for `pool_proportions`; `moderators` excepted.

    Returns
    -------
    tuple of (str, PooledProportion)
        The study left out, by name or index, and what the others say; empty for one study.

    Raises
    ------
    ValueError
        As `pool_proportions`.

    Examples
    --------
    >>> for name, pooled in leave_one_out([8, 2, 1], [13, 6, 11], names=["a", "b", "c"]):
    ...     print(name, round(pooled.estimate, 2))
    a 0.18
    b 0.31
    c 0.53
    """
    counts = check_counts(events, totals, options.get("names"))
    if len(counts) == 1:
        return ()
    every = range(len(counts))
    parts = (counts.take(i for i in every if i != left_out) for left_out in every)
    return tuple(zip(_labels(counts), _pooled(parts, options), strict=True))


def cumulative(events: Any, totals: Any, order: Sequence[Any], **options: Any) -> Named:
    """Pool the first study, the first two, and so on.

    Parameters
    ----------
    events, totals : sequence of int, shape (K,)
        Patients with the outcome, patients evaluated (counts).
    order : sequence, shape (K,)
        What the studies are sorted by, such as years; studies with equal values keep their order.
    **options
        As for `leave_one_out`.

    Returns
    -------
    tuple of (str, PooledProportion)
        The study that came in, by name or index, and what is known with it.

    Raises
    ------
    ValueError
        As `pool_proportions`, or if `order` has another length.

    Examples
    --------
    >>> for name, pooled in cumulative([8, 2, 1], [13, 6, 11], [2020, 2024, 2016]):
    ...     print(name, pooled.k, round(pooled.estimate, 2))
    2 1 0.09
    0 2 0.31
    1 3 0.32
    """
    counts = check_counts(events, totals, options.get("names"))
    if len(order) != len(counts):
        raise ValueError(f"order must have {len(counts)} values, one a study; found {len(order)}")
    sorted_by = sorted(range(len(counts)), key=lambda index: order[index])
    parts = (counts.take(sorted_by[: size + 1]) for size in range(len(counts)))
    names = [_labels(counts)[index] for index in sorted_by]
    return tuple(zip(names, _pooled(parts, options), strict=True))


def _pooled(parts: Iterator[Counts], options: dict[str, Any]) -> Iterator[PooledProportion]:
    for part in parts:
        yield pool_proportions(part.events, part.totals, **{**options, "names": part.names})


def small_study_test(events: Any, totals: Any = None, *, test: Test = "peters") -> SmallStudyTest:
    """Test whether small studies report other proportions than large ones.

    Parameters
    ----------
    events, totals : sequence of int, shape (K,)
        Patients with the outcome, patients evaluated (counts); or a frame of both, as for
        `pool_proportions`.
    test : {"peters", "egger"}
        "peters" sets logits against one over the number of patients, "egger" against their
        standard errors (metafor: ``regtest(model="lm", predictor="ninv")`` and ``"sei"``).

    Returns
    -------
    SmallStudyTest
        With fewer than 10 studies it comes with a warning in `reasons`; with fewer than 3, or
        studies of one size, there is no test.

    Raises
    ------
    ValueError
        As `pool_proportions`, or if `test` does not exist.

    Notes
    -----
    A proportion and its standard error depend on each other, so that Egger's test finds asymmetry
    where there is none; Peters' is the one to read. Neither tells why small studies differ.

    References
    ----------
    bib: peters2006, egger1997

    Examples
    --------
    >>> found = small_study_test([8, 2, 1, 3], [13, 6, 11, 4])
    >>> round(found.p, 2), found.df
    (0.84, 2)
    """
    check_option("test", test, get_args(Test))
    counts = check_counts(events, totals)
    yi, vi = logit_proportion(counts.events, counts.totals)
    by_size = test == "peters"
    against = "1 / patients" if by_size else "standard error of the logit"
    x = 1 / counts.totals if by_size else vi**0.5
    why = _untestable(yi, vi, x)
    if why:
        return SmallStudyTest(test, against, reasons=(f"{why}: there is nothing to test.",))
    slope, se, df = _regression(yi, vi, x)
    p = float(2 * stdtr(df, -abs(slope / se)))
    return SmallStudyTest(test, against, slope, se, slope / se, df, p, _warnings(len(yi), test))


def _untestable(yi: Array, vi: Array, x: Array) -> str:
    """Say why a line through the studies has no standard error, if it has none."""
    if len(yi) < FEWEST_FOR_A_LINE:
        return f"{FEWEST_FOR_A_LINE} studies or more are needed, found {len(yi)}"
    if np.ptp(x) < ROUNDING:
        return "All studies are equal in size or in standard error"
    if _line(yi, vi, x)[1] < ROUNDING * len(yi):
        return "The logits lie on a line to the last digit"
    return ""


def _line(yi: Array, vi: Array, x: Array) -> tuple[float, float, float]:
    """Give slope, weighted squared residuals, and the slope's variance in units of theirs."""
    weight, X = 1 / vi, np.column_stack([np.ones(len(x)), x])
    inverse = np.linalg.inv((X.T * weight) @ X)
    beta = inverse @ (X.T @ (weight * yi))
    return float(beta[1]), float(weight @ (yi - X @ beta) ** 2), float(inverse[1, 1])


def _regression(yi: Array, vi: Array, x: Array) -> tuple[float, float, int]:
    """Give slope, standard error and degrees of freedom; the residual variance is estimated."""
    slope, squares, variance = _line(yi, vi, x)
    df = len(yi) - 2
    return slope, (variance * squares / df) ** 0.5, df


def _warnings(k: int, test: str) -> tuple[str, ...]:
    few = f"{k} studies are fewer than {FEWEST_STUDIES}: the test says next to nothing."
    bound = "A proportion and its standard error depend on each other: prefer Peters' test."
    return (*((few,) if k < FEWEST_STUDIES else ()), *((bound,) if test == "egger" else ()))
