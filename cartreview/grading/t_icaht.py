"""Thrombocytopenia after immune effector cells: depth and length."""

from __future__ import annotations

from typing import Any

from cartreview.grading import engine
from cartreview.grading.inputs import REQUIRED, Choice, refuse_others
from cartreview.grading.result import Grade
from cartreview.grading.scale import scale

__all__ = ["grade_t_icaht"]

PERIODS = {"early": "T-ICAHT early", "late": "T-ICAHT late"}


def grade_t_icaht(
    *,
    period: str,
    days_plt_50: Any = REQUIRED,
    days_plt_20: Any = REQUIRED,
    below_100: Any = REQUIRED,
    below_50: Any = REQUIRED,
    confirmed: Any = REQUIRED,
) -> Grade:
    """Grade thrombocytopenia after immune effector cells, by a later proposal beside ICAHT.

    Parameters
    ----------
    period : str
        "early" or "late"; the rows with effect "applies to" say which days.
    days_plt_50 : int
        Early: days with platelets below 50 x 10^9/L, added up as ``t-icaht-early-cumulative`` says.
    days_plt_20 : int
        Early and late: days with platelets below 20 x 10^9/L.
    below_100, below_50 : bool
        Late: any day with platelets below 100, and below 50 x 10^9/L.
    confirmed : bool
        Late: two or more laboratory tests show it, or it is not transient.

    Returns
    -------
    Grade
        0 to 4.

    Raises
    ------
    ValueError
        If an argument of the period is missing or impossible, or one of the other is given.

    Notes
    -----
    Source: rows of ``grading_criteria`` with scale "T-ICAHT early" and "T-ICAHT late".

    Examples
    --------
    >>> grade_t_icaht(period="early", days_plt_50=9, days_plt_20=1).value
    3
    >>> late = {"below_100": True, "below_50": False, "days_plt_20": 0}
    >>> grade_t_icaht(period="late", **late, confirmed=True).value
    1
    >>> grade_t_icaht(period="late", **late, confirmed=False).value
    0
    """
    Choice("period", tuple(PERIODS)).read(period)
    given = {
        "days_plt_50": days_plt_50,
        "days_plt_20": days_plt_20,
        "below_100": below_100,
        "below_50": below_50,
        "confirmed": confirmed,
    }
    made = scale(PERIODS[period])
    asked = [one.name for one in made.inputs]
    refuse_others(period, {name: given[name] for name in given if name not in asked})
    answers = {name: None if given[name] is REQUIRED else given[name] for name in asked}
    return engine.grade(made, answers)
