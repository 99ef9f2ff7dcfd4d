"""Risk scores: areas under the curve and their groups."""

from __future__ import annotations

import pandas as pd

from cartreview.evidence.risk_scores import aucs, groups_of

BASE = {
    "score": "S",
    "source_id": "a",
    "outcome": "x",
    "population": "p",
    "measure": "AUC",
    "value": 0.7,
    "value_unit": "probability",
    "group": None,
    "events": None,
}


def test_areas_of_one_scale():
    """Percentages become probabilities; other measures and longer names are left out."""
    rows = pd.DataFrame(
        [
            {**BASE, "value": 80.0, "value_unit": "percent"},
            BASE,
            {**BASE, "measure": "sensitivity"},
            {**BASE, "score": "S-2"},
        ]
    )
    found = aucs(rows, "S")
    assert [0.7, 0.8] == found["auc"].tolist()


def test_groups_of_the_same_patients():
    """Groups of another population or without a count are not those of the area."""
    rows = pd.DataFrame(
        [
            BASE,
            {**BASE, "measure": "incidence", "group": "high", "events": 5},
            {**BASE, "measure": "incidence", "group": "high", "events": 9, "population": "q"},
            {**BASE, "measure": "incidence", "group": "low"},
        ]
    )
    assert [1] == groups_of(rows, rows.iloc[0]).index.tolist()
