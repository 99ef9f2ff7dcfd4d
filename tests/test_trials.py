"""Studies side by side: each cell from a row, the report that stands, arms told apart."""

import re

import pandas as pd
import pytest

from cartreview import load
from cartreview.evidence.trials import trial_rows

FACTS = "registrations design product_class product antigens routes lymphodepletion disease"
STUDY = {
    **dict.fromkeys([*FACTS.split(), "tumour_groups", "population"]),
    **{"study_id": "a", "name": "A 2020", "design": "trial", "product_class": "CAR T"},
    "n_treated": 9,
}
SHARES = "criterion evaluable events denominator percent"
HARMS = "arm denominator any_events severe_events severe_percent severe_kind same_patients_as"
TIMES = "arm clock timepoint value interval_low interval_high unit"
OUTCOME = dict.fromkeys([*TIMES.split(), *SHARES.split()]) | {
    "study_id": "a",
    "source_id": "paper",
    "denominator_kind": "evaluable",
}
HARM = dict.fromkeys(HARMS.split()) | {
    **{"study_id": "a", "source_id": "paper", "denominator_kind": "infused"},
    "scale": "not stated",
}
COUNTS = ("events", "denominator", "evaluable", "any_events", "severe_events", "n_treated")
NUMBERS = ("percent", "value", "interval_low", "interval_high", "severe_percent")
REPORTS = pd.DataFrame(
    {
        "report_id": ["r", "p", "n"],
        "study_id": ["a"] * 3,
        "source_id": ["review", "paper", "news"],
        "kind": ["review", "paper", "news"],
        "scope": ["whole study"] * 3,
        "updates": [None] * 3,
        "repeats": ["p", None, "p"],
    }
)


def table(base, *rows):
    """Make rows of a table from what differs; numbers are typed as the tables type them."""
    made = pd.DataFrame([{**base, **row} for row in rows], columns=[*base, *_new(base, rows)])
    kinds = {name: "Int64" for name in COUNTS if name in made}
    return made.astype(kinds | {name: "Float64" for name in NUMBERS if name in made})


def _new(base, rows):
    return dict.fromkeys(name for row in rows for name in row if name not in base)


def outcome(endpoint, events=None, denominator=None, **more):
    """Give a row of outcomes."""
    return {"endpoint": endpoint, "events": events, "denominator": denominator, **more}


def harm(toxicity, **more):
    """Give a row of toxicities, its term that of the toxicity."""
    return {"toxicity": toxicity, "term": toxicity, **more}


def told(outcomes=(), harms=(), reports=REPORTS, **study):
    """Give the row of study a."""
    outcomes = outcomes or [outcome("alive", 1, 9, study_id="other")]
    harms = harms or [harm("CRS", study_id="other")]
    harms = [{"incidence_id": f"h-{i}", **row} for i, row in enumerate(harms)]
    frames = (table(STUDY, study), table(OUTCOME, *outcomes), table(HARM, *harms))
    return trial_rows(*frames, reports).iloc[0]


def test_what_nobody_counted_is_empty():
    """A study of which nothing is known has empty cells, and no number to sort by."""
    row = told(n_treated=None)
    empty = ["n_treated", "response", "response_kind", "criterion", "dose_limiting", "severe"]
    assert [""] * 8 == row[[*empty, "survival", "routes"]].tolist()
    assert row[["response_share", "dose_limiting_share", "survival_months"]].isna().all()


@pytest.mark.parametrize(
    ("rows", "words", "kind", "criterion"),
    [
        ([outcome("PR", 2, 9, criterion="RANO")], "2 of 9", "objective response", "RANO"),
        ([outcome("SD", 5, 9)], "0 of 9", "objective response", ""),
        ([outcome("tumour shrinkage", 8, 13)], "tumour shrinkage 8 of 13", "", ""),
        (
            [outcome("tumour shrinkage", 2, 3, arm="transient"), outcome("tumour shrinkage", 3, 3)],
            *("tumour shrinkage 3 of 3", "", ""),
        ),
        (
            [outcome("tumour shrinkage", 7, 11, criterion="volume change"), outcome("CR", 1, 11)],
            "complete response 1 of 11; tumour shrinkage 7 of 11 (volume change)",
            *("", ""),
        ),
        ([outcome("CR", 3)], "complete response 3, of how many is not stated", "", ""),
        ([outcome("objective response", percent=46)], "objective response 46%", "", ""),
        (
            [outcome("PR", 3, 16, denominator_kind="courses")],
            *("partial response 3 of 16 courses", "", ""),
        ),
    ],
    ids=["objective", "zero", "instead", "whole", "two", "of unknown", "percent", "courses"],
)
def test_response(rows, words, kind, criterion):
    """Objective responses where they can be pooled, and else what is counted, by its name."""
    row = told(rows)
    assert [words, kind, criterion] == row[["response", "response_kind", "criterion"]].tolist()


def test_a_case_report_is_no_share():
    """One patient is told as what happened, and sorts with no share."""
    row = told([outcome("CR", 1, 1)], design="case report")
    assert "complete response 1 of 1" == row["response"]
    assert row["response_share"] is pd.NA


