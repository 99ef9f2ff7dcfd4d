"""Pool by the exact model, or give what the counts alone allow.

Vocabulary
----------
bounded   whether the likelihood has a maximum at a finite tau.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.special import chdtrc, expit, logit

from cartreview.synthesis.design import separation, standardised
from cartreview.synthesis.glmm import GlmmFit, fit_glmm, profile_interval
from cartreview.synthesis.intervals import exact_interval
from cartreview.synthesis.likelihood import covariance
from cartreview.synthesis.model import Task, centre, deviance, share_between

__all__ = ["AT_BOUNDARY", "pool_counts", "too_few"]

AT_BOUNDARY = (
    "tau2 lies on its boundary, 0: the studies differ no more than chance allows, and the "
    "prediction interval is the confidence interval."
)
_ENDLESS = (
    "The likelihood rises with tau2 without end{}: there is no pooled estimate; see the exact "
    "interval of each study."
)
_ALL_OR_NONE = ", because every study has no event or only events"


def pool_counts(task: Task) -> dict[str, Any]:
    """Fit the binomial-normal model, or say why it has no fit and give what there is."""
    x, n = task.counts.events, task.counts.totals
    found = _all_patients(task) if len(task.terms) == 1 else _no_regression(task)
    if found:
        return found
    if len(task.terms) == 1 and np.all((x == 0) | (x == n)):
        share = np.full(len(n), x.sum() / n.sum())
        return {**deviance(task, share), "notes": (_ENDLESS.format(_ALL_OR_NONE),)}
    Z, back = standardised(task.X)
    fit = fit_glmm(x, n, Z, task.points)
    lrt = deviance(task, expit(Z @ fit.common.theta[:-1]))
    if not fit.bounded:
        return {**lrt, "notes": (_ENDLESS.format(""),)}
    return {**lrt, **_fitted(task, fit, back)}


def _fitted(task: Task, fit: GlmmFit, back: np.ndarray) -> dict[str, Any]:
    p = len(back)
    spread = back @ covariance(fit.top, fit.data, fit.points) @ back.T
    found = centre(task, back @ fit.top.theta[:p], spread, fit.tau2)
    reasons = (*found.get("notes", ()), *((AT_BOUNDARY,) if fit.tau2 == 0 else ()))
    rise = max(0.0, 2 * (fit.top.value - fit.common.value))
    return {
        **found,
        "tau2": fit.tau2,
        "tau2_interval": partial(profile_interval, fit, task.level),
        "i2": share_between(task, fit.tau2),
        "tau2_lrt": rise,
        # If tau2 is 0, half of such differences are 0 and half are chi-square with one degree.
        "tau2_p": float(chdtrc(1, rise)) / 2 if rise > 0 else 1.0,
        "loglik": fit.top.value,
        "weights": tuple(fit.weights().tolist()) if p == 1 else (),
        "notes": reasons,
    }


def _all_patients(task: Task) -> dict[str, Any] | None:
    """Give the exact interval of all patients where spread between studies cannot be told."""
    n = task.counts.totals
    events, total = int(task.counts.events.sum()), int(n.sum())
    exact = f"The interval is the exact one of {events} of {total} patients"
    if len(n) == 1:
        why = f"There is one study: spread between studies does not exist. {exact}."
    elif events in (0, total):
        kind = "No patient has" if events == 0 else "Every patient has"
        why = f"{kind} the outcome: tau2 cannot be told. {exact} taken together."
    elif n.max() == 1:
        why = f"Every study has one patient: tau2 cannot be told. {exact} taken together."
    else:
        return None
    low, high = exact_interval(events, total, level=task.level)
    share = events / total
    found = {"estimate": share, "ci_low": low, "ci_high": high, "ci": "exact", "notes": (why,)}
    found |= deviance(task, np.full(len(n), share))
    if 0 < events < total:
        found |= {"mu": float(logit(share)), "se": (1 / events + 1 / (total - events)) ** 0.5}
    return {**found, "weights": tuple((n / total).tolist())}


def _no_regression(task: Task) -> dict[str, Any] | None:
    if task.free < 1:
        return {"notes": (too_few(task),)}
    column = separation(task.counts.events, task.counts.totals, task.X)
    if column is None:
        return None
    why = (
        f"The coefficient {task.terms[column]!r} has no finite estimate: the moderators part "
        "studies without events from studies with nothing but events."
    )
    return {"notes": (why,)}


def too_few(task: Task) -> str:
    """Say that there are more quantities to estimate than studies."""
    return (
        f"Found {len(task.counts)} studies for {len(task.terms)} coefficients and tau2: "
        f"{len(task.terms) + 1} studies or more are needed."
    )
