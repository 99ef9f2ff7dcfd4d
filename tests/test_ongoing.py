"""Ongoing trials: days held against the day of the tables, results seen, trials overdue."""

from datetime import date

import pandas as pd
import pytest

from cartreview import load
from cartreview._tables import package
from cartreview.evidence import ongoing
from cartreview.evidence.ongoing import as_of, dated, has_passed, ongoing_rows

TODAY = date(2026, 11, 21)
FIELDS = (
    *("registration", "status", "primary_completion", "completion", "results", "record_day"),
    *("study_id", "probable_study_id", "antigens", "product"),
)
REPORTS = pd.DataFrame(
    {"study_id": ["paper", "review", "record"], "kind": ["paper", "review", "registry"]}
)


def made(*trials, reports=REPORTS):
    """Say what is due of trials of which the cells that matter are given."""
    frame = pd.DataFrame([dict.fromkeys(FIELDS) | trial for trial in trials]).astype("string")
    return ongoing_rows(frame, reports, TODAY)


def flags(column, *trials):
    """Give a column of what is said of trials."""
    return made(*trials)[column].tolist()


def test_the_day_is_that_of_the_tables(monkeypatch):
    """The clock of the machine has no say in what is overdue."""
    assert package()["created"].startswith(as_of().isoformat())
    monkeypatch.setattr(ongoing, "package", lambda: {"created": "2021-02-03T04:05:06Z"})
    assert date(2021, 2, 3) == as_of()


@pytest.mark.parametrize(
    ("day", "passed"),
    [("2026-11-20", True), ("2026-11-21", False), ("2026-10", True), ("2026-11", False),
     ("2025", True), ("2026", False), (None, False)],
)  # fmt: skip
def test_a_month_passes_with_its_last_day(day, passed):
    """What is known to the month or the year alone has not passed while that lasts."""
    assert has_passed(day, TODAY) is passed


def test_the_primary_completion_stands_before_the_completion():
    """Results are due with the primary completion; years of follow-up come after."""
    rows = made({"primary_completion": "2025-01", "completion": "2040"}, {"completion": "2040"}, {})
    assert ["2025-01", "2040"] == rows["due"].dropna().tolist()
    assert ["primary completion", "completion"] == rows["due_kind"].dropna().tolist()
    assert [True, False, False] == rows["overdue"].tolist()


def test_results_that_were_seen_are_no_debt():
    """A report, a review, a probable study or posted results count; a record does not."""
    past = {"completion": "2020"}
    trials = [
        past | {"study_id": "paper"}, past | {"study_id": "review"},
        past | {"probable_study_id": "paper"}, past | {"results": "posted"},
        past | {"study_id": "record"}, past | {"results": "none"},
    ]  # fmt: skip
    assert [False] * 4 + [True] * 2 == flags("overdue", *trials)
    assert [True] * 6 == flags("passed", *trials)


def test_a_withdrawn_trial_owes_nothing():
    """One that was stopped after its first patients does."""
    past = {"completion": "2020"}
    trials = [past | {"status": status} for status in ("withdrawn", "terminated")]
    assert [False, True] == flags("overdue", *trials)


def test_a_record_is_fresh_for_a_year():
    """A copy without a day is not taken for a fresh one."""
    days = ["2025-11-21", "2025-11-20", "2026", "2025-11", None]
    assert [True, False, True, True, False] == flags("fresh", *({"record_day": d} for d in days))


def test_trials_are_named_in_the_order_of_their_day():
    """By antigen, or by the cells where there is none."""
    rows = made(
        {"registration": "NCT1", "antigens": "GD2;HER2", "completion": "2027"},
        {"registration": "NCT2", "product": "NK cells", "completion": "2026-12"},
    )
    expected = ["NK cells (NCT2, 2026-12)", "cells against GD2 and HER2 (NCT1, 2027)"]
    assert expected == dated(rows)


def test_a_missing_column_is_named():
    """A frame that lacks what is read is refused by the column's name."""
    with pytest.raises(ValueError, match="'record_day' is missing"):
        ongoing_rows(load("ongoing_trials").drop(columns="record_day"), REPORTS)


def test_a_trial_is_linked_to_one_study_at_most():
    """A probable study is named only where no study has the registration."""
    trials = load("ongoing_trials")
    both = trials["study_id"].notna() & trials["probable_study_id"].notna()
    assert [] == trials.loc[both, "registration"].tolist()
