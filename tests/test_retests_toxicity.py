"""What a hospital tells its patients: rows exist that would turn each verdict."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import cartreview
from cartreview.claims import cells
from cartreview.claims._compute import run
from cartreview.myst import claim_ids

PAGE = Path(__file__).parents[1] / "book" / "retested.md"
LOAD = cartreview.load
NEURO_ADMISSION = "patients admitted to intensive care for neurotoxicity"


@cache
def _cells():
    return cells(PAGE)


def _as_it_is(table):
    return table


def _long_crs(table):
    return table.assign(duration_median=table["duration_median"].fillna(1) + 20)


def _short_crs(table):
    return table.assign(duration_median=table["duration_median"].clip(upper=5))


def _seldom_crs(table):
    return table.assign(any_percent=table["any_percent"].mask(table["toxicity"] == "CRS", 0))


def _few_resolved(table):
    return table.assign(
        events=table["events"].mask(table["measure"] == "neurotoxicity resolved", 1)
    )


def _no_difficulties(table):
    stays = table["measure"] == "cognitive difficulties reported by survivors"
    return table.assign(events=table["events"].mask(stays, 0))


def _mild_neutropenia(table):
    return table.assign(events=table["events"].mask(table["measure"] == "severe neutropenia", 9))


def _admitted_for_it(events):
    def change(table):
        row = table[table["measure"] == "patients admitted to intensive care"].iloc[[0]]
        row = row.assign(
            other_id="new", measure=NEURO_ADMISSION, arm=None, events=events, denominator=500
        )
        return pd.concat([table, row.assign(denominator_kind="infused")], ignore_index=True)

    return change


def _within(words, percent):
    def change(table):
        response = table["outcome"].str.startswith("response of CRS")
        return table.assign(
            outcome=table["outcome"].mask(response, f"response of CRS within {words}"),
            percent=table["percent"].mask(response, percent),
        )

    return change


CASES = [
    ("told-common", "toxicity_incidence", _as_it_is, "holds in part"),
    ("told-common", "other_toxicities", _mild_neutropenia, "holds"),
    ("told-common", "toxicity_incidence", _seldom_crs, "does not hold"),
    ("told-counts", "other_toxicities", _as_it_is, "holds"),
    ("told-counts", "other_toxicities", _mild_neutropenia, "does not hold"),
    ("told-crs-days", "toxicity_incidence", _as_it_is, "holds in part"),
    ("told-crs-days", "toxicity_incidence", _short_crs, "holds"),
    ("told-crs-days", "toxicity_incidence", _long_crs, "does not hold"),
    ("told-temporary", "other_toxicities", _as_it_is, "holds in part"),
    ("told-temporary", "other_toxicities", _no_difficulties, "holds"),
    ("told-temporary", "other_toxicities", _few_resolved, "does not hold"),
    ("told-intensive-care", "other_toxicities", _as_it_is, "cannot be tested"),
    ("told-intensive-care", "other_toxicities", _admitted_for_it(5), "holds"),
    ("told-intensive-care", "other_toxicities", _admitted_for_it(200), "does not hold"),
    ("told-tocilizumab", "interventions", _as_it_is, "cannot be tested"),
    ("told-tocilizumab", "interventions", _within("12 hours", 70.0), "holds"),
    ("told-tocilizumab", "interventions", _within("14 days", 20.0), "does not hold"),
]


@pytest.mark.parametrize(("claim_id", "table", "change", "verdict"), CASES)
def test_verdicts_turn(monkeypatch, claim_id, table, change, verdict):
    """A verdict follows the rows."""
    changed = {table: change(LOAD(table))}
    monkeypatch.setattr(
        cartreview, "load", lambda name: changed[name] if name in changed else LOAD(name)
    )
    wanted = [c for c in _cells() if "setup" in c.tags or claim_ids(c.source) == [claim_id]]
    assert [verdict] == [claim.verdict for claim in run(wanted)]
