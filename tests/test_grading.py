"""Grades of one patient: footnotes one by one, what is refused, laws of grading."""

import json
from itertools import product

import pytest

import cartreview
from cartreview._tables import overlay
from cartreview.grading import (
    UnitWarning,
    capd_band,
    engine,
    grade_crs,
    grade_icaht,
    grade_icans,
    grade_icans_capd,
    icans_scale,
    ice_score,
    rules_as_data,
    scales,
)
from cartreview.grading.inputs import Choice, Flag, Refused, Whole
from cartreview.grading.rules import Range, rules
from cartreview.grading.scale import scale

CRITERIA = cartreview.load("grading_criteria").set_index("criterion_id")


def crs(hypotension="none", hypoxia="none", *, fever=True, **more):
    """Grade CRS of a patient with fever."""
    return grade_crs(fever=fever, hypotension=hypotension, hypoxia=hypoxia, **more)


def icans(ice=10, consciousness="alert", **more):
    """Grade ICANS of a patient without a finding."""
    return grade_icans(ice=ice, consciousness=consciousness, **more)


def child(capd=0, consciousness="alert", **more):
    """Grade ICANS of a child without a finding."""
    return grade_icans_capd(capd=capd, consciousness=consciousness, **more)


def changed(key, column, value):
    """Change a cell of the rules."""
    frame = cartreview.load("grading_criteria")
    frame.loc[frame["criterion_id"] == key, column] = value
    return overlay({"grading_criteria": frame})


def without(*keys):
    """Take rules away."""
    frame = cartreview.load("grading_criteria")
    return overlay({"grading_criteria": frame[~frame["criterion_id"].isin(keys)]})


# CRS


def test_fever_alone_is_grade_1():
    """Fever without hypotension and hypoxia is grade 1, and fever decides."""
    grade = crs()
    assert (1, ("fever",)) == (grade.value, grade.decided_by)


@pytest.mark.parametrize(("hypotension", "hypoxia"), [("none", "none"), ("none", "high-flow")])
def test_no_grade_without_fever(hypotension, hypoxia):
    """Fever is required: without it hypoxia has another cause, and there is no grade."""
    grade = crs(hypotension, hypoxia, fever=False)
    assert (0, ("fever",)) == (grade.value, grade.decided_by)
    assert ("astct-crs-fever-required",) == grade.criteria
    assert CRITERIA.loc["astct-crs-fever-required", "criterion"] == grade.reasons[0]
    other_cause = "The hypoxia then has another cause."
    assert (hypoxia != "none") == (other_cause in grade.reasons)
    assert not any("hypotension then" in reason for reason in grade.reasons)


def test_masked_fever_is_waived():
    """After antipyretic or anticytokine treatment hypotension and hypoxia alone give the grade."""
    grade = crs("no vasopressor", "low-flow", fever=False, fever_masked=True)
    assert (2, ("hypotension", "hypoxia")) == (grade.value, grade.decided_by)
    assert CRITERIA.loc["astct-crs-fever-waived", "criterion"] in grade.reasons
    attribution = CRITERIA.loc["astct-crs-fever-attribution", "criterion"]
    assert attribution not in grade.reasons


def test_masked_fever_without_findings_is_no_grade():
    """With nothing left to see there is no grade, and the reason says why fever may be missing."""
    grade = crs(fever=False, fever_masked=True)
    assert (0, ()) == (grade.value, grade.decided_by)
    assert engine.SUPPRESSED == grade.reasons[0]


def test_fever_despite_treatment_is_fever():
    """Treatment changes nothing where there is fever."""
    assert crs("none", "low-flow") == crs("none", "low-flow", fever_masked=True)


def test_crs_is_graded_by_the_worse_domain():
    """One vasopressor and low-flow oxygen are grade 3, and the reason says why."""
    grade = crs("one vasopressor", "low-flow")
    assert (3, ("hypotension",)) == (grade.value, grade.decided_by)
    assert CRITERIA.loc["astct-crs-worst-domain", "criterion"] in grade.reasons
    assert ("astct-crs-hypotension-3",) == grade.criteria


