"""Other toxicities: measures of whole cohorts, and what is seldom."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.other_toxicities import (
    admitted,
    beside,
    counted_of,
    measured,
    one_source,
    seldom,
)


def _rows(*rows):
    base = {
        "toxicity": "intensive care",
        "measure": "patients admitted to intensive care",
        "cohort": "A",
        "arm": None,
        "source_id": "s",
        "events": 10,
        "denominator": 100,
        "denominator_kind": "infused",
        "percent": None,
    }
    frame = pd.DataFrame([{**base, **row} for row in rows])
    return frame.astype({"events": "Int64", "denominator": "Int64", "percent": "Float64"})


def test_admissions_by_reason():
    """Admissions for a reason are no admissions for any reason, nor the other way round."""
    every = _rows({}, {"measure": "patients admitted to intensive care for neurotoxicity"})
    assert [0] == admitted(every).index.tolist()
    assert [1] == admitted(every, "for neurotoxicity").index.tolist()


def test_admissions_of_all_infused():
    """Subgroups, arms and cohorts without a count are left out."""
    rows = _rows({"denominator_kind": "subgroup"}, {"arm": "x"}, {"events": None}, {})
    assert [3] == admitted(rows).index.tolist()


@pytest.mark.parametrize(("events", "answer"), [(2, True), (10, None), (40, False)])
def test_seldom(events, answer):
    """Seldom needs an interval that lies on one side of one in ten."""
    assert answer is seldom(_rows({"events": events}))


def test_beside_takes_one_cohort():
    """Two measures are of one cohort and source, the largest that states both."""
    rows = _rows(
        {"measure": "x", "denominator": 50},
        {"measure": "y", "denominator": 50},
        {"measure": "x", "cohort": "B", "denominator": 90},
        {"measure": "y", "cohort": "C", "denominator": 95},
    )
    first, second = beside(rows, "x", "y")
    assert ("A", "A", 20.0) == (first["cohort"], second["cohort"], first["share"])
    with pytest.raises(ValueError, match="no cohort states both 'x' and 'z'"):
        beside(rows, "x", "z")


def test_measured_to_the_letter():
    """A measure is matched as a whole, and the lowest share comes first."""
    rows = _rows(
        {"measure": "infection", "percent": 30.0},
        {"measure": "infection, fatal", "percent": 1.0},
        {"measure": "infection", "percent": 20.0},
    )
    found = measured(rows, "intensive care", "infection")
    assert [20.0, 30.0] == found["percent"].tolist()


def test_counted_of_has_shares():
    """A share is of the patients counted."""
    assert [10.0] == counted_of(_rows({}), "patients admitted to intensive care")["share"].tolist()


def test_one_source():
    """All rows of the source that says most are kept; where none speaks of it, that is an error."""
    rows = _rows({"source_id": "a"}, {"source_id": "a", "measure": "x"}, {"source_id": "b"})
    assert [0, 1] == one_source(rows, "^x").index.tolist()
    with pytest.raises(ValueError, match="no row measures 'z'"):
        one_source(rows, "z")
