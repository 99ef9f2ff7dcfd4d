"""What a publication printed, beside what the reports say: which rows, on tables made for it."""

from __future__ import annotations

import pandas as pd
import pytest

from cartreview._tables import load, overlay
from cartreview.evidence.published import (
    antigen_changes,
    by_delivery,
    contrast,
    delivered,
    differing_counts,
    having,
    printed,
    printed_responses,
    reported,
    response_courses,
    severe_shares,
    within,
)
from cartreview.evidence.statements import Statement


def made(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Give rows of a table with all of its columns and its types; what is not said is empty."""
    frame = load(name)
    return pd.DataFrame(rows, columns=list(frame)).astype(frame.dtypes.to_dict())


PRINTS = [
    {"published_id": "r-1", "source_id": "review", "study_id": "a", "routes": "IT",
     "product_class": "CAR T", "antigens": "GD2", "n_patients_printed": 9},
    {"published_id": "r-2", "source_id": "review", "study_id": "b", "routes": "IV",
     "product_class": "LAK", "n_patients_printed": 4},
    {"published_id": "o-1", "source_id": "other", "study_id": "a", "routes": "IV",
     "product_class": "CAR T"},
]  # fmt: skip
STUDIES = [{"study_id": "a", "name": "A 2020"}, {"study_id": "b", "name": "B 2021"}]
COUNT = {"study_id": "a", "endpoint": "PR", "denominator_kind": "evaluable", "denominator": 9}
OUTCOMES = [
    {**COUNT, "outcome_id": "1", "published_id": "r-1", "source_id": "review", "events": 3},
    {**COUNT, "outcome_id": "2", "published_id": "o-1", "source_id": "other", "events": 5},
    {**COUNT, "outcome_id": "3", "source_id": "paper", "events": 2},
]
OBSERVATIONS = [
    {"observation_id": "1", "study_id": "a", "published_id": "r-1", "theme": "antigen decrease",
     "finding": "present"},
    {"observation_id": "2", "study_id": "a", "published_id": "r-1", "theme": "antigen loss",
     "finding": "probable"},
    {"observation_id": "3", "study_id": "b", "published_id": "r-2", "theme": "antigen loss",
     "finding": "absent"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def small():
    """Two reviews that print two studies, one of which has a paper."""
    rows = {"published_tables": PRINTS, "studies": STUDIES, "outcomes": OUTCOMES,
            "observations": OBSERVATIONS}  # fmt: skip
    with overlay({name: made(name, some) for name, some in rows.items()}):
        yield


def test_printed_is_of_one_publication():
    """Another review of the same study adds nothing; delivery is as this one prints it."""
    found = printed("outcomes", "review")
    assert found[["outcome_id", "name", "delivery"]].values.tolist() == [["1", "A 2020", "local"]]


def test_printed_tables_themselves():
    """A print is its own row, with the name of its study."""
    assert printed("published_tables", "review")["name"].tolist() == ["A 2020", "B 2021"]


def test_reported_leaves_out_prints_and_retellings():
    """Only the paper's row is left."""
    assert reported("outcomes", load("studies"))["outcome_id"].tolist() == ["3"]


def test_printed_responses():
    """A print has its own count, whatever another review says of the study."""
    found = printed_responses("review")
    assert found[["published_id", "events", "denominator"]].values.tolist() == [["r-1", 3, 9]]


def test_differing_counts():
    """Three responders in print, two in the paper."""
    row = differing_counts("review").iloc[0]
    assert (row["said"], row["found"], row["differs"]) == (3, 2, True)


def test_antigen_changes_takes_the_most_that_is_said():
    """A probable loss is less than a loss; what was not found is none."""
    found = antigen_changes("review").set_index("published_id")["change"]
    assert found.to_dict() == {"r-1": "less", "r-2": "none"}


def test_by_delivery_counts_silent_prints():
    """A print without a count adds its patients and no event."""
    prints = printed("published_tables", "review")
    sums = by_delivery(printed_responses("review"), among=prints)
    assert sums.loc["local"].tolist() == [3, 9]
    assert sums.loc["IV"].tolist() == [0, 4]


@pytest.mark.parametrize(
    ("arm", "expected"),
    [("ICV infusions", "local"), ("after the IV dose", "IV"), (None, "IV and local"),
     ("IVIG given", "IV and local"), ("IV, then ICV", "IV and local")],
)  # fmt: skip
def test_delivered(arm, expected):
    """A route that the row names stands before those of the study."""
    facts = {"name": "A 2020", "family": "CAR cells", "antigens": "GD2", "population": None}
    studies = pd.DataFrame([{"study_id": "a", "delivery": "IV and local", **facts}])
    rows = pd.DataFrame({"study_id": ["a", "z"], "arm": [arm, None]})
    assert delivered(rows, studies)["delivery"].tolist() == [expected]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("responses were transient in two", ["transient"]), ("a transit diminishment", ["transient"]),
     ("partial response for more than 9 months", ["lasting"]), ("no response", []),
     ("stable disease for 4 months", [])],
)  # fmt: skip
def test_response_courses(words, expected):
    """Only words on a response tell its course."""
    rows = pd.DataFrame({"as_printed": [words]})
    assert response_courses(rows)["course"].tolist() == expected


