"""Median times: one report a study, in months, each with its clock."""

import pandas as pd
import pytest

from cartreview.evidence.survival import durations, median_times, pooled_rates, survival_rates

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


RATE = ["study_id", "arm", "endpoint", "timepoint", "clock", "percent", "events", "denominator"]


def rates(*rows, months=12):
    """Give the shares alive: arm, endpoint, time point, percent, events, among, source."""
    made = pd.DataFrame(
        [("a", *row[:3], None, *row[3:]) for row in rows], columns=[*RATE, "source_id"]
    )
    empty = dict.fromkeys(["value", "interval_low", "interval_high"], pd.NA)
    made = made.assign(unit=None, **empty)
    numbers = dict.fromkeys([*empty, "percent"], "Float64")
    made = made.astype(numbers | {"events": "Int64", "denominator": "Int64"})
    return survival_rates(made, REPORTS, months=months)


@pytest.mark.parametrize(
    ("when", "stands"),
    [
        ("12 months", True),
        ("1 year", True),
        ("over 1 year", True),
        ("52 weeks", True),
        ("12 months after infusion", True),
        (">12 months", True),
        ("12 months from infusion, earlier data cut", False),
        ("6 months", False),
        ("12, 18 and 24 months", False),
        ("44, 45 and 52 months after diagnosis", False),
        (None, False),
    ],
)
def test_a_time_point_is_read(when, stands):
    """Only a time of a year is one; several times are none."""
    assert stands == bool(len(rates((None, "OS", when, 40.0, None, None, "paper"))))


def test_a_rate_comes_from_percent_or_count():
    """A percentage stands as printed, a count becomes one; the makers before the review."""
    found = rates(
        (None, "one-year survival", "over 1 year", None, 2, 8, "paper"),
        (None, "OS", "12 months", 40.0, None, None, "review"),
    )
    assert [25.0] == found["rate"].tolist()
    assert ["not stated"] == found["clock"].tolist()


def test_rates_of_another_endpoint_stay_out():
    """A share without progression is no share alive, and the whole stands before its arms."""
    found = rates(
        (None, "PFS", "12 months", 90.0, None, None, "paper"),
        (None, "OS", "12 months", 40.0, None, None, "paper"),
        ("arm A", "OS", "12 months", 60.0, None, None, "paper"),
    )
    assert [40.0] == found["rate"].tolist()


def clocks(*names):
    """Make a rate of one study for each clock named."""
    ids = [f"s{n}" for n in range(len(names))]
    made = pd.DataFrame({"study_id": ids, "clock": names, "rate": 50.0, "arm": None})
    made = made.assign(events=None, denominator=None)
    return made, pd.DataFrame({"study_id": ids, "n_treated": [10] * len(ids)})


def test_rates_are_pooled_on_one_clock_only():
    """Three studies on one clock are pooled; two are not, nor those without a clock."""
    found = pooled_rates(*clocks("infusion", "infusion", "infusion", "diagnosis", "diagnosis"))
    assert ["infusion"] == list(found)
    assert (15, 30) == (found["infusion"].events, found["infusion"].total)
    assert {} == pooled_rates(*clocks("not stated", "not stated", "not stated"))


def test_an_arm_needs_its_own_number():
    """The number treated is that of the whole study, not of an arm."""
    made, studies = clocks("infusion", "infusion", "infusion")
    assert {} == pooled_rates(made.assign(arm="A"), studies)


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (7.5, None, None, "7.5 months"),
        (14.03, None, None, "14 months"),
        (None, 3.0, 24.0, "3 to 24 months"),
        (None, 9.0, None, "more than 9 months"),
        (13.4, 1.0, 30.0, "13.4 months"),
    ],
)
def test_how_long_a_response_lasted(value, low, high, words):
    """A median is said alone, a range by its ends, an open end as more."""
    rows = times((None, value, "months", None, None, low, high, "paper"))
    rows = rows.assign(endpoint="duration of response")
    assert [words] == durations(rows, REPORTS)["words"].tolist()


def test_no_length_is_none():
    """A response without a length says nothing of it."""
    rows = times((None, None, "months", None, None, None, None, "paper"))
    assert durations(rows.assign(endpoint="duration of response"), REPORTS).empty