def test_both_domains_can_decide():
    """Two domains of the same grade both decide, and no footnote had to choose."""
    grade = crs("multiple vasopressors", "positive pressure")
    assert (4, ("hypotension", "hypoxia")) == (grade.value, grade.decided_by)
    assert CRITERIA.loc["astct-crs-worst-domain", "criterion"] not in grade.reasons


@pytest.mark.parametrize(
    ("finding", "key"),
    [
        ("vasopressin", "astct-crs-vasopressin-not-counted"),
        ("oxygen for comfort", "astct-crs-comfort-oxygen-not-counted"),
        ("organ toxicity", "astct-crs-organ-toxicity-not-counted"),
    ],
)
def test_what_does_not_count_in_crs(finding, key):
    """Vasopressin, oxygen for comfort and organ toxicity are named and change nothing."""
    plain, named = crs("one vasopressor"), crs("one vasopressor", also=[finding])
    assert plain.value == named.value
    assert (*plain.reasons, CRITERIA.loc[key, "criterion"]) == named.reasons
    assert CRITERIA.loc[key, "source_id"] in named.sources


def test_fever_counts_only_without_another_cause():
    """The condition on other causes of fever is said whenever fever counts."""
    assert (
        CRITERIA.loc["astct-crs-fever-attribution", "criterion"] in crs("none", "low-flow").reasons
    )


@pytest.mark.parametrize("grade", [crs, icans, child])
def test_death_is_grade_5(grade):
    """Death of the syndrome is grade 5, whatever else was found."""
    dead = grade(died=True)
    assert (5, ("death",), 1) == (dead.value, dead.decided_by, len(dead.reasons))


# ICANS


def test_nothing_found_is_grade_0():
    """An alert patient with every point has no ICANS."""
    grade = icans()
    assert (0, (engine.NOTHING,), ()) == (grade.value, grade.reasons, grade.criteria)


def test_ice_0_awake_is_grade_3():
    """ICE 0 in a patient who is awake, as with global aphasia, is grade 3."""
    grade = icans(0)
    assert (3, ("ice",)) == (grade.value, grade.decided_by)
    assert CRITERIA.loc["astct-icans-ice-zero-decides-3", "criterion"] in grade.reasons


@pytest.mark.parametrize("ice", [0, None, float("nan")])
def test_ice_0_unarousable_is_grade_4(ice):
    """ICE 0, or no ICE, in a patient who cannot be aroused is grade 4."""
    grade = icans(ice, "unarousable")
    assert (4, ("ice", "consciousness")) == (grade.value, grade.decided_by)
    assert CRITERIA.loc["astct-icans-ice-zero-decides-4", "criterion"] in grade.reasons
    assert CRITERIA.loc["astct-icans-ice-zero-decides-3", "criterion"] not in grade.reasons


def test_icans_is_graded_by_the_worst_domain():
    """An ICE of 3 with a seizure that resolves is grade 3."""
    grade = icans(3, seizure="resolves rapidly")
    assert (3, ("seizure",)) == (grade.value, grade.decided_by)
    assert CRITERIA.loc["astct-icans-worst-domain", "criterion"] in grade.reasons


def test_sedation_is_another_cause():
    """Where consciousness decides, the condition on sedating drugs is said; elsewhere it is not."""
    sedation = CRITERIA.loc["astct-icans-sedation-attribution", "criterion"]
    assert sedation in icans(10, "awakens to voice").reasons
    assert sedation not in icans(10, motor="deep focal weakness").reasons


@pytest.mark.parametrize("finding", ["tremor", "myoclonus", "intracranial haemorrhage"])
def test_what_does_not_count_in_icans(finding):
    """Tremor, myoclonus and intracranial haemorrhage change no grade and are named."""
    plain, named = icans(8), icans(8, also=(finding,))
    assert plain.value == named.value
    assert plain.reasons == named.reasons[:-1]
    assert finding in named.reasons[-1].lower()
    assert named == icans(8, also=finding)