def test_long_survival_is_no_lasting_response():
    """Whoever lives long need not have responded."""
    rows = pd.DataFrame({"endpoint": ["long-term survival", "CR"], "as_printed": ["long term"] * 2})
    assert ["CR"] == response_courses(rows)["endpoint"].tolist()


def test_within_leaves_out_what_is_not_printed():
    """A range may keep to a window, touch it, or lie outside; an empty one says nothing."""
    rows = pd.DataFrame({"x_low": [1, 3, 8, None], "x_high": [2, 9, 9, None]})
    found = within(rows, "x", 1, 5)
    assert found[["inside", "touches"]].values.tolist() == [
        [True, True],
        [False, True],
        [False, False],
    ]


def test_having_names_a_missing_column():
    """A wrong column is said, with those there are."""
    with pytest.raises(ValueError, match="column 'thema' is missing; there are theme"):
        having(pd.DataFrame({"theme": ["a"]}), thema="a")


def test_statement_parts_rows():
    """A statement parts rows into those of the studies that it names and the others."""
    told = Statement("s", "review", "p. 1", "words", "topic", {"x": "a,b"}, ("a",))
    rows = load("studies")
    assert told.named(rows)["study_id"].tolist() == ["a"]
    assert told.others(rows)["study_id"].tolist() == ["b"]
    assert told.items("x") == ["a", "b"]


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [((2, 123), (3, 56), None), ((0, 60), (9, 60), False), ((30, 60), (3, 60), True)],
)
def test_contrast_says_what_the_test_bears(first, second, more):
    """A difference within chance is none."""
    one, other = (dict(zip(("events", "denominator"), x, strict=True)) for x in (first, second))
    assert contrast(one, other).more is more


def test_contrast_refuses_more_events_than_patients():
    """A share above the whole is a mistake of the rows."""
    one = {"events": 3, "denominator": 2}
    with pytest.raises(ValueError, match="3 of 2"):
        contrast(one, one)


def test_severe_shares_are_of_any_event():
    """One named event is no share of patients with any; of several shares the highest stands."""
    rows = [
        {"study_id": "a", "toxicity": "adverse event", "severe_kind": "grade 3 or higher",
         "severe_percent": 35.0},
        {"study_id": "b", "toxicity": "neurotoxicity", "severe_kind": "grade 3 or higher",
         "severe_events": 1, "denominator": 9},
    ]  # fmt: skip
    seen = [{"study_id": "a", "analyte": "grade 3 toxicity", "unit": "percent", "value": 56.0}]
    tables = (made("toxicity_incidence", rows), made("observations", seen))
    found = severe_shares(*(table.assign(name="A 2020") for table in tables))
    assert found[["study_id", "percent"]].values.tolist() == [["a", 56.0]]
