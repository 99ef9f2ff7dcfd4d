"""Pooled proportions agree with R's metafor on a pinned grid; tests/reference/README.md says how.

If one of these fails the library is wrong, not the reference: do not loosen a number. Where metafor
itself has not converged, the case and the reason stand in tests/reference/explained.json.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cartreview.synthesis import (
    cumulative,
    leave_one_out,
    pool_proportions,
    predict_proportion,
    small_study_test,
)
from cartreview.synthesis.glmm import MANY_POINTS, WIDE_TAU, fit_glmm
from cartreview.synthesis.likelihood import Binomial, evaluate, maximise
from cartreview.synthesis.normal import fit_normal
from cartreview.synthesis.transform import freeman_tukey, freeman_tukey_back

HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "metafor.json").read_text(encoding="utf-8"))
EXPLAINED = json.loads((HERE / "explained.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in REFERENCE["cases"]}
FITS = [
    f"{method}/{ci}"
    for method, intervals in {
        "glmm": ["wald", "t"],
        "reml": ["wald", "t", "knapp-hartung"],
        "dl": ["wald", "t", "knapp-hartung"],
    }.items()
    for ci in intervals
]
CLOSED = [fit for fit in FITS if not fit.startswith("glmm")]

# Worst differences seen are in the comments. Logit scale unless said otherwise.
GLMM_LOGIT = 1e-4  # 4.1e-6 (opposed-k2), 1.1e-5 against metafor as usually called (ties-k2)
GLMM_SE = 1e-4  # relative: 7.3e-6 (opposed-k2), from lme4's differences
GLMM_PROPORTION = 1e-5  # bounds as proportions: 4.4e-6 (large-k2)
CLOSED_LOGIT = 1e-6  # 4.6e-14 (huge-rare-k4)
CLOSED_PROPORTION = 1e-6  # 8.4e-15 (typical-k5)
TAU2 = 1e-3  # relative: 1.1e-5 (moderated-k25), 9.1e-5 against metafor as usually called
TAU2_BOUNDS = 1e-6  # relative: 1.5e-9 (moderated-k60)
I2 = 1e-6  # 2.8e-7 (huge-rare-k4)
TESTS = 1e-6  # relative, statistics and p: 2.3e-10 (tiny-k3)
WALD_WITH_ZEROS = (
    1e-3  # 4.7e-4 (tiny-k2): metafor's logistic regression stops on the way to its limit
)
COEFFICIENTS = 1e-4  # 2.9e-6 (moderated-k25)
LME4_PROFILE = 2e-3  # of tau: 8.6e-4 (alike-k25); lme4 interpolates its profile
LOST_DIGITS = 1e-12  # relative, of a log-likelihood
TAU2_ZERO = 1e-6  # below it metafor's optimiser is at the boundary


@cache
def answer(case, fit):
    """Pool the counts of a case."""
    method, ci = fit.split("/")
    case = CASES[case]
    return pool_proportions(
        case["events"], case["totals"], method=method, ci=ci, moderators=case["mods"]
    )


def explained(case, fit):
    """Give the quantities of a case that are explained instead of compared."""
    return {
        quantity
        for entry in EXPLAINED["cases"]
        if entry["case"] == case and entry["method"] == fit.split("/")[0]
        for quantity in entry["quantities"]
    }


# What metafor calls 0 for a single study, and we None.
NOT_OF_ONE = {"tau2", "i2", "q", "q_p", "pi_low", "pi_high", "tau2_low", "tau2_high", "loglik"}
# What there is with moderators, besides the coefficients.
OF_MODERATORS = {"tau2", "i2", "q", "q_p", "lrt", "lrt_p", "tau2_low", "tau2_high"}


def pairs(case, fit, names, run="tight"):
    """Give (metafor's value, ours) for quantities that metafor has and nobody explains away."""
    theirs, ours = CASES[case]["fits"][fit][run], answer(case, fit)
    wanted = set(names) - explained(case, fit)
    wanted &= OF_MODERATORS if CASES[case]["mods"] else wanted
    wanted -= NOT_OF_ONE if ours.k == 1 else set()
    return [(theirs[name], getattr(ours, name)) for name in wanted if theirs.get(name) is not None]


def expit(values):
    """Turn metafor's bounds into proportions."""
    return 1 / (1 + np.exp(-np.asarray(values, dtype=float)))


def runs():
    """Give metafor's two ways to be called, except where the usual one is explained."""
    slow = {(entry["case"], entry["method"]) for entry in EXPLAINED["default_calls"]}
    for case in CASES:
        for run in ("tight", "default"):
            fits = [f for f in FITS if run == "tight" or (case, f.split("/")[0]) not in slow]
            yield pytest.param(case, fits, run, id=f"{case}-{run}")


@pytest.mark.parametrize(("case", "fits", "run"), list(runs()))
def test_estimate(case, fits, run):
    """The centre of the studies is metafor's, as usually called and as exact as it can."""
    for fit in fits:
        limit = CLOSED_LOGIT if fit in CLOSED else GLMM_LOGIT
        for theirs, ours in pairs(case, fit, ["mu"], run):
            assert theirs == pytest.approx(ours, abs=limit), fit


@pytest.mark.parametrize(("case", "fits", "run"), list(runs()))
def test_tau2(case, fits, run):
    """The variance between studies is metafor's; at the boundary both are there."""
    for fit in fits:
        # As usually called, REML stops once tau2 moves by less than 1e-5.
        zero = 1e-5 if run == "default" and fit.startswith("reml") else TAU2_ZERO
        for theirs, ours in pairs(case, fit, ["tau2"], run):
            assert theirs == pytest.approx(ours, rel=TAU2, abs=zero), fit


@pytest.mark.parametrize("case", CASES)
def test_intervals(case):
    """Standard error, confidence and prediction interval are metafor's."""
    for fit in FITS:
        for theirs, ours in pairs(case, fit, ["se"]):
            assert theirs == pytest.approx(ours, rel=CLOSED_LOGIT if fit in CLOSED else GLMM_SE)
        limit = CLOSED_PROPORTION if fit in CLOSED else GLMM_PROPORTION
        for theirs, ours in pairs(case, fit, ["ci_low", "ci_high", "pi_low", "pi_high"]):
            assert expit(theirs) == pytest.approx(ours, abs=limit), fit


@pytest.mark.parametrize("case", CASES)
def test_heterogeneity(case):
    """I2, Q and the likelihood-ratio test are metafor's."""
    counts = zip(CASES[case]["events"], CASES[case]["totals"], strict=True)
    zeros = any(events in (0, total) for events, total in counts)
    for fit in FITS:
        for theirs, ours in pairs(case, fit, ["i2"]):
            assert theirs == pytest.approx(ours, abs=I2), fit
        for theirs, ours in pairs(case, fit, ["lrt", "lrt_p"]):
            assert theirs == pytest.approx(ours, rel=TESTS, abs=TESTS), fit
        limit = WALD_WITH_ZEROS if zeros and fit not in CLOSED else TESTS
        for theirs, ours in pairs(case, fit, ["q", "q_p"]):
            assert theirs == pytest.approx(ours, rel=limit, abs=limit), fit


@pytest.mark.parametrize("case", CASES)
def test_q_profile(case):
    """The Q-profile interval of tau2 is metafor's."""
    for fit in CLOSED:
        for theirs, ours in pairs(case, fit, ["tau2_low", "tau2_high"]):
            assert theirs == pytest.approx(ours, rel=TAU2_BOUNDS, abs=TAU2_BOUNDS), fit


@pytest.mark.parametrize("case", CASES)
def test_restricted_likelihood(case):
    """REML's log-likelihood is metafor's."""
    for theirs, ours in pairs(case, "reml/wald", ["loglik"]):
        assert theirs == pytest.approx(ours, abs=CLOSED_LOGIT)


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("moderated")])
@pytest.mark.parametrize("fit", FITS)
def test_moderators(case, fit):
    """Coefficients, their errors and their joint test are metafor's."""
    theirs, ours = CASES[case]["fits"][fit]["tight"], answer(case, fit)
    assert theirs["beta"] == pytest.approx([c.value for c in ours.coefficients], abs=COEFFICIENTS)
    assert theirs["beta_se"] == pytest.approx([c.se for c in ours.coefficients], rel=COEFFICIENTS)
    assert theirs["qm"] == pytest.approx(ours.moderators_q, rel=COEFFICIENTS)
    assert theirs["qm_p"] == pytest.approx(ours.moderators_p, rel=COEFFICIENTS)
    at = predict_proportion(ours, {"route": "IV", "year": 2020})
    assert expit(np.dot([1, 0, 1, 2020], theirs["beta"])) == pytest.approx(at.estimate, abs=1e-5)


