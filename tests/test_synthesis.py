"""What pooling says where a quantity does not exist, what it refuses, and its speed in k."""

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid

from cartreview.synthesis import (
    cumulative,
    exact_interval,
    leave_one_out,
    pool_proportions,
    pool_subgroups,
    predict_proportion,
    small_study_test,
    wilson_interval,
)
from cartreview.synthesis.coverage import METHODS, scenario
from cartreview.synthesis.intervals import exact_interval as where_it_is_written
from cartreview.synthesis.likelihood import Binomial, evaluate

EVENTS = [4, 8, 4, 1, 2, 1, 1, 3, 1, 4, 3]
TOTALS = [58, 13, 6, 1, 3, 4, 3, 7, 1, 18, 10]


def test_exact_interval_keeps_its_name():
    """The package gives what the module gave."""
    assert where_it_is_written is exact_interval


@pytest.mark.parametrize("interval", [exact_interval, wilson_interval])
@pytest.mark.parametrize(("events", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_intervals_refuse_impossible_counts(interval, events, total):
    """Counts outside their range are refused with the range."""
    with pytest.raises(ValueError, match=f"events must lie in 0..total .* found {events} of"):
        interval(events, total)


def test_import_needs_no_numpy():
    """The library alone brings neither numpy nor scipy."""
    code = "import sys, cartreview; print({'numpy', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "set()" == done.stdout.strip()


@pytest.mark.parametrize(
    ("events", "totals", "message"),
    [
        ([], [], "no study to pool"),
        ([1, 2], [3], "study at index 1: .* one entry a study; found 2 events, 1 totals"),
        ([1, -2], [3, 4], "study at index 1: events must be a whole number in 0..4; found -2"),
        ([1, 5], [3, 4], "study at index 1: events must be a whole number in 0..4; found 5"),
        ([1, 0], [3, 0], "study at index 1: total must be a whole number, 1 or more; found 0"),
        ([float("nan")], [3], "study at index 0: events .* 0..3; found nan"),
        ([1], [float("inf")], "study at index 0: total .* found inf"),
        ([1.5], [3], "found 1.5"),
        ([None], [3], "found None"),
        ([pd.NA], [3], "found <NA>"),
        (["1"], [3], "found 1"),
        ([True], [3], "found True"),
        (5, 9, "events must be a sequence with one count a study; found 5"),
    ],
)
def test_bad_counts_are_named(events, totals, message):
    """The message says which study, what was found and what is allowed."""
    with pytest.raises(ValueError, match=message):
        pool_proportions(events, totals)


def test_names_are_used_in_messages():
    """A study is called what the caller calls it."""
    with pytest.raises(ValueError, match=r"study 'brown-15': events .* 0\.\.2; found 3"):
        pool_proportions([1, 3], [2, 2], names=["bagley-16", "brown-15"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "ml"}, "method must be one of 'glmm', 'reml', 'dl'; found 'ml'"),
        ({"ci": "knapp-hartung"}, "ci must be one of 'wald', 't'; found 'knapp-hartung'"),
        ({"level": 95}, "level must lie between 0 and 1; found 95"),
        ({"points": 1}, "points must be 7 or more; found 1"),
        ({"moderators": {"year": [1]}}, "'year' must have one value a study; found 1 values"),
        ({"moderators": {"route": ["a"] * 11}}, "'route' must take two values or more"),
        ({"moderators": {"route": [None] + ["a"] * 10}}, "study at index 0: moderator 'route'"),
        (
            {"moderators": {"a": list(range(11)), "b": list(range(1, 12))}},
            "moderators a, b: one follows from the others",
        ),
    ],
)
def test_bad_options_are_named(options, message):
    """What cannot be is refused with what can."""
    with pytest.raises(ValueError, match=message):
        pool_proportions(EVENTS, TOTALS, **options)


def test_tables_columns_are_counts():
    """Columns of a table, with their own integer type, can be pooled as they are."""
    frame = pd.DataFrame({"x": EVENTS, "n": TOTALS}).astype("Int64")
    assert pool_proportions(EVENTS, TOTALS).mu == pool_proportions(frame["x"], frame["n"]).mu


