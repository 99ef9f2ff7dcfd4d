"""Cases written from the printed scales, before the code that they test, are graded as expected.

``reference/grading_cases.csv`` names for each the text and the place in it. A case whose place
begins with "Inferred" rests on our reading of a print that leaves it open.
"""

import csv
import json
from pathlib import Path

import pytest

from cartreview import grading
from cartreview._tables import overlay

CASES = Path(__file__).parent / "reference" / "grading_cases.csv"
LEAST = 60


def cases():
    """Read the cases."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def graded(case):
    """Grade a case as the library does."""
    answers = json.loads(case["answers"])
    return int(getattr(grading, case["function"])(**answers))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["case"])
def test_a_written_case_is_graded_as_its_text_says(case):
    """Each case has the grade, or the points, that its text gives it."""
    assert int(case["expected"]) == graded(case), case["place"]


def test_there_are_cases_enough():
    """Every function has cases, each names its text and place, and none stands there twice."""
    every = cases()
    assert len(every) >= LEAST
    assert all(case["text"] and case["place"] for case in every)
    assert len({(case["function"], case["answers"]) for case in every}) == len(every)
    functions = {name for name in grading.__all__ if name.startswith("grade_")} - {"grade_frame"}
    scores = {"hscore", "car_hematotox", "cartox_10", "ice_score"}
    assert functions | scores == {case["function"] for case in every}


@pytest.mark.parametrize(
    ("table", "key", "row", "column", "value"),
    [
        ("grading_criteria", "criterion_id", "astct-icans-ice-2", "low", 4),
        ("grading_criteria", "criterion_id", "tian-herniation-4", "grade", 3),
        ("grading_criteria", "criterion_id", "t-icaht-early-3", "days_high", 0),
        ("grading_criteria", "criterion_id", "cartox-cres-score-2", "low", 4),
        ("risk_scores", "score_row_id", "hscore-ferritin-35", "points", 30),
        ("risk_scores", "score_row_id", "car-hematotox-platelets-1", "points", 2),
    ],
)
def test_a_planted_fault_is_seen(table, key, row, column, value):
    """A wrong cut-off, grade or point makes a case differ, or the scale is refused."""
    from cartreview import load

    frame = load(table)
    frame.loc[frame[key] == row, column] = value
    with overlay({table: frame}):
        differing = []
        for case in cases():
            try:
                found = graded(case)
            except (ValueError, LookupError) as refused:
                found = refused
            differing += [case["case"]] if found != int(case["expected"]) else []
    assert differing
