"""Median times: one report a study, in months, each with its clock."""

import pandas as pd
import pytest

from cartreview.evidence.survival import median_times

COLUMNS = "study_id arm endpoint value unit clock timepoint interval_low interval_high source_id"
REPORTS = pd.DataFrame(
    {
        "report_id": ["p", "r"],
        "study_id": ["a", "a"],
        "source_id": ["paper", "review"],
        "kind": ["paper", "review"],
        "scope": ["whole study"] * 2,
        "updates": [None, None],
        "repeats": [None, None],
    }
)


def times(*rows):
    """Make outcomes of study a: arm, value, unit, clock, time point, low, high, source."""
    made = [("a", row[0], "OS", *row[1:]) for row in rows]
    numbers = dict.fromkeys(["value", "interval_low", "interval_high"], "Float64")
    return pd.DataFrame(made, columns=COLUMNS.split()).astype(numbers)


def test_the_makers_stand_and_weeks_become_months():
    """The paper's time stands before the review's; its weeks are months, its clock is filled."""
    rows = times(
        (None, 12.0, "months", "infusion", None, None, None, "review"),
        (None, 52.18, "weeks", None, None, 26.09, 104.36, "paper"),
    )
    found = median_times(rows, REPORTS)
    cells = found[["months", "months_low", "months_high"]].astype("float").round(6)
    assert [[12.0, 6.0, 24.0]] == cells.to_numpy().tolist()
    assert ["not stated"] == found["clock"].tolist()


def test_the_whole_stands_before_its_arms():
    """Arms have rows where the whole has none, and only there."""
    arms = [("low", 5.0, "months", None, None, None, None, "paper")]
    arms += [("high", 9.0, "months", None, None, None, None, "paper")]
    whole = (None, 7.0, "months", None, None, None, None, "paper")
    assert [5.0, 9.0] == median_times(times(*arms), REPORTS)["months"].tolist()
    assert [7.0] == median_times(times(*arms, whole), REPORTS)["months"].tolist()


def test_a_share_alive_is_no_median():
    """A value at a time point is left out; without any median the frame is refused."""
    rows = times((None, 6.0, "months", None, "12 months", None, None, "paper"))
    with pytest.raises(ValueError, match="outcomes with a median OS: no row is left"):
        median_times(rows, REPORTS)
