"""Haematotoxicity after immune effector cells: depth and length of neutropenia."""

from __future__ import annotations

import math
import warnings
from numbers import Real
from typing import Any

from cartreview.grading import engine
from cartreview.grading.inputs import REQUIRED, Choice, Refused, missing, refuse_others
from cartreview.grading.result import Grade, UnitWarning
from cartreview.grading.rules import TABLE, Rule, rules
from cartreview.grading.scale import scale

__all__ = ["LATE", "LEAST_COUNT", "PERIODS", "bands", "footnote", "grade_icaht"]

LATE = "ICAHT late"
PERIODS = ("early", "late")
# A count between 0 and this is ordinary in 10^9/L; in cells per microlitre it is below what
# counters report.
LEAST_COUNT = 10


def grade_icaht(
    *,
    period: str,
    days_anc_500: Any = REQUIRED,
    days_anc_100: Any = REQUIRED,
    recovery: Any = REQUIRED,
    lowest_anc_per_ul: Any = REQUIRED,
    second_lowest_anc_per_ul: Any = REQUIRED,
) -> Grade:
    """Grade immune effector cell-associated haematotoxicity by neutrophils.

    Parameters
    ----------
    period : str
        "early" (by days) or "late" (by counts); the rows with effect "applies to" say which days.
    days_anc_500, days_anc_100 : int
        Early: longest run of days with neutrophils at or below 500 and 100 per microlitre; the
        row ``icaht-early-joined-runs`` says when two runs are one.
    recovery : str
        Early: "recovers", or "never recovers" in the sense of ``icaht-early-never-recovers-4``;
        "recovers" if left out.
    lowest_anc_per_ul : float
        Late: the lowest neutrophil count (cells/µL).
    second_lowest_anc_per_ul : float or None
        Late: the second lowest count (cells/µL); None where there is one count only.

    Returns
    -------
    Grade
        0 to 4.

    Raises
    ------
    ValueError
        If an argument of the period is missing or impossible, or one of the other is given.

    Warns
    -----
    UnitWarning
        If a count is ordinary in 10^9/L and not in cells per microlitre.

    Notes
    -----
    Source: rows of ``grading_criteria`` with scale "ICAHT early" and "ICAHT late".

    Examples
    --------
    >>> grade_icaht(period="early", days_anc_500=10, days_anc_100=7).value
    3
    >>> grade_icaht(period="late", lowest_anc_per_ul=450, second_lowest_anc_per_ul=900).value
    3
    """
    Choice("period", PERIODS).read(period)
    early = {
        "days_anc_500": days_anc_500,
        "days_anc_100": days_anc_100,
        "recovery": recovery,
    }
    late = {
        "lowest_anc_per_ul": lowest_anc_per_ul,
        "second_lowest_anc_per_ul": second_lowest_anc_per_ul,
    }
    refuse_others(period, late if period == "early" else early)
    if period == "late":
        return _late(*(_count(name, value) for name, value in late.items()))
    given = {name: None if value is REQUIRED else value for name, value in early.items()}
    if recovery is REQUIRED:
        given["recovery"] = "recovers"
    return engine.grade(scale("ICAHT early"), given)


def _count(name: str, value: Any) -> float | None:
    """Read a count; the second lowest may be None, said by the caller."""
    second = name == "second_lowest_anc_per_ul"
    if second and value is None:
        return None
    given = None if value is REQUIRED else value
    number = isinstance(given, Real) and not isinstance(given, bool) and not missing(given)
    count = float(given) if number else -1.0  # type: ignore[arg-type]
    if not 0 <= count < math.inf:
        alone = ", or None where there is one count only" if second else ""
        raise Refused(name, given, f"a count from 0 on, in cells/µL{alone}")
    if 0 < count < LEAST_COUNT:
        warnings.warn(
            f"{name}: found {count:g}, below {LEAST_COUNT} cells/µL: probably in 10^9/L, of which "
            "one is 1000 cells/µL",
            UnitWarning,
            stacklevel=4,
        )
    return count


def _late(lowest: float | None, second: float | None) -> Grade:
    """Grade the lowest count, if the second lowest bears it out or there is none."""
    lowest = lowest or 0.0
    needed, nadir = footnote("required"), footnote("decides")
    if second is not None and second < lowest:
        least = f"{lowest:g} (lowest_anc_per_ul) or more"
        raise Refused("second_lowest_anc_per_ul", second, least)
    if second is not None and lowest in needed.band and second not in needed.band:
        return _grade(0, (needed,), (), (needed.criterion,))
    band = _band(lowest)
    if not band.grade:
        return _grade(0, (), (), (engine.NOTHING,))
    note = needed if second is None else nadir
    return _grade(band.grade, (band,), (note,), (engine.sentence(band), note.criterion))


def _grade(
    value: int, decided: tuple[Rule, ...], notes: tuple[Rule, ...], reasons: tuple[str, ...]
) -> Grade:
    return Grade(
        value=value,
        reasons=reasons,
        system=LATE,
        sources=tuple(dict.fromkeys(rule.source_id for rule in (*decided, *notes))),
        criteria=tuple(rule.criterion_id for rule in decided),
        decided_by=tuple(rule.domain for rule in decided),
    )


def footnote(effect: str) -> Rule:
    """Give the one footnote of late ICAHT with an effect."""
    found = [rule for rule in rules(LATE) if rule.effect == effect]
    if len(found) != 1:
        raise ValueError(
            f"{TABLE}: scale {LATE!r}: found {len(found)} footnotes {effect!r}; expected one"
        )
    return found[0]


def bands() -> list[Rule]:
    """Give the bands of late ICAHT."""
    return [rule for rule in rules(LATE) if rule.role == "band"]


def _band(count: float) -> Rule:
    fitting = [rule for rule in bands() if count in rule.band]
    if len(fitting) != 1 or fitting[0].grade is None:
        raise ValueError(
            f"{TABLE}: scale {LATE!r}: found {len(fitting)} bands for {count:g} cells/µL; "
            "expected one, with a grade"
        )
    return fitting[0]
