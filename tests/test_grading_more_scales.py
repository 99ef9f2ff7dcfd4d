"""What is inferred or unread says so: sedation, vasopressin, airway, CAPD, CARTOX-10, HScore."""

import pytest

import cartreview
from cartreview._tables import overlay
from cartreview.grading import (
    MissingRules,
    UnitWarning,
    cartox_10,
    engine,
    grade_crs,
    grade_icans,
    grade_icans_capd,
    grade_t_icaht,
    grade_tian,
    hscore,
)

CRITERIA = cartreview.load("grading_criteria").set_index("criterion_id")
HEALTHY = {
    "immunosuppression": False,
    "temperature_c": 37,
    "organs": "none",
    "cytopenias": 0,
    "ferritin_ng_ml": 100,
    "triglycerides_mg_dl": 100,
    "fibrinogen_mg_dl": 300,
    "ast_u_l": 20,
    "haemophagocytosis": False,
}


def criterion(key):
    """Give the words of a rule."""
    return CRITERIA.loc[key, "criterion"]


def test_an_inferred_rule_is_derived_in_the_table():
    """What the reasons call inferred, the table calls derived."""
    for key in (
        "astct-crs-hypotension-3-vasopressin",
        "astct-crs-airway-protection-not-counted",
        "astct-icans-capd-0",
    ):
        assert CRITERIA.loc[key, "derived"], key


def test_vasopressin_alone_is_stated():
    """It is grade 3 and says that it is inferred; ticked beside no vasopressor it is refused."""
    alone = grade_crs(fever=True, hypotension="vasopressin alone", hypoxia="none")
    assert (3, True) == (alone.value, "No table that was read" in alone.reasons[0])
    with pytest.raises(ValueError, match="'vasopressin'; allowed is this finding only with hypo"):
        grade_crs(fever=True, hypotension="no vasopressor", hypoxia="none", also="vasopressin")


def test_intubation_without_hypoxia_is_recorded():
    """It changes no grade and says why, and that the consensus was not read on it."""
    airway = grade_crs(
        fever=True, hypotension="none", hypoxia="none", also="intubation for airway protection"
    )
    assert (1, ("fever",)) == (airway.value, airway.decided_by)
    assert criterion("astct-crs-airway-protection-not-counted") == airway.reasons[-1]
    with pytest.raises(ValueError, match="this finding only with hypoxia 'none' or 'low-flow'"):
        grade_crs(
            fever=True,
            hypotension="none",
            hypoxia="positive pressure",
            also="intubation for airway protection",
        )


def test_sedation_leaves_out_consciousness_alone():
    """The other domains count, and the reason says what was left out."""
    grade = grade_icans(ice=None, consciousness="unarousable", sedated=True, seizure="none")
    assert (0, ()) == (grade.value, grade.decided_by)
    assert criterion("astct-icans-sedation-excused") in grade.reasons
    assert engine.UNTESTED == grade.reasons[-1]
    same = grade_icans(ice=5, consciousness="awakens to tactile stimulus", sedated=True)
    assert (2, ("ice",)) == (same.value, same.decided_by)
    assert criterion("astct-icans-sedation-excused") in same.reasons
    assert 4 == grade_icans(ice=None, consciousness="unarousable").value
    child = grade_icans_capd(capd=12, consciousness="unarousable", sedated=True)
    assert (3, ("capd",)) == (child.value, child.decided_by)


def test_an_ice_of_0_under_sedation_is_not_called_aphasia():
    """The footnotes that choose between 3 and 4 speak of patients whose waking is known."""
    grade = grade_icans(ice=0, consciousness="unarousable", sedated=True)
    assert 3 == grade.value
    assert criterion("astct-icans-ice-zero-decides-3") not in grade.reasons


@pytest.mark.parametrize(
    ("answers", "inferred"),
    [
        ({"capd": 8, "consciousness": "alert"}, True),
        ({"capd": 8, "consciousness": "awakens spontaneously"}, False),
        ({"capd": 8, "consciousness": "alert", "seizure": "resolves rapidly"}, False),
        ({"capd": 9, "consciousness": "alert"}, False),
    ],
)
def test_the_capd_of_an_alert_child_is_inferred(answers, inferred):
    """Grade 0 gives both readings of the print; else nothing is inferred."""
    reasons = grade_icans_capd(**answers).reasons
    assert inferred == (criterion("astct-icans-capd-0-inferred") in reasons)