@pytest.mark.parametrize(
    ("events", "totals", "estimate", "reason"),
    [
        ([3], [10], 0.3, "There is one study"),
        ([0], [7], 0.0, "There is one study"),
        ([0, 0, 0], [3, 8, 1], 0.0, "No patient has the outcome"),
        ([3, 8], [3, 8], 1.0, "Every patient has the outcome"),
        ([1, 0, 0, 1], [1, 1, 1, 1], 0.5, "Every study has one patient"),
    ],
)
def test_what_can_be_given_without_spread(events, totals, estimate, reason):
    """Where tau2 cannot be told there is the exact interval, and a sentence."""
    pooled = pool_proportions(events, totals)
    assert estimate == pooled.estimate
    assert exact_interval(sum(events), sum(totals)) == (pooled.ci_low, pooled.ci_high)
    assert (None, None, None, "exact") == (pooled.tau2, pooled.pi_low, pooled.i2, pooled.ci)
    assert pooled.reasons[0].startswith(reason)
    assert 1 == len(pooled.reasons)


def test_endless_likelihood_is_said():
    """Studies that are all at 0 or 1 have no pooled estimate."""
    pooled = pool_proportions([0, 10], [10, 10])
    assert (None, None) == (pooled.estimate, pooled.tau2)
    assert "rises with tau2 without end" in pooled.reasons[0]


def test_boundary_is_said():
    """Studies that differ less than chance lets them have tau2 = 0."""
    pooled = pool_proportions([3] * 5, [12] * 5)
    assert (0.25, 0.0, 0.0) == (round(pooled.estimate, 12), pooled.tau2, pooled.tau2_low)
    assert (pooled.ci_low, pooled.ci_high) == (pooled.pi_low, pooled.pi_high)
    assert "tau2 lies on its boundary" in pooled.reasons[0]


@pytest.mark.parametrize("method", ["reml", "dl"])
def test_correction_is_said(method):
    """The models on logits say how many studies they corrected."""
    pooled = pool_proportions([0, 3, 2], [4, 9, 2], method=method)
    assert pooled.reasons[0].startswith("0.5 was added to both cells of 2 of 3 studies")
    alone = pool_proportions([0, 0], [4, 9], method=method)
    assert "the estimate comes from the 0.5" in alone.reasons[0]


def test_one_study_on_logits():
    """One study has no spread, and no degrees of freedom for Knapp and Hartung."""
    pooled = pool_proportions([3], [10], method="reml", ci="knapp-hartung")
    assert (None, None, "wald") == (pooled.tau2, pooled.q, pooled.ci)
    assert "There is one study" in pooled.reasons[-1]


def test_no_upper_bound_is_said():
    """A profile that does not fall has no upper end."""
    pooled = pool_proportions([0, 5, 2], [9, 9, 2])
    assert pooled.tau2_low > 0
    assert pooled.tau2_high is None
    assert "no upper bound" in pooled.reasons[-1]


def test_separated_moderator_is_said():
    """A group without events has no finite coefficient; the sentence names it."""
    pooled = pool_proportions(
        [3, 4, 0, 0], [9, 9, 9, 9], moderators={"route": ["IT", "IT", "IV", "IV"]}
    )
    assert ((), None) == (pooled.coefficients, pooled.estimate)
    assert "'route: IV' has no finite estimate" in pooled.reasons[0]


@pytest.mark.parametrize("method", ["glmm", "reml"])
def test_too_few_studies_for_moderators_is_said(method):
    """Two studies cannot carry a slope and a spread."""
    pooled = pool_proportions([3, 4], [9, 9], method=method, moderators={"year": [2010, 2020]})
    assert "Found 2 studies for 2 coefficients and tau2" in pooled.reasons[0]


def test_prediction_refuses_what_it_does_not_know():
    """A route that no study had, or a forgotten moderator, is named."""
    routes = ["IT", "IV", "IT", "IV", "IT", "IT", "IV", "IV", "IT", "IV", "IT"]
    fit = pool_proportions(EVENTS, TOTALS, moderators={"route": routes})
    with pytest.raises(ValueError, match="route must be one of IT, IV; found 'ICV'"):
        predict_proportion(fit, {"route": "ICV"})
    with pytest.raises(ValueError, match="moderators must be route; found year"):
        predict_proportion(fit, {"year": 2020})
    with pytest.raises(ValueError, match="no coefficients to predict with"):
        predict_proportion(pool_proportions(EVENTS, TOTALS), {})


