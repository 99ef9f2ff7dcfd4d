"""Proportions of several studies: how sure each is, and what they say together; agreement.

The exact binomial-normal model is the main method; DerSimonian-Laird and REML on logits are there
to be compared with it. Everything takes plain counts and gives plain results.

Vocabulary
----------
study    one row; K studies in all.
events   patients with the outcome.
totals   patients evaluated.
"""

from __future__ import annotations

from cartreview.synthesis.agreement import Agreement, cohens_kappa
from cartreview.synthesis.intervals import exact_interval, wilson_interval
from cartreview.synthesis.moderators import (
    Prediction,
    Subgroups,
    pool_subgroups,
    predict_proportion,
)
from cartreview.synthesis.pooling import pool_proportions
from cartreview.synthesis.result import Coefficient, PooledProportion
from cartreview.synthesis.sensitivity import (
    SmallStudyTest,
    cumulative,
    leave_one_out,
    small_study_test,
)

__all__ = [
    "Agreement",
    "Coefficient",
    "PooledProportion",
    "Prediction",
    "SmallStudyTest",
    "Subgroups",
    "cohens_kappa",
    "cumulative",
    "exact_interval",
    "leave_one_out",
    "pool_proportions",
    "pool_subgroups",
    "predict_proportion",
    "small_study_test",
    "wilson_interval",
]


def __dir__() -> list[str]:
    return list(__all__)