def test_unknown_finding_is_refused():
    """A finding that no footnote names is refused with those that are."""
    with pytest.raises(ValueError, match="also: found 'rash'; allowed is any of 'tremor', 'myoclo"):
        icans(also=["rash"])


@pytest.mark.parametrize(
    ("capd", "consciousness", "expected"),
    [
        (0, "alert", 0),
        (8, "alert", 0),
        (8, "awakens spontaneously", 1),
        (8, "awakens to voice", 2),
        (8, "awakens to tactile stimulus", 3),
        (8, "unarousable", 4),
        (9, "alert", 3),
        (32, "awakens to voice", 3),
        ("unable", "alert", 4),
    ],
)
def test_capd_with_consciousness(capd, consciousness, expected):
    """Under 9 points consciousness decides; from 9 on it is grade 3, without a CAPD grade 4."""
    assert expected == child(capd, consciousness).value


@pytest.mark.parametrize(
    ("age", "delay", "expected"),
    [
        (0, False, "ASTCT ICANS (children)"),
        (11.99, False, "ASTCT ICANS (children)"),
        (12, False, "ASTCT ICANS"),
        (80, False, "ASTCT ICANS"),
        (12, True, "ASTCT ICANS (children)"),
        (21, True, "ASTCT ICANS (children)"),
    ],
)
def test_the_capd_is_for_children_below_12(age, delay, expected):
    """Below 12 years, and later with a developmental delay, the CAPD takes the place of the ICE."""
    assert expected == icans_scale(age_years=age, developmental_delay=delay)
    assert expected in scales()


def test_the_age_of_the_edge_is_read():
    """The edge between the forms stands in the table alone, and its two sides agree."""
    with changed("astct-icans-applies", "low", 13):
        assert "ASTCT ICANS (children)" == icans_scale(age_years=12)
    with without("astct-icans-applies"), pytest.raises(ValueError, match="no footnote 'applies"):
        icans_scale(age_years=12)
    older, younger = rules("ASTCT ICANS"), rules("ASTCT ICANS (children)")
    edge = next(rule for rule in older if rule.criterion_id == "astct-icans-applies").band
    below = next(rule for rule in younger if rule.level == "under 12 years").band
    assert all((age in edge) != (age in below) for age in (0, 11.99, 12, 12.01, 40))


# Haematotoxicity


def early(days_anc_500=0, days_anc_100=0, **more):
    """Grade early ICAHT."""
    return grade_icaht(period="early", days_anc_500=days_anc_500, days_anc_100=days_anc_100, **more)


def late(lowest, second):
    """Grade late ICAHT."""
    return grade_icaht(period="late", lowest_anc_per_ul=lowest, second_lowest_anc_per_ul=second)


@pytest.mark.parametrize(
    ("days_500", "days_100", "expected"),
    [
        (0, 0, 0),
        (1, 0, 1),
        (6, 6, 1),
        (7, 6, 2),
        (13, 6, 2),
        (14, 6, 3),
        (7, 7, 3),
        (30, 13, 3),
        (14, 14, 4),
        (31, 0, 4),
    ],
)
def test_early_icaht_is_graded_by_days(days_500, days_100, expected):
    """The higher of the grades by days at or below 500 and at or below 100 counts."""
    assert expected == early(days_500, days_100).value


def test_who_never_recovers_has_grade_4():
    """Neutropenia from the first days to the last count is grade 4, however soon that was."""
    grade = early(9, 2, recovery="never recovers")
    assert (4, ("recovery",)) == (grade.value, grade.decided_by)
    assert CRITERIA.loc["icaht-early-never-recovers-4", "criterion"] == grade.reasons[0]
    assert early(9, 2) == early(9, 2, recovery="recovers")


@pytest.mark.parametrize(
    ("lowest", "second", "expected"),
    [
        (1501, 1501, 0),
        (1500, 1500, 1),
        (1001, 1500, 1),
        (1000, 1500, 2),
        (501, 501, 2),
        (500, 1500, 3),
        (101, 1500, 3),
        (100, 1500, 4),
        (0, 0, 4),
        (400, 1501, 0),
        (400, None, 3),
        (1600, None, 0),
    ],
)
def test_late_icaht_is_graded_by_the_nadir(lowest, second, expected):
    """The lowest count gives the grade if a second one bears it out, or if there is one only."""
    assert expected == late(lowest, second).value


