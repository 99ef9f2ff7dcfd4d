"""Prevention and treatment: what was tried, and within which time it was counted."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.prevention import days_of, responded, tried


def _rows(*rows):
    base = {"agent": "a", "agent_class": "c", "species": "human", "setting": "treatment"}
    return pd.DataFrame([{**base, "outcome": "response", "percent": None, **row} for row in rows])


@pytest.mark.parametrize(
    ("outcome", "percent", "answer"),
    [
        ("response within 12 hours", 80.0, True),
        ("response within 12 hours", 20.0, False),
        ("response within 14 days", 80.0, None),
        ("response within 14 days", 20.0, False),
        ("response", 80.0, None),
        ("response within 12 hours", None, None),
    ],
)
def test_responded_within_a_day(outcome, percent, answer):
    """A longer time answers a shorter one only when few responded in it."""
    rows = _rows({"outcome": outcome, "percent": percent}).astype({"percent": "Float64"})
    assert answer is responded(rows, within_days=1)


def test_weeks_are_days():
    """A week has seven days."""
    assert [21.0] == days_of(_rows({"outcome": "resolved within 3 weeks"}))


def test_tried_in_people():
    """Mice, other settings and other agents are left out."""
    rows = _rows(
        {"agent": "anakinra"},
        {"agent": "anakinra", "species": "mouse"},
        {"agent": "anakinra", "setting": "prophylaxis"},
        {"agent": "tocilizumab"},
    )
    assert [0] == tried(rows, setting="treatment", agent="anakinra").index.tolist()
    assert 2 == len(tried(rows, setting="treatment", agent_class="c", outcome="^resp"))
