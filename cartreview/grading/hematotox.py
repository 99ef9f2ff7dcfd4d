"""CAR-HEMATOTOX: five laboratory values before treatment, points for each, a risk group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cartreview._tables import load
from cartreview.grading.laboratory import ANALYTES, measured
from cartreview.grading.rules import Range

__all__ = ["MissingRules", "Score", "car_hematotox"]

TABLE, SCORE = "risk_scores", "CAR-HEMATOTOX"


class MissingRules(LookupError):
    """A score whose rules are not in the tables: no page that states them could be opened."""


@dataclass(frozen=True)
class Score:
    """A sum of points and what it means.

    Attributes
    ----------
    points : int
        Sum over the items.
    group : str
        Name of the risk group.
    items : dict of str to int
        Points of each item, by argument.
    sources : tuple of str
        Keys in references.bib of the rows used.
    """

    points: int
    group: str
    items: dict[str, int]
    sources: tuple[str, ...]


def car_hematotox(
    *,
    platelets_1e9_l: float,
    anc_1e9_l: float,
    haemoglobin_g_dl: float,
    crp_mg_dl: float,
    ferritin_ng_ml: float,
) -> Score:
    """Compute CAR-HEMATOTOX, once the table has its points.

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
        Points, risk group, points of each item.

    Raises
    ------
    ValueError
        If a value is missing or impossible.
    MissingRules
        If an item has no row with its points. So it is today: no page that could be opened states
        the cut-offs. With those rows in ``risk_scores`` (role "points") the score is computed.

    Warns
    -----
    UnitWarning
        If a value is ordinary in another unit.

    Examples
    --------
    >>> car_hematotox(platelets_1e9_l=60, anc_1e9_l=1.0, haemoglobin_g_dl=8, crp_mg_dl=4,
    ...               ferritin_ng_ml=900)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    cartreview.grading.hematotox.MissingRules: risk_scores has no points of CAR-HEMATOTOX for ...
    """
    given = {
        "platelets_1e9_l": platelets_1e9_l,
        "anc_1e9_l": anc_1e9_l,
        "haemoglobin_g_dl": haemoglobin_g_dl,
        "crp_mg_dl": crp_mg_dl,
        "ferritin_ng_ml": ferritin_ng_ml,
    }
    values = {name: float(read[0]) for name, read in measured(**given).values.items()}
    rows = _rows()
    bands = {name: _of_item(rows, name) for name in values}
    _refuse_missing([ANALYTES[name].names[0] for name, found in bands.items() if not found])
    used = {name: _band(name, value, bands[name]) for name, value in values.items()}
    points = {name: int(row["points"]) for name, row in used.items()}
    group = _band("the sum", sum(points.values()), [r for r in rows if r["role"] == "risk group"])
    sources = {row["source_id"] for row in (*used.values(), group)}
    return Score(sum(points.values()), group["group"], points, tuple(sorted(sources)))


def _rows() -> list[dict[str, Any]]:
    frame = load(TABLE).astype(object)
    frame = frame[frame["score"] == SCORE]
    rows: list[dict[str, Any]] = frame.where(frame.notna(), None).to_dict("records")
    return rows


def _of_item(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    analyte = ANALYTES[name]
    return [
        row
        for row in rows
        if row["role"] == "points"
        and (row["item"] or "").lower() in analyte.names
        and row["unit"] == analyte.unit
    ]


def _refuse_missing(items: list[str]) -> None:
    if items:
        raise MissingRules(
            f"{TABLE} has no points of {SCORE} for {', '.join(items)}; add the rows with role "
            "'points' from a source that states them"
        )


def _band(name: str, value: float, rows: list[dict[str, Any]]) -> dict[str, Any]:
    found = [row for row in rows if value in Range.of(row)]
    if not found:
        raise ValueError(f"{TABLE}: no band of {SCORE} holds {value:g} for {name}; mend its rows")
    return found[0]