def test_tian_is_graded_by_any_criterion():
    """The worst decides; a cord at risk can be grade 3; a device in use does not count."""
    both = grade_tian(signs="moderate", pressure="raised, responsive", cord="none")
    assert (3, ("pressure",)) == (both.value, both.decided_by)
    assert criterion("tian-worst") in both.reasons
    cord = grade_tian(signs="none", cord="risk of disabling loss")
    assert (criterion("tian-spinal-3"),) == cord.reasons
    used = grade_tian(signs="mild", also="existing device controls pressure")
    assert criterion("tian-drain-not-counted") == used.reasons[-1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: grade_tian(signs="bad"), "signs: found 'bad'; allowed is one of 'none', 'mild'"),
        (
            lambda: grade_t_icaht(period="early", days_plt_50=2, days_plt_20=3),
            "at most days_plt_50",
        ),
        (lambda: grade_t_icaht(period="early", days_plt_50=2), "days_plt_20: found nothing"),
        (lambda: grade_t_icaht(period="early", confirmed=True), "confirmed: .* period is 'early'"),
        (lambda: grade_t_icaht(period="soon"), "period: found 'soon'"),
        (
            lambda: grade_t_icaht(
                period="late", below_100=False, below_50=True, days_plt_20=0, confirmed=True
            ),
            "below_50: found True; allowed is False where below_100 is False",
        ),
        (
            lambda: grade_t_icaht(
                period="late", below_100=True, below_50=False, days_plt_20=1, confirmed=True
            ),
            "days_plt_20: found 1; allowed is 0 where below_50 is False",
        ),
        (lambda: cartox_10(11), "score: found 11; allowed is a whole number from 0 to 10"),
        (lambda: hscore(**{**HEALTHY, "cytopenias": 4}), "cytopenias: found 4"),
        (lambda: hscore(**{**HEALTHY, "organs": "spleen"}), "organs: found 'spleen'"),
        (lambda: hscore(**{**HEALTHY, "haemophagocytosis": None}), "haemophagocytosis: found noth"),
        (lambda: hscore(**{**HEALTHY, "ast_u_l": None}), "ast_u_l: found nothing"),
    ],
)
def test_impossible_answers_are_refused(call, message):
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=message):
        call()


def test_cartox_grades_that_were_not_read_are_refused():
    """7 to 9 and 3 to 6 are graded, 10 is none, and 0 to 2 is not guessed."""
    assert [0, 1, 1, 2, 2] == [cartox_10(score).value for score in (10, 9, 7, 6, 3)]
    with pytest.raises(MissingRules, match="Grades 3 and 4 were not read"):
        cartox_10(2)


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("immunosuppression", True, 18),
        ("temperature_c", 38.3, 0),
        ("temperature_c", 38.4, 33),
        ("temperature_c", 39.4, 33),
        ("temperature_c", 39.5, 49),
        ("organs", "liver or spleen", 23),
        ("organs", "liver and spleen", 38),
        ("cytopenias", 1, 0),
        ("cytopenias", 2, 24),
        ("cytopenias", 3, 34),
        ("ferritin_ng_ml", 1999, 0),
        ("ferritin_ng_ml", 2000, 35),
        ("ferritin_ng_ml", 6000, 35),
        ("ferritin_ng_ml", 6001, 50),
        ("triglycerides_mg_dl", 132.6, 0),
        ("triglycerides_mg_dl", 132.7, 44),
        ("triglycerides_mg_dl", 354, 44),
        ("triglycerides_mg_dl", 355, 64),
        ("fibrinogen_mg_dl", 251, 0),
        ("fibrinogen_mg_dl", 250, 30),
        ("ast_u_l", 29, 0),
        ("ast_u_l", 30, 19),
        ("haemophagocytosis", True, 35),
    ],
)
def test_items_of_the_hscore(name, value, points):
    """Each item gives its points at and beside its edges."""
    score = hscore(**{**HEALTHY, name: value})
    assert points == score.points == score.items[name]


@pytest.mark.parametrize(
    ("more", "group", "note"),
    [
        ({}, "probability under 1%", "1% at 100 points; this sum lies below."),
        ({"ferritin_ng_ml": 9000, "ast_u_l": 40, "temperature_c": 39}, "", "1% at 100 points, 3%"),
        (
            {
                "ferritin_ng_ml": 9000,
                "triglycerides_mg_dl": 500,
                "temperature_c": 40,
                "ast_u_l": 40,
            },
            "suspected sHLH positive",
            "70% at 180 points, 80% at 190.",
        ),
    ],
)
def test_the_hscore_says_the_printed_probability(more, group, note):
    """Between which printed figures a sum lies, never a figure between them."""
    score = hscore(**{**HEALTHY, **more})
    assert group == score.group
    assert note in score.notes[0]


def test_values_of_the_hscore_in_another_unit_are_noticed():
    """Degrees Fahrenheit, mmol/L and g/L draw a warning."""
    with pytest.warns(UnitWarning, match="in degrees Fahrenheit"):
        hscore(**{**HEALTHY, "temperature_c": 101})
    with pytest.warns(UnitWarning, match="in mmol/L"):
        hscore(**{**HEALTHY, "triglycerides_mg_dl": 2})
    with pytest.warns(UnitWarning, match="in g/L"):
        hscore(**{**HEALTHY, "fibrinogen_mg_dl": 3})


def test_a_requirement_of_a_footnote_is_checked():
    """A finding that goes with a level that nobody asks for is refused with its row."""
    frame = cartreview.load("grading_criteria")
    at = frame["criterion_id"] == "astct-crs-vasopressin-not-counted"
    frame.loc[at, "requires"] = "hypotension=two vasopressors"
    with (
        overlay({"grading_criteria": frame}),
        pytest.raises(ValueError, match="requires hypotension=two vasopressors; expected an input"),
    ):
        grade_crs(fever=True, hypotension="none", hypoxia="none")
