"""Laboratory values and scores of points as plain data, for a page that adds without Python."""

from __future__ import annotations

from typing import Any

from cartreview.grading.hematotox import CAR_HEMATOTOX
from cartreview.grading.hscore import HSCORE, probability
from cartreview.grading.laboratory import ANALYTES
from cartreview.grading.points import (
    SECOND_HAND,
    PointRow,
    Questions,
    bands,
    grouped,
    rows,
    said_of_edge,
)
from cartreview.grading.rules import band_as_data

__all__ = ["measured_as_data", "points_as_data"]

LABELS = {
    "ldh_u_l": "LDH",
    "creatinine_mg_dl": "Creatinine",
    "crp_mg_dl": "CRP",
    "platelets_1e9_l": "Platelets",
    "anc_1e9_l": "Neutrophils",
    "haemoglobin_g_dl": "Haemoglobin",
    "ferritin_ng_ml": "Ferritin",
    "temperature_c": "Temperature",
    "triglycerides_mg_dl": "Triglycerides",
    "fibrinogen_mg_dl": "Fibrinogen",
    "ast_u_l": "AST",
    "immunosuppression": "Known immunosuppression",
    "organs": "Enlarged liver or spleen",
    "cytopenias": "Low lineages of blood cells",
    "haemophagocytosis": "Haemophagocytosis in the marrow",
}
NUMBERS = ("No lineage", "One lineage", "Two lineages", "Three lineages")


def measured_as_data(name: str) -> dict[str, Any]:
    """Give a laboratory value as a question: unit, limits, and what lies beyond them."""
    one = ANALYTES[name]
    words = {"unit": one.unit, "below": one.below, "above": one.above}
    limits = {"low": one.low, "high": one.high, **{k: _raised(v) for k, v in words.items()}}
    return {"name": name, "label": LABELS[name], "zero": one.zero, "kind": "measured", **limits}


def _raised(words: str) -> str:
    """Write powers of ten and degrees as a page does."""
    return words.replace("10^9", "10⁹").replace("10^12", "10¹²").replace("degrees C", "°C")


def points_as_data() -> dict[str, Any]:
    """Give the scores of points by name: what they ask, and what each sum means."""
    return {asked.name: _score(asked) for asked in (CAR_HEMATOTOX, HSCORE)}


def _score(asked: Questions) -> dict[str, Any]:
    every = [_measured(asked, name) for name in asked.measured]
    every += [_worded(asked, name, answers) for name, answers in asked.words.items()]
    most = sum(max(level["points"] for level in one["levels"]) for one in every)
    told = {"name": asked.name, "inputs": every, "sums": _sums(asked, most)}
    second_hand = any(row.verification == "secondary" for row in rows(asked.name))
    return {**told, "note": SECOND_HAND if second_hand else ""}


def _measured(asked: Questions, name: str) -> dict[str, Any]:
    levels = [_level(row) for row in bands(asked.name, name)]
    here = {row.band: row.points or 0 for row in bands(asked.name, name)}
    edges = []
    for row in bands(asked.name, name, "boundary"):
        points = next(p for band, p in here.items() if row.band.low in band)
        edges.append({**_level(row), "note": said_of_edge(name, points, row)})
    return {**measured_as_data(name), "levels": levels, "edges": edges}


def _worded(asked: Questions, name: str, answers: dict[Any, str | None]) -> dict[str, Any]:
    by_item = {row.item: row for row in rows(asked.name) if row.role == "points"}
    levels = []
    for answer, item in answers.items():
        row = by_item.get(item) if item else None
        points = {"points": (row.points or 0) if row else 0}
        levels.append({"value": answer, **points, **(_place(row) if row else {})})
    told = {"name": name, "label": LABELS[name], "levels": levels, "edges": []}
    if set(answers) == {False, True}:
        return {**told, "kind": "flag"}
    texts = NUMBERS if all(isinstance(a, int) for a in answers) else ("",) * len(answers)
    options = [
        {"value": str(a), "text": "", "title": text} for a, text in zip(answers, texts, strict=True)
    ]
    return {**told, "kind": "choice", "options": options}


def _level(row: PointRow) -> dict[str, Any]:
    return {**band_as_data(row.band), "points": row.points or 0, **_place(row)}


def _place(row: PointRow) -> dict[str, Any]:
    return {"source": row.source_id, "locator": row.locator}


def _sums(asked: Questions, most: int) -> list[dict[str, Any]]:
    """Say what each sum means, sums of the same meaning together."""
    told: list[dict[str, Any]] = []
    for total in range(most + 1):
        group = "; ".join(dict.fromkeys(r.group or "" for r in grouped(asked.name, total)))
        note = probability(total) if asked is HSCORE else ""
        if told and (told[-1]["group"], told[-1]["note"]) == (group, note):
            told[-1]["high"] = total
        else:
            told.append({"low": total, "high": total, "group": group, "note": note})
    return told
