"""Pool proportions of several studies, or say why they cannot be pooled.

Vocabulary
----------
study    one row; K studies in all, p coefficients (1 without moderators).
mu       centre of the studies' logits.
tau2     variance of the studies' logits around mu.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cartreview.synthesis.binomial_normal import pool_counts
from cartreview.synthesis.counts import check_counts, check_level, check_option
from cartreview.synthesis.design import make_design
from cartreview.synthesis.model import Task, wald_test
from cartreview.synthesis.normal_normal import pool_logits
from cartreview.synthesis.result import PooledProportion

__all__ = ["INTERVALS", "METHODS", "pool_proportions"]

METHODS = {"glmm": "rma.glmm, ML", "reml": "rma, REML", "dl": "rma, DL"}  # metafor's spelling
INTERVALS = {"wald": "z", "t": "t", "knapp-hartung": "knha"}  # metafor's spelling of test=
FEWEST_POINTS = 7


def pool_proportions(
    events: Any,
    totals: Any,
    *,
    method: str = "glmm",
    level: float = 0.95,
    ci: str = "wald",
    moderators: Mapping[str, Sequence[Any]] | None = None,
    names: Sequence[str] | None = None,
    points: int = 21,
) -> PooledProportion:
    """Pool the proportions of several studies in a random-effects model.

    Taught in: book/methods.md

    Parameters
    ----------
    events : sequence of int, shape (K,)
        Patients with the outcome (count, 0 <= events <= total).
    totals : sequence of int, shape (K,)
        Patients evaluated (count, total >= 1).
    method : str
        "glmm", the exact binomial-normal model by maximum likelihood (metafor:
        ``rma.glmm(measure="PLO", method="ML", nAGQ=21)``); "reml" or "dl" on logits, with 0.5
        added where a study has no event or only events (``rma(measure="PLO", method="REML")``).
    level : float
        Confidence level, between 0 and 1.
    ci : str
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
    """
    counts = check_counts(events, totals, names)
    check_level(level)
    check_option("method", method, list(METHODS))
    check_option("ci", ci, [*INTERVALS][: 2 if method == "glmm" else 3])
    if points < FEWEST_POINTS:
        raise ValueError(f"points must be {FEWEST_POINTS} or more; found {points}")
    X, terms, levels = make_design(moderators, counts)
    task = Task(counts, X, terms, levels, method, ci, level, points)
    found = pool_counts(task) if method == "glmm" else pool_logits(task)
    head = {
        "k": len(counts),
        "events": int(counts.events.sum()),
        "total": int(counts.totals.sum()),
        "method": method,
        "level": level,
    }
    return PooledProportion(**{"ci": ci, **head, **wald_test(task), **found})
