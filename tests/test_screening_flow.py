"""The log of screening: what it counts, and what no flow may be drawn from."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from cartreview import charts, load
from cartreview.evidence.readers import agreement, conflicts, read_twice, settlement
from cartreview.evidence.screening import flow, flows, of_services, releases
from cartreview.evidence.screening_log import log_faults
from cartreview.synthesis.agreement import cohens_kappa

NAMES = ("searches", "screening", "reports", "screening_decisions")


def days(*texts):
    """Give a column of days."""
    return pd.to_datetime(list(texts))


@pytest.fixture
def log():
    """Two searches, one of a service; four candidates; two readers."""
    searches = {
        "search_id": ["hand", "pubmed-1"],
        "service": ["stored public pages", "PubMed"],
        "day": days("2026-11-20", "2026-12-10"),
        "found": pd.array([8, 40], "Int64"),
    }
    screening = {
        "candidate_id": ["a", "b", "c", "d"],
        "search_id": ["hand", "hand", "pubmed-1", "pubmed-1"],
        "decision": ["included", "excluded", "awaiting", "excluded"],
        "reason": [None, "no patients", None, "duplicate"],
        "day": days("2026-11-21", "2026-12-11", "2026-12-11", "2026-12-12"),
        "study_id": ["a-2024", None, None, "a-2024"],
    }
    reports = {"report_id": ["p", "q"], "study_id": ["a-2024", "a-2024"]}
    decisions = [
        ("a", "one", "independent", "include", None, "2026-11-21"),
        ("b", "one", "independent", "exclude", "no patients", "2026-12-11"),
        ("b", "two", "independent", "exclude", "no patients", "2026-12-11"),
        ("c", "one", "independent", "include", None, "2026-12-11"),
        ("c", "two", "independent", "exclude", "no results", "2026-12-11"),
        ("d", "one", "independent", "later", None, "2026-12-12"),
    ]
    columns = ["candidate_id", "reader", "round", "decision", "reason", "day"]
    judged = pd.DataFrame(decisions, columns=columns)
    judged["day"] = pd.to_datetime(judged["day"])
    return {
        "searches": pd.DataFrame(searches),
        "screening": pd.DataFrame(screening),
        "reports": pd.DataFrame(reports),
        "decisions": judged,
    }


MADE = [("2026.11.1", pd.Timestamp("2026-11-21")), ("2026.12.1", pd.Timestamp("2026-12-11"))]


def test_flow_counts_services_beside_other_ways(log):
    """Each candidate is in one stream, and the outcomes add up."""
    found = flow(**log)
    assert (1, 40, 2) == (
        found.services.searches,
        found.services.records,
        found.services.candidates,
    )
    assert (1, 8, 2) == (found.others.searches, found.others.records, found.others.candidates)
    assert {"no patients": 1, "duplicate": 1} == found.excluded
    assert (4, 3, 1, 1) == (found.candidates, found.screened, found.awaiting, found.studies)
    assert (2, 1) == (found.twice, found.conflicts)


def test_flow_is_cumulative_over_versions(log):
    """A version holds what was known on its day; what came later stands after the last."""
    first, second, after = flows(**log, made=MADE).values()
    assert (1, 2, 1, 1) == (first.searches, first.candidates, first.screened, first.awaiting)
    assert (2, 4, 2, 2) == (second.searches, second.candidates, second.screened, second.awaiting)
    assert flow(**log) == after
    assert ["2026.11.1", "2026.12.1", "after 2026.12.1"] == list(flows(**log, made=MADE))


def test_chart_has_a_column_a_version(log):
    """The table behind the chart says what each version held, and the boxes what is new."""
    spec = charts.prisma_flow(*log.values(), made=MADE).to_dict()
    table = spec["usermeta"]["table"]
    assert ["Step", "2026.11.1", "2026.12.1", "after 2026.12.1"] == table["columns"]
    assert ["Candidates", "2", "4", "4"] == [
        *map(str, next(row for row in table["rows"] if row[0] == "Candidates"))
    ]
    assert "since 2026.12.1: 1 more" in str(spec["datasets"])


def test_releases_are_the_first_days_seen():
    """Two states of one version are one release; the current one need not be in the log."""
    seen = {
        "date": days("2026-11-21", "2026-11-25"),
        "data_version": ["2026.11.1+a", "2026.11.1+b"],
    }
    first, last = releases(pd.DataFrame(seen), "2026.12.1", "2026-12-20T00:00:00Z")
    assert ("2026.11.1", pd.Timestamp("2026-11-21")) == first
    assert ("2026.12.1", pd.Timestamp("2026-12-20")) == last
    seen = pd.DataFrame({"date": days("2026-12-18"), "data_version": ["2026.12.1+c"]})
    assert [("2026.12.1", pd.Timestamp("2026-12-18"))] == releases(seen, "2026.12.1", "2026-12-20")


def test_services_by_any_spelling():
    """What names a service in letters and digits is that service; nothing else is."""
    names = ["PubMed", "europe-pmc", "ClinicalTrials.gov", "reference list", "stored public pages"]
    assert [True, True, True, False, False] == (
        of_services(pd.DataFrame({"service": names})).tolist()
    )


def _cell(table, row, column, value):
    def plant(log):
        frame = log[table].copy()
        frame[column] = frame[column].astype("object")
        frame.loc[row, column] = value
        return {**log, table: frame}

    return plant


def _twice(table, row):
    return lambda log: {**log, table: pd.concat([log[table], log[table].iloc[[row]]])}


def _empty(table):
    return lambda log: {**log, table: log[table].head(0)}


FAULTS = {
    "no search": (_empty("searches"), "searches: no row is left"),
    "no candidate": (_empty("screening"), "screening: no row is left"),
    "no decision": (_empty("decisions"), "screening_decisions: no row is left"),
    "unknown search": (_cell("screening", 0, "search_id", "x"), "'a' was brought by no search"),
    "candidate twice": (_twice("screening", 0), "'a' stands there twice"),
    "search twice": (_twice("searches", 0), "a search stands there twice"),
    "odd outcome": (_cell("screening", 2, "decision", "maybe"), "'c' has no decision"),
    "no reason": (_cell("screening", 1, "reason", None), "'b' was excluded without a reason"),
    "a reason too many": (_cell("screening", 0, "reason", "duplicate"), "'a' was not excluded"),
    "no study": (_cell("screening", 0, "study_id", None), "'a' was included and became no study"),
    "study of the excluded": (_cell("screening", 1, "study_id", "a-2024"), "'b' was excluded and"),
    "before its search": (
        _cell("screening", 2, "day", pd.Timestamp("2026-12-01")),
        "'c' was decided before the day of its search",
    ),
    "more than found": (_cell("searches", 0, "found", 1), "found 1 records and brought 2"),
    "decision on nothing": (_cell("decisions", 0, "candidate_id", "x"), "'x' is no candidate"),
    "decided twice": (_twice("decisions", 0), "'one' decided twice on 'a'"),
    "excluded for nothing": (
        _cell("decisions", 4, "reason", None),
        "exclude with no reason on 'c'",
    ),
    "included for a reason": (
        _cell("decisions", 0, "reason", "no results"),
        "include with a reason on 'a'",
    ),
    "no report": (_cell("reports", slice(None), "study_id", "other"), "no report tells of it"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_no_flow_from_a_log_that_cannot_be_true(log, name):
    """Each planted fault is named, and nothing is drawn."""
    plant, said = FAULTS[name]
    with pytest.raises(ValueError, match=re.escape(said)):
        charts.prisma_flow(*plant(log).values())


def test_outcome_that_no_reader_decided(log):
    """What both exclude cannot be included, nor what a consensus includes be excluded."""
    included = log["screening"].assign(
        decision=["included", "included", "awaiting", "excluded"],
        reason=[None, None, None, "duplicate"],
        study_id=["a-2024", "b-2024", None, "a-2024"],
    )
    faults = list(log_faults(log["searches"], included, log["decisions"]))
    assert ["screening: 'b' is included, which no reader decided"] == faults


def test_every_row_of_the_log_is_true():
    """The log of this review counts, and its versions too."""
    tables = [load(name) for name in NAMES]
    found = flow(*tables)
    assert len(tables[1]) == found.services.candidates + found.others.candidates
    assert list(flows(*tables, made=[("first", pd.Timestamp("2100-01-01"))])) == ["first"]


# Two readers


def test_conflicts_of_decision_and_of_reason(log):
    """Readers differ on what, or agree to exclude and differ on why."""
    other = log["decisions"].copy()
    other.loc[2, "reason"] = "no results"
    kinds = conflicts(other).drop_duplicates("candidate_id").set_index("candidate_id")["kind"]
    assert {"b": "reason", "c": "decision"} == kinds.to_dict()
    assert {"b", "c"} == read_twice(other)


def test_consensus_settles_and_is_no_agreement(log):
    """What was agreed later ends the conflict and leaves the measure of agreement as it was."""
    row = {"candidate_id": "c", "reader": "one", "round": "consensus", "decision": "include"}
    agreed = pd.concat([log["decisions"], pd.DataFrame([{**row, "day": days("2026-12-20")[0]}])])
    assert conflicts(agreed).empty
    assert ("include", ["one", "two"]) == (
        settlement(agreed)["c"]["decision"],
        settlement(agreed)["c"]["readers"],
    )
    assert agreement(log["decisions"]) == agreement(agreed)


def test_settled_needs_two(log):
    """One reader settles nothing, and neither do two who differ."""
    assert {"b": "exclude"} == {
        name: found["decision"] for name, found in settlement(log["decisions"]).items()
    }


# Examples that are printed: ci.kappa of the R package statpsych
# (dgbonett.github.io/statpsych/reference/ci.kappa.html), and the output of SAS that stands in the
# tests of statsmodels (statsmodels/stats/tests/test_inter_rater.py).
PRINTED = [
    ([[31, 12], [4, 58]], (0.6756757, 0.07344761, 0.5317210, 0.8196303), 5e-8),
    ([[0, 4, 1], [0, 8, 0], [0, 1, 5]], (0.4842, 0.1380, 0.2137, 0.7547), 5e-5),
]


@pytest.mark.parametrize(("table", "printed", "rounding"), PRINTED)
def test_kappa_is_as_printed(table, printed, rounding):
    """Kappa, its error and its interval agree with other software to the last printed digit."""
    found = cohens_kappa(table)
    assert printed == pytest.approx((found.kappa, found.error, found.low, found.high), abs=rounding)


def test_kappa_that_is_not_defined():
    """Where both always say the same there is no kappa; all alike on two answers is full."""
    assert (None, 1.0) == (
        cohens_kappa([[0, 0], [0, 9]]).kappa,
        cohens_kappa([[3, 0], [0, 9]]).kappa,
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [([], "as many columns"), ([[1, 2]], "as many"), ([[0]], "no item"), ([[-1]], "0 or more")],
)
def test_kappa_of_no_table(table, said):
    """What is no table of two readers is refused in words."""
    with pytest.raises(ValueError, match=said):
        cohens_kappa(table)