@pytest.mark.parametrize("case", [name for name, one in CASES.items() if "profile" in one])
def test_profile(case):
    """The bounds of tau are lme4's, and the profile is as low there as it must be."""
    one, ours = CASES[case], answer(case, "glmm/wald")
    for name in {"tau_low", "tau_high"} - explained(case, "glmm/wald"):
        bound = getattr(ours, name.replace("tau", "tau2"))
        assert one["profile"][name] == pytest.approx(bound**0.5, abs=LME4_PROFILE)
    x, n = (np.array(one[name], dtype=float) for name in ("events", "totals"))
    fit = fit_glmm(x, n, np.ones((len(x), 1)), 21)
    for bound in {ours.tau2_low, ours.tau2_high} - {0.0}:
        points = 21 if bound < WIDE_TAU**2 else MANY_POINTS
        top = maximise(fit.top.theta, fit.data, points)
        there = maximise(np.array([ours.mu, bound**0.5]), fit.data, points, free=1)
        assert 3.841458820694124 / 2 == pytest.approx(top.value - there.value, abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_an_answer_or_a_reason_where_metafor_stops(case):
    """Where metafor gives an error we give an estimate, or one sentence that says why not."""
    for fit in FITS:
        for run in ("default", "tight"):
            if "error" in CASES[case]["fits"][fit][run]:
                ours = answer(case, fit)
                assert ours.estimate is not None or ours.reasons


def with_two_maxima():
    """Give the cases for which both sides print a maximum."""
    for case, one in CASES.items():
        theirs = one["fits"]["glmm/wald"]["default"]
        if not one["mods"] and "error" not in theirs and answer(case, "glmm/wald").tau2 is not None:
            yield case


@pytest.mark.parametrize("case", list(with_two_maxima()))
def test_our_maximum_is_not_below_metafors(case):
    """In the likelihood that both maximise, no estimate of metafor's stands above ours."""
    one, ours = CASES[case], answer(case, "glmm/wald")
    theirs = one["fits"]["glmm/wald"]["default"]
    x, n = (np.array(one[name], dtype=float) for name in ("events", "totals"))
    data = Binomial.of(x, n, np.ones((len(x), 1)))
    here, there = (
        evaluate(np.array([mu, tau2**0.5]), data, 21).value
        for mu, tau2 in ((ours.mu, ours.tau2), (theirs["mu"], theirs["tau2"]))
    )
    assert here >= there - LOST_DIGITS * abs(there)


def test_sensitivity():
    """Leave-one-out and cumulative pooling are metafor's."""
    case = CASES["cart-k22"]
    counts = case["events"], case["totals"]
    without = [one.mu for _, one in leave_one_out(*counts, method="dl")]
    added = [one.mu for _, one in cumulative(*counts, range(22), method="dl")]
    assert case["leave_one_out"] == pytest.approx(without, abs=CLOSED_LOGIT)
    assert case["cumulative"] == pytest.approx(added, abs=CLOSED_LOGIT)


@pytest.mark.parametrize("test", ["peters", "egger"])
@pytest.mark.parametrize("case", CASES)
def test_small_studies(case, test):
    """Peters' and Egger's tests are metafor's, wherever a line has a standard error."""
    theirs = CASES[case]["small_study"][test]
    ours = small_study_test(CASES[case]["events"], CASES[case]["totals"], test=test)
    if ours.t is None:
        assert ours.reasons
        assert theirs.get("t") is None or len(CASES[case]["events"]) == 3
    else:
        assert theirs["t"] == pytest.approx(ours.t, rel=TESTS)
        assert theirs["p"] == pytest.approx(ours.p, rel=TESTS)


@pytest.mark.parametrize("case", [name for name, one in CASES.items() if "freeman_tukey" in one])
def test_freeman_tukey(case):
    """The shortcut that the simulation shows is metafor's."""
    one = CASES[case]
    x, n = (np.array(one[name], dtype=float) for name in ("events", "totals"))
    fit = fit_normal(*freeman_tukey(x, n), np.ones((len(x), 1)), "dl")
    assert one["freeman_tukey"]["mu"] == pytest.approx(fit.beta[0], abs=CLOSED_LOGIT)
    back = freeman_tukey_back(fit.beta, len(n) / (1 / n).sum())[0]
    assert one["freeman_tukey"]["estimate"] == pytest.approx(back, abs=CLOSED_LOGIT)


def test_the_grid_is_complete():
    """The reference keeps its size, its kinds of study and every method and interval."""
    assert {"R", "metafor", "lme4"} == set(REFERENCE["versions"])
    assert 592 == sum(len(case["fits"]) for case in CASES.values())
    assert {tuple(sorted(FITS))} == {tuple(sorted(case["fits"])) for case in CASES.values()}
    assert {1, 2, 3, 4, 5, 6, 8, 10, 22, 25, 40, 60} == {len(c["events"]) for c in CASES.values()}
    kinds = ("typical", "alike", "wide", "rare", "frequent", "tiny", "ties", "large")
    assert not {f"{kind}-k{k}" for kind in kinds for k in (2, 3, 5, 10, 25, 40, 60)} - set(CASES)
    special = {"none-k4", "all-k3", "none-or-all-k4", "equal-k5", "huge-k4", "patients-k6"}
    assert not special - set(CASES)


def test_every_explanation_names_a_case():
    """Nothing is explained that is not on the grid."""
    entries = [*EXPLAINED["cases"], *EXPLAINED["default_calls"]]
    assert not {entry["case"] for entry in entries} - set(CASES)
    assert all(entry["reason"].endswith(".") for entry in entries)
