"""The rules as plain data, for a page that grades without Python.

The page takes its questions, bands, grades and sentences from here and holds the engine's steps
only; a test compares the two over every combination of answers.
"""

from __future__ import annotations

import math
from typing import Any

from cartreview.grading import engine, icaht
from cartreview.grading._easix import formula
from cartreview.grading.inputs import REQUIRED, Choice, Flag, Input, Whole
from cartreview.grading.laboratory import ANALYTES
from cartreview.grading.rules import Range, Rule, rules
from cartreview.grading.scale import Scale, scale, scales
from cartreview.grading.scores import ice_items

__all__ = ["FORMULAS", "LABELS", "rules_as_data"]

# What the questions are called; what the answers mean is said by the rows.
LABELS = {
    "fever": "Fever",
    "hypotension": "Hypotension",
    "hypoxia": "Hypoxia",
    "fever_masked": "Treatment that masks fever",
    "died": "Death",
    "ice": "ICE score",
    "capd": "CAPD",
    "consciousness": "Consciousness",
    "seizure": "Seizure",
    "motor": "Motor findings",
    "oedema": "Oedema or raised pressure",
    "recovery": "Recovery of neutrophils",
    "orientation": "Orientation",
    "naming": "Naming",
    "commands": "Commands",
    "writing": "Writing",
    "attention": "Attention",
    "ldh_u_l": "LDH",
    "creatinine_mg_dl": "Creatinine",
    "crp_mg_dl": "CRP",
    "platelets_1e9_l": "Platelets",
    "lowest_anc_per_ul": "Lowest neutrophil count",
    "second_lowest_anc_per_ul": "Second lowest neutrophil count",
}
DAYS = "days_anc_"
FORMULAS = {
    "EASIX": ("ldh_u_l", "creatinine_mg_dl", "platelets_1e9_l"),
    "m-EASIX": ("ldh_u_l", "crp_mg_dl", "platelets_1e9_l"),
    "s-EASIX": ("ldh_u_l", "platelets_1e9_l"),
}


def rules_as_data() -> dict[str, Any]:
    """Give the rules of every calculator as dicts, lists, texts and numbers.

    Returns
    -------
    dict
        ``scales`` (by name: title, inputs, graded, footnotes, sentences), ``ice`` (items), ``late``
        (late ICAHT: bands and two footnotes) and ``formulas`` (EASIX and its forms: inputs with
        their place and limits). Every rule has ``source`` and ``locator``.

    Raises
    ------
    ValueError
        If the table leaves an answer without a grade.

    Examples
    --------
    >>> rules_as_data()["scales"]["ASTCT CRS"]["inputs"][0]["name"]
    'fever'
    """
    return {
        "scales": {name: _scale(scale(name)) for name in scales()},
        "ice": [_item(one) for one in ice_items().values()],
        "late": _late(),
        "formulas": {name: _formula(name, arguments) for name, arguments in FORMULAS.items()},
    }


def _scale(made: Scale) -> dict[str, Any]:
    return {
        "name": made.name,
        "inputs": [_input(made, one) for one in made.inputs],
        "graded": {d: [_rule(rule) for rule in every] for d, every in made.graded.items()},
        "footnotes": {e: [_rule(rule) for rule in every] for e, every in made.footnotes.items()},
        "also": list(made.not_counted),
        "sentences": {
            "nothing": engine.NOTHING,
            "suppressed": engine.SUPPRESSED,
            "elsewhere": {domain: engine.elsewhere(domain) for domain in made.graded},
        },
    }


def _input(made: Scale, one: Input) -> dict[str, Any]:
    told = {"name": one.name, "label": _label(one.name), "help": _help(made, one)}
    if one.default is not REQUIRED:
        told["default"] = one.default
    if isinstance(one, Flag):
        return {**told, "kind": "flag", "masks": one.masks}
    if isinstance(one, Choice):
        options = [{"value": o, "text": _meaning(made, one.name, o)} for o in one.options]
        return {**told, "kind": "choice", "options": options, "needs": one.needs}
    without = list(one.without) if one.without else None
    limits = {"highest": one.highest, "words": list(one.words), "within": one.within}
    return {**told, "kind": "whole", **limits, "without": without}


def _label(name: str) -> str:
    if name.startswith(DAYS):
        count = name.removeprefix(DAYS)
        return f"Longest run of days with neutrophils at or below {count} per microlitre"
    return LABELS[name]


def _meaning(made: Scale, domain: str, option: str) -> str:
    fitting = (rule for rule in made.graded.get(domain, ()) if rule.level == option)
    return next((rule.criterion for rule in fitting), "")


def _help(made: Scale, one: Input) -> str:
    """Say what a question means, in the words of the row that defines it."""
    if isinstance(one, Flag) and one.masks:
        found = made.note("waived")
    elif one.name == "died":
        found = made.note("fatal")
    else:
        found = next((rule for rule in made.definitions if rule.domain == one.name), None)
    if found is None and isinstance(one, Whole) and not one.within:
        found = next((r for r in made.footnotes.get("reference", ()) if one.name in r.domain), None)
    return found.criterion if found is not None else ""


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.criterion_id,
        "domain": rule.domain,
        "role": rule.role,
        "level": rule.level,
        "grade": rule.grade,
        **_band(rule.band),
        "requires": [list(pair) for pair in rule.requires],
        "text": rule.criterion,
        "sentence": engine.sentence(rule),
        "source": rule.source_id,
        "locator": rule.locator,
    }


def _band(band: Range) -> dict[str, Any]:
    """Write a band; JSON has no infinity."""
    ends = {name: getattr(band, name) for name in ("low", "high")}
    finite = {name: None if math.isinf(end) else end for name, end in ends.items()}
    return {**finite, "low_open": band.low_open, "high_open": band.high_open}


def _item(one: Whole) -> dict[str, Any]:
    rule = next(rule for rule in rules("ICE") if rule.domain == one.name)
    told = {"name": one.name, "label": _label(one.name), "help": rule.criterion}
    return {**told, "highest": one.highest, "source": rule.source_id, "locator": rule.locator}


def _late() -> dict[str, Any]:
    names = ("lowest_anc_per_ul", "second_lowest_anc_per_ul")
    return {
        "name": icaht.LATE,
        "inputs": [{"name": name, "label": LABELS[name], "unit": "cells/µL"} for name in names],
        "least": icaht.LEAST_COUNT,
        "bands": [_rule(rule) for rule in icaht.bands()],
        "required": _rule(icaht.footnote("required")),
        "decides": _rule(icaht.footnote("decides")),
        "sentences": {"nothing": engine.NOTHING},
    }


def _formula(score: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    places = formula(score, arguments)
    return {"name": score, "inputs": [_measured(name, places[name]) for name in arguments]}


def _measured(name: str, place: str) -> dict[str, Any]:
    one = ANALYTES[name]
    words = {"unit": one.unit, "below": one.below, "above": one.above}
    limits = {"low": one.low, "high": one.high, **{k: _raised(v) for k, v in words.items()}}
    told = {"name": name, "label": LABELS[name], "zero": one.zero}
    return {**told, "place": place, **limits}


def _raised(words: str) -> str:
    """Write powers of ten as a page does."""
    return words.replace("10^9", "10⁹").replace("10^12", "10¹²")
