"""EASIX and two of its forms: laboratory values multiplied and divided as the table says."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

import numpy as np

from cartreview._tables import load, state
from cartreview.grading.laboratory import ANALYTES, measured

__all__ = ["easix", "formula", "m_easix", "s_easix"]

TABLE = "risk_scores"
PLACES = ("numerator", "denominator")


def formula(score: str, arguments: tuple[str, ...]) -> dict[str, str]:
    """Give the place of each argument in a formula, as its rows say.

    Parameters
    ----------
    score : str
        Name in the column ``score`` of ``risk_scores``.
    arguments : tuple of str
        Arguments of the function; each must be an item of the formula, in its unit.

    Returns
    -------
    dict of str to str
        "numerator" or "denominator" by argument.

    Raises
    ------
    ValueError
        If the rows name other items or units.
    """
    return dict(_formula(score, arguments, state(TABLE)))


@lru_cache(maxsize=8)
def _formula(score: str, arguments: tuple[str, ...], _: Hashable) -> tuple[tuple[str, str], ...]:
    rows = load(TABLE)
    rows = rows[(rows["score"] == score) & rows["place"].isin(PLACES)]
    known = {(name, ANALYTES[a].unit): a for a in arguments for name in ANALYTES[a].names}
    found = list(zip(rows["item"].str.lower(), rows["unit"], rows["place"], strict=True))
    places = {known.get((item, unit), item): place for item, unit, place in found}
    if set(places) != set(arguments) or len(found) != len(arguments):
        items = ", ".join(f"{item} in {unit}" for item, unit, _ in found) or "no item with a place"
        raise ValueError(f"{TABLE}: score {score!r}: found {items}; expected {_asked(arguments)}")
    return tuple(places.items())


def _asked(arguments: tuple[str, ...]) -> str:
    return ", ".join(f"{ANALYTES[a].names[0]} in {ANALYTES[a].unit}" for a in arguments)


def _ratio(score: str, **given: Any) -> Any:
    places = formula(score, tuple(given))
    read = measured(**given)
    over, under = (
        np.prod([read.values[a] for a, place in places.items() if place == wanted], axis=0)
        for wanted in PLACES
    )
    return read.give(over / under, score)


def easix(*, ldh_u_l: Any, creatinine_mg_dl: Any, platelets_1e9_l: Any) -> Any:
    """Compute the endothelial activation and stress index.

    Parameters
    ----------
    ldh_u_l : float or sequence of float, shape (n,)
        Lactate dehydrogenase (U/L).
    creatinine_mg_dl : float or sequence of float, shape (n,)
        Creatinine (mg/dL).
    platelets_1e9_l : float or sequence of float, shape (n,)
        Platelets (10^9/L).

    Returns
    -------
    float, numpy.ndarray or pandas.Series
        The index (no unit); a series keeps the index of the values.

    Raises
    ------
    ValueError
        If a value is missing, negative or 0, or lengths or indexes differ.

    Warns
    -----
    UnitWarning
        If a value is ordinary in another unit.

    Notes
    -----
    Source: rows of ``risk_scores`` with score "EASIX" and role "formula".

    Examples
    --------
    >>> easix(ldh_u_l=300, creatinine_mg_dl=1.0, platelets_1e9_l=150)
    2.0
    """
    return _ratio(
        "EASIX",
        ldh_u_l=ldh_u_l,
        creatinine_mg_dl=creatinine_mg_dl,
        platelets_1e9_l=platelets_1e9_l,
    )


def m_easix(*, ldh_u_l: Any, crp_mg_dl: Any, platelets_1e9_l: Any) -> Any:
    """Compute the modified EASIX, with C-reactive protein in the place of creatinine.

    Parameters
    ----------
    ldh_u_l, platelets_1e9_l
        As in ``easix``.
    crp_mg_dl : float or sequence of float, shape (n,)
        C-reactive protein (mg/dL; ten times less than in mg/L); may be 0.

    Returns
    -------
    float, numpy.ndarray or pandas.Series
        As ``easix``.

    Raises
    ------
    ValueError
        As ``easix``.

    Warns
    -----
    UnitWarning
        If a value is ordinary in another unit.

    Notes
    -----
    Source: rows of ``risk_scores`` with score "m-EASIX" and role "formula".

    Examples
    --------
    >>> m_easix(ldh_u_l=300, crp_mg_dl=2.0, platelets_1e9_l=150)
    4.0
    """
    return _ratio("m-EASIX", ldh_u_l=ldh_u_l, crp_mg_dl=crp_mg_dl, platelets_1e9_l=platelets_1e9_l)


def s_easix(*, ldh_u_l: Any, platelets_1e9_l: Any) -> Any:
    """Compute the simplified EASIX, without creatinine.

    Parameters
    ----------
    ldh_u_l, platelets_1e9_l
        As in ``easix``.

    Returns
    -------
    float, numpy.ndarray or pandas.Series
        As ``easix``.

    Raises
    ------
    ValueError
        As ``easix``.

    Warns
    -----
    UnitWarning
        If a value is ordinary in another unit.

    Notes
    -----
    Source: rows of ``risk_scores`` with score "s-EASIX" and role "formula".

    Examples
    --------
    >>> s_easix(ldh_u_l=300, platelets_1e9_l=150)
    2.0
    """
    return _ratio("s-EASIX", ldh_u_l=ldh_u_l, platelets_1e9_l=platelets_1e9_l)