def test_subgroups_are_the_groups_pooled():
    """A group is what pooling it alone gives; a group of one is left out of the test."""
    groups = ["IT"] * 6 + ["IV"] * 4 + ["ICV"]
    found = pool_subgroups(EVENTS, TOTALS, groups)
    assert ["ICV", "IT", "IV"] == list(found.groups)
    assert pool_proportions(EVENTS[:6], TOTALS[:6]) == found.groups["IT"]
    assert 1 == found.between_df
    assert "ICV" in found.reasons[0]


def test_leave_one_out_and_cumulative():
    """Without a study and with the first ones: what pooling those studies gives."""
    without = leave_one_out(EVENTS, TOTALS)
    assert pool_proportions(EVENTS[1:], TOTALS[1:]) == without[0][1]
    years = list(range(2030, 2019, -1))
    added = cumulative(EVENTS, TOTALS, years)
    assert [str(index) for index in range(10, -1, -1)] == [name for name, _ in added]
    assert pool_proportions(EVENTS[-3:][::-1], TOTALS[-3:][::-1]) == added[2][1]
    assert () == leave_one_out([1], [2])


def test_small_study_test_warns():
    """Few studies, and Egger's test, come with a plain sentence."""
    assert "2 are needed" not in small_study_test([1, 2], [3, 9]).reasons[0]
    assert "3 studies or more are needed" in small_study_test([1, 2], [3, 9]).reasons[0]
    few = small_study_test([1, 2, 3, 1], [3, 9, 4, 8], test="egger")
    assert ["4 studies are fewer than 10", "A proportion and its standard error"] == [
        few.reasons[0].split(":")[0],
        few.reasons[1].split(" depend")[0],
    ]


def test_results_can_be_kept():
    """A result survives pickling, and names all it has."""
    pooled = pool_proportions(EVENTS, TOTALS)
    again = pickle.loads(pickle.dumps(pooled))  # noqa: S301  our own bytes
    assert pooled == again
    # Found anew when it is asked for; the last bits depend on how numpy's sums lie in memory.
    assert pooled.tau2_high == pytest.approx(again.tau2_high, rel=1e-9)
    asked = pickle.loads(pickle.dumps(pooled))  # noqa: S301  what was found travels along
    assert pooled.tau2_high == asked.tau2_high
    assert {"estimate", "tau2_low", "tau2_high", "reasons"} <= set(pooled.as_dict())
    assert 1 == pytest.approx(sum(pooled.weights))


def test_gradient_is_that_of_the_quadrature():
    """The derivatives are those of what is maximised, wide tau or not."""
    data = Binomial.of(np.array(EVENTS, float), np.array(TOTALS, float), np.ones((11, 1)))
    for theta in (np.array([-1.0, 0.7]), np.array([0.5, 6.0])):
        steps = 1e-6 * np.eye(2)
        slopes = [
            (evaluate(theta + s, data, 21).value - evaluate(theta - s, data, 21).value) / 2e-6
            for s in steps
        ]
        assert slopes == pytest.approx(evaluate(theta, data, 21).gradient, abs=1e-7)


def test_quadrature_is_the_integral():
    """A study's likelihood is its integral, taken in another way."""
    data = Binomial.of(np.array([3.0]), np.array([9.0]), np.ones((1, 1)))
    u = np.linspace(-12, 12, 200_001)
    p = 1 / (1 + np.exp(-(-0.4 + 1.3 * u)))
    density = 84 * p**3 * (1 - p) ** 6 * np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    there = np.log(trapezoid(density, u))
    assert there == pytest.approx(evaluate(np.array([-0.4, 1.3]), data, 21).value, abs=1e-9)


def test_many_studies_are_pooled():
    """Ten thousand different studies are no trouble, nor are a million patients."""
    random = np.random.default_rng(1)
    totals = random.integers(5, 5000, 10_000)
    events = random.binomial(totals, 1 / (1 + np.exp(1 - 0.5 * random.standard_normal(10_000))))
    pooled = pool_proportions(events, totals)
    assert 0.25 == pytest.approx(pooled.tau2, abs=0.02)
    assert -1 == pytest.approx(pooled.mu, abs=0.03)


def test_simulation_repeats_itself():
    """The same scenario gives the same numbers, one a method."""
    first, second = (scenario(0.2, 0.5, replicates=10) for _ in range(2))
    assert first == second
    assert list(METHODS) == [one.method for one in first]
    assert all(one.answered <= one.replicates == 10 for one in first)