def test_dose_limiting_toxicity_by_arm():
    """Arms are told apart; the same patients again, and a review beside the paper, are not."""
    dlt = "dose-limiting toxicity"
    row = told(
        harms=[
            harm(dlt, any_events=0, denominator=3, arm="level 1"),
            harm(dlt, any_events=3, denominator=8, arm="level 2"),
            harm(dlt, any_events=3, denominator=7, same_patients_as="x"),
            harm(dlt, any_events=9, denominator=11, source_id="review"),
        ]
    )
    assert "0 of 3 (level 1); 3 of 8 (level 2)" == row["dose_limiting"]
    assert pytest.approx(3 / 8) == row["dose_limiting_share"]


def test_the_same_patients_by_another_route():
    """Patients who were given cells by two routes are told under both."""
    dlt = "dose-limiting toxicity"
    row = told(
        harms=[
            harm(dlt, any_events=3, denominator=8, arm="IV"),
            harm(dlt, any_events=1, denominator=6, arm="ICV", same_patients_as="h-0"),
        ]
    )
    assert "3 of 8 (IV); 1 of 6 (ICV)" == row["dose_limiting"]


def test_severe_toxicities_name_grade_and_scale():
    """Each has its own grades; a share stands where no count is printed."""
    row = told(
        harms=[
            harm("CRS", severe_events=1, denominator=9, severe_kind="grade 3", scale="Lee 2014"),
            harm("neurotoxicity", severe_percent=10, denominator=10, severe_kind="grade 3"),
            harm("TIAN", any_events=4, denominator=9),
        ]
    )
    assert "neurotoxicity 10% of 10 (grade 3); CRS 1 of 9 (grade 3, Lee 2014)" == row["severe"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"value": 10.3, "unit": "months", "clock": "infusion"}, "10.3 months from infusion"),
        ({"value": 31, "unit": "weeks"}, "31 weeks, clock not stated"),
        (
            {"value": 8, "unit": "months", "clock": "surgery", "interval_low": 5,
             "interval_high": 11.5},
            "8 months (5 to 11.5) from surgery",
        ),
        ({"value": 6, "unit": "months", "timepoint": "12 months"}, ""),
    ],
    ids=["clock", "unit of the row", "interval", "no median"],
)  # fmt: skip
def test_survival(more, words):
    """A median is told in its own unit and with its clock."""
    assert words == told([outcome("OS", **more)])["survival"]


@pytest.mark.parametrize(
    ("rows", "reports", "sources"),
    [
        ([outcome("PR", 2, 9)], REPORTS, "paper"),
        ([outcome("PR", 2, 9, source_id="review")], REPORTS, "paper;review"),
        ([], REPORTS[REPORTS["kind"] == "news"], "news"),
    ],
    ids=["own", "and where a number is from", "no other"],
)
def test_sources(rows, reports, sources):
    """Own reports come first, then whoever else a cell is from; else whoever tells of it."""
    assert sources == told(rows, reports=reports)["sources"]


@pytest.fixture(scope="module")
def tables():
    """Give the real tables."""
    return [load(name) for name in ("studies", "outcomes", "toxicity_incidence", "reports")]


@pytest.fixture(scope="module")
def rows(tables):
    """Set all studies side by side."""
    return trial_rows(*tables)


def test_each_study_once(tables, rows):
    """Every study has one row, in the order of the table."""
    assert tables[0]["study_id"].tolist() == rows["study_id"].tolist()
    assert rows["study_id"].is_unique


def _pairs(frame, events):
    known = frame.assign(among=frame["denominator"].fillna(frame.get("evaluable")))
    known = known[known[events].notna() & known["among"].notna()]
    triples = zip(known["study_id"], known[events], known["among"], strict=True)
    return {(study, int(part), int(whole)) for study, part, whole in triples}


def test_every_count_stands_in_a_row(tables, rows):
    """What a cell counts is in a row of that study; objective responses may be a sum of rows."""
    _, outcomes, incidence, _ = tables
    known = _pairs(outcomes, "events")
    limiting = _pairs(incidence, "any_events") | _pairs(incidence, "severe_events")
    for row in rows.to_dict("records"):
        if not row["response_kind"]:
            assert _counts(row, "response") <= known
        assert _counts(row, "dose_limiting") | _counts(row, "severe") <= limiting


def _counts(row, name):
    found = re.findall(r"(\d+) of (\d+)", re.sub(r"[\d.]+% of \d+", "", row[name]))
    return {(row["study_id"], int(part), int(whole)) for part, whole in found}


def test_every_time_stands_in_a_row(tables, rows):
    """A median that a cell tells is the value of a row of that study."""
    known = tables[1].dropna(subset="value")
    values = {
        (key, f"{v:g} {unit}")
        for key, v, unit in zip(known["study_id"], known["value"], known["unit"], strict=True)
    }
    for row in rows[rows["survival"] != ""].to_dict("records"):
        firsts = re.findall(r"(?:^|; )([\d.]+ \w+)", row["survival"])
        assert firsts
        assert {(row["study_id"], first) for first in firsts} <= values
