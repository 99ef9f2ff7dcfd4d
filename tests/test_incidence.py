"""Incidence: which rows are pooled, with what counts."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.harms import nearest_count, poolable, row_names


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
