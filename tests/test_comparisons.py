"""Responses compared: groups, ways of counting, other choices; nothing looks at who responded."""

import pandas as pd
import pytest

from cartreview.evidence.comparisons import (
    overlapping,
    response_groups,
    response_sensitivity,
    response_ways,
)

COLUMNS = "study_id delivery events denominator n_treated antigens criterion population"
REPORT = {"updates": None, "repeats": None, "scope": "whole study"}


def pool(*rows, **more):
    """Make studies of a pool: key, delivery, events, denominator, treated, antigens."""
    made = pd.DataFrame([(*row, None, None) for row in rows], columns=COLUMNS.split())
    base = {"tumour_groups": "high-grade glioma", "lymphodepletion": None, "why_not": ""}
    base |= {"registrations": None, "note": None, "source_id": "paper"}
    made = made.assign(**{**base, **more})
    return made.astype({"events": "Int64", "denominator": "Int64", "n_treated": "Int64"})


FOUR = [
    ("a", "local", 1, 10, 12, "EGFR"),
    ("b", "local", 0, 10, 10, "EGFRvIII"),
    ("c", "local", 2, 10, 10, "EGFR;EGFRvIII"),
    ("d", "IV", 5, 10, 10, "EGFR;HER2"),
]


def reports(*kinds):
    """Make a report of each of the four studies."""
    rows = [
        {"report_id": key, "study_id": key, "source_id": "paper", "kind": kind, **REPORT}
        for key, kind in zip("abcd", kinds, strict=True)
    ]
    return pd.DataFrame(rows)


def test_a_mutant_and_its_receptor_are_one_antigen():
    """EGFR and EGFRvIII stand together, another antigen beside them is several."""
    found = response_groups(pool(*FOUR), ["antigen"]).set_index("group")
    assert {"EGFR": 3, "several": 1} == found["k"].to_dict()


def test_a_small_group_is_not_pooled():
    """Groups of fewer than three studies show counts and no estimate; each study stands once."""
    found = response_groups(pool(*FOUR), ["delivery", "population"]).set_index("group")
    assert [3, 5] == [found.loc[name, "events"] for name in ("local", "IV")]
    assert pd.isna(found.loc["IV", "estimate"])
    assert found.loc["local", "estimate"] > 0
    assert 4 == found.loc["not stated", "k"]


def test_what_is_unknown_stands_last():
    """The group of which nothing is stated is no finding, however large."""
    rows = pool(*FOUR, population=["adult", None, None, None])
    assert ["adult", "not stated"] == response_groups(rows, ["population"])["group"].tolist()


def test_an_unknown_grouping_is_refused():
    """A mistyped grouping is said to be none."""
    with pytest.raises(ValueError, match=r"grouping must be one of .*; found 'weather'"):
        response_groups(pool(*FOUR), ["weather"])


def test_groups_do_not_see_responses():
    """Turned into non-responders everybody stays in the same group."""
    rows = pool(*FOUR)
    none = rows.assign(events=0).astype({"events": "Int64"})
    columns = ["grouping", "group", "k", "denominator"]
    before, after = (response_groups(part)[columns] for part in (rows, none))
    assert before.to_numpy().tolist() == after.to_numpy().tolist()


OUTCOMES = {"denominator_kind": "evaluable", "source_id": "paper", "endpoint": "tumour shrinkage"}


def ways(*outcomes, studies=FOUR, **more):
    """Give the counts of each way and delivery."""
    columns = ["study_id", "arm", "events", "denominator"]
    rows = pd.DataFrame([*outcomes], columns=columns).assign(**OUTCOMES)
    rows = rows.astype({"events": "Int64", "denominator": "Int64"})
    found = response_ways(pool(*studies, **more), rows, reports(*["paper"] * 4))
    pairs = zip(found["way"], found["group"], strict=True)
    counts = zip(found["k"], found["events"], found["denominator"], strict=True)
    return dict(zip(pairs, counts, strict=True))


def test_every_way_counts_its_own():
    """Judged, treated, without lymphodepletion, and with shrinkage: each its denominators."""
    found = ways(("a", None, 6, 8), lymphodepletion=[None, "fludarabine", None, None])
    assert (3, 3, 30) == found["response, of those judged", "local"]
    assert (3, 3, 32) == found["response, of those treated", "local"]
    assert (2, 3, 20) == found["response, without lymphodepletion", "local"]
    assert (3, 8, 28) == found["response or any shrinkage", "local"]
    assert (1, 5, 10) == found["response or any shrinkage", "IV"]


def test_shrinkage_in_a_part_of_the_patients_does_not_count():
    """An arm of one patient whose tumour shrank does not stand for its study."""
    found = ways(("a", "one patient", 1, 1))
    assert (3, 3, 30) == found["response or any shrinkage", "local"]


def test_other_choices_leave_out_what_they_say():
    """Conference reports, what is known from a review alone, and sharers go one by one."""
    rows = pool(*FOUR, note=[None, "Probably shares patients with d.", None, None])
    found = response_sensitivity(rows, reports("paper", "paper", "review", "abstract"))
    assert [4, 3, 2, 3, 4] == found["k"].tolist()
    assert [40, 30, 20, 30, 42] == found["denominator"].tolist()


@pytest.mark.parametrize(
    ("note", "out"),
    [
        ("Probably the ten patients of d, the same cells; no page says so.", True),
        ("May overlap with other series.", True),
        ("Patients of the same centre may stand in d.", True),
        ("Has the same antigen as d, which no page confirms.", False),
        ("The one patient of 2016 is counted in the whole.", False),
        (None, False),
    ],
)
def test_a_note_that_patients_may_be_shared(note, out):
    """What a curator suspects is left out; what is only alike is not."""
    rows = pool(*FOUR, note=[note, None, None, None])
    assert (["a"] if out else []) == overlapping(rows)


def test_the_larger_of_one_registration_stays():
    """Of two studies with one registration the larger stands."""
    rows = pool(*FOUR, registrations=["NCT1", "NCT2;NCT1", None, None])
    assert ["b"] == overlapping(rows)
