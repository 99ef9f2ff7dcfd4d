"""Why studies differ: subgroups, and what a meta-regression predicts.

Vocabulary
----------
group      studies that share a value, such as a route.
moderator  a column that may explain why studies differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import chdtrc, expit, ndtri, stdtrit

from cartreview.synthesis.counts import check_counts
from cartreview.synthesis.design import design_row
from cartreview.synthesis.pooling import pool_proportions
from cartreview.synthesis.result import PooledProportion

__all__ = ["Prediction", "Subgroups", "pool_subgroups", "predict_proportion"]


@dataclass(frozen=True)
class Subgroups:
    """Each group pooled on its own, all together, and whether the groups differ.

    Attributes
    ----------
    groups : dict of str to PooledProportion
        In the order of the alphabet; each group has a tau2 of its own.
    overall : PooledProportion
        All studies together.
    between_q, between_df, between_p : float, int, float or None
        Wald test that the groups have one mu, among the groups that have a standard error.
    reasons : tuple of str
        What has to be said of the test.
    """

    groups: dict[str, PooledProportion]
    overall: PooledProportion
    between_q: float | None = None
    between_df: int | None = None
    between_p: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """A proportion that a meta-regression predicts, with confidence and prediction intervals."""

    estimate: float
    ci_low: float
    ci_high: float
    pi_low: float
    pi_high: float


def pool_subgroups(events: Any, totals: Any, groups: Sequence[str], **options: Any) -> Subgroups:
    """Pool each group of studies on its own and test whether they differ.

    Parameters
    ----------
    events, totals : sequence of int, shape (K,)
        Patients with the outcome, patients evaluated (counts).
    groups : sequence of str, shape (K,)
        The group of each study.
    **options
        As for `pool_proportions`; `moderators` excepted.

    Returns
    -------
    Subgroups
        The groups, all studies, and the test between groups.

    Raises
    ------
    ValueError
        As `pool_proportions`, or if a study has no group.

    Notes
    -----
    Groups of one study or without an event have no standard error to test with: they are shown
    and left out of the test. For a common tau2 use ``moderators`` of `pool_proportions`.

    Examples
    --------
    >>> found = pool_subgroups([8, 2, 0, 1], [13, 6, 13, 11], ["IT", "IT", "IV", "IV"])
    >>> {group: round(pooled.estimate, 2) for group, pooled in found.groups.items()}
    {'IT': 0.53, 'IV': 0.04}
    >>> round(found.between_p, 3)
    0.004
    """
    counts = check_counts(events, totals, options.get("names"))
    if len(groups) != len(counts):
        raise ValueError(f"groups must name {len(counts)} studies; found {len(groups)} names")
    for index, group in enumerate(groups):
        if not isinstance(group, str):
            raise ValueError(f"study {counts.name(index)}: group must be text; found {group}")
    pooled = {}
    for group in sorted(set(groups)):
        part = counts.take(i for i, own in enumerate(groups) if own == group)
        pooled[group] = pool_proportions(part.events, part.totals, **_named(options, part))
    overall = pool_proportions(counts.events, counts.totals, **options)
    return _tested(Subgroups(pooled, overall))


def _named(options: Mapping[str, Any], part: Any) -> dict[str, Any]:
    return {**options, "names": part.names}


def _tested(found: Subgroups) -> Subgroups:
    """Compare the groups' mu, weighted by their standard errors."""
    known = [(one.mu, one.se) for one in found.groups.values() if one.mu is not None and one.k > 1]
    left_out = [name for name, one in found.groups.items() if one.mu is None or one.k == 1]
    reasons = []
    if left_out:
        reasons.append(
            f"Not in the test between groups, for want of studies or events: {', '.join(left_out)}."
        )
    if len(known) < 2:
        reasons.append("There are not two groups to compare.")
        return replace(found, reasons=tuple(reasons))
    mu, se = np.array(known, dtype=float).T
    weight = se**-2.0
    q = float(weight @ (mu - weight @ mu / weight.sum()) ** 2)
    free = len(known) - 1
    return replace(
        found,
        between_q=q,
        between_df=free,
        between_p=float(chdtrc(free, q)),
        reasons=tuple(reasons),
    )


def predict_proportion(pooled: PooledProportion, moderators: Mapping[str, Any]) -> Prediction:
    """Predict the proportion where the moderators have given values.

    Parameters
    ----------
    pooled : PooledProportion
        A fit with moderators.
    moderators : mapping of str to value
        A value for each moderator of the fit.

    Returns
    -------
    Prediction
        Proportions (no unit, between 0 and 1).

    Raises
    ------
    ValueError
        If the fit has no coefficients, or a moderator is missing, unknown or of a new category.

    Notes
    -----
    metafor: ``predict(fit, newmods=..., transf=transf.ilogit)``.

    Examples
    --------
    >>> fit = pool_proportions([8, 2, 0, 1], [13, 6, 13, 11], moderators={"year": [15, 16, 20, 24]})
    >>> round(predict_proportion(fit, {"year": 15}).estimate, 2)
    0.53
    """
    if not pooled.coefficients or pooled.tau2 is None:
        raise ValueError("the fit has no coefficients to predict with; " + " ".join(pooled.reasons))
    row = design_row(pooled.levels, moderators)
    centre = float(row @ [one.value for one in pooled.coefficients])
    variance = float(row @ np.array(pooled.covariance) @ row)
    upper, free = (1 + pooled.level) / 2, pooled.k - len(row)
    times = float(ndtri(upper) if pooled.ci == "wald" else stdtrit(free, upper))
    near, far = times * variance**0.5, times * (variance + pooled.tau2) ** 0.5
    ends = expit(np.array([centre, centre - near, centre + near, centre - far, centre + far]))
    return Prediction(*ends.tolist())
