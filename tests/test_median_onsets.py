"""Onsets: one stated median a toxicity, cohort and product."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.timing import median_onsets


def _row(**cells):
    base = {"toxicity": "CRS", "study_id": "a-2020", "cohort": "A", "product": "x", "arm": None}
    return {**base, "onset_median": 3.0, "same_patients_as": None, **cells}


def _medians(*rows, **asked):
    return median_onsets(pd.DataFrame(rows), **asked)["onset_median"].tolist()


def test_the_whole_cohort_comes_before_a_part():
    """A part stands in only where nobody states the whole."""
    assert [3.0] == _medians(_row(arm="elderly", onset_median=1.0), _row())
    assert [1.0] == _medians(_row(arm="elderly", onset_median=1.0))


def test_patients_count_once():
    """Rows without a median, and rows whose patients another row has, are left out."""
    again = _row(study_id="b-2021", same_patients_as="a")
    assert [3.0] == _medians(_row(), again, _row(study_id="c-2022", onset_median=None))


def test_toxicities_products_and_cohorts_stand_apart():
    """Each has its own median; which column names the cohort is asked."""
    rows = [_row(), _row(toxicity="neurotoxicity"), _row(product="y"), _row(cohort="B")]
    assert 3 == len(_medians(*rows))
    assert 4 == len(_medians(*rows, cohort="cohort"))


def test_a_missing_column_is_named():
    """The error says which column is missing."""
    with pytest.raises(ValueError, match="column 'onset_median' is missing"):
        median_onsets(pd.DataFrame([_row()]).drop(columns="onset_median"))
