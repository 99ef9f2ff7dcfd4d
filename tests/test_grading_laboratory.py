"""EASIX and its forms: formulas from the table, units, arrays, what is refused."""

import numpy as np
import pandas as pd
import pytest

import cartreview
from cartreview._tables import overlay
from cartreview.grading import UnitWarning, easix, m_easix, s_easix
from cartreview.grading.laboratory import ANALYTES

VALUES = {"ldh_u_l": 300.0, "creatinine_mg_dl": 1.5, "platelets_1e9_l": 100.0}
MODIFIED = {"ldh_u_l": 300.0, "crp_mg_dl": 2.0, "platelets_1e9_l": 150.0}


def test_formulas():
    """LDH times creatinine by platelets; CRP for creatinine; without creatinine."""
    assert 4.5 == easix(**VALUES)
    assert 4.0 == m_easix(**MODIFIED)
    assert 2.0 == s_easix(ldh_u_l=300, platelets_1e9_l=150)


def test_crp_below_what_is_measured_is_zero():
    """A CRP of 0 is a value."""
    assert 0.0 == m_easix(**{**MODIFIED, "crp_mg_dl": 0})


def test_ten_times_the_crp_is_ten_times_the_score():
    """CRP left in mg/L makes the score ten times too high, which its size need not betray."""
    assert 10 * m_easix(**MODIFIED) == m_easix(**{**MODIFIED, "crp_mg_dl": 20.0})


@pytest.mark.parametrize(
    ("function", "wrong", "message"),
    [
        (m_easix, {"crp_mg_dl": 120}, "crp_mg_dl: found 120, above 50 mg/dL: probably in mg/L"),
        (easix, {"platelets_1e9_l": 150_000}, "platelets_1e9_l: .* probably per microlitre"),
        (easix, {"platelets_1e9_l": 0.15}, r"platelets_1e9_l: .* probably in 10\^12/L"),
        (easix, {"creatinine_mg_dl": 88.4}, "creatinine_mg_dl: .* probably in µmol/L"),
        (easix, {"creatinine_mg_dl": 0.088}, "creatinine_mg_dl: .* probably in mmol/L"),
        (easix, {"ldh_u_l": 4.2}, "ldh_u_l: found 4.2, below 20 U/L: probably in µkat/L"),
        (easix, {"ldh_u_l": 300_000}, "ldh_u_l: .* misplaced by a power of ten"),
    ],
)
def test_values_in_another_unit_are_noticed(function, wrong, message):
    """A value that is ordinary in another unit is used as it stands, with a warning."""
    plain = MODIFIED if function is m_easix else VALUES
    with pytest.warns(UnitWarning, match=message) as warned:
        function(**{**plain, **wrong})
    assert [__file__] == [warning.filename for warning in warned]


def test_ordinary_values_draw_no_warning():
    """Between their limits values are taken without a word, the limits included."""
    for name in VALUES:
        for limit in (ANALYTES[name].low, ANALYTES[name].high):
            assert easix(**{**VALUES, name: limit}) > 0


@pytest.mark.parametrize("bad", [None, float("nan"), "", "300", True, 0, -1, float("inf"), pd.NA])
@pytest.mark.parametrize("name", VALUES)
def test_impossible_values_are_refused(name, bad):
    """What is missing, no number, infinite, 0 or below is refused with what is allowed."""
    unit = ANALYTES[name].unit.replace("^", r"\^")
    with pytest.raises(
        ValueError, match=f"^{name}: found .*; allowed is a number above 0, in {unit}"
    ):
        easix(**{**VALUES, name: bad})


def test_a_number_gives_a_number():
    """One patient gives one float, whatever kind of number came in."""
    assert float is type(easix(**{name: np.float32(value) for name, value in VALUES.items()}))
    assert float is type(easix(ldh_u_l=300, creatinine_mg_dl=1, platelets_1e9_l=100))


