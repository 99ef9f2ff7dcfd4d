"""Courses: onset and duration, and pairs of toxicities that one source states."""

from __future__ import annotations

import pandas as pd

from cartreview.evidence.timing import at_most, course, paired


def _rows(*rows):
    base = {"product": "p", "source_id": "s", "arm": None, "same_patients_as": None}
    return pd.DataFrame(
        [{**base, "incidence_id": f"{n}-{row['cohort']}", **row} for n, row in enumerate(rows)]
    )


def test_course_over_cohorts():
    """Medians are taken over all rows, cohorts are counted once, rows without either are left."""
    rows = _rows(
        {"cohort": "A", "onset_median": 2.0, "duration_median": None},
        {"cohort": "A", "onset_median": 3.0, "duration_median": 7.0},
        {"cohort": "B", "onset_median": None, "duration_median": None},
    )
    found = course(rows)
    assert (1, 2.0, 3.0, 7.0, 7.0) == (
        found.cohorts,
        found.onset_low,
        found.onset_high,
        found.duration_low,
        found.duration_high,
    )
    assert 2 == len(found.rows)


def test_pairs_take_the_whole():
    """Of a part and the whole of a cohort the whole is compared; other sources are no pair."""
    first = _rows(
        {"cohort": "A", "arm": "part", "share": 90.0}, {"cohort": "A", "share": 50.0}
    ).assign(incidence_id=["part", "whole"])
    second = _rows({"cohort": "A", "share": 60.0}, {"cohort": "A", "source_id": "t", "share": 1.0})
    second["incidence_id"] = ["second", "elsewhere"]
    found = paired(first, second, "share")
    assert (1, 1, 60.0) == (found.more, found.n, found.typical)
    assert {"whole", "second"} == set(found.rows["incidence_id"])


def test_at_most_counts_patients_once():
    """The longest median of a cohort counts; a row that repeats patients does not."""
    rows = _rows(
        {"cohort": "A", "duration_median": 5.0},
        {"cohort": "A", "duration_median": 9.0},
        {"cohort": "B", "duration_median": 7.0},
        {"cohort": "C", "duration_median": 30.0, "same_patients_as": "x"},
    )
    assert {"A": False, "B": True} == at_most(rows, "duration_median", 7).droplevel(1).to_dict()
