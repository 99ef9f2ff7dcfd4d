"""Which count stands, and what may be pooled, on small made-up tables."""

import pandas as pd
import pytest

from cartreview import load
from cartreview.evidence.pooling import poolable_responses
from cartreview.evidence.reports import standing


def table(columns, *rows):
    """Make a frame of text and counts; None is an empty cell."""
    made = pd.DataFrame([*rows], columns=columns.split())
    counts = [name for name in ("events", "denominator", "evaluable") if name in made]
    return made.astype(dict.fromkeys(counts, "Int64"))


def reports(*rows):
    """Make reports of study a: source, kind, scope, what it updates, what it repeats."""
    columns = "source_id kind scope updates repeats"
    made = table(columns, *rows)
    return made.assign(study_id="a", report_id=made["source_id"])


def outcomes(*rows):
    """Make outcomes of study a: source, arm, endpoint, events, denominator, its kind, evaluable."""
    columns = "source_id arm endpoint events denominator denominator_kind evaluable"
    return table(columns, *rows).assign(study_id="a", criterion="RANO")


STUDY = pd.DataFrame(
    {"study_id": ["a"], "name": ["A 2020"], "design": ["trial"], "n_treated": [21]}
)
PAPER = ("paper", "paper", "whole study", None, None)
REVIEW = ("review", "review", "whole study", None, None)


@pytest.mark.parametrize(
    ("rows", "stands"),
    [
        ([REVIEW, PAPER], "paper"),
        ([("part", "paper", "part", None, None), REVIEW], "review"),
        ([PAPER, ("abstract", "abstract", "whole study", "paper", None)], "abstract"),
        ([("abstract", "abstract", "whole study", None, None), PAPER], "paper"),
        ([("copy", "paper", "whole study", None, "paper"), PAPER], "paper"),
        (
            [
                ("third", "abstract", "whole study", "second", None),
                ("second", "paper", "whole study", "first", None),
                ("first", "paper", "whole study", None, None),
            ],
            "third",
        ),
    ],
    ids=["makers", "whole", "latest cut", "paper", "no copy", "latest of three"],
)
def test_one_report_stands(rows, stands):
    """Whole before part, makers before review, latest cut, paper before abstract."""
    told = reports(*rows)
    assert [stands] == standing(told[["study_id", "source_id"]], told)["source_id"].tolist()


def test_only_reports_that_count_compete():
    """A paper without the count leaves it to the review that has one."""
    told = reports(REVIEW, PAPER)
    rows = outcomes(("review", None, "PR", 1, 9, "evaluable", None))
    assert ["review"] == standing(rows, told)["source_id"].tolist()


def pooled(*rows, design="trial", told=(PAPER, REVIEW)):
    """Give events, denominator and reason of study a."""
    found = poolable_responses(outcomes(*rows), STUDY.assign(design=design), reports(*told))
    return tuple(found[["events", "denominator", "why_not"]].astype("object").iloc[0])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("paper", None, "PR", 2, 9, "evaluable", None)], (2, 9, "")),
        (
            [
                ("paper", None, "CR", 1, 9, "evaluable", None),
                ("paper", None, "PR", 2, 9, "evaluable", None),
            ],
            (3, 9, ""),
        ),
        ([("paper", None, "SD", 9, 10, "evaluable", None)], (0, 10, "")),
        ([("paper", None, "PR", 2, None, "not printed", 58)], (2, 58, "")),
        (
            [
                ("paper", "low", "PR", 1, 7, "arm", None),
                ("paper", "high", "PR", 0, 14, "arm", None),
            ],
            (1, 21, ""),
        ),
        (
            [
                ("paper", None, "CR", 1, 58, "evaluable", None),
                ("paper", None, "CR", 2, 58, "evaluable", None),
                ("paper", None, "PR", 2, 58, "evaluable", None),
            ],
            (3, 58, ""),
        ),
        (
            [
                ("review", None, "PR", 4, 19, "evaluable", None),
                ("paper", None, "PR", 2, 19, "evaluable", None),
            ],
            (2, 19, ""),
        ),
        (
            [
                ("paper", None, "SD", 1, 9, "evaluable", None),
                ("paper", None, "PD", 8, 9, "evaluable", None),
                ("paper", None, "tumour shrinkage", 1, 9, "evaluable", None),
            ],
            (0, 9, ""),
        ),
    ],
    ids=["partial", "both", "zero", "evaluable", "arms", "first count", "primary", "all classed"],
)
def test_objective_responses(rows, expected):
    """Counts are added by class; a study that lists lower classes alone is a zero."""
    assert expected == pooled(*rows)


@pytest.mark.parametrize(
    ("rows", "design", "why"),
    [
        ([("paper", None, "CR", 1, 9, "evaluable", None)], "trial", "complete responses counted"),
        ([("paper", None, "PR", 3, 16, "courses", None)], "trial", "courses counted, not patients"),
        ([("paper", None, "tumour shrinkage", 3, 3, "evaluable", None)], "trial", "no count of"),
        ([("paper", None, "PR", 1, 1, "evaluable", None)], "case report", "case report"),
        (
            [
                ("paper", None, "SD", 1, 10, "evaluable", None),
                ("paper", None, "tumour shrinkage", 2, 10, "evaluable", None),
            ],
            "trial",
            "shrinkage counted without a class",
        ),
        ([("paper", None, "PD", 7, 20, "evaluable", None)], "trial", "progression counted alone"),
        ([("paper", "many doses", "PR", 5, 15, "arm", None)], "trial", "counted for a part of"),
    ],
    ids=["complete alone", "courses", "no class", "design", "unclassed", "progression", "part"],
)
def test_left_out_with_its_reason(rows, design, why):
    """A study that stays out says why, and has no count."""
    events, denominator, reason = pooled(*rows, design=design)
    assert reason.startswith(why)
    assert events is pd.NA
    assert denominator is pd.NA


def test_the_result_does_not_decide():
    """Which studies enter is the same when every count of a response is turned to zero."""
    rows, cns = load("outcomes"), load("studies")
    told = rows["endpoint"].isin(["CR", "PR", "objective response"]) & rows["events"].notna()
    none = rows.assign(events=rows["events"].mask(told, 0))
    before, after = (poolable_responses(frame, cns, load("reports")) for frame in (rows, none))
    assert before["why_not"].tolist() == after["why_not"].tolist()
    assert 0 == after["events"].sum() < before["events"].sum()


def test_no_patient_counts_twice():
    """A study is one row, whatever number of reports count its patients."""
    found = poolable_responses(load("outcomes"), load("studies"), load("reports"))
    assert not found["study_id"].duplicated().any()
