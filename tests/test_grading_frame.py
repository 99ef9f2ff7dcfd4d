"""Grades of a frame are those of its patients one by one, and bad rows are all named."""

import pydoc
from functools import cache, partial
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cartreview
from cartreview import grading
from cartreview._tables import overlay
from cartreview.grading import (
    Refused,
    grade_crs,
    grade_frame,
    grade_icaht,
    grade_icans,
    grade_icans_capd,
    grade_t_icaht,
    grade_tian,
    scales,
)
from cartreview.grading.scale import ScaleName, scale

# Seeded: the same patients every time.
settings.register_profile("patients", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("patients")

ONE_BY_ONE = {
    "ASTCT CRS": grade_crs,
    "ASTCT ICANS": grade_icans,
    "ASTCT ICANS (children)": grade_icans_capd,
    "TIAN": grade_tian,
    "ICAHT early": partial(grade_icaht, period="early"),
    "T-ICAHT early": partial(grade_t_icaht, period="early"),
    "T-ICAHT late": partial(grade_t_icaht, period="late"),
}
CRS = {"fever": [True, True], "hypotension": ["none", "none"], "hypoxia": ["none", "low-flow"]}


def test_every_scale_has_its_function():
    """What a frame can be graded by, a patient can."""
    assert set(scales()) == set(ONE_BY_ONE)


@cache
def answers(name):
    """Strategy for the answers of one patient that agree with each other."""
    asked = {one.name: st.sampled_from(one.options) for one in scale(name).inputs}

    def possible(patient):
        if "ice" in patient and patient["consciousness"] == "unarousable":
            patient["ice"] = None
        elif "ice" in patient and patient["ice"] is None:
            patient["ice"] = 0
        if "recovery" in patient:
            patient["days_anc_100"] = min(patient["days_anc_100"], patient["days_anc_500"])
            patient["recovery"] = patient["recovery"] if patient["days_anc_500"] else "recovers"
        if "days_plt_50" in patient:
            patient["days_plt_20"] = min(patient["days_plt_20"], patient["days_plt_50"])
        if "below_50" in patient:
            patient["below_50"] &= patient["below_100"]
            patient["days_plt_20"] *= patient["below_50"]
        return patient

    return st.fixed_dictionaries(asked).map(possible)


def typed(frame, dtype):
    """Give the words of a frame another type, as tables that were read in other ways have."""
    words = [column for column in frame if frame[column].dtype == "str"]
    return frame.astype(dict.fromkeys(words, dtype))


@pytest.mark.parametrize("name", scales())
@given(st.data())
def test_a_frame_is_its_patients_one_by_one(name, data):
    """Grade and deciding domains are the same, whatever the types and the index."""
    patients = data.draw(st.lists(answers(name), max_size=6))
    dtype = data.draw(st.sampled_from(["str", "object", "category"]))
    index = [f"p{place % 3}" for place in range(len(patients))]
    frame = pd.DataFrame(patients, columns=[one.name for one in scale(name).inputs], index=index)
    graded = grade_frame(typed(frame, dtype), name)
    one_by_one = [ONE_BY_ONE[name](**patient) for patient in patients]
    assert [grade.value for grade in one_by_one] == graded["grade"].tolist()
    assert [", ".join(grade.decided_by) for grade in one_by_one] == graded["decided_by"].tolist()
    assert index == graded.index.tolist()
    assert ["grade", "decided_by"] == list(graded)


@pytest.mark.parametrize("ice", [[0, None], [0.0, np.nan], pd.array([0, pd.NA], dtype="Int64")])
def test_a_missing_ice_may_come_in_any_type(ice):
    """Missing numbers make floats, objects or integers of pandas' own; all are read."""
    frame = pd.DataFrame({"ice": ice, "consciousness": ["alert", "unarousable"]})
    assert [3, 4] == grade_frame(frame, "ASTCT ICANS")["grade"].tolist()


def test_mixed_capd_is_read():
    """Numbers and the word for a CAPD that cannot be done stand in one column."""
    frame = pd.DataFrame({"capd": [3, "unable", 9.0], "consciousness": "alert"})
    assert [0, 4, 3] == grade_frame(frame, "ASTCT ICANS (children)")["grade"].tolist()


def test_defaults_are_those_of_the_function():
    """Columns of arguments with a default may be left out."""
    assert [1, 2] == grade_frame(pd.DataFrame(CRS), "ASTCT CRS")["grade"].tolist()


def test_an_empty_frame_has_no_grades():
    """No patients, no grades, the same columns."""
    graded = grade_frame(pd.DataFrame(CRS).head(0), "ASTCT CRS")
    assert (0, ["grade", "decided_by"]) == (len(graded), list(graded))


def test_a_frame_is_not_changed():
    """The caller's frame stays as it was."""
    frame = pd.DataFrame(CRS)
    before = frame.copy()
    grade_frame(frame, "ASTCT CRS")
    pd.testing.assert_frame_equal(before, frame)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"hypoxia": None}, "column 'hypoxia' is missing; 'ASTCT CRS' needs it"),
        ({"hypoxemia": "none"}, "column 'hypoxemia' is no argument of 'ASTCT CRS', .*'hypoxia'"),
        ({"grade": 2}, "column 'grade' is what the result has; rename or drop it"),
    ],
)
def test_columns_that_may_be_meant_are_refused(columns, message):
    """A column that would be passed over may be a finding under another name."""
    frame = pd.DataFrame(CRS).assign(**columns).dropna(axis="columns")
    with pytest.raises(ValueError, match=message):
        grade_frame(frame, "ASTCT CRS")


