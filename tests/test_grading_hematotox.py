"""CAR-HEMATOTOX: refused while its points are not in the table, computed from rows when they are.

The points here are made up, so that nobody takes them for the score's own.
"""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview import load
from cartreview._tables import overlay
from cartreview.grading import MissingRules, UnitWarning, car_hematotox

PATIENT = {
    "platelets_1e9_l": 60,
    "anc_1e9_l": 1.0,
    "haemoglobin_g_dl": 8,
    "crp_mg_dl": 4,
    "ferritin_ng_ml": 900,
}
UNITS = {"platelets": "10^9/L", "ANC": "10^9/L", "haemoglobin": "g/dL"}
UNITS |= {"CRP": "mg/dL", "ferritin": "ng/mL"}


def _with_points(items=tuple(UNITS)):
    """The table with made-up points: none up to 50, three above."""
    table = load("risk_scores")
    made = [
        {"score_row_id": f"made-up-{item.lower()}-{points}", "score": "CAR-HEMATOTOX"}
        | {"role": "points", "item": item, "unit": UNITS[item], "points": points}
        | {"low": low, "high": high, "low_open": points > 0, "high_open": False}
        | {"source_id": "made2000"}
        for item in items
        for points, low, high in ((0, None, 50), (3, 50, None))
    ]
    frame = pd.concat([table, pd.DataFrame(made)], ignore_index=True).astype(table.dtypes)
    return overlay({"risk_scores": frame})


def test_points_that_no_page_states_are_not_guessed():
    """Without rows there is no score, and the message names what is missing."""
    expected = "no points of CAR-HEMATOTOX for platelets, anc, haemoglobin, crp, ferritin"
    with pytest.raises(MissingRules, match=expected):
        car_hematotox(**PATIENT)


def test_one_item_without_points_is_enough_to_refuse():
    """Four items of five make no score."""
    four = ("platelets", "ANC", "haemoglobin", "CRP")
    with _with_points(four), pytest.raises(MissingRules, match="for ferritin; add the rows"):
        car_hematotox(**PATIENT)


def test_points_are_added_and_grouped():
    """Two values above 50 give three points each, and six points are high risk."""
    with _with_points():
        score = car_hematotox(**PATIENT)
    assert 6 == score.points
    assert "high" == score.group
    expected = {"platelets_1e9_l": 3, "anc_1e9_l": 0, "haemoglobin_g_dl": 0}
    assert {**expected, "crp_mg_dl": 0, "ferritin_ng_ml": 3} == score.items
    assert "made2000" in score.sources


def test_an_end_belongs_to_one_band():
    """A value at the edge is in the band that includes it."""
    with _with_points():
        assert 0 == car_hematotox(**{**PATIENT, "platelets_1e9_l": 50, "ferritin_ng_ml": 50}).points


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("anc_1e9_l", 1200, "per microlitre, of which 1000 are one"),
        ("haemoglobin_g_dl", 82, "in g/L, of which 10 are one g/dL"),
        ("ferritin_ng_ml", 0.9, "in µg/mL, of which one is 1000 ng/mL"),
    ],
)
def test_values_in_another_unit_are_noticed(name, value, message):
    """A value that is ordinary in another unit draws a warning that names it."""
    with _with_points(), pytest.warns(UnitWarning, match=message):
        car_hematotox(**{**PATIENT, name: value})


def test_missing_values_are_refused():
    """A score needs all five."""
    with pytest.raises(ValueError, match="crp_mg_dl"):
        car_hematotox(**{**PATIENT, "crp_mg_dl": None})
