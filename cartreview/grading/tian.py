"""Tumour inflammation-associated neurotoxicity (TIAN), one patient at a time."""

from __future__ import annotations

from collections.abc import Iterable

from cartreview.grading import engine
from cartreview.grading.result import Grade
from cartreview.grading.scale import scale

__all__ = ["grade_tian"]


def grade_tian(
    *,
    signs: str,
    pressure: str = "none",
    herniation: str = "none",
    medulla: str = "none",
    cord: str = "none",
    also: Iterable[str] = (),
) -> Grade:
    """Grade tumour inflammation-associated neurotoxicity.

    Parameters
    ----------
    signs : str
        Neurological signs beside those before treatment: "none", "mild", "moderate" or "severe";
        what each means stands in the rows with the domain "overall".
    pressure : str
        Intracranial pressure above the limit of the rows: "none", "raised, responsive" or
        "raised, refractory" (in spite of drainage).
    herniation : str
        "none" or "impending or early".
    medulla : str
        Medullary dysfunction: "none" or "intubation or ventilation".
    cord : str
        In a tumour of the spinal cord: "none" or "risk of disabling loss".
    also : iterable of str
        Other findings that the scale names as not counted: "existing device controls pressure".

    Returns
    -------
    Grade
        0 to 4; the scale has no grade for death.

    Raises
    ------
    ValueError
        If an argument is missing or none of the words above.

    Notes
    -----
    Source: rows of ``grading_criteria`` with scale "TIAN". Any criterion of a grade gives it. One
    scale serves both types, by pressure and by local function.

    Examples
    --------
    >>> tian = grade_tian(signs="mild", pressure="raised, responsive")
    >>> tian.value, tian.decided_by
    (3, ('pressure',))
    """
    answers = {
        "signs": signs,
        "pressure": pressure,
        "herniation": herniation,
        "medulla": medulla,
        "cord": cord,
    }
    return engine.grade(scale("TIAN"), answers, also)
