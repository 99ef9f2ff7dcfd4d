"""Pool by the normal model of logits: DerSimonian-Laird or REML.

Vocabulary
----------
corrected   a study with no event or only events, to both cells of which 0.5 is added.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from cartreview.synthesis.binomial_normal import AT_BOUNDARY
from cartreview.synthesis.counts import Array
from cartreview.synthesis.design import standardised
from cartreview.synthesis.model import MODERATORS, Model
from cartreview.synthesis.normal import NormalFit, fit_normal, variance_interval
from cartreview.synthesis.parts import Fit, Heterogeneity, known
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


def pool_logits(model: Model) -> Fit:
    """Fit the normal-normal model to the studies' logits.

    References
    ----------
    bib: dersimonian1986, knapp2003
    """
    if model.df < 1 and model.moderated:
        return Fit(model.ci, notes=(model.too_few(),))
    yi, vi = logit_proportion(model.counts.events, model.counts.totals)
    Z, back = standardised(model.X)
    fit = fit_normal(yi, vi, Z, model.method)
    found = _centred(model, fit, back @ fit.beta, back @ fit.covariance @ back.T)
    if not model.df:
        return replace(found, ci="wald", notes=(*found.notes, _ONE_STUDY))
    spread, why = _heterogeneity(model, fit, yi, vi, Z)
    return replace(found, heterogeneity=spread, loglik=fit.loglik, notes=(*found.notes, *why))


def _centred(model: Model, fit: NormalFit, beta: Array, covariance: Array) -> Fit:
    """Give the coefficients or, without moderators, the estimate with weights and test."""
    covariance = covariance * _stretch(model, fit)
    notes = _corrected(model)
    if model.moderated:
        found = model.regression(beta, covariance)
        return Fit(model.ci, regression=found, notes=(MODERATORS, *notes))
    events, totals = model.counts.events, model.counts.totals
    return Fit(
        model.ci,
        model.estimates(beta, covariance, fit.tau2 if model.df else None),
        deviance=model.likelihood_ratio_test(np.full(len(totals), events.sum() / totals.sum())),
        weights=tuple(fit.weights.tolist()),
        notes=notes,
    )


def _stretch(model: Model, fit: NormalFit) -> float:
    """Give Knapp and Hartung's factor: how far the residuals are from what tau2 says."""
    if model.ci != "knapp-hartung" or model.df < 1:
        return 1.0
    return fit.weighted_squares / model.df


def _heterogeneity(
    model: Model, fit: NormalFit, yi: Array, vi: Array, Z: Array
) -> tuple[Heterogeneity, list[str]]:
    """Give tau2 with its interval and I2, and what is to be said of them."""
    why = [AT_BOUNDARY] if fit.tau2 == 0 else []
    if model.ci == "knapp-hartung" and fit.weighted_squares < 1e-12:
        why.append(_NO_WIDTH)
    interval = variance_interval(yi, vi, Z, model.level)
    why += [] if interval else [_EMPTY_INTERVAL]
    search = partial(known, *(interval or (0.0, 0.0)))
    return Heterogeneity(fit.tau2, model.i_squared(fit.tau2), search), why


def _corrected(model: Model) -> tuple[str, ...]:
    x, n = model.counts.events, model.counts.totals
    if x.sum() in (0, n.sum()):
        who = "No patient has" if x.sum() == 0 else "Every patient has"
        return (_ONLY_CORRECTION.format(who),)
    count = int(((x == 0) | (x == n)).sum())
    return (_CORRECTED.format(count, len(n)),) if count else ()
