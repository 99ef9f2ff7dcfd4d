"""Imaging: under which denominators a finding has a share, and which shares are alike."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.imaging import (
    KINDS,
    answers,
    counted_findings,
    denominators,
    findings_by_denominator,
    named_findings,
    placed_findings,
    poolable_findings,
    region_shares,
    single_patients,
    studies_in,
)

STRATI = {"n_treated": 100, "n_neurotoxicity": 68, "n_imaged": 38}


def _row(key="a-mri", **cells):
    base = {
        "finding_id": key,
        "cohort": key.split("-")[0].upper(),
        "product": "axicabtagene ciloleucel",
        "disease": "B-cell lymphoma",
        "modality": "MRI",
        "finding": "any abnormality",
        "events": 14,
        "denominator": 38,
        "denominator_kind": "imaged",
        "percent": None,
        "n_treated": None,
        "n_neurotoxicity": None,
        "n_imaged": None,
        "source_id": "s2020",
    }
    return {**base, **cells}


def _frame(*rows):
    counts = ["events", "denominator", "n_treated", "n_neurotoxicity", "n_imaged"]
    return pd.DataFrame(list(rows)).astype({**dict.fromkeys(counts, "Int64"), "percent": "Float64"})


def _found(*rows):
    columns = ["kind", "events", "denominator", "how"]
    return [tuple(row) for row in denominators(_frame(*rows))[columns].to_numpy().tolist()]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("imaged with neurotoxicity", {"with neurotoxicity": 68, "treated": 100}),
        ("imaged", {"treated": 100}),
        ("with neurotoxicity", {"treated": 100}),
        ("treated", {"imaged": 38}),
        ("abnormal imaging", {"imaged": 38, "treated": 100}),
        ("not stated", {"imaged": 38, "treated": 100}),
        ("severe neurotoxicity", {}),
        ("scans", {}),
    ],
)
def test_other_denominators(kind, expected):
    """A count is set against the patients of whom those counted are a part, and no others."""
    stated, *computed = _found(_row(denominator=20, denominator_kind=kind, **STRATI))
    assert (kind, 14, 20, "stated") == stated
    assert [(other, 14, size, "computed") for other, size in expected.items()] == computed


def test_without_a_denominator():
    """A count whose denominator is not printed has computed shares only."""
    row = _row(denominator=None, denominator_kind="imaged with neurotoxicity", **STRATI)
    expected = [("with neurotoxicity", 14, 68, "computed"), ("treated", 14, 100, "computed")]
    assert expected == _found(row)


@pytest.mark.parametrize(
    "cells",
    [
        {"denominator_kind": "case", "events": 1, "denominator": 1, "n_treated": 50},
        {"events": None, "n_treated": 50},
        {"events": None, "percent": 11, "denominator": None, "n_treated": 50},
    ],
)
def test_left_out(cells):
    """Single cases and rows that fix no count have no share."""
    assert [] == _found(_row(**cells))


def test_rebuilt_from_a_percentage():
    """A percentage with its denominator gives the nearest count, and says so."""
    found = denominators(_frame(_row(events=None, percent=37, n_treated=100)))
    assert [14, 14] == found["events"].tolist()
    assert [True, True] == found["back_calculated"].tolist()


@pytest.mark.parametrize("sizes", [{"n_treated": 37}, {"n_treated": 13}])
def test_too_small_to_hold_them(sizes):
    """Patients fewer than those counted among cannot hold them."""
    assert [("imaged", 14, 38, "stated")] == _found(_row(**sizes))


def test_fewer_imaged_than_events():
    """Fewer examined than with the finding: the numbers are of other patients."""
    row = _row(denominator=100, denominator_kind="treated", n_imaged=13)
    assert [("treated", 14, 100, "stated")] == _found(row)


def test_stated_comes_before_computed():
    """What a cohort states is not repeated as computed, whichever row comes first."""
    own = _row("a-treated", denominator=100, denominator_kind="treated")
    expected = [("imaged", 14, 38, "stated"), ("treated", 14, 100, "stated")]
    assert expected == _found(_row("a-imaged", n_treated=100), own)
    assert expected[::-1] == _found(own, _row("a-imaged", n_treated=100))


def test_equal_counts_of_two_rows_stay():
    """Two kinds of a finding in equally many patients are two rows under each denominator."""
    rows = [_row(key, events=5, n_treated=206) for key in ("a-one", "a-two")]
    assert [("imaged", 5, 38, "stated"), ("treated", 5, 206, "computed")] * 2 == _found(*rows)


def test_rows_without_a_column():
    """A frame without a column that is read is refused by its name."""
    with pytest.raises(ValueError, match="column 'n_imaged' is missing"):
        denominators(_frame(_row()).drop(columns="n_imaged"))


def test_like_with_like_takes_one_kind():
    """One row a cohort, under the kind asked for, with the columns that a forest plot reads."""
    frame = _frame(_row("b-mri", n_treated=80), _row("a-mri", denominator=50, n_treated=90))
    found = poolable_findings(frame, "any abnormality", "treated")
    columns = ["study_id", "study", "events", "denominator", "source_id", "how"]
    expected = [["a-mri", "A", 14, 90, "s2020", "computed"]]
    expected += [["b-mri", "B", 14, 80, "s2020", "computed"]]
    assert expected == found[columns].to_numpy().tolist()


def test_like_with_like_prefers_stated_then_most():
    """Of several rows of a cohort a stated one comes first, then the one with most patients."""
    rows = [
        _row("a-some", events=3),
        _row("a-most", events=9),
        _row(
            "a-parts", events=12, denominator=20, denominator_kind="abnormal imaging", n_imaged=38
        ),
    ]
    (found,) = poolable_findings(_frame(*rows), "any abnormality", "imaged").to_dict("records")
    assert ("a-most", 9, 3) == (found["study_id"], found["events"], found["of_rows"])


def test_like_with_like_without_any():
    """No cohort under this kind gives no row, and the columns stay."""
    found = poolable_findings(_frame(_row()), "any abnormality", "treated")
    assert 0 == len(found)
    assert {"study_id", "study", "events", "denominator", "of_rows"} <= set(found)


def test_never_across_modalities():
    """An abnormal EEG and an abnormal MRI are not one finding."""
    frame = _frame(_row(), _row("b-eeg", modality="EEG"))
    with pytest.raises(ValueError, match="must have one modality; found EEG, MRI: choose one"):
        poolable_findings(frame, "any abnormality", "imaged")


@pytest.mark.parametrize(
    ("finding", "kind", "message"),
    [
        ("infarct", "imaged", "finding must be one of .*: any abnormality; found 'infarct'"),
        ("any abnormality", "everybody", "kind must be one of .*treated.*; found 'everybody'"),
    ],
)
def test_no_such_word(finding, kind, message):
    """A finding or kind that does not exist is refused with those there are."""
    with pytest.raises(ValueError, match=message):
        poolable_findings(_frame(_row()), finding, kind)


def test_kinds_are_listed_once():
    """Single cases are no denominator; every other kind is named once."""
    assert "case" not in KINDS
    assert len(KINDS) == len(set(KINDS))


def test_findings_are_named_by_their_study():
    """Reports of one study share its name; a review, which is of no study, keeps its own."""
    rows = pd.DataFrame({"study_id": ["a", "a", None], "cohort": ["A 1", "A 2", "Review"]})
    studies = pd.DataFrame({"study_id": ["a"], "name": ["A 2020"]})
    named = named_findings(rows, studies)
    assert ["A 2020", "A 2020", "Review"] == named["name"].tolist()
    assert 2 == studies_in(named)


def test_counts_of_cohorts_come_largest_first():
    """Single cases, rows without a count and other findings are left out; equals by events."""
    rows = _frame(
        _row("a", events=1, denominator=20),
        _row("b", events=2, denominator=20, denominator_kind="treated"),
        _row("c", denominator=50),
        _row("d", events=None),
        _row("e", denominator=None),
        _row("f", events=1, denominator=1, denominator_kind="case"),
        _row("g", finding="infarct"),
    )
    assert ["c", "b", "a"] == counted_findings(rows, "any abnormality")["finding_id"].tolist()
    of_treated = counted_findings(rows, "any abnormality", "treated")
    assert ["b"] == of_treated["finding_id"].tolist()
    assert 0 == len(counted_findings(rows, "nothing"))


def test_answers_stand_by_way_of_looking():
    """EEG and images of structure apart, each name once, other modalities and silence left out."""
    rows = pd.DataFrame(
        [("B", "EEG", "associated"), ("A", "EEG", "associated"), ("A", "EEG", "associated"),
         ("C", "spine MRI", "no association"), ("D", "FDG-PET", "associated"), ("E", "MRI", None)],
        columns=["name", "modality", "occurrence_association"],
    )  # fmt: skip
    found = {"eeg": {"yes": ["A", "B"], "no": []}, "images": {"yes": [], "no": ["C"]}}
    assert found == answers(rows, "occurrence_association")


def _placed(cohort, regions, **cells):
    return _row(cohort=cohort, finding="infarct", regions=regions, **cells)


def test_findings_have_places():
    """Baseline and nobody seen have none; a part of the brainstem is the brainstem too."""
    rows = _frame(
        _placed("A", "pons;thalamus"),
        _placed("B", "medulla", denominator_kind="case"),
        _placed("C", "thalamus") | {"finding": "baseline abnormality"},
        _placed("D", "thalamus", events=0),
        _placed("E", "thalamus", events=None, denominator=None),
    )
    kinds = placed_findings(rows).groupby("region")["kind"].agg(list).to_dict()
    assert ["series", "cases"] == kinds["brainstem"]
    assert ["series", "named"] == kinds["thalamus"]


def test_region_shares_count_a_patient_once():
    """Of a cohort's findings in a region the most frequent stands; cohorts are summed."""
    rows = _frame(
        _placed("A", "thalamus", events=3),
        _placed("A", "thalamus", events=5),
        _placed(
            "B", "thalamus", events=1, denominator=2, denominator_kind="imaged with neurotoxicity"
        ),
    )
    (found,) = region_shares(rows).to_dict("records")
    assert (2, 6, 40) == (found["cohorts"], found["events"], found["examined"])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"denominator_kind": "case", "events": 1, "denominator": 1}, (1, 0)),
        ({"denominator_kind": "treated"}, (1, 0)),
        ({"events": None, "denominator": None}, (0, 1)),
    ],
)
def test_region_shares_need_patients_examined(cells, expected):
    """Single patients, shares of all treated and texts give no share."""
    (found,) = region_shares(_frame(_placed("A", "thalamus", **cells))).to_dict("records")
    assert (0, *expected) == (found["cohorts"], found["cases"], found["told"])
    assert pd.isna(found["events"])


