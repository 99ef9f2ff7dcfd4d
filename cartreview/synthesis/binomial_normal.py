"""Pool by the exact model, or give what the counts alone allow.

Vocabulary
----------
bounded   whether the likelihood has a maximum at a finite tau.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from scipy.special import chdtrc, expit, logit

from cartreview.synthesis.counts import Array
from cartreview.synthesis.design import separation, standardised
from cartreview.synthesis.glmm import GlmmFit, fit_glmm, profile_interval
from cartreview.synthesis.intervals import exact_interval
from cartreview.synthesis.likelihood import covariance
from cartreview.synthesis.model import MODERATORS, Model
from cartreview.synthesis.parts import ChiSquare, Estimate, Fit, Heterogeneity

__all__ = ["AT_BOUNDARY", "pool_counts"]

AT_BOUNDARY = (
    "tau2 lies on its boundary, 0: the studies differ no more than chance allows, and the "
    "prediction interval is the confidence interval."
)
_ENDLESS = (
    "The likelihood rises with tau2 without end{}: there is no pooled estimate; see the exact "
    "interval of each study."
)
_ALL_OR_NONE = ", because every study has no event or only events"


def pool_counts(model: Model) -> Fit:
    """Fit the binomial-normal model, or say why it has no fit and give what there is."""
    x, n = model.counts.events, model.counts.totals
    found = _no_regression(model) if model.moderated else _all_patients(model)
    if found:
        return found
    if not model.moderated and np.all((x == 0) | (x == n)):
        lrt = model.likelihood_ratio_test(np.full(len(n), x.sum() / n.sum()))
        return Fit(model.ci, deviance=lrt, notes=(_ENDLESS.format(_ALL_OR_NONE),))
    Z, back = standardised(model.X)
    fit = fit_glmm(x, n, Z, model.points)
    lrt = model.likelihood_ratio_test(expit(Z @ fit.common.theta[:-1]))
    if not fit.bounded:
        return Fit(model.ci, deviance=lrt, notes=(_ENDLESS.format(""),))
    return _fitted(model, fit, back, lrt)


def _fitted(model: Model, fit: GlmmFit, back: Array, lrt: ChiSquare) -> Fit:
    beta = back @ fit.top.theta[: len(back)]
    spread = back @ covariance(fit.top, fit.data, fit.points) @ back.T
    found = Fit(
        model.ci,
        heterogeneity=_heterogeneity(model, fit),
        deviance=lrt,
        loglik=fit.top.value,
        notes=(AT_BOUNDARY,) if fit.tau2 == 0 else (),
    )
    if model.moderated:
        regression = model.regression(beta, spread)
        return replace(found, regression=regression, notes=(MODERATORS, *found.notes))
    estimate = model.estimates(beta, spread, fit.tau2)
    return replace(found, estimate=estimate, weights=tuple(fit.weights().tolist()))


def _heterogeneity(model: Model, fit: GlmmFit) -> Heterogeneity:
    rise = max(0.0, 2 * (fit.top.value - fit.common.value))
    # If tau2 is 0, half of such differences are 0 and half are chi-square with one degree.
    p = float(chdtrc(1, rise)) / 2 if rise > 0 else 1.0
    # The interval takes as long as the fit: it is looked for when it is asked for.
    search = partial(profile_interval, fit, model.level)
    return Heterogeneity(fit.tau2, model.i_squared(fit.tau2), search, ChiSquare(rise, p))


def _all_patients(model: Model) -> Fit | None:
    """Give the exact interval of all patients where spread between studies cannot be told."""
    n = model.counts.totals
    events, total = int(model.counts.events.sum()), int(n.sum())
    why = _no_spread(n, events, total)
    if not why:
        return None
    low, high = exact_interval(events, total, level=model.level)
    found = Estimate(events / total, low, high)
    if 0 < events < total:
        se = (1 / events + 1 / (total - events)) ** 0.5
        found = replace(found, mu=float(logit(events / total)), se=se)
    lrt = model.likelihood_ratio_test(np.full(len(n), events / total))
    weights = tuple((n / total).tolist())
    return Fit("exact", found, deviance=lrt, weights=weights, notes=(why,))


def _no_spread(n: Array, events: int, total: int) -> str:
    """Say why spread between studies cannot be told, if it cannot."""
    exact = f"The interval is the exact one of {events} of {total} patients"
    if len(n) == 1:
        return f"There is one study: spread between studies does not exist. {exact}."
    if events in (0, total):
        kind = "No patient has" if events == 0 else "Every patient has"
        return f"{kind} the outcome: tau2 cannot be told. {exact} taken together."
    if np.all(n == 1):
        return f"Every study has one patient: tau2 cannot be told. {exact} taken together."
    return ""


def _no_regression(model: Model) -> Fit | None:
    if model.df < 1:
        return Fit(model.ci, notes=(model.too_few(),))
    column = separation(model.counts.events, model.counts.totals, model.X)
    if column is None:
        return None
    why = (
        f"The coefficient {model.terms[column]!r} has no finite estimate: the moderators part "
        "studies without events from studies with nothing but events."
    )
    return Fit(model.ci, notes=(why,))
