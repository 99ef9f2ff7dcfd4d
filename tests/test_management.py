"""Recommendations: which stand, and where a corticosteroid comes in."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.management import (
    replaced,
    start_of,
    steroid_by_product,
    steroid_entry,
    treated_grades,
    usual,
)

BASE = {
    "toxicity": "CRS",
    "stance": "recommended",
    "condition": None,
    "as_printed": "",
    "drug": None,
    "grade_low": 2,
    "grade_high": 2,
}


def _rows(*rows):
    frame = pd.DataFrame([{**BASE, **row} for row in rows])
    return frame.astype({"grade_low": "Int64", "grade_high": "Int64"})


STEROID = {"guideline": "A", "kind": "corticosteroid"}
BLOCKADE = {"guideline": "A", "kind": "tocilizumab"}


@pytest.mark.parametrize(
    ("rows", "way"),
    [
        ([{**STEROID, "condition": "After interleukin-6 blockade."}], "after"),
        ([STEROID], "alone"),
        ([{**BLOCKADE, "as_printed": "tocilizumab + corticosteroids"}], "with"),
        ([{**BLOCKADE, "as_printed": "tocilizumab plus dexamethasone"}], "with"),
    ],
)
def test_ways_in(rows, way):
    """A corticosteroid comes after blockade, alone, or in a rule on tocilizumab that names it."""
    assert [way] == steroid_entry(_rows(*rows))["way"].tolist()


def test_a_source_must_state_the_grade():
    """Of a source whose treatment of the grade was not read the lowest grade is not known."""
    higher = {**STEROID, "guideline": "B", "grade_low": 3, "grade_high": 4}
    assert [] == steroid_entry(_rows(higher))["guideline"].tolist()
    at_two = {**BLOCKADE, "guideline": "B"}
    assert [3] == steroid_entry(_rows(higher, at_two))["grade_low"].tolist()


def test_a_text_read_in_part_is_left_out():
    """That no corticosteroid was read at a grade does not say that none is given there."""
    higher = {**STEROID, "guideline": "B", "grade_low": 3, "grade_high": 4}
    at_two = {**BLOCKADE, "guideline": "B"}
    gap = {**at_two, "kind": "treatment as a whole", "stance": "not read"}
    assert [] == steroid_entry(_rows(higher, at_two, gap))["guideline"].tolist()


def test_advice_against_is_no_advice():
    """A rule against corticosteroids does not bring them in."""
    rows = _rows({**STEROID, "stance": "against"}, BLOCKADE)
    assert steroid_entry(rows).empty


def test_by_product():
    """Advice without a grade that names a product is told with the product's short name."""
    early = {**STEROID, "grade_low": None, "grade_high": None}
    rows = _rows({**early, "condition": "Axicabtagene ciloleucel."}, {**early, "condition": "Ill."})
    assert [["axi-cel"]] == steroid_by_product(rows)["products"].tolist()


def test_usual_and_others():
    """A range that ends at the usual number is no usual dose; rows without a number are left."""
    rows = pd.DataFrame({"dose_low": [8, 8, 4, None], "dose_high": [8, 8, 8, None]})
    number, same, others = usual(rows, "dose")
    assert (8, 2, 1) == (number, len(same), len(others))
    with pytest.raises(ValueError, match="no row has a number for dose"):
        usual(rows.iloc[3:], "dose")


def test_interval_with_one_end():
    """An interval that is printed as one number has no high end."""
    rows = pd.DataFrame({"interval_low_h": [8.0, 8.0, 6.0], "interval_high_h": [None, None, None]})
    number, same, others = usual(rows, "interval")
    assert (8.0, 2, 1) == (number, len(same), len(others))


def test_daily_dose():
    """Grams, single doses with an interval and doses a day become milligrams a day."""
    rows = _rows(
        {**STEROID, "drug": "d", "dose_low": 1.0, "dose_unit": "g/day", "interval_low_h": None},
        {**STEROID, "drug": "d", "dose_low": 250.0, "dose_unit": "mg", "interval_low_h": 6.0},
        {**STEROID, "drug": "d", "dose_low": 2.0, "dose_unit": "mg/kg", "interval_low_h": 12.0},
    )
    start, mg, same = start_of(rows, "d", "CRS", grade=2)
    assert (3, 1000.0, 2) == (len(start), mg, len(same))


def test_treated_grades():
    """Watching is no treatment; a range of grades is every grade in it."""
    rows = _rows({**BLOCKADE, "grade_high": 4}, {"guideline": "A", "kind": "monitoring"})
    assert {("CRS", 2), ("CRS", 3), ("CRS", 4)} == treated_grades(rows)


def test_replaced_pairs():
    """A rule stands beside the rule that replaced it."""
    rules = pd.DataFrame(
        {
            "management_id": ["old", "new"],
            "superseded_by": ["new", None],
            "kind": ["monitoring", "monitoring"],
            "action": ["long", "short"],
            "days": [28.0, 14.0],
            "effective": [None, "2025-06"],
        }
    )
    pair = replaced(rules).iloc[0]
    assert ("old", "new", 28.0, 14.0, "2025-06") == tuple(
        pair[["management_id", "new_id", "days", "new_days", "effective"]]
    )