@pytest.mark.parametrize(
    "many",
    [
        [150, 300],
        (150, 300),
        np.array([150, 300]),
        pd.array([150, 300], dtype="Int64"),
        np.array([150, 300], dtype=object),
    ],
)
def test_sequences_give_arrays(many):
    """A sequence gives an array; single values hold for all of it."""
    scores = s_easix(ldh_u_l=300, platelets_1e9_l=many)
    assert isinstance(scores, np.ndarray)
    assert [2.0, 1.0] == scores.tolist()


@pytest.mark.parametrize("dtype", ["float64", "int64", "Int64", "Float64", "object"])
def test_series_keep_their_index(dtype):
    """A series gives a series with the same index, named after the score."""
    platelets = pd.Series([150, 300], index=["a", "b"], dtype=dtype)
    scores = s_easix(ldh_u_l=300, platelets_1e9_l=platelets)
    expected = pd.Series([2.0, 1.0], index=["a", "b"], name="s-EASIX")
    pd.testing.assert_series_equal(expected, scores)


def test_none_in_none_out():
    """No patients, no scores."""
    assert [] == s_easix(ldh_u_l=[], platelets_1e9_l=[]).tolist()


def test_bad_values_are_counted():
    """Of many values the first bad ones are shown with their label."""
    values = pd.Series([300, 0, np.nan, 200], index=[*"abcd"])
    message = "ldh_u_l: 2 of 4 values cannot be used; found 0 at 'b', nothing at 'c'; allowed is"
    with pytest.raises(ValueError, match=message):
        s_easix(ldh_u_l=values, platelets_1e9_l=100)


def test_many_in_another_unit_are_counted():
    """One warning for all values of an argument."""
    with pytest.warns(UnitWarning, match=r"found 150000 \(2 of 3 values\), above 2000") as warned:
        s_easix(ldh_u_l=300, platelets_1e9_l=[150_000, 200, 90_000])
    assert 1 == len(warned)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"ldh_u_l": [1, 2], "platelets_1e9_l": [1, 2, 3]}, "ldh_u_l: found 2 values beside 3"),
        ({"ldh_u_l": [300], "platelets_1e9_l": [1, 2, 3]}, "ldh_u_l: found 1 values beside 3"),
        ({"ldh_u_l": [[1, 2]], "platelets_1e9_l": 3}, "a number, or one sequence of numbers"),
        ({"ldh_u_l": [300, "many"], "platelets_1e9_l": 3}, "ldh_u_l: found 'many'"),
        (
            {"ldh_u_l": pd.Series([300, 1]), "platelets_1e9_l": pd.Series([1, 2], index=[1, 0])},
            "platelets_1e9_l: its index is not that of ldh_u_l; align them",
        ),
    ],
)
def test_forms_must_agree(values, message):
    """Lengths and indexes are those of the same patients."""
    with pytest.raises(ValueError, match=message):
        s_easix(**values)


def changed(row, column, value):
    """Change a cell of the scores."""
    frame = cartreview.load("risk_scores")
    frame.loc[frame["score_row_id"] == row, column] = value
    return overlay({"risk_scores": frame})


def test_the_formula_is_read():
    """Where an item stands is a cell of the table."""
    with changed("s-easix-ldh", "place", "denominator"):
        assert 1 / (20 * 2) == s_easix(ldh_u_l=20, platelets_1e9_l=2)
    assert 10.0 == s_easix(ldh_u_l=20, platelets_1e9_l=2)


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (
            "m-easix-crp",
            "unit",
            "mg/L",
            "found .*crp in mg/L.*; expected .*crp in mg/dL",
        ),
        ("m-easix-crp", "item", "ferritin", "found ldh in U/L, ferritin in mg/dL"),
        (
            "m-easix-crp",
            "place",
            None,
            "found ldh in U/L, platelets in .*; expected ldh in",
        ),
    ],
)
def test_a_formula_in_other_units_is_refused(row, column, value, message):
    """Rows that ask for other items or units than the function are not used."""
    with changed(row, column, value), pytest.raises(ValueError, match=message):
        m_easix(**MODIFIED)


def test_analytes_say_why():
    """Each limit has its reason, and lies in order."""
    for analyte in ANALYTES.values():
        assert analyte.reason
        assert analyte.low < analyte.high
