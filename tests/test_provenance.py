"""Provenance: rows that name their place, and how deep their sources were read."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview._tables import key, load
from cartreview.evidence.provenance import evidence_rows, own_reports, reading_shares


def _rows(*depths):
    return pd.DataFrame({"verification": list(depths)})


def test_tables_with_a_place_are_evidence():
    """Tables without source, place or way of reading are not; each keeps its key."""
    found = evidence_rows()
    assert {"outcomes", "mechanisms", "imaging_findings"} <= set(found)
    assert not {"nodes", "sources", "claims", "guard"} & set(found)
    for name, rows in found.items():
        assert [key(name), "source_id", "locator", "verification"] == list(rows)
        assert len(load(name)) == len(rows)


def test_only_tables_that_were_asked_for():
    """A mapping of frames is looked at, and nothing else."""
    assert ["outcomes"] == list(
        evidence_rows({"outcomes": load("outcomes"), "nodes": load("nodes")})
    )


def test_shares_are_of_all_rows_together():
    """Rows of all tables stand in one denominator; a table and a text are both read in full."""
    shares = reading_shares({"a": _rows("abstract", "table"), "b": _rows("full-text", "label")})
    found = {"abstract": 0.25, "full": 0.5, "secondary": 0.0, "official": 0.25, "seed": 0.0}
    assert found == shares


def test_every_way_of_reading_has_a_share():
    """The shares of the review add up to all of its rows."""
    assert sum(reading_shares(evidence_rows()).values()) == pytest.approx(1)


def test_no_row_has_no_share():
    """Without rows there is nothing to take a share of."""
    with pytest.raises(ValueError, match="rows of evidence"):
        reading_shares({"a": _rows()})


def test_reports_by_others_are_left_out():
    """A review and a news page tell of a study; a paper and an abstract are its own."""
    kinds = ["paper", "review", "abstract", "news", "label", "preprint", "registry"]
    found = own_reports(pd.DataFrame({"report_id": range(7), "kind": kinds}))
    assert ["paper", "abstract", "preprint", "registry"] == found["kind"].tolist()