def test_one_low_count_among_several_is_not_graded():
    """Where the second lowest count is above the limit, the footnote says why there is no grade."""
    grade = late(400, 2000)
    assert (CRITERIA.loc["icaht-late-two-counts", "criterion"],) == grade.reasons
    assert ("icaht-late-two-counts",) == grade.criteria


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: early(3, 4), "days_anc_100: found 4; allowed is at most days_anc_500, which is 3"),
        (lambda: early(32), "days_anc_500: found 32; allowed is a whole number from 0 to 31"),
        (lambda: early(None), "days_anc_500: found nothing"),
        (lambda: early(0, recovery="never recovers"), "'recovers' where days_anc_500 is 0"),
        (lambda: early(9, recovery=None), "recovery: found nothing; allowed is one of 'recovers'"),
        (lambda: grade_icaht(period="early", days_anc_500=3), "days_anc_100: found nothing"),
        (lambda: grade_icaht(period="then"), "period: found 'then'; allowed is one of 'early'"),
        (
            lambda: grade_icaht(period="late", days_anc_500=3),
            "days_anc_500: found 3; allowed is nothing where period is 'late'",
        ),
        (
            lambda: grade_icaht(period="late", lowest_anc_per_ul=400),
            "second_lowest_anc_per_ul: found nothing; .* None where there is one count only",
        ),
        (lambda: late(None, 400), "lowest_anc_per_ul: found nothing; allowed is a count from 0"),
        (lambda: late(float("nan"), 400), "lowest_anc_per_ul: found nothing"),
        (lambda: late(-1, 400), "lowest_anc_per_ul: found -1"),
        (lambda: late("400", 400), "lowest_anc_per_ul: found '400'"),
        (lambda: late(400, float("nan")), "second_lowest_anc_per_ul: found nothing"),
        (lambda: late(400, 300), "second_lowest_anc_per_ul: found 300.0; allowed is 400"),
    ],
)
def test_impossible_counts_are_refused(call, message):
    """Days and counts are of their period, in their range, and in order."""
    with pytest.raises(ValueError, match=message):
        call()


def test_counts_in_another_unit_are_noticed():
    """A count that is ordinary in 10^9/L is graded as it stands, with a warning."""
    with pytest.warns(UnitWarning, match="lowest_anc_per_ul: found 0.4, .* probably in 10\\^9/L"):
        assert 4 == late(0.4, 800).value


def test_late_rules_with_a_hole_are_refused():
    """A count without a band, or a missing footnote, is refused."""
    with without("icaht-late-3"), pytest.raises(ValueError, match="found 0 bands for 400 cells"):
        late(400, 400)
    with (
        without("icaht-late-two-counts"),
        pytest.raises(ValueError, match="found 0 footnotes 'required'; expected one"),
    ):
        late(400, 400)
    with (
        without("icaht-early-window"),
        pytest.raises(ValueError, match="found 0 footnotes 'applies to' with days; expected one"),
    ):
        early(3)


# Scores


@pytest.mark.parametrize(("capd", "name", "grades"), [
    (0, "under 9", (0, 1, 2)), (9, "9 or more", (3,)), (32, "9 or more", (3,)),
    ("unable", "unable", (4,)),
])  # fmt: skip
def test_bands_of_the_capd(capd, name, grades):
    """A score lies in one band, which names the grades that it can give."""
    band = capd_band(capd)
    assert (name, grades) == (band.name, band.grades)


@pytest.mark.parametrize("items", [*product((0, 4), (0, 3), (0, 1), (0, 1), (0, 1))])
def test_ice_is_the_sum_of_its_items(items):
    """Points add up."""
    names = ("orientation", "naming", "commands", "writing", "attention")
    assert sum(items) == ice_score(**dict(zip(names, items, strict=True)))