def _summary_row(key="a-mri", **cells):
    return _row(key, **{"name": "A 2020", "study_id": "a-2020", **cells})


def test_the_summary_has_one_count_a_study_and_denominator():
    """Stated before computed, then the most; kinds of a finding are not the finding."""
    rows = _frame(
        _summary_row("a-all", denominator=100, denominator_kind="treated"),
        _summary_row("a-mri", n_treated=100),
        _summary_row("a-less", events=3),
        _summary_row("a-kind", events=2, denominator=14, denominator_kind="abnormal imaging"),
    )
    found = findings_by_denominator(rows)
    told = found[["kind", "events", "denominator", "how"]].to_numpy().tolist()
    assert [["treated", 14, 100, "stated"], ["imaged", 14, 38, "stated"]] == told


@pytest.mark.parametrize(
    ("cells", "group"),
    [
        ({"modality": "CT"}, "MRI or CT"),
        ({"modality": "EEG"}, "EEG"),
        ({"disease": "CNS lymphoma"}, "tumour or lymphoma of the CNS"),
        ({"modality": "FDG-PET"}, None),
        ({"finding": "baseline abnormality"}, None),
        ({"finding": "change of treatment"}, None),
    ],
)
def test_the_summary_has_parts(cells, group):
    """Structure, EEG and tumours of the CNS stand apart; what is no new finding is left out."""
    found = findings_by_denominator(_frame(_summary_row(**cells)))
    assert [group] * (group is not None) == found["group"].tolist()


def test_single_patients_are_counted_by_name():
    """A patient with two rows of a finding counts once; nobody seen is no patient."""
    case = {"denominator_kind": "case", "events": 1, "denominator": 1}
    rows = _frame(
        _summary_row("a-one", **case),
        _summary_row("a-two", **case),
        _summary_row("b-one", name="B 2021", **case),
        _summary_row("c-one", name="C 2021", **(case | {"events": 0})),
        _summary_row("d-one", name="D 2021"),
    )
    assert [2] == single_patients(rows)["patients"].tolist()
