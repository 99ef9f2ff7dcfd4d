"""What pooling takes and gives: frames and columns, one-row results, options that types know."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from cartreview.synthesis import (
    exact_interval,
    leave_one_out,
    pool_proportions,
    small_study_test,
    wilson_interval,
)
from cartreview.synthesis.parts import Fit

EVENTS = [4, 8, 4, 1, 2, 0, 1]
TOTALS = [58, 13, 6, 1, 3, 4, 3]
INTERVALS = pytest.mark.parametrize("interval", [exact_interval, wilson_interval])


@INTERVALS
@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pd.array])
def test_a_column_is_its_studies_one_by_one(interval, kind):
    """A column has the interval of each of its cells, to the last digit."""
    found = interval(kind(EVENTS), kind(TOTALS), level=0.9)
    singly = [interval(*pair, level=0.9) for pair in zip(EVENTS, TOTALS, strict=True)]
    assert singly == [tuple(row) for row in found.to_numpy().tolist()]
    assert ["low", "high"] == list(found)


@INTERVALS
@pytest.mark.parametrize("dtype", ["Int64", "Float64", "float64", "object"])
def test_a_missing_count_has_missing_bounds(interval, dtype):
    """A count that is missing in any of pandas' ways gives NA; the index is kept."""
    events = pd.Series([8, None], index=["a", "b"]).astype(dtype)
    found = interval(events, 13)
    assert ["a", "b"] == found.index.tolist()
    assert [False, True] == found["low"].isna().tolist()
    assert ["Float64"] * 2 == [str(dtype) for dtype in found.dtypes]


@INTERVALS
def test_a_column_without_rows_has_no_bounds(interval):
    """No study, no interval."""
    assert (0, 2) == interval(pd.Series([], dtype="Int64"), 13).shape


@INTERVALS
def test_a_column_is_refused_with_its_row(interval):
    """Impossible counts are named by row, and columns of different rows are no pair."""
    events = pd.Series([8, 14], index=["a", "b"])
    with pytest.raises(ValueError, match=r"row 'b': events must lie in 0\.\.total .* 14 of 13"):
        interval(events, 13)
    with pytest.raises(ValueError, match="their indices differ"):
        interval(events, pd.Series([20, 20]))
    with pytest.raises(ValueError, match="level must lie between 0 and 1; found 95"):
        interval(events, 20, level=95)


def counts(**columns):
    """Give a frame of counts as ``response_counts`` does."""
    return pd.DataFrame({"events": EVENTS, "denominator": TOTALS, **columns}).astype(
        {"events": "Int64", "denominator": "Int64"}
    )


@pytest.mark.parametrize("method", ["glmm", "reml", "dl"])
def test_a_frame_is_its_columns(method):
    """A frame says what its two columns say."""
    frame = counts(study=list("abcdefg"))
    assert pool_proportions(EVENTS, TOTALS, method=method) == pool_proportions(frame, method=method)
    assert "a" == leave_one_out(frame)[0][0]
    assert small_study_test(EVENTS, TOTALS) == small_study_test(frame)


def test_a_frame_is_refused_in_its_own_words():
    """A frame lacks a column, has a bad study, or comes with totals that it has already."""
    with pytest.raises(ValueError, match="column 'denominator' is missing"):
        pool_proportions(counts().drop(columns="denominator"))
    with pytest.raises(ValueError, match=r"study 'b': events .* number in 0\.\.13"):
        pool_proportions(counts(study=list("abcdefg")).assign(events=[4, 14, 4, 1, 2, 0, 1]))
    with pytest.raises(ValueError, match="give it alone"):
        pool_proportions(counts(), TOTALS)
    with pytest.raises(ValueError, match="totals must be a sequence"):
        pool_proportions(EVENTS)


def test_a_result_is_one_tidy_row():
    """Results stand below one another: the same columns and types, whatever is missing."""
    every = [pool_proportions(EVENTS, TOTALS), pool_proportions([0, 0], [3, 4]),
             pool_proportions([1], [3], method="dl"),
             pool_proportions(EVENTS, TOTALS, moderators={"year": range(7)})]  # fmt: skip
    frames = [pooled.to_frame() for pooled in every]
    for frame in frames:
        assert 1 == len(frame)
        assert frames[0].dtypes.to_dict() == frame.dtypes.to_dict()
    together = pd.concat(frames, ignore_index=True)
    assert [7, 2, 1, 7] == together["k"].tolist()
    assert [False, False, False, True] == together["estimate"].isna().tolist()
    assert together["reasons"].str.len().gt(0).tolist()[1:] == [True] * 3
    for column in ("tau2_low", "i2", "lrt_p", "loglik"):
        assert getattr(every[0], column) == together.loc[0, column]