@pytest.mark.parametrize(
    ("item", "points", "message"),
    [
        ("orientation", 5, "orientation: found 5; allowed is a whole number from 0 to 4"),
        ("naming", 4, "naming: found 4; .* 0 to 3"),
        ("writing", -1, "writing: found -1; .* 0 to 1"),
        ("attention", 0.5, "attention: found 0.5; .* 0 to 1"),
        ("commands", True, "commands: found True"),
        ("commands", "1", "commands: found '1'"),
        ("commands", None, "commands: found nothing"),
    ],
)
def test_ice_refuses_impossible_points(item, points, message):
    """An item above its most, below 0, in parts or missing is refused."""
    full = {"orientation": 4, "naming": 3, "commands": 1, "writing": 1, "attention": 1}
    with pytest.raises(ValueError, match=message):
        ice_score(**{**full, item: points})


# What is refused


@pytest.mark.parametrize("missing", [None, float("nan"), ""])
@pytest.mark.parametrize(
    ("grade", "name", "allowed"),
    [
        (crs, "fever", "True or False"),
        (crs, "hypotension", "one of 'none', 'no vasopressor', 'vasopressin alone', 'one vaso"),
        (crs, "hypoxia", "one of 'none', 'low-flow'"),
        (crs, "fever_masked", "True or False"),
        (icans, "ice", "a whole number from 0 to 10 or None with consciousness 'unarousable'"),
        (icans, "consciousness", "one of 'alert'"),
        (icans, "seizure", "one of 'none', 'resolves"),
        (icans, "motor", "one of 'none', 'deep"),
        (icans, "oedema", "one of 'none', 'focal'"),
        (icans, "died", "True or False"),
        (child, "capd", "a whole number from 0 to 32 or 'unable'"),
    ],
)
def test_missing_input_is_refused(grade, name, allowed, missing):
    """What is unknown is not graded: the message names the argument and what is allowed."""
    with pytest.raises(ValueError, match=f"^{name}: found nothing; allowed is {allowed}"):
        grade(**{name: missing})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: crs(fever=38.5), "fever: found 38.5; allowed is True or False"),
        (lambda: crs(fever="yes"), "fever: found 'yes'"),
        (lambda: crs(fever=1), "fever: found 1;"),
        (lambda: crs("two vasopressors"), "'two vasopressors'; .*; did you mean 'no vasopressor'"),
        (lambda: crs("none", "low flow"), "'low flow'; .* did you mean 'low-flow'"),
        (lambda: icans(11), "ice: found 11; allowed is a whole number from 0 to 10"),
        (lambda: icans(-1), "ice: found -1"),
        (lambda: icans(2.5), "ice: found 2.5"),
        (lambda: icans(float("inf")), "ice: found inf"),
        (lambda: icans(10**400), "ice: found 1000"),
        (lambda: icans("7"), "ice: found '7'"),
        (lambda: icans(5, "unarousable"), "ice: found 5; allowed is 0 or None with consciousness"),
        (lambda: icans(None, "alert"), "ice: found nothing; .*; consciousness is 'alert'"),
        (lambda: child(33), "capd: found 33; allowed is a whole number from 0 to 32 or 'unable'"),
        (lambda: child("Unable"), "capd: found 'Unable'"),
        (lambda: icans_scale(age_years=None), "age_years: found nothing; allowed is an age"),
        (lambda: icans_scale(age_years=144), "age_years: found 144; allowed is an age in years"),
        (lambda: icans_scale(age_years=-1), "age_years: found -1"),
        (lambda: icans_scale(age_years=5, developmental_delay=1), "developmental_delay: found 1"),
        (lambda: scale("ASTCT"), "scale: found 'ASTCT'; allowed is one of 'ASTCT CRS'"),
    ],
)  # fmt: skip
def test_impossible_input_is_refused(call, message):
    """Nothing is guessed: the message says what was found and what is allowed."""
    with pytest.raises(ValueError, match=message):
        call()


# Laws


def combinations(name):
    """Give every combination of answers of a scale that can be."""
    made = scale(name)
    names = [one.name for one in made.inputs]
    for values in product(*(one.options for one in made.inputs)):
        answers = dict(zip(names, values, strict=True))
        try:
            yield answers, engine.grade(made, answers)
        except Refused:
            assert {"ice", "days_anc_500", "days_plt_20"} & set(answers)