def test_other_columns_are_carried():
    """The number of a patient stands beside the grade, in the order of the frame."""
    frame = pd.DataFrame(CRS).assign(patient=[7, 9], site="B")
    graded = grade_frame(frame, "ASTCT CRS")
    assert ["patient", "site", "grade", "decided_by"] == list(graded)
    assert [7, 9] == graded["patient"].tolist()


def test_a_column_twice_is_refused():
    """Of two columns of one name none is taken."""
    frame = pd.DataFrame(CRS)
    with pytest.raises(ValueError, match="column 'hypoxia' stands there 2 times"):
        grade_frame(pd.concat([frame, frame[["hypoxia"]]], axis=1), "ASTCT CRS")


def test_unknown_scale_is_refused():
    """A scale that is not there is refused with those that are."""
    with pytest.raises(ValueError, match="scale: found 'CRS'; allowed is one of 'ASTCT CRS'"):
        grade_frame(pd.DataFrame(CRS), "CRS")


def test_bad_rows_are_counted_and_the_first_shown():
    """One message counts the bad rows and shows five: row, column, found, allowed."""
    frame = pd.DataFrame({"ice": [10.0] * 9, "consciousness": ["alert"] * 9}, index=[*"abcdefghi"])
    frame.loc[["b", "h", "i"], "ice"] = [np.nan, 11, 2.5]
    frame.loc["c", "consciousness"] = "unarousable"
    frame.loc["d", "consciousness"] = "asleep"
    frame.loc[["e", "b"], "consciousness"] = ["", "alert"]
    with pytest.raises(ValueError, match="6 of 9 rows cannot be graded") as refused:
        grade_frame(frame, "ASTCT ICANS")
    lines = str(refused.value).splitlines()
    assert "ASTCT ICANS: 6 of 9 rows cannot be graded; the first 5:" == lines[0]
    assert 6 == len(lines)
    expected = [
        ("'b'", "'ice'", "nothing"),
        ("'c'", "'ice'", "10"),
        ("'d'", "'consciousness'", "'asleep'"),
        ("'e'", "'consciousness'", "nothing"),
        ("'h'", "'ice'", "11.0"),
    ]
    for (row, column, found), line in zip(expected, lines[1:], strict=True):
        assert line.startswith(f"    row {row}, column {column}: found {found}; allowed is ")


def test_bad_rows_are_returned_beside_the_grades():
    """What can be graded is; every cell that cannot be read comes with what is allowed."""
    frame = pd.DataFrame(
        {"patient": range(4), "ice": [10, 11, 7, 10],
         "consciousness": ["alert", "asleep", "alert", "unarousable"]},
        index=[*"abcd"],
    )  # fmt: skip
    graded, refused = grade_frame(frame, "ASTCT ICANS", errors="coerce")
    assert [0, pd.NA, 1, pd.NA] == graded["grade"].tolist()
    assert [False, True, False, True] == graded["decided_by"].isna().tolist()
    assert [0, 1, 2, 3] == graded["patient"].tolist()
    assert [["b", "ice", 11], ["b", "consciousness", "asleep"], ["d", "ice", 10]] == refused[
        ["row", "column", "value"]
    ].values.tolist()
    assert "0 or None with consciousness 'unarousable'" == refused["allowed"].iloc[2]
    ok, none = grade_frame(frame.loc[["a", "c"]], "ASTCT ICANS", errors="coerce")
    assert [0, 1] == ok["grade"].tolist()
    assert (0, list(refused)) == (len(none), list(none))
    with pytest.raises(ValueError, match="errors must be 'raise' or 'coerce'; found 'ignore'"):
        grade_frame(frame, "ASTCT ICANS", errors="ignore")


def test_what_is_refused_is_a_value_error_of_the_package():
    """Who grades one by one can catch what cannot be, and ask what is allowed."""
    with pytest.raises(Refused) as refused:
        grading.grade_crs(fever=True, hypotension="low", hypoxia="none")
    assert ("hypotension", "low") == (refused.value.name, refused.value.value)
    assert refused.value.allowed.startswith("one of 'none'")


def test_names_of_scales_are_types():
    """A type checker knows the scales."""
    assert scales() == get_args(ScaleName)


@pytest.mark.parametrize("name", grading.__all__)
def test_help_shows_no_addresses(name):
    """A default that means nothing is shown as such."""
    assert " object at 0x" not in pydoc.render_doc(getattr(grading, name))


@pytest.mark.parametrize("fever", [[True, 1], [1, True], [True, None], [True, "yes"], [[], True]])
def test_objects_are_told_apart_by_type(fever):
    """1 equals True, and is refused in a frame as it is for one patient."""
    frame = pd.DataFrame({**CRS, "fever": pd.Series(fever, dtype="object")})
    with pytest.raises(ValueError, match="1 of 2 rows cannot be graded"):
        grade_frame(frame, "ASTCT CRS")


def test_changed_rules_change_frames():
    """A lookup is made anew when the table changes."""
    frame = pd.DataFrame(CRS)
    rules = cartreview.load("grading_criteria")
    rules.loc[rules["criterion_id"] == "astct-crs-hypoxia-2", "grade"] = 3
    with overlay({"grading_criteria": rules}):
        assert [1, 3] == grade_frame(frame, "ASTCT CRS")["grade"].tolist()
    assert [1, 2] == grade_frame(frame, "ASTCT CRS")["grade"].tolist()
