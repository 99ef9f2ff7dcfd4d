"""Rows by key, by their ends, by the name of their study."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview.evidence.rows import ends, keyed


def test_keys_once_in_order():
    """A key that is asked for twice gives one row."""
    rows = pd.DataFrame({"id": ["a", "b", "c"], "x": [1, 2, 3]})
    assert ["c", "a"] == keyed(rows, ["c", "a", "c"])["id"].tolist()
    with pytest.raises(KeyError):
        keyed(rows, ["z"])


def test_no_ends_of_nothing():
    """A column without a number has no ends."""
    with pytest.raises(ValueError, match="no row has a number in share"):
        ends(pd.DataFrame({"share": [None, None]}))
