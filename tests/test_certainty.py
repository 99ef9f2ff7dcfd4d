"""Headline outcomes, risk of bias and certainty: what counts, what is judged, what follows."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cartreview import load
from cartreview.evidence import bias, certainty, headline
from cartreview.evidence.bias import ITEMS, ON_BIAS, appraise, concerns
from cartreview.evidence.certainty import LEVELS, Certainty, Domain, grade

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
NAMES = ("studies", "outcomes", "toxicity_incidence", "reports")


@pytest.fixture(scope="module")
def counts():
    """Count the headline outcomes of the real tables."""
    return headline.headline_counts(*map(load, NAMES))


@pytest.fixture(scope="module")
def judged():
    """Read both tables of judgements."""
    return load("risk_of_bias"), load("certainty")


def group(*pairs, treated=None, measure="RANO"):
    """Make counts of studies a, b, c and so on."""
    rows = [
        {"study_id": f"s{n}", "study": f"S {n}", "events": events, "denominator": total,
         "n_treated": treated or total, "measure": measure}
        for n, (events, total) in enumerate(pairs)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"events": "Int64", "denominator": "Int64"})


def answers(studies, **given):
    """Answer the judged questions of some studies with yes, but for those given."""
    items = [item for item in ITEMS if item not in bias.COMPUTED]
    return pd.DataFrame(
        [
            {"study_id": study, "item": item, "judgement": given.get(item, "yes"),
             "reason": "as read", "source_id": "x"}
            for study in studies
            for item in items
        ]
    )  # fmt: skip


def judgements(rating="not serious"):
    """Judge both domains of the response alike."""
    return pd.DataFrame(
        [
            {"outcome": "response", "domain": domain, "rating": rating, "reason": "Judged."}
            for domain in ("indirectness", "publication bias")
        ]
    )


def graded(rows, given=None, rating="not serious"):
    """Grade made-up counts as the response."""
    given = answers(rows["study_id"]) if given is None else given
    return grade({"response": rows}, given, judgements(rating))["response"]


def ratings(found):
    """Give the rating of each domain."""
    return {domain.name: domain.rating for domain in found.domains}


def enum(table, field):
    """Read what a schema allows."""
    fields = json.loads((SCHEMAS / f"{table}.json").read_text("utf-8"))["fields"]
    return next(one for one in fields if one["name"] == field)["constraints"]["enum"]


def test_schemas_and_library_name_the_same(judged):
    """Questions that are judged, outcomes, domains and ratings are those of the schemas."""
    assert [item for item in ITEMS if item not in bias.COMPUTED] == enum("risk_of_bias", "item")
    assert [*headline.OUTCOMES] == enum("certainty", "outcome")
    assert {"indirectness", "publication bias"} == set(enum("certainty", "domain"))
    assert [*certainty.RATINGS] == enum("certainty", "rating")


def test_every_headline_outcome_is_graded(counts, judged):
    """The real tables can be graded, domain by domain."""
    found = grade(counts, *judged)
    assert [*headline.OUTCOMES] == [*found]
    assert {certainty.DOMAINS} == {tuple(d.name for d in one.domains) for one in found.values()}
    assert {one.level for one in found.values()} <= set(LEVELS)
    assert all(domain.reason for one in found.values() for domain in one.domains)


def test_a_study_not_judged_yet_is_unclear():
    """A new study enters the pool with its rows, and no answer of others becomes its own."""
    found = appraise(group((1, 9), (2, 9)), answers(["s0"])).set_index(["study_id", "item"])
    assert ("yes", "as read") == tuple(found.loc[("s0", "criteria"), ["judgement", "reason"]])
    new = found.loc[("s1", "criteria")]
    assert ("unclear", "Not judged yet.") == (new["judgement"], new["reason"])
    assert "yes" == found.loc[("s1", "complete"), "judgement"]


def test_an_unjudged_domain_is_named():
    """What must be judged is not passed over."""
    rows = group((1, 9), (2, 9), (3, 9))
    half = judgements().query("domain == 'indirectness'")
    with pytest.raises(ValueError, match="certainty has no row of publication bias for 'response'"):
        grade({"response": rows}, answers(rows["study_id"]), half)


@pytest.mark.parametrize(
    ("counted", "treated", "judgement"),
    [(9, 9, "yes"), (8, 9, "no"), (10, 9, "unclear"), (9, pd.NA, "unclear")],
)
def test_complete_inclusion_is_computed(counted, treated, judgement):
    """All treated, fewer, more over several reports, or nobody knows."""
    rows = group((1, counted)).assign(n_treated=pd.array([treated], "Int64"))
    found = appraise(rows, answers(["s0"])).set_index("item")
    assert judgement == found.loc["complete", "judgement"]
    assert found.loc["complete", "computed"]


@pytest.mark.parametrize(("measure", "judgement"), [("RANO", "yes"), ("", "unclear")])
def test_a_named_criterion_is_computed(measure, judgement):
    """A criterion that nobody names is no standard measure."""
    found = appraise(group((1, 9), measure=measure), answers(["s0"])).set_index("item")
    assert judgement == found.loc["measured", "judgement"]


def test_the_first_judge_stands():
    """A second judge is there to be compared, and moves nothing."""
    both = pd.concat([answers(["s0"]), answers(["s0"], criteria="no")])
    found = appraise(group((1, 9)), both).set_index("item")
    assert "yes" == found.loc["criteria", "judgement"]
    assert found.index.is_unique


def test_concern_needs_all_five_answers():
    """One question open is unclear; most answered with no is high; reporting does not count."""
    base = {"study_id": ["a"] * 5, "item": [*ON_BIAS]}
    for given, concern in (
        (["yes"] * 4 + ["not applicable"], "low"),
        (["yes"] * 4 + ["unclear"], "unclear"),
        (["yes", "yes", "no", "no", "unclear"], "unclear"),
        (["yes", "yes", "no", "no", "no"], "high"),
    ):
        assert [concern] == concerns(pd.DataFrame({**base, "judgement": given})).tolist()


def test_large_studies_alike_stay_at_the_start():
    """Nothing to object to leaves the level of evidence that is not randomised."""
    found = graded(group((60, 200), (62, 200), (58, 200)))
    assert {"not serious"} == set(ratings(found).values())
    assert ("low", ()) == (found.level, found.against)


def test_bias_weighs_by_patients():
    """Most patients decide, not most studies."""
    rows = group((60, 300), (6, 30), (6, 30))
    few_low = pd.concat([answers(["s0"], consecutive="unclear"), answers(["s1", "s2"])])
    assert "serious" == ratings(graded(rows, few_low))["risk of bias"]
    most_low = pd.concat([answers(["s0"]), answers(["s1", "s2"], consecutive="unclear")])
    assert "not serious" == ratings(graded(rows, most_low))["risk of bias"]
    worst = answers(rows["study_id"], criteria="no", diagnosis="no", consecutive="no")
    assert "very serious" == ratings(graded(rows, worst))["risk of bias"]


def test_studies_that_differ_are_inconsistent():
    """What differences between studies add to the uncertainty takes a level off, or two."""
    assert "not serious" == ratings(graded(group((30, 99), (31, 99), (29, 99))))["inconsistency"]
    apart = group((2, 99), (50, 99), (95, 99))
    assert "very serious" == ratings(graded(apart))["inconsistency"]


@pytest.mark.parametrize(
    ("pairs", "rating"),
    [
        ([(30, 150)] * 3, "not serious"),
        ([(30, 120)] * 3, "serious"),
        ([(9, 30)] * 3, "very serious"),
        ([(9, 30)] * 2, "very serious"),
    ],
)
def test_few_patients_are_imprecise(pairs, rating):
    """From 400 patients on, to 100, below, and too few studies to pool."""
    assert rating == ratings(graded(group(*pairs)))["imprecision"]


def test_two_studies_are_not_pooled():
    """Two studies have no share between them, three have."""
    assert graded(group((9, 30), (9, 30))).pooled is None
    assert graded(group((9, 30), (9, 30), (9, 30))).pooled is not None


def test_survivors_come_from_a_rate_with_its_patients():
    """A rate at 12 months counts if the number followed is told; another time does not."""
    rows = pd.DataFrame(
        [
            ("a", "OS", "12 months", None, 50.0, 20),
            ("b", "OS", "12 months", None, 50.0, None),
            ("c", "OS", "24 months", None, 50.0, 20),
            ("d", "one-year survival", None, 2, None, 18),
        ],
        columns=["study_id", "endpoint", "timepoint", "events", "percent", "denominator"],
    ).assign(arm=None, clock=["infusion", None, None, "not stated"], source_id="x")
    studies = pd.DataFrame({"study_id": [*"abcd"], "name": [*"ABCD"], "n_treated": [20] * 4})
    reports = load("reports").head(1)
    found = headline.year_survivors(studies, rows, reports).sort_values("study_id")
    assert [("a", 10, 20, "infusion"), ("d", 2, 18, "")] == list(
        found[["study_id", "events", "denominator", "measure"]].itertuples(index=False, name=None)
    )


def test_small_studies_that_differ_count_from_ten_on():
    """Small studies with many responders, large ones with few: a sign of what is missing."""
    small = [(4, 5)] * 5 + [(5, 6)] * 2
    large = [(10, 90), (9, 100), (11, 95), (12, 110)]
    assert "serious" == ratings(graded(group(*small, *large)))["publication bias"]
    assert "not serious" == ratings(graded(group(*small[:3], *large)))["publication bias"]
    alike = graded(group(*[(10, 50)] * 11), rating="serious")
    assert "serious" == ratings(alike)["publication bias"]


def test_no_level_lies_below_very_low():
    """Five domains may object more than there are levels."""
    worst = tuple(Domain(name, "very serious", "why", "judged") for name in certainty.DOMAINS)
    assert "very low" == Certainty("response", 1, 9, None, worst).level


def test_real_counts_hold_each_patient_once(counts):
    """A study stands once under each outcome, and no more patients respond than were judged."""
    for rows in counts.values():
        assert rows["study_id"].is_unique
        assert (rows["events"] <= rows["denominator"]).all()


def test_outcomes_without_a_study_can_be_graded(judged):
    """An outcome that nobody counts is not pooled, and says so."""
    studies, *others = map(load, NAMES)
    few = headline.headline_counts(studies[studies["product_class"] == "LAK"], *others)
    found = grade(few, *judged)
    assert {(0, 0, None)} == {(one.studies, one.patients, one.pooled) for one in found.values()}
    assert certainty.summary(found)["estimate"].isna().all()
