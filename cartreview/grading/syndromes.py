"""Cytokine release syndrome and ICANS, one patient at a time."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real

from cartreview.grading import engine
from cartreview.grading.inputs import Flag, Refused
from cartreview.grading.result import Grade
from cartreview.grading.rules import TABLE
from cartreview.grading.scale import ICANS, ICANS_OF_CHILDREN, scale

__all__ = ["grade_crs", "grade_icans", "grade_icans_capd", "icans_scale"]

OLDEST = 125  # years; an age above it was given in months or days


def grade_crs(
    *,
    fever: bool,
    hypotension: str,
    hypoxia: str,
    fever_masked: bool = False,
    died: bool = False,
    also: Iterable[str] = (),
) -> Grade:
    """Grade cytokine release syndrome by the ASTCT consensus.

    Parameters
    ----------
    fever : bool
        Temperature from the row ``astct-crs-fever-definition`` on, without another cause.
    hypotension : str
        "none", "no vasopressor", "vasopressin alone" (a reading of our own, see the row
        ``astct-crs-hypotension-3-vasopressin``), "one vasopressor" (vasopressin not counted) or
        "multiple vasopressors".
    hypoxia : str
        "none", "low-flow", "high-flow" or "positive pressure"; for a patient who is intubated to
        protect the airway, what the lungs need, with "intubation for airway protection" in `also`.
    fever_masked : bool
        The patient had antipyretic or anticytokine treatment: fever is no longer required.
    died : bool
        The patient died of the syndrome.
    also : iterable of str
        Other findings that the scale names as not counted, such as "organ toxicity".

    Returns
    -------
    Grade
        0 to 5; 0 without fever that nothing masks.

    Raises
    ------
    ValueError
        If an argument is missing or none of the words above.

    Notes
    -----
    Source: rows of ``grading_criteria`` with scale "ASTCT CRS"; each names its place. The grade
    is that of the worse of hypotension and hypoxia.

    Examples
    --------
    >>> crs = grade_crs(fever=True, hypotension="one vasopressor", hypoxia="low-flow")
    >>> crs.value, crs.decided_by
    (3, ('hypotension',))
    >>> grade_crs(fever=False, hypotension="none", hypoxia="low-flow").reasons[-1]
    'The hypoxia then has another cause.'
    """
    answers = {
        "fever": fever,
        "hypotension": hypotension,
        "hypoxia": hypoxia,
        "fever_masked": fever_masked,
        "died": died,
    }
    return engine.grade(scale("ASTCT CRS"), answers, also)


def grade_icans(
    *,
    ice: int | None,
    consciousness: str,
    seizure: str = "none",
    motor: str = "none",
    oedema: str = "none",
    sedated: bool = False,
    died: bool = False,
    also: Iterable[str] = (),
) -> Grade:
    """Grade ICANS of adults, and of children old enough for the ICE score, by the ASTCT consensus.

    Parameters
    ----------
    ice : int or None
        ICE score (points, see ``ice_score``); None only where the patient is unarousable, or
        sedated.
    consciousness : str
        "alert", "awakens spontaneously", "awakens to voice", "awakens to tactile stimulus" or
        "unarousable".
    seizure : str
        "none", "resolves rapidly" or "prolonged or repetitive".
    motor : str
        "none" or "deep focal weakness".
    oedema : str
        "none", "focal" or "diffuse or raised pressure".
    sedated : bool
        Depressed consciousness has another cause, such as sedating drugs: it is not graded.
    died : bool
        The patient died of ICANS.
    also : iterable of str
        Other findings that the scale names as not counted, such as "tremor".

    Returns
    -------
    Grade
        0 to 5.

    Raises
    ------
    ValueError
        If an argument is missing or none of the above, or an unarousable patient has points.

    Notes
    -----
    Source: rows of ``grading_criteria`` with scale "ASTCT ICANS"; each names its place. The grade
    is that of the worst domain.

    Examples
    --------
    >>> icans = grade_icans(ice=3, consciousness="alert", seizure="resolves rapidly")
    >>> icans.value, icans.decided_by
    (3, ('seizure',))
    >>> grade_icans(ice=0, consciousness="awakens to voice").value
    3
    >>> grade_icans(ice=None, consciousness="unarousable").value
    4
    >>> grade_icans(ice=4, consciousness="awakens to tactile stimulus", sedated=True).value
    2
    """
    answers = {
        "ice": ice,
        "consciousness": consciousness,
        "seizure": seizure,
        "motor": motor,
        "oedema": oedema,
        "sedated": sedated,
        "died": died,
    }
    return engine.grade(scale(ICANS), answers, also)


def grade_icans_capd(
    *,
    capd: int | str,
    consciousness: str,
    seizure: str = "none",
    motor: str = "none",
    oedema: str = "none",
    sedated: bool = False,
    died: bool = False,
    also: Iterable[str] = (),
) -> Grade:
    """Grade ICANS of children with the Cornell Assessment of Pediatric Delirium.

    Parameters
    ----------
    capd : int or str
        CAPD (points), or "unable" where it cannot be done.
    consciousness, seizure, motor, oedema, sedated, died, also
        As in ``grade_icans``.

    Returns
    -------
    Grade
        0 to 5.

    Raises
    ------
    ValueError
        If an argument is missing or none of those allowed.

    Notes
    -----
    Source: rows of ``grading_criteria`` with scale "ASTCT ICANS (children)". For whom it is, see
    ``icans_scale``.

    Examples
    --------
    >>> grade_icans_capd(capd=8, consciousness="awakens to voice").value
    2
    >>> grade_icans_capd(capd="unable", consciousness="alert").value
    4
    """
    answers = {
        "capd": capd,
        "consciousness": consciousness,
        "seizure": seizure,
        "motor": motor,
        "oedema": oedema,
        "sedated": sedated,
        "died": died,
    }
    return engine.grade(scale(ICANS_OF_CHILDREN), answers, also)


def icans_scale(*, age_years: float, developmental_delay: bool = False) -> str:
    """Say which form of the ASTCT scale grades ICANS at an age.

    Parameters
    ----------
    age_years : float
        Age (years).
    developmental_delay : bool
        The patient has a developmental delay, so that the ICE score says little.

    Returns
    -------
    str
        A name of ``scales()``: "ASTCT ICANS" with the ICE score (``grade_icans``), or "ASTCT ICANS
        (children)" with the CAPD (``grade_icans_capd``).

    Raises
    ------
    ValueError
        If the age is missing or no age in years, or `developmental_delay` is not True or False.

    Notes
    -----
    Source: the row ``astct-icans-applies`` of ``grading_criteria`` holds the edge,
    ``astct-icans-children-applies-delay`` the exception. Sources differ on the year of the edge
    itself (``astct-icans-children-applies-12-and-under``); one says up to which age the CAPD is
    validated (``astct-icans-children-applies-delay-21``).

    Examples
    --------
    >>> icans_scale(age_years=11.9)
    'ASTCT ICANS (children)'
    >>> icans_scale(age_years=12)
    'ASTCT ICANS'
    >>> icans_scale(age_years=15, developmental_delay=True)
    'ASTCT ICANS (children)'
    """
    if not isinstance(age_years, Real) or not 0 <= age_years <= OLDEST:
        raise Refused("age_years", age_years, f"an age in years, from 0 to {OLDEST}")
    delayed = Flag("developmental_delay").read(developmental_delay)
    applies = scale(ICANS).note("applies to")
    if applies is None:
        raise ValueError(f"{TABLE}: scale {ICANS!r}: found no footnote 'applies to'; expected one")
    by_ice = age_years in applies.band and not delayed
    return ICANS if by_ice else ICANS_OF_CHILDREN
