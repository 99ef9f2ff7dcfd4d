"""Grades of the toxicities of CAR T cells, by rules that are read from the tables.

What a grade, a cut-off or a point is worth stands in ``grading_criteria`` and ``risk_scores``, each
row with its place in a source; this package holds the questions and the way from answers to a
grade. For education and research, not for the care of a patient.

Vocabulary
----------
scale    a way to grade a syndrome; domains, each with levels or bands, and footnotes.
domain   what is looked at; the domain with the worst finding gives the grade.
"""

from __future__ import annotations

from cartreview.grading._easix import easix, m_easix, s_easix
from cartreview.grading.export import rules_as_data
from cartreview.grading.frame import grade_frame
from cartreview.grading.hematotox import car_hematotox
from cartreview.grading.hscore import hscore
from cartreview.grading.icaht import grade_icaht
from cartreview.grading.inputs import Refused
from cartreview.grading.result import Band, Grade, MissingRules, Score, UnitWarning
from cartreview.grading.scale import scales
from cartreview.grading.scores import capd_band, cartox_10, ice_score
from cartreview.grading.syndromes import (
    grade_crs,
    grade_icans,
    grade_icans_capd,
    icans_scale,
)
from cartreview.grading.t_icaht import grade_t_icaht
from cartreview.grading.tian import grade_tian

__all__ = [
    "Band",
    "Grade",
    "MissingRules",
    "Refused",
    "Score",
    "UnitWarning",
    "capd_band",
    "car_hematotox",
    "cartox_10",
    "easix",
    "grade_crs",
    "grade_frame",
    "grade_icaht",
    "grade_icans",
    "grade_icans_capd",
    "grade_t_icaht",
    "grade_tian",
    "hscore",
    "icans_scale",
    "ice_score",
    "m_easix",
    "rules_as_data",
    "s_easix",
    "scales",
]


def __dir__() -> list[str]:
    return list(__all__)
