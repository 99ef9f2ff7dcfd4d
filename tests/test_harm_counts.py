"""Harms a row a study: each patient once, zeros in, parts only where they make the whole."""

import pandas as pd
import pytest

from cartreview.evidence.harm_counts import harm_counts, harm_rows

STUDY = pd.DataFrame(
    {"study_id": ["a"], "name": ["A 2020"], "design": ["trial"], "n_treated": [11]}
).astype({"n_treated": "Int64"})
ROW = {
    **dict.fromkeys(["arm", "any_events", "any_percent", "severe_events", "severe_percent"]),
    **dict.fromkeys(["severe_kind", "fatal_events", "same_patients_as"]),
    "study_id": "a",
    "toxicity": "neurotoxicity",
    "term": "ICANS",
    "denominator": 11,
    "denominator_kind": "infused",
    "source_id": "paper",
}
REPORTS = pd.DataFrame(
    {
        "report_id": ["p", "r"],
        "study_id": ["a"] * 2,
        "source_id": ["paper", "review"],
        "kind": ["paper", "review"],
        "scope": ["whole study"] * 2,
        "updates": [None] * 2,
        "repeats": [None] * 2,
    }
)


def table(*rows):
    """Make rows of incidence from what differs."""
    made = pd.DataFrame([{**ROW, "incidence_id": f"i{n}", **row} for n, row in enumerate(rows)])
    counts = ["any_events", "severe_events", "fatal_events", "denominator"]
    percents = ["any_percent", "severe_percent"]
    return made.astype(dict.fromkeys(counts, "Int64") | dict.fromkeys(percents, "Float64"))


def counted(*rows, severity="any", **study):
    """Give what is counted of study a: events and denominator, or nothing."""
    found = harm_counts(
        table(*rows), STUDY.assign(**study), REPORTS, toxicity="neurotoxicity", severity=severity
    )
    return [tuple(row) for row in found[["events", "denominator"]].to_numpy().tolist()]


LEVELS = [{"arm": "1", "any_events": 0, "denominator": 3}]
LEVELS += [{"arm": "2", "any_events": 3, "denominator": 8}]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"any_events": 0}], [(0, 11)]),
        ([{"any_percent": 27.0}], [(3, 11)]),
        (LEVELS, [(3, 11)]),
        (LEVELS[:1], []),
        ([*LEVELS, {"any_events": 2}], [(2, 11)]),
        ([{"arm": "x", "any_events": 1}, {"arm": "y", "any_events": 2}], [(3, 11)]),
        ([{"arm": "x", "any_events": 9}, {"arm": "y", "any_events": 9}], [(11, 11)]),
        ([{"any_events": 1, "denominator_kind": "courses"}], []),
        ([{"any_events": 1, "same_patients_as": "i9"}], []),
        ([{"any_events": 1, "denominator": None}], []),
        ([{"any_events": 4, "source_id": "review"}, {"any_events": 1}], [(1, 11)]),
        ([{"any_events": 1}, {"any_events": 5, "term": "neurotoxicity"}], [(5, 11)]),
        ([{"any_events": 1, "toxicity": "CRS"}], []),
    ],
    ids=[
        *("zero", "percent", "parts", "a part", "whole first", "kinds", "kinds capped"),
        *("courses", "same patients", "no denominator", "makers", "widest term", "other"),
    ],
)
def test_any_grade(rows, expected):
    """One count a study, by the report that stands, of patients alone."""
    assert expected == counted(*rows)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"severe_events": 2, "severe_kind": "grade 3 or higher"}, [(2, 11)]),
        ({"severe_percent": 18.2, "severe_kind": "grade 3"}, [(2, 11)]),
        ({"severe_events": 2, "severe_kind": "grade 4 or higher"}, []),
        ({"severe_events": 2, "severe_kind": "grade 3 or 4"}, []),
        ({"severe_events": 2, "severe_kind": "grade 3 or 4", "fatal_events": 0}, [(2, 11)]),
        ({"severe_events": 0, "severe_kind": "grade 3"}, [(0, 11)]),
        ({"any_events": 0}, []),
        ({"any_events": 4}, []),
    ],
    ids=[
        "count",
        "percent",
        "grade 4",
        "no deaths known",
        "none died",
        "zero",
        "nobody",
        "no grades",
    ],
)
def test_severe(row, expected):
    """The line is at grade 3 with deaths in; a study enters by counting, not by its result."""
    assert expected == counted(row, severity="severe")


def test_parts_need_a_number_treated():
    """Without the number treated nobody can say that parts are the whole; a case is no rate."""
    assert [] == counted(*LEVELS, n_treated=pd.array([None], "Int64"))
    assert [] == counted({"any_events": 0}, design="case report")


def test_rows_behind_a_count():
    """The rows of the report that stands are named, those of others not."""
    rows = table({"any_events": 1}, {"any_events": 4, "source_id": "review"})
    found = harm_counts(rows, STUDY, REPORTS, toxicity="neurotoxicity")
    assert ["i0"] == harm_rows(rows, found, toxicity="neurotoxicity")["incidence_id"].tolist()


def test_rows_behind_no_count_keep_their_columns():
    """Where nothing was counted there is no row, but still a frame of the same columns."""
    rows = pd.DataFrame({"toxicity": ["CRS"], "study_id": ["a"], "source_id": ["paper"]})
    found = harm_rows(rows, rows.head(0), toxicity="TIAN")
    assert found.empty
    assert list(found.columns) == list(rows.columns)
