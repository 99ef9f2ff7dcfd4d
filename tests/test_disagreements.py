"""Disagreements: weight as far as a query decides it, and the conclusions that hang on them."""

import pandas as pd
import pytest

from cartreview import load
from cartreview.evidence.disagreements import questions


def test_what_a_claim_computes_is_no_mere_wording():
    """A place that a claim of this review computes has a conclusion or a figure on it."""
    rows = load("disagreements")
    light = rows[rows["claim_id"].notna() & (rows["weight"] == "wording")]
    assert [] == light["disagreement_id"].tolist()


def test_a_conclusion_stands_where_one_hangs_and_nowhere_else():
    """The check asks for it where the weight says so; elsewhere it would be a contradiction."""
    rows = load("disagreements")
    odd = rows[rows["conclusion"].notna() != (rows["weight"] == "changes a conclusion")]
    assert [] == odd["disagreement_id"].tolist()


def test_questions_are_counted_most_first():
    """Equal counts stay in the order of the rows; a row without a conclusion does not count."""
    rows = pd.DataFrame({"conclusion": ["When to stop", "Which is more", None, "Which is more"]})
    assert ["which is more (2)", "when to stop (1)"] == questions(rows)


def test_no_rows():
    """There is nothing to ask of no disagreement."""
    with pytest.raises(ValueError, match="disagreements: no row is left"):
        questions(pd.DataFrame({"conclusion": []}))
