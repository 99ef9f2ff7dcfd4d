"""Markers: comparisons counted by how they came out."""

from __future__ import annotations

import pandas as pd

from cartreview._tables import load
from cartreview.evidence.biomarkers import contested_markers, directions


def _frame(*rows):
    return pd.DataFrame(rows, columns=["analyte", "node_id", "direction", "source_id"])


ROWS = _frame(
    ("IL6", "il6", "higher", "a"),
    ("IL-6, serum", "il6", "higher", "b"),
    ("IL6", "il6", "no difference", "c"),
    ("CRP", None, "higher", "a"),
    ("CRP", None, "higher", "a"),
    ("CRP", None, "lower", "b"),
)


def test_each_direction_is_counted():
    """All directions stand in the count, also those that no row has."""
    found = directions(ROWS)
    assert {"n": 6, "higher": 4, "lower": 1, "same": 1, "present": 0} == found
    assert {0} == set(directions(ROWS[:0]).values())


def test_directions_are_those_of_the_table():
    """Every direction of the table is one that is counted."""
    rows = load("biomarkers")
    found = directions(rows)
    assert len(rows) == found.pop("n") == sum(found.values())


def test_contested_is_higher_and_no_different():
    """Higher beside lower is no contest of this kind; the rows come with their marker."""
    found = contested_markers(ROWS)
    assert {"il6"} == set(found["marker"])
    assert 3 == len(found)
    assert 0 == len(contested_markers(ROWS[:2]))
