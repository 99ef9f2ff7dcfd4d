"""Trials told in a line: what happened, in its order, and nothing of what is unknown."""

import pandas as pd
import pytest
from test_trials import HARM, OUTCOME, REPORTS, STUDY, harm, outcome, table

from cartreview.evidence.told import told

DLT = "dose-limiting toxicity"
ELSEWHERE = harm("CRS", study_id="other")


def line(*outcomes, harms=(), **study):
    """Tell study a."""
    base = {**OUTCOME, "outcome_id": None, "endpoint": None}
    rows = table(base, *({**row, "outcome_id": str(n)} for n, row in enumerate(outcomes)))
    more = {"any_percent": None, "fatal_events": None, "term": "other"}
    tox = table(
        {**HARM, **more, "incidence_id": None, "toxicity": None},
        *({**row, "incidence_id": str(n)} for n, row in enumerate([*harms, ELSEWHERE])),
    )
    studies = table({**STUDY, **study}, {})
    return told(studies, rows, tox, REPORTS)


def test_a_line_in_its_order():
    """Treated, response, survival with its clock, harm."""
    found = line(
        outcome("PR", 1, 8),
        outcome("OS", value=7.5, unit="months", clock="infusion"),
        harms=[harm(DLT, any_events=1, denominator=9)],
    )
    survival = "median survival 7.5 months from infusion"
    expected = f"A 2020 (9 treated; 1 of 8 responded; {survival}; {DLT} in 1 of 9)"
    assert [expected] == found.lines
    assert ["0", "1"] == found.rows[0]["outcome_id"].tolist()
    assert ["0"] == found.rows[1]["incidence_id"].tolist()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([outcome("PR", 0, 8)], "none of 8 responded"),
        ([outcome("PR", 8, 8)], "all 8 responded"),
        ([outcome("tumour shrinkage", 6, 8)], "tumour shrinkage in 6 of 8"),
        (
            [outcome("tumour shrinkage", 6, 8), outcome("PR", 1, denominator_kind="not printed")],
            "partial response in 1, tumour shrinkage in 6 of 8",
        ),
        (
            [outcome("CR", 7, 17, arm="TIL"), outcome("CR", 2, 9, arm="TCR")],
            "complete response in 7 of 17 [TIL] and in 2 of 9 [TCR]",
        ),
    ],
    ids=["none", "all", "shrinkage", "no denominator", "two groups"],
)
def test_responses_in_words(rows, words):
    """What is counted instead of responses is named."""
    assert [f"A 2020 (9 treated; {words})"] == line(*rows).lines


def test_harm_is_told_where_there_was_any():
    """Nobody with a dose-limiting toxicity is counted elsewhere; a death is told."""
    harms = [harm(DLT, any_events=0, denominator=9)]
    harms += [harm("treatment-related death", any_events=1, denominator=9)]
    found = line(outcome("PR", 1, 8), harms=harms)
    assert found.lines[0].endswith("; 1 of 8 responded; 1 death from treatment)")


def test_small_and_silent_studies_are_not_told():
    """Two patients are no trial to tell, and a study with nothing known is left out."""
    assert [] == line(outcome("antigen loss", 1, 8)).lines
    with pytest.raises(ValueError, match="no row is left"):
        line(outcome("PR", 1, 2), n_treated=2)


def test_the_largest_first():
    """Lines stand by the number treated."""
    studies = table(STUDY, {}, {"study_id": "b", "name": "B 2021", "n_treated": 30})
    rows = [{**outcome("PR", 1, 8), "study_id": key, "outcome_id": key} for key in "ab"]
    reports = pd.concat([REPORTS, REPORTS.assign(study_id="b", report_id=["x", "y", "z"])])
    base = {**OUTCOME, "outcome_id": None, "endpoint": None}
    more = {"any_percent": None, "fatal_events": None, "term": "other"}
    none = table({**HARM, **more, "incidence_id": "x", "toxicity": None}, ELSEWHERE)
    found = told(studies, table(base, *rows), none, reports)
    assert ["B 2021", "A 2020"] == found.studies["name"].tolist()