@pytest.mark.parametrize(
    ("given", "lines", "shown"),
    [
        ((EVENTS, TOTALS), 1, ["Pooled proportion", "95% interval", "20 of 88", "glmm, wald"]),
        (([0, 0], [3, 4]), 1, ["No patient has the outcome", "0 of 7"]),
        (([1, 3], [1, 3]), 1, ["1.000"]),
    ],
)
def test_a_result_shows_itself(given, lines, shown):
    """In a notebook a small table with the reasons, elsewhere one short line."""
    pooled = pool_proportions(*given)
    assert len(repr(pooled)) < 120
    assert lines == len(repr(pooled).splitlines())
    for text in shown:
        assert text in pooled._repr_html_()


def test_moderators_show_their_coefficients():
    """There is no single proportion to show; a name of a caller is escaped."""
    pooled = pool_proportions(EVENTS, TOTALS, moderators={"<year>": range(7)})
    assert "2 coefficients" in repr(pooled)
    assert "&lt;year&gt;" in pooled._repr_html_()
    assert "Pooled proportion" not in pooled._repr_html_()


def test_the_interval_of_tau2_is_asked_for():
    """A method gives what the two properties give; without tau2 there are no bounds."""
    for method in ("glmm", "reml", "dl"):
        pooled = pool_proportions(EVENTS, TOTALS, method=method)
        assert (pooled.tau2_low, pooled.tau2_high) == pooled.tau2_interval()
    assert (None, None) == pool_proportions([1], [3]).tau2_interval()


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda: pool_proportions(EVENTS, TOTALS, method="DL"), "found 'DL'; did you mean 'dl'"),
        (lambda: pool_proportions(EVENTS, TOTALS, method="REML"), "did you mean 'reml'"),
        (lambda: pool_proportions(EVENTS, TOTALS, ci="Wald"), "did you mean 'wald'"),
        (lambda: small_study_test(EVENTS, TOTALS, test="Egger"), "did you mean 'egger'"),
    ],
)
def test_an_option_in_capitals_is_told_its_name(call, meant):
    """The option's own spelling is named, whatever the letters."""
    with pytest.raises(ValueError, match=meant):
        call()


WRONG = (
    'pool_proportions([1], [2], method="DL")',
    'pool_proportions([1], [2], ci="z")',
    'small_study_test([1], [2], test="begg")',
    'exact_interval(1, 2)["low"]',
    'grade_frame(frame, "ASTCT crs")',
    'grade_frame(frame, "ASTCT CRS", errors="ignore")',
)


def test_types_refuse_what_does_not_exist(tmp_path):
    """A wrong option is an error for mypy, on its line, and a right one is none."""
    pytest.importorskip("mypy")
    file = tmp_path / "calls.py"
    head = ["from typing import Any", "from cartreview.synthesis import *",
            "from cartreview.grading import grade_frame", "frame: Any = None"]  # fmt: skip
    right = ['pool_proportions([1], [2], method="dl", ci="t").tau2_interval()',
             'low, high = exact_interval(1, 2)', 'exact_interval([1], [2])["low"]',
             'grade_frame(frame, "ASTCT CRS")']  # fmt: skip
    file.write_text("\n".join([*head, *right, *WRONG]), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--ignore-missing-imports", "--follow-imports=silent",
               "--no-error-summary", "--cache-dir", str(tmp_path), str(file)]  # fmt: skip
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    lines = [line for line in found.splitlines() if ": error: " in line]
    first = len(head) + len(right) + 1
    assert list(range(first, first + len(WRONG))) == [int(one.split(":")[1]) for one in lines], (
        found
    )


def test_parts_have_empty_defaults():
    """A fit that finds nothing has every part, empty."""
    fit = Fit("wald")
    assert (None, None) == fit.heterogeneity.search()
    assert fit.estimate.estimate is fit.deviance.p is None
