"""What must hold of any studies: laws of pooling, tried on studies that hypothesis makes up."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cartreview.synthesis import exact_interval, pool_proportions, wilson_interval
from cartreview.synthesis.glmm import fit_glmm

CLOSE = 1e-6
# A maximum at tau near 0 is as flat as tau to the power of four.
FLAT = 1e-4

# Seeded: the same studies every time, so that a run says the same thing twice.
settings.register_profile("studies", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("studies")

METHODS = st.sampled_from(["glmm", "reml", "dl"])


@st.composite
def studies(draw, least=1, most=12, largest=60):
    """Make up studies: events and totals."""
    totals = draw(st.lists(st.integers(1, largest), min_size=least, max_size=most))
    return [draw(st.integers(0, total)) for total in totals], totals


@given(studies(), METHODS, st.randoms(use_true_random=False))
def test_order_does_not_matter(counts, method, random):
    """Studies in another order say the same."""
    events, totals = counts
    order = list(range(len(totals)))
    random.shuffle(order)
    one = pool_proportions(events, totals, method=method)
    other = pool_proportions([events[i] for i in order], [totals[i] for i in order], method=method)
    for name in ("estimate", "ci_low", "ci_high", "tau2", "q", "lrt"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=FLAT), name


@given(studies(), METHODS)
def test_intervals_contain_the_estimate(counts, method):
    """The estimate lies in its interval, and that in the prediction interval."""
    pooled = pool_proportions(*counts, method=method)
    if pooled.estimate is None:
        assert pooled.reasons
        return
    assert 0 <= pooled.ci_low <= pooled.estimate <= pooled.ci_high <= 1
    if pooled.pi_low is not None:
        assert pooled.pi_low <= pooled.ci_low <= pooled.ci_high <= pooled.pi_high
    if pooled.tau2 is not None and pooled.tau2_high is not None and method == "glmm":
        assert pooled.tau2_low <= pooled.tau2 <= pooled.tau2_high


@given(studies(), METHODS)
def test_what_is_missing_has_a_reason(counts, method):
    """No quantity is None without a sentence."""
    pooled = pool_proportions(*counts, method=method)
    wanted = (pooled.estimate, pooled.tau2, pooled.pi_low, pooled.i2, pooled.tau2_high)
    assert pooled.reasons or None not in wanted
    assert all(reason.endswith(".") for reason in pooled.reasons)


@given(studies(), METHODS)
def test_events_and_others_mirror_each_other(counts, method):
    """Counting those without the outcome gives the mirror image."""
    events, totals = counts
    one = pool_proportions(events, totals, method=method)
    others = [n - x for x, n in zip(events, totals, strict=True)]
    mirrored = pool_proportions(others, totals, method=method)
    assume(one.estimate is not None)
    assert one.estimate == pytest.approx(1 - mirrored.estimate, abs=FLAT)
    assert (one.tau2 is None) == (mirrored.tau2 is None)
    if one.tau2 is not None:
        assert one.tau2 == pytest.approx(mirrored.tau2, rel=FLAT, abs=FLAT)


@given(studies(least=2), st.data())
def test_common_effect_grows_with_events(counts, data):
    """One more event never lowers the common-effect share."""
    events, totals = counts
    grown = data.draw(st.sampled_from(range(len(totals))))
    assume(events[grown] < totals[grown] and 0 < sum(events) < sum(totals) - 1)
    more = [x + (i == grown) for i, x in enumerate(events)]
    one, other = (common(x, totals) for x in (events, more))
    assert one < other


@given(studies(least=2), st.data())
def test_splitting_a_study_leaves_the_common_effect(counts, data):
    """A study reported in two parts says the same under a common effect."""
    events, totals = counts
    assume(0 < sum(events) < sum(totals) and totals[0] > 1)
    part = data.draw(st.integers(1, totals[0] - 1))
    least, most = max(0, events[0] - (totals[0] - part)), min(part, events[0])
    inside = data.draw(st.integers(least, most))
    split = ([inside, events[0] - inside, *events[1:]], [part, totals[0] - part, *totals[1:]])
    assert common(events, totals) == pytest.approx(common(*split), abs=CLOSE)


@given(studies(least=2, largest=20), st.integers(2, 50))
def test_more_of_the_same_is_surer(counts, times):
    """Every study as many times as large: the same share, a narrower interval, no wider tau2."""
    events, totals = counts
    assume(0 < sum(events) < sum(totals))
    scaled = ([times * x for x in events], [times * n for n in totals])
    assert common(events, totals) == pytest.approx(common(*scaled), abs=CLOSE)
    for interval in (exact_interval, wilson_interval):
        low, high = interval(events[0], totals[0])
        lower, higher = interval(times * events[0], times * totals[0])
        assert higher - lower < high - low


@given(studies(least=3), st.integers(2, 6))
def test_copies_of_all_studies_keep_the_maximum(counts, times):
    """All studies several times over: the same estimate and tau2, a smaller standard error."""
    events, totals = counts
    one = pool_proportions(events, totals)
    assume(one.tau2 is not None)
    other = pool_proportions(events * times, totals * times)
    assert one.mu == pytest.approx(other.mu, abs=FLAT)
    assert one.tau2 == pytest.approx(other.tau2, abs=FLAT, rel=FLAT)
    assert other.se == pytest.approx(one.se / times**0.5, rel=1e-3)


@given(st.integers(1, 200), st.data(), st.floats(0.5, 0.999))
def test_exact_interval_is_wider_at_a_higher_level(total, data, level):
    """A higher level never narrows an interval, and both hold the share."""
    events = data.draw(st.integers(0, total))
    for interval in (exact_interval, wilson_interval):
        low, high = interval(events, total, level=level)
        lower, higher = interval(events, total, level=(1 + level) / 2)
        assert lower <= low <= events / total <= high <= higher


def common(events, totals):
    """Give the share under a common effect, by the model's own fit."""
    x, n = np.array(events, dtype=float), np.array(totals, dtype=float)
    theta = fit_glmm(x, n, np.ones((len(x), 1)), 21).common.theta
    return float(1 / (1 + np.exp(-theta[0])))
