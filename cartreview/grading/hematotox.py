"""CAR-HEMATOTOX: five laboratory values before treatment, points for each, a risk group."""

from __future__ import annotations

from cartreview.grading.points import Questions, add
from cartreview.grading.result import Score

__all__ = ["CAR_HEMATOTOX", "car_hematotox"]

CAR_HEMATOTOX = Questions(
    "CAR-HEMATOTOX",
    ("platelets_1e9_l", "anc_1e9_l", "haemoglobin_g_dl", "crp_mg_dl", "ferritin_ng_ml"),
    {},
)


def car_hematotox(
    *,
    platelets_1e9_l: float,
    anc_1e9_l: float,
    haemoglobin_g_dl: float,
    crp_mg_dl: float,
    ferritin_ng_ml: float,
) -> Score:
    """Compute CAR-HEMATOTOX from laboratory values before lymphodepletion.

    Parameters
    ----------
    platelets_1e9_l : float
        Platelets (10^9/L), as all values before lymphodepletion.
    anc_1e9_l : float
        Neutrophils (10^9/L).
    haemoglobin_g_dl : float
        Haemoglobin (g/dL).
    crp_mg_dl : float
        C-reactive protein (mg/dL; ten times less than in mg/L).
    ferritin_ng_ml : float
        Ferritin (ng/mL).

    Returns
    -------
    Score
        Points, risk group, points of each item, and notes: a value on an edge where restatements
        of the score differ, and that the points were read second-hand.

    Raises
    ------
    ValueError
        If a value is missing or impossible.
    MissingRules
        If an item has no row with its points.

    Warns
    -----
    UnitWarning
        If a value is ordinary in another unit.

    Notes
    -----
    Source: rows of ``risk_scores`` with score "CAR-HEMATOTOX" and role "points", "boundary" and
    "risk group". Made for large B-cell lymphoma; where it was tried since stands in the same table.

    Examples
    --------
    >>> score = car_hematotox(platelets_1e9_l=60, anc_1e9_l=1.0, haemoglobin_g_dl=8, crp_mg_dl=4,
    ...                       ferritin_ng_ml=900)
    >>> score.points, score.group
    (6, 'high')
    >>> car_hematotox(platelets_1e9_l=75, anc_1e9_l=2, haemoglobin_g_dl=12, crp_mg_dl=1,
    ...               ferritin_ng_ml=100).notes[0]
    'Platelets at 75 × 10⁹/L: on an edge where restatements differ, 1 here and 2 by another one.'
    """
    given = {
        "platelets_1e9_l": platelets_1e9_l,
        "anc_1e9_l": anc_1e9_l,
        "haemoglobin_g_dl": haemoglobin_g_dl,
        "crp_mg_dl": crp_mg_dl,
        "ferritin_ng_ml": ferritin_ng_ml,
    }
    return add(CAR_HEMATOTOX, given)