def worse(one, value):
    """Give the next worse answer, or None; that a finding has another cause is no finding."""
    if isinstance(one, Flag) and one.excuses:
        return None
    if isinstance(one, Whole):
        if one.name == "ice":
            return value - 1 if value else None
        return value + 1 if value not in (*one.words, one.highest) else None
    place = one.options.index(value)
    return one.options[place + 1] if place + 1 < len(one.options) else None


@pytest.mark.parametrize("name", scales())
def test_a_worse_finding_never_lowers_the_grade(name):
    """Over the whole space: one answer made worse, the grade is the same or higher."""
    every = {tuple(answers.values()): grade.value for answers, grade in combinations(name)}
    inputs = scale(name).inputs
    compared = 0
    for values, grade in every.items():
        for place, one in enumerate(inputs):
            step = None if values[place] is None else worse(one, values[place])
            after = every.get((*values[:place], step, *values[place + 1 :]))
            if step is not None and after is not None:
                compared += 1
                assert grade <= after, (values, one.name, step)
    assert compared > len(every)


@pytest.mark.parametrize("name", scales())
def test_every_grade_has_reasons_from_the_table(name):
    """Every grade from 1 on names rows of its scale and their sources, and says a reason."""
    for answers, grade in combinations(name):
        assert grade.reasons, answers
        assert name == grade.system
        assert len(set(grade.reasons)) == len(grade.reasons)
        if grade.value:
            assert grade.decided_by, answers
            assert grade.sources, answers
            assert {name} == set(CRITERIA.loc[list(grade.criteria), "scale"]), answers


@pytest.mark.parametrize("name", scales())
def test_every_grade_can_be_had(name):
    """Each scale gives every grade from 0 on, to 5 where it asks about death."""
    highest = 5 if "died" in {one.name for one in scale(name).inputs} else 4
    assert set(range(highest + 1)) == {grade.value for _, grade in combinations(name)}


# Rules are read


def test_a_changed_grade_changes_the_answer():
    """What a level is worth stands in the table alone."""
    assert 3 == crs("one vasopressor").value
    with changed("astct-crs-hypotension-3", "grade", 2):
        assert 2 == crs("one vasopressor").value
    assert 3 == crs("one vasopressor").value


def test_a_changed_band_changes_the_answer():
    """Cut-offs are read."""
    with changed("astct-icans-capd-3", "low", 8):
        assert 3 == child(8, "awakens spontaneously").value
    with changed("ice-naming", "points", 4):
        assert 4 == ice_score(orientation=0, naming=4, commands=0, writing=0, attention=0)


def test_a_changed_footnote_changes_the_reason():
    """Texts are read."""
    with changed("astct-crs-fever-required", "criterion", "No fever, no grade."):
        assert ("No fever, no grade.",) == crs(fever=False).reasons


@pytest.mark.parametrize(
    ("rows", "grade", "message"),
    [
        (["astct-crs-hypoxia-3"], crs, "found no rule for hypoxia 'high-flow'; expected a level"),
        (["astct-icans-ice-2"], icans, "'ASTCT ICANS': found no rule for ice 3; expected"),
        (["astct-icans-capd-4"], child, "found no rule for capd 'unable'"),
        (["astct-crs-death-5"], crs, "found no rule for death; expected a footnote"),
        (
            ["astct-crs-fever-required"],
            crs,
            "found 'required' for no domain; expected it",
        ),
        (["astct-crs-fever-waived"], crs, "found 'waived' for no domain; expected it for fever"),
    ],
)
def test_rules_with_a_hole_are_refused(rows, grade, message):
    """A scale that would leave an answer without a grade is not used."""
    with without(*rows), pytest.raises(ValueError, match=message):
        grade()


