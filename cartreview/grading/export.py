"""The rules as plain data, for a page that grades without Python.

The page takes its questions, bands, grades and sentences from here and holds the engine's steps
only; a test compares the two over every combination of answers.
"""

from __future__ import annotations

from typing import Any

from cartreview.grading import engine, icaht
from cartreview.grading._easix import formula
from cartreview.grading.export_points import measured_as_data, points_as_data
from cartreview.grading.inputs import REQUIRED, Choice, Flag, Input, Whole
from cartreview.grading.rules import Rule, band_as_data, rules
from cartreview.grading.scale import Scale, scale, scales
from cartreview.grading.scores import CARTOX, CARTOX_MOST, cartox_rules, ice_items

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
    "sedated": "Sedation or another cause of depressed consciousness",
    "signs": "Neurological signs",
    "pressure": "Intracranial pressure",
    "herniation": "Herniation",
    "medulla": "Medullary function",
    "cord": "Tumour of the spinal cord",
    "below_100": "Platelets below 100 × 10⁹/L on any day",
    "below_50": "Platelets below 50 × 10⁹/L on any day",
    "confirmed": "Two tests or more show it, or it is not transient",
    "score": "CARTOX-10 score",
    "orientation": "Orientation",
    "naming": "Naming",
    "commands": "Commands",
    "writing": "Writing",
    "attention": "Attention",
    "lowest_anc_per_ul": "Lowest neutrophil count",
    "second_lowest_anc_per_ul": "Second lowest neutrophil count",
}
DAYS = {
    "days_anc_": "Longest run of days with neutrophils at or below {} per microlitre",
    "days_plt_": "Days with platelets below {} × 10⁹/L, added up",
}
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
        (late ICAHT: bands and two footnotes), ``cartox`` (bands and what was not read),
        ``formulas`` (EASIX and its forms: inputs with their place and limits) and ``points``
        (CAR-HEMATOTOX and HScore: inputs with their bands, groups of the sum). Every rule has
        ``source`` and ``locator``.

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
        "cartox": _cartox(),
        "formulas": {name: _formula(name, arguments) for name, arguments in FORMULAS.items()},
        "points": points_as_data(),
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
            "untested": engine.UNTESTED,
            "elsewhere": {domain: engine.elsewhere(domain) for domain in made.graded},
        },
    }


def _input(made: Scale, one: Input) -> dict[str, Any]:
    told = {"name": one.name, "label": _label(one.name), "help": _help(made, one)}
    if one.default is not REQUIRED:
        told["default"] = one.default
    if isinstance(one, Flag):
        used = {"masks": one.masks, "excuses": one.excuses, "needs": one.needs}
        return {**told, "kind": "flag", **used}
    if isinstance(one, Choice):
        options = [
            {"value": o, "text": _meaning(made, one.name, o), "title": ""} for o in one.options
        ]
        return {**told, "kind": "choice", "options": options, "needs": one.needs}
    without = list(one.without) if one.without else None
    limits = {"highest": one.highest, "words": list(one.words), "within": one.within}
    lifted = {"needs": one.needs, "unless": one.unless}
    return {**told, "kind": "whole", **limits, **lifted, "without": without}


def _label(name: str) -> str:
    for start, words in DAYS.items():
        if name.startswith(start):
            return words.format(name.removeprefix(start))
    return LABELS[name]


def _meaning(made: Scale, domain: str, option: str) -> str:
    fitting = (rule for rule in made.graded.get(domain, ()) if rule.level == option)
    return next((rule.criterion for rule in fitting), "")


def _help(made: Scale, one: Input) -> str:
    """Say what a question means, in the words of the row that defines it."""
    if isinstance(one, Flag) and one.masks:
        found = made.note("waived")
    elif isinstance(one, Flag) and one.excuses:
        found = made.note("excused")
    elif one.name == "died":
        found = made.note("fatal")
    elif isinstance(one, Flag) and one.required and not made.definitions:
        found = made.required
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
        **band_as_data(rule.band),
        "requires": [[domain, list(levels)] for domain, levels in rule.requires],
        "text": rule.criterion,
        "sentence": engine.sentence(rule),
        "source": rule.source_id,
        "locator": rule.locator,
    }


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


def _cartox() -> dict[str, Any]:
    graded, unread = cartox_rules()
    asked = {"name": "score", "label": LABELS["score"], "kind": "whole", "highest": CARTOX_MOST}
    return {
        "name": CARTOX,
        "inputs": [asked],
        "bands": [_rule(rule) for rule in graded],
        "unread": _rule(unread),
        "sentences": {"nothing": engine.NOTHING},
    }


def _formula(score: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    places = formula(score, arguments)
    return {
        "name": score,
        "inputs": [{**measured_as_data(name), "place": places[name]} for name in arguments],
    }
