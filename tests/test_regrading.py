"""Regrading: the same patients under two scales, and in two sources."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.regrading import first_mention, grade_moves, recounted, regraded

BASE = {
    "study": "S",
    "toxicity": "CRS",
    "denominator": 100,
    "source_id": "s",
    "arm": None,
    "same_patients_as": None,
    "severe_events": None,
    "note": "",
    "design": "regrading",
}


def _rows(*rows):
    return pd.DataFrame([{**BASE, **row} for row in rows])


OLDER = {"incidence_id": "old", "scale": "Penn", "any_events": 60, "design": "trial"}
NEWER = {"incidence_id": "new", "scale": "ASTCT 2019", "any_events": 45}


def test_a_pair():
    """The older scale is read towards the newer one."""
    pair = regraded(_rows(OLDER, NEWER)).iloc[0]
    assert ("Penn", "ASTCT 2019", 0.6, 0.45) == tuple(
        pair[["older", "newer", "older_share", "newer_share"]]
    )
    assert ("old", "new") == (pair["older_id"], pair["newer_id"])


@pytest.mark.parametrize(
    "change",
    [{"denominator": 90}, {"source_id": "t"}, {"toxicity": "neurotoxicity"}, {"design": "trial"}],
)
def test_no_pair(change):
    """Other patients, sources or toxicities are no pair, nor is what nobody regraded."""
    assert regraded(_rows(OLDER, {**NEWER, **change})).empty


def test_largest_change_first():
    """Pairs are ordered by how much the scale changes."""
    same = {**OLDER, "incidence_id": "same", "scale": "Lee 2014", "any_events": 46}
    assert ["old", "same"] == regraded(_rows(same, OLDER, NEWER))["older_id"].tolist()


def test_moves_without_words():
    """A note that tells no moves gives none."""
    assert {"all": 0} == grade_moves("The same data under three scales.")


def test_label_beside_paper():
    """A label's count is set beside the row it repeats, under one named scale."""
    label = {**OLDER, "incidence_id": "label", "design": "label", "same_patients_as": "old"}
    pair = recounted(_rows({**label, "any_events": 70}, OLDER)).iloc[0]
    assert (70, 60) == (pair["events"], pair["other_events"])
    assert recounted(_rows({**label, "scale": "Lee 2014"}, OLDER)).empty


def test_first_mention():
    """The lowest grade that speaks of a thing is kept; footnotes are no description."""
    criteria = pd.DataFrame(
        {
            "scale": ["A", "A", "A", "B"],
            "role": ["description", "description", "footnote", "description"],
            "grade": [3, 2, 1, 4],
            "criterion": ["Vasopressors.", "One vasopressor.", "vasopressor", "Oxygen."],
        }
    )
    assert [2] == first_mention(criteria, ["A", "B"], "vasopressor")["grade"].tolist()