@pytest.mark.parametrize(
    ("key", "column", "value", "message"),
    [
        ("astct-crs-hypoxia-3", "level", "highflow", "found no rule for hypoxia 'high-flow'"),
        ("astct-crs-hypoxia-3", "domain", "oxygen", "rules for the domain 'oxygen'; expected one"),
        ("astct-crs-hypoxia-3", "grade", None, "astct-crs-hypoxia-3 without a grade"),
        ("astct-crs-fever-required", "domain", "chills", "found 'required' for chills; expected"),
    ],
)
def test_rules_that_nobody_asks_for_are_refused(key, column, value, message):
    """A level or domain that no input has is refused."""
    with changed(key, column, value), pytest.raises(ValueError, match=message):
        crs()


@pytest.mark.parametrize(
    ("requires", "message"),
    [
        ("unarousable", "astct-icans-ice-4: requires is 'unarousable'; expected a domain and a"),
        ("consciousness=asleep", "astct-icans-ice-4 requires consciousness=asleep"),
    ],
)
def test_requirements_are_read(requires, message):
    """A requirement is a domain and one of its levels."""
    with (
        changed("astct-icans-ice-4", "requires", requires),
        pytest.raises(ValueError, match=message),
    ):
        icans()


@pytest.mark.parametrize(
    ("band", "text", "inside", "outside"),
    [
        (Range(), "-inf to inf", (0, -1e9), ()),
        (Range(3, 6), "3 to 6", (3, 6), (2.999, 6.001)),
        (Range(3, 6, low_open=True), "over 3 to 6", (3.001, 6), (3,)),
        (Range(3, 6, high_open=True), "3 to under 6", (3, 5.999), (6,)),
        (Range(high=9, high_open=True), "under 9", (-1, 8.9), (9,)),
        (Range(high=9), "9 or less", (9,), (9.1,)),
        (Range(low=9), "9 or more", (9,), (8.9,)),
        (Range(low=9, low_open=True), "over 9", (9.1,), (9,)),
        (Range(0, 0), "0", (0,), (1,)),
    ],
)
def test_ends_of_a_range(band, text, inside, outside):
    """An end belongs to its band unless the row says otherwise."""
    assert all(number in band for number in inside)
    assert not any(number in band for number in outside)
    if text != "-inf to inf":
        assert text == str(band)


def test_every_row_is_a_rule():
    """No row of the table is lost on the way."""
    assert list(CRITERIA.index) == [rule.criterion_id for rule in rules()]


# What is shown


def places(told):
    """Find every rule in what the page gets, at any depth."""
    if isinstance(told, dict):
        if "source" in told:
            yield told
        for part in told.values():
            yield from places(part)
    elif isinstance(told, list):
        for part in told:
            yield from places(part)


def test_rules_for_the_page_are_plain():
    """They go through JSON unchanged, without infinities, and every rule names its place."""
    told = rules_as_data()
    assert told == json.loads(json.dumps(told, allow_nan=False))
    every = list(places(told))
    assert all(rule["source"] and rule["locator"] for rule in every)
    assert {rule["id"] for rule in every if "id" in rule} <= set(CRITERIA.index)
    assert set(scales()) == set(told["scales"])


def test_rules_for_the_page_follow_the_table():
    """A changed cell is a changed page."""
    with changed("astct-crs-hypoxia-3", "grade", 4):
        high_flow = rules_as_data()["scales"]["ASTCT CRS"]["graded"]["hypoxia"][2]
        assert (4, True) == (high_flow["grade"], high_flow["sentence"].endswith("grade 4."))


def test_a_grade_tells_itself():
    """A grade prints as a sentence, shows as a list, and is a number where one is needed."""
    grade = icans(8)
    assert str(grade).startswith("ASTCT ICANS grade 1. ICE score 7 to 9: grade 1.")
    assert "<b>ASTCT ICANS grade 1</b>" in grade._repr_html_()
    assert 1 == int(grade)


def test_inputs_start_at_rest():
    """The first level of a choice is the one without the finding."""
    for name in scales():
        for one in scale(name).inputs:
            if isinstance(one, Choice):
                assert one.resting in ("none", "alert", "recovers")
            if isinstance(one, Flag):
                assert (False, True) == one.options
