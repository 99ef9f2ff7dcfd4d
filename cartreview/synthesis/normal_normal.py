"""Pool by the normal model of logits: DerSimonian-Laird or REML.

Vocabulary
----------
corrected   a study with no event or only events, to both cells of which 0.5 is added.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cartreview.synthesis.binomial_normal import AT_BOUNDARY, too_few
from cartreview.synthesis.counts import Array
from cartreview.synthesis.design import standardised
from cartreview.synthesis.model import Task, centre, deviance, share_between
from cartreview.synthesis.normal import NormalFit, fit_normal, variance_interval
from cartreview.synthesis.transform import logit_proportion

__all__ = ["pool_logits"]

_ONE_STUDY = (
    "There is one study: spread between studies and a prediction interval do not exist; its "
    "interval is Wald's."
)
_EMPTY_INTERVAL = (
    "The Q-profile interval of tau2 holds no value: the studies differ less than chance lets "
    "them at this level; its bounds are given as 0."
)
_NO_WIDTH = "The studies' logits are equal: the Knapp-Hartung interval has no width."
_ONLY_CORRECTION = (
    "{} the outcome: the estimate comes from the 0.5 that is added to every cell; method 'glmm' "
    "gives the exact interval."
)
_CORRECTED = (
    "0.5 was added to both cells of {} of {} studies, those with no event or only events; method "
    "'glmm' needs no such correction."
)


def pool_logits(task: Task) -> dict[str, Any]:
    """Fit the normal-normal model to the studies' logits.

    References
    ----------
    bib: dersimonian1986, knapp2003
    """
    if task.free < 1 and len(task.terms) > 1:
        return {"notes": (too_few(task),)}
    yi, vi = logit_proportion(task.counts.events, task.counts.totals)
    Z, back = standardised(task.X)
    fit = fit_normal(yi, vi, Z, task.method)
    covariance = back @ fit.covariance @ back.T * _stretch(task, fit)
    found = centre(task, back @ fit.beta, covariance, fit.tau2 if task.free else None)
    reasons = (*found.pop("notes", ()), *_corrected(task))
    if len(task.terms) == 1:
        share = task.counts.events.sum() / task.counts.totals.sum()
        found |= deviance(task, np.full(len(yi), share))
        found["weights"] = tuple(fit.weights.tolist())
    if not task.free:
        return {**found, "ci": "wald", "notes": (*reasons, _ONE_STUDY)}
    spread, why = _spread(task, fit, yi, vi, Z)
    return {**found, **spread, "loglik": fit.loglik, "notes": (*reasons, *why)}


def _stretch(task: Task, fit: NormalFit) -> float:
    """Give Knapp and Hartung's factor: how far the residuals are from what tau2 says."""
    if task.ci != "knapp-hartung" or task.free < 1:
        return 1.0
    return fit.weighted_squares / task.free


def _spread(
    task: Task, fit: NormalFit, yi: Array, vi: Array, Z: Array
) -> tuple[dict[str, Any], list[str]]:
    """Give tau2 with its interval and I2, and what is to be said of them."""
    why = [AT_BOUNDARY] if fit.tau2 == 0 else []
    if task.ci == "knapp-hartung" and fit.weighted_squares < 1e-12:
        why.append(_NO_WIDTH)
    found: dict[str, Any] = {"tau2": fit.tau2, "i2": share_between(task, fit.tau2)}
    interval = variance_interval(yi, vi, Z, task.level)
    found["tau2_interval"] = interval or (0.0, 0.0)
    why += [] if interval else [_EMPTY_INTERVAL]
    return found, why


def _corrected(task: Task) -> tuple[str, ...]:
    x, n = task.counts.events, task.counts.totals
    if x.sum() in (0, n.sum()):
        who = "No patient has" if x.sum() == 0 else "Every patient has"
        return (_ONLY_CORRECTION.format(who),)
    count = int(((x == 0) | (x == n)).sum())
    return (_CORRECTED.format(count, len(n)),) if count else ()
