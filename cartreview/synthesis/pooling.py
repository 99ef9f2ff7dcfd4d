"""Pool proportions of several studies, or say why they cannot be pooled.

Vocabulary
----------
study    one row; K studies in all, p coefficients (1 without moderators).
mu       centre of the studies' logits.
tau2     variance of the studies' logits around mu.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from cartreview.synthesis.binomial_normal import pool_counts
from cartreview.synthesis.counts import check_counts, check_level, check_option
from cartreview.synthesis.design import make_design
from cartreview.synthesis.model import Model
from cartreview.synthesis.normal_normal import pool_logits
from cartreview.synthesis.parts import Fit
from cartreview.synthesis.result import Ci, Method, PooledProportion

__all__ = ["pool_proportions"]

FEWEST_POINTS = 7


def pool_proportions(
    events: Any,
    totals: Any = None,
    *,
    method: Method = "glmm",
    level: float = 0.95,
    ci: Ci = "wald",
    moderators: Mapping[str, Sequence[Any]] | None = None,
    names: Sequence[str] | None = None,
    points: int = 21,
) -> PooledProportion:
    """Pool the proportions of several studies in a random-effects model.

    Parameters
    ----------
    events : sequence of int, shape (K,), or pandas.DataFrame, shape (K, any)
        Patients with the outcome (count, 0 <= events <= total). A frame, given alone, has the
        columns ``events`` and ``denominator``; ``study``, if there, names the studies.
    totals : sequence of int, shape (K,)
        Patients evaluated (count, total >= 1).
    method : {"glmm", "reml", "dl"}
        "glmm", the exact binomial-normal model by maximum likelihood (metafor:
        ``rma.glmm(measure="PLO", method="ML", nAGQ=21)``); "reml" or "dl" on logits, with 0.5
        added where a study has no event or only events (``rma(measure="PLO", method="REML")``).
    level : float
        Confidence level, between 0 and 1.
    ci : {"wald", "t", "knapp-hartung"}
        "wald" (metafor: ``test="z"``), "t" (``test="t"``, K - p degrees of freedom), or
        "knapp-hartung" (``test="knha"``), which "glmm" does not have.
    moderators : mapping of str to sequence, shape (K,), optional
        Columns of a meta-regression: numbers, or text for categories.
    names : sequence of str, shape (K,), optional
        What the studies are called in messages.
    points : int
        Points of the adaptive Gauss-Hermite quadrature (metafor: ``nAGQ``), 7 or more.

    Returns
    -------
    PooledProportion
        What does not exist is None, and ``.reasons`` says why.

    Raises
    ------
    ValueError
        If counts or moderators are not what they must be (the message names the study, what was
        found and what is allowed), or an option does not exist.

    Notes
    -----
    The interval of tau2 is the profile likelihood's for "glmm" and the Q-profile for the others.
    In the Wald test of heterogeneity of "glmm" a study without events, or with events only,
    weighs nothing, as in metafor; the likelihood-ratio test counts it.

    References
    ----------
    bib: stijnen2010, viechtbauer2010

    Examples
    --------
    >>> pooled = pool_proportions([8, 2, 0, 1], [13, 6, 3, 11])
    >>> round(pooled.estimate, 3), round(pooled.tau2, 3)
    (0.253, 1.118)
    >>> pool_proportions([0, 0], [3, 6]).reasons[0].split(":")[0]
    'No patient has the outcome'

    A frame of counts goes in whole:

    >>> import pandas as pd
    >>> counts = pd.DataFrame({"events": [8, 2, 0, 1], "denominator": [13, 6, 3, 11]})
    >>> pool_proportions(counts) == pooled
    True
    """
    counts = check_counts(events, totals, names)
    check_level(level)
    check_option("method", method, get_args(Method))
    check_option("ci", ci, get_args(Ci)[: 2 if method == "glmm" else 3])
    if points < FEWEST_POINTS:
        raise ValueError(f"points must be {FEWEST_POINTS} or more; found {points}")
    X, terms, levels = make_design(moderators, counts)
    model = Model(counts, X, terms, levels, method, ci, level, points)
    return _result(model, pool_counts(model) if method == "glmm" else pool_logits(model))


def _result(model: Model, fit: Fit) -> PooledProportion:
    """Lay the parts of a fit side by side."""
    centre, slopes, spread = fit.estimate, fit.regression, fit.heterogeneity
    q = model.wald_test()
    return PooledProportion(
        k=len(model.counts),
        events=int(model.counts.events.sum()),
        total=int(model.counts.totals.sum()),
        method=model.method,
        ci=fit.ci,
        level=model.level,
        estimate=centre.estimate,
        ci_low=centre.ci_low,
        ci_high=centre.ci_high,
        pi_low=centre.pi_low,
        pi_high=centre.pi_high,
        mu=centre.mu,
        se=centre.se,
        tau2=spread.tau2,
        i2=spread.i2,
        q=q.value,
        q_df=None if q.value is None else model.df,
        q_p=q.p,
        lrt=fit.deviance.value,
        lrt_p=fit.deviance.p,
        tau2_lrt=spread.zero.value,
        tau2_p=spread.zero.p,
        loglik=fit.loglik,
        weights=fit.weights,
        coefficients=slopes.coefficients,
        covariance=slopes.covariance,
        levels=slopes.levels,
        moderators_q=slopes.statistic,
        moderators_df=slopes.df,
        moderators_p=slopes.p,
        notes=fit.notes,
        tau2_search=spread.search,
    )
