"""Incidence: which rows are pooled, with what counts."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.harms import (
    counted,
    described,
    each_scale,
    nearest_count,
    poolable,
    pooled,
    row_names,
    whole_cohorts,
)


def _row(key, **cells):
    base = {
        "incidence_id": key,
        "cohort": key.upper(),
        "arm": None,
        "product": "tisagenlecleucel",
        "toxicity": "CRS",
        "scale": "Penn",
        "term": "CRS",
        "denominator": 100,
        "denominator_kind": "infused",
        "any_events": 58,
        "any_percent": None,
        "severe_events": None,
        "severe_percent": 22,
        "severe_kind": "grade 3 or higher",
        "fatal_events": None,
        "same_patients_as": None,
        "source_id": "s2020",
    }
    return {**base, **cells}


def _frame(*rows):
    frame = pd.DataFrame(list(rows))
    counts = ["denominator", "any_events", "severe_events", "fatal_events"]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def test_printed_counts_come_first():
    """A printed count is taken as it is; a missing one is the nearest to the percentage."""
    rows = _frame(_row("a", any_percent=57), _row("b", any_events=None, any_percent=41.7))
    found = poolable(rows)
    assert [58, 42] == found["events"].tolist()
    assert [False, True] == found["back_calculated"].tolist()


@pytest.mark.parametrize(
    "cells",
    [
        {"same_patients_as": "a"},
        {"denominator": None},
        {"denominator_kind": "reports"},
        {"denominator_kind": "courses"},
        {"any_events": None},
    ],
)
def test_left_out(cells):
    """Doubled patients, other denominators and missing shares are not pooled."""
    assert ["a"] == poolable(_frame(_row("a"), _row("b", **cells)))["study_id"].tolist()


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ({"severe_kind": "grade 3"}, True),
        ({"severe_kind": "grade 3 or 4"}, False),
        ({"severe_kind": "grade 3 or 4", "fatal_events": 0}, True),
        ({"severe_kind": "grade 3 or 4", "fatal_events": 1}, False),
        ({"severe_kind": "grade 2 or higher"}, False),
        ({"severe_kind": None}, False),
    ],
)
def test_severe_counts_deaths(cells, kept):
    """A cut that leaves out deaths is pooled only where nobody died of it."""
    found = poolable(_frame(_row("a"), _row("b", **cells)), "severe")["study_id"].tolist()
    assert (["a", "b"] if kept else ["a"]) == found


@pytest.mark.parametrize("column", ["toxicity", "scale"])
def test_never_across(column):
    """Rows of two scales or two toxicities are refused by name."""
    with pytest.raises(ValueError, match=f"rows to pool must have one {column}; found .*other"):
        poolable(_frame(_row("a"), _row("b", **{column: "other"})))


def test_an_unnamed_scale_is_none():
    """Rows that name no scale have none in common; rows of one term may be pooled by it."""
    rows = _frame(_row("a", scale="not stated"), _row("b", scale="not stated"))
    with pytest.raises(ValueError, match="rows to pool must have one scale; found not stated"):
        poolable(rows)
    assert ["a", "b"] == poolable(rows, by="term")["study_id"].tolist()


def test_rows_without_a_column():
    """A frame without a column that pooling needs is refused by its name."""
    with pytest.raises(ValueError, match="column 'same_patients_as' is missing"):
        poolable(_frame(_row("a")).drop(columns="same_patients_as"))


def test_names():
    """A row is named by product, cohort and arm."""
    rows = _frame(_row("juliet"), _row("x", product="several products", arm="young"))
    assert ["tisa-cel, JULIET", "several products, X, young"] == row_names(rows)


@pytest.mark.parametrize(("percent", "total"), [(101, 10), (-1, 10), (5, 0)])
def test_no_such_share(percent, total):
    """A percentage that no count can have is refused."""
    with pytest.raises(ValueError, match="must be"):
        nearest_count(percent, total)


def _described(*rows):
    frame = _frame(*rows).assign(study_id=None, design="trial")
    return described(frame, pd.DataFrame({"study_id": ["s-1"], "name": ["S 1"]}))


def test_described_by_study():
    """A row is called by its study where it has one, and its share is printed or computed."""
    rows = _frame(_row("a", any_percent=12.0), _row("b")).assign(study_id=["s-1", None])
    found = described(rows, pd.DataFrame({"study_id": ["s-1"], "name": ["S 1"]}))
    assert ["tisa-cel, S 1", "tisa-cel, B"] == found["name"].tolist()
    assert [12.0, 58.0] == found["share"].tolist()


def test_whole_cohorts_once():
    """A cohort has one row: no arm, no regrading, no patient twice; the highest share counts."""
    rows = _described(
        _row("a", cohort="A", any_percent=40.0),
        _row("b", cohort="A", any_percent=50.0),
        _row("c", cohort="C", arm="young"),
        _row("d", cohort="D", same_patients_as="a"),
        _row("e", cohort="E", any_percent=30.0),
        _row("f", cohort="F"),
    )
    rows.loc[rows["incidence_id"] == "f", "design"] = "regrading"
    assert ["e", "b"] == whole_cohorts(rows)["incidence_id"].tolist()


def test_counted_keeps_zeros():
    """A group in which nobody had the toxicity is counted; one without a count is not."""
    rows = _frame(_row("a", any_events=0), _row("b", any_events=None), _row("c", denominator=None))
    found = counted(rows)
    assert ["a"] == found["incidence_id"].tolist()
    assert [0] == found["events"].tolist()


def test_each_scale_apart():
    """Scales are put side by side, not mixed; rows without a scale stay out."""
    rows = _frame(
        _row("a"), _row("b", scale="Lee 2014"), _row("c", scale="not stated"), _row("d", scale="x")
    )
    found = each_scale(rows.assign(any_events=[50, 60, 70, None], any_percent=None))
    assert {"a": "Penn", "b": "Lee 2014"} == dict(
        zip(found["study_id"], found["scale"], strict=True)
    )


def test_pooled_in_percent():
    """A pooled share is told in percent, with the share of a further group."""
    counts = pd.DataFrame({"events": [10, 30, 50], "denominator": [100, 100, 100]})
    found = pooled(counts)
    assert (3, 90, 300) == (found.k, found.events, found.total)
    assert 0 < found.next_low < found.low < found.estimate < found.high < found.next_high < 100


def test_one_group_is_not_pooled():
    """A single group has no further group to speak of."""
    with pytest.raises(ValueError, match="1 groups cannot be pooled"):
        pooled(pd.DataFrame({"events": [10], "denominator": [100]}))
