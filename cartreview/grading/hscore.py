"""HScore: the probability of a reactive haemophagocytic syndrome, not made for CAR T cells."""

from __future__ import annotations

from cartreview.grading.inputs import Choice, Flag, Whole
from cartreview.grading.points import PointRow, Questions, add, groups
from cartreview.grading.result import Score

__all__ = ["HSCORE", "hscore", "probability"]

ORGANS = ("none", "liver or spleen", "liver and spleen")
LINEAGES = ("one lineage", "two lineages", "three lineages")
HSCORE = Questions(
    "HScore",
    ("temperature_c", "ferritin_ng_ml", "triglycerides_mg_dl", "fibrinogen_mg_dl", "ast_u_l"),
    {
        "immunosuppression": {False: None, True: "known immunosuppression"},
        "organs": {word: f"enlarged organs: {word}" for word in ORGANS},
        # No lineage is not printed; fewer cannot give more points than one, which gives none.
        "cytopenias": {0: None} | {n: f"cytopenia: {w}" for n, w in enumerate(LINEAGES, 1)},
        "haemophagocytosis": {False: None, True: "haemophagocytosis in the marrow"},
    },
)


def hscore(
    *,
    immunosuppression: bool,
    temperature_c: float,
    organs: str,
    cytopenias: int,
    ferritin_ng_ml: float,
    triglycerides_mg_dl: float,
    fibrinogen_mg_dl: float,
    ast_u_l: float,
    haemophagocytosis: bool,
) -> Score:
    """Compute the HScore.

    Parameters
    ----------
    immunosuppression : bool
        Known underlying immunosuppression.
    temperature_c : float
        Highest temperature (degrees Celsius).
    organs : str
        Enlarged organs: "none", "liver or spleen" or "liver and spleen".
    cytopenias : int
        Low lineages, 0 to 3; the rows with role "formula" hold what is low.
    ferritin_ng_ml : float
        Ferritin (ng/mL).
    triglycerides_mg_dl : float
        Triglycerides (mg/dL).
    fibrinogen_mg_dl : float
        Fibrinogen (mg/dL).
    ast_u_l : float
        Aspartate aminotransferase (U/L).
    haemophagocytosis : bool
        Haemophagocytosis in the bone marrow.

    Returns
    -------
    Score
        Points, their group, points of each item, and the printed probability around the sum.

    Raises
    ------
    ValueError
        If an argument is missing or impossible.

    Warns
    -----
    UnitWarning
        If a value is ordinary in another unit.

    Notes
    -----
    Source: rows of ``risk_scores`` with score "HScore". It was made in adults with suspected
    haemophagocytic syndrome of any cause. It is no score of the HLH-like syndrome after immune
    effector cells (IEC-HS), whose ferritin and cytopenia have other causes as well.

    Examples
    --------
    >>> score = hscore(immunosuppression=True, temperature_c=39, organs="liver or spleen",
    ...                cytopenias=2, ferritin_ng_ml=7000, triglycerides_mg_dl=200,
    ...                fibrinogen_mg_dl=200, ast_u_l=80, haemophagocytosis=False)
    >>> score.points, score.notes[0]
    (241, 'Printed probability: 99% at 240 points; this sum lies above.')
    """
    Flag("immunosuppression").read(immunosuppression)
    Flag("haemophagocytosis").read(haemophagocytosis)
    given = {
        "immunosuppression": bool(immunosuppression),
        "temperature_c": temperature_c,
        "organs": Choice("organs", ORGANS).read(organs),
        "cytopenias": Whole("cytopenias", len(LINEAGES)).number(cytopenias),
        "ferritin_ng_ml": ferritin_ng_ml,
        "triglycerides_mg_dl": triglycerides_mg_dl,
        "fibrinogen_mg_dl": fibrinogen_mg_dl,
        "ast_u_l": ast_u_l,
        "haemophagocytosis": bool(haemophagocytosis),
    }
    score = add(HSCORE, given)
    return Score(
        points=score.points,
        group=score.group,
        items=score.items,
        sources=tuple(sorted({*score.sources, *(row.source_id for row in _printed())})),
        notes=(probability(score.points), *score.notes),
        system=score.system,
    )


def _printed() -> list[PointRow]:
    return [row for row in groups(HSCORE.name) if row.value is not None]


def probability(points: int) -> str:
    """Say between which printed probabilities a sum lies."""
    table = {row.band.low: row.value for row in _printed()}
    least, most = min(table), max(table)
    if points < least:
        return f"Printed probability: {table[least]:g}% at {least:g} points; this sum lies below."
    if points > most:
        return f"Printed probability: {table[most]:g}% at {most:g} points; this sum lies above."
    below = max(at for at in table if at <= points)
    if below == points:
        return f"Printed probability: {table[below]:g}%."
    above = min(at for at in table if at > points)
    return (
        f"Printed probability: {table[below]:g}% at {below:g} points, {table[above]:g}% at "
        f"{above:g}."
    )
