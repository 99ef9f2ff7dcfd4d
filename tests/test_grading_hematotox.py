"""CAR-HEMATOTOX: points are read from rows, edges where restatements differ are told.

What written cases are worth stands in ``test_grading_cases.py``. Points here that are made up are
marked so, so that nobody takes them for the score's own.
"""

from __future__ import annotations

import pytest

from cartreview import load
from cartreview._tables import overlay
from cartreview.grading import MissingRules, UnitWarning, car_hematotox
from cartreview.grading.points import SECOND_HAND

WELL = {
    "platelets_1e9_l": 220,
    "anc_1e9_l": 3.4,
    "haemoglobin_g_dl": 12.4,
    "crp_mg_dl": 0.8,
    "ferritin_ng_ml": 180,
}


def without(*keys):
    """Take rows away."""
    frame = load("risk_scores")
    return overlay({"risk_scores": frame[~frame["score_row_id"].isin(keys)]})


def test_an_item_without_points_is_refused():
    """Four items of five make no score, and the message names what is missing."""
    ferritin = (f"car-hematotox-ferritin-{points}" for points in range(3))
    with without(*ferritin), pytest.raises(MissingRules, match="for ferritin; add the rows"):
        car_hematotox(**WELL)


def test_bands_with_a_hole_are_refused():
    """A value that no band holds, and a sum that no group holds, are refused."""
    crp = ("car-hematotox-crp-0", "car-hematotox-crp-1")
    with without(*crp), pytest.raises(MissingRules, match="for crp"):
        car_hematotox(**WELL)
    with without("car-hematotox-platelets-0"), pytest.raises(ValueError, match="no band of CAR-H"):
        car_hematotox(**WELL)
    low = ("car-hematotox-low", "car-hematotox-low-myeloma")
    with without(*low), pytest.raises(ValueError, match="holds 0 for the sum; mend its rows"):
        car_hematotox(**WELL)


@pytest.mark.parametrize(
    ("name", "value", "points", "told"),
    [
        ("platelets_1e9_l", 75, 1, "1 here and 2 by another one."),
        ("platelets_1e9_l", 74.9, 2, ""),
        ("platelets_1e9_l", 175, 1, ""),
        ("platelets_1e9_l", 175.1, 0, ""),
        ("anc_1e9_l", 1.2, 0, ""),
        ("anc_1e9_l", 1.19, 1, ""),
        ("haemoglobin_g_dl", 9, 0, "0 here and 1 by another one."),
        ("haemoglobin_g_dl", 8.9, 1, ""),
        ("crp_mg_dl", 3, 1, ""),
        ("crp_mg_dl", 2.9, 0, ""),
        ("ferritin_ng_ml", 650, 1, ""),
        ("ferritin_ng_ml", 649, 0, ""),
        ("ferritin_ng_ml", 2000, 1, ""),
        ("ferritin_ng_ml", 2001, 2, ""),
    ],
)
def test_values_on_an_edge(name, value, points, told):
    """An edge belongs to one band, and where restatements differ the result says so."""
    score = car_hematotox(**{**WELL, name: value})
    assert points == score.items[name] == score.points
    edges = [note for note in score.notes if "edge" in note]
    assert [True] * bool(told) == [note.endswith(told) for note in edges]


def test_an_edge_that_turns_the_group_is_told():
    """Both edges at once: low here, high by the other restatement."""
    score = car_hematotox(**{**WELL, "platelets_1e9_l": 75, "haemoglobin_g_dl": 9})
    assert ("low", "By the other restatement: 3 (high).") == (score.group, score.notes[2])


def test_points_read_second_hand_say_so():
    """The note goes when the rows were read in the paper."""
    assert SECOND_HAND == car_hematotox(**WELL).notes[-1]
    frame = load("risk_scores")
    frame.loc[frame["role"] == "points", "verification"] = "table"
    with overlay({"risk_scores": frame}):
        assert () == car_hematotox(**WELL).notes


def test_points_are_read():
    """A changed row is a changed sum (made-up points), and the sources are those of the rows."""
    frame = load("risk_scores")
    frame.loc[frame["score_row_id"] == "car-hematotox-crp-0", "points"] = 4
    with overlay({"risk_scores": frame}):
        assert (4, "high") == (car_hematotox(**WELL).points, car_hematotox(**WELL).group)
    assert "hematotoxnotend" in car_hematotox(**WELL).sources


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
    with pytest.warns(UnitWarning, match=message):
        car_hematotox(**{**WELL, name: value})


def test_missing_values_are_refused():
    """A score needs all five."""
    with pytest.raises(ValueError, match="crp_mg_dl"):
        car_hematotox(**{**WELL, "crp_mg_dl": None})


def test_a_score_tells_itself():
    """It prints as a sentence, shows as a list, and is a number where one is needed."""
    score = car_hematotox(**WELL)
    assert str(score).startswith("CAR-HEMATOTOX 0 (low). The points were read")
    assert "<b>CAR-HEMATOTOX 0</b>" in score._repr_html_()
    assert 0 == int(score)
