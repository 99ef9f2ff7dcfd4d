"""Cards of what to do: a silence is named, a replaced text stands apart, the newest comes first."""

import pytest

from cartreview import load
from cartreview.evidence import care

EMPTY = dict.fromkeys(
    ("superseded_by", "condition", "drug", "scale", "grade_high", "dose_low", "interval_low_h"), ""
) | {"maximum": "", "course": ""}


def rule(key, guideline, grade, **cells):
    """Give a row of management as text: a guideline on tocilizumab in CRS unless said otherwise."""
    base = {
        "management_id": key,
        "guideline": guideline,
        "version": "2021",
        "issuer": "guideline",
        "toxicity": "CRS",
        "grade_low": grade,
        "kind": "tocilizumab",
        "stance": "recommended",
        "action": "Give it.",
        "source_id": "s",
        "locator": "p. 1",
    }
    return EMPTY | base | cells


def by_grade(*rows):
    """Cards of CRS by their grade."""
    return {card.grade: card for card in care.cards(rows, "CRS")}


def test_a_guideline_without_treatment_at_a_grade_is_named_as_unread():
    """Watching is no treatment: who says nothing else of a grade was not read there."""
    watch = rule("b", "Other", "2", kind="monitoring", action="Watch.")
    made = by_grade(rule("a", "Society", "2"), watch)
    assert made[2].unread == ["Other 2021"]
    assert [step.action for step in made[2].parts["Support and watch"]] == ["Watch."]


def test_what_was_looked_for_and_not_read_is_no_step():
    """A row that says not read is a gap in words, and its source is not named a second time."""
    made = by_grade(rule("a", "Society", "2"), rule("b", "Closed", "2", stance=care.NOT_READ))
    assert [(gap.by[0].who, gap.action) for gap in made[2].gaps] == [("Closed 2021", "Give it.")]
    assert made[2].unread == []
    assert [step.by[0].who for step in made[2].parts["Blocking interleukin-6"]] == ["Society 2021"]


def test_what_a_quoted_source_leaves_open_is_said_before_its_steps():
    """A source that the card quotes and that was read in part is not among those not read."""
    more = rule("b", "Society", "2", stance=care.NOT_READ, action="Its dose was not read.")
    card = by_grade(rule("a", "Society", "2"), more)[2]
    assert [gap.action for gap in card.partly] == ["Its dose was not read."]
    assert card.gaps == []


def test_what_was_not_read_of_several_sources_is_said_once():
    """Sources of which the same is missing stand in one line."""
    closed = [rule(key, key, "2", stance=care.NOT_READ, action="All of it.") for key in "ab"]
    card = by_grade(rule("c", "Society", "2"), *closed)[2]
    assert [[said.who for said in gap.by] for gap in card.gaps] == [["a 2021", "b 2021"]]


def test_what_was_read_at_no_grade_is_named_on_the_card_of_all():
    """Of an old label on that card the reader learns that the newer one was not read."""
    closed = rule("b", "Label", "1", grade_high="4", stance=care.NOT_READ, version="2026")
    partly = by_grade(rule("a", "Label", "", version="2018"), closed)[care.ANY_GRADE].partly
    assert [gap.by[0].who for gap in partly] == ["Label 2026"]


def test_a_syndrome_without_grades_of_its_own_has_one_card():
    """The grade that a step is for stands in words: of seizures it is that of ICANS."""
    cells = {"toxicity": "seizure", "kind": "anti-seizure drug", "scale": "CARTOX"}
    rows = [
        rule("a", "A", "1", grade_high="2", condition="Status.", **cells),
        rule("b", "B", "", **cells),
    ]
    (card,) = care.cards(rows, "seizure")
    assert (card.grade, card.unread) == (care.ANY_GRADE, [])
    assert [step.condition for step in card.parts["Seizures"]] == ["ICANS grade 1–2. Status.", ""]


@pytest.mark.parametrize(
    ("issuer", "stance", "action", "said"),
    [
        ("trial protocol", "recommended", "Give it.", "In a trial"),
        ("guideline", "consider", "Think of it.", "Consider"),
        ("guideline", "consider", "Consider it.", ""),
        ("guideline", "against", "No plasma.", ""),
        ("guideline", "against", "Wait.", "Against"),
    ],
)
def test_how_firmly_a_step_is_meant_is_said_once(issuer, stance, action, said):
    """What a trial did is no advice, and no word stands twice."""
    assert (
        care.step(rule("a", "A", "2", issuer=issuer, stance=stance, action=action)).stance == said
    )


def test_a_survey_is_no_advice():
    """What centres say that they do is not to be considered for that."""
    assert care.step(rule("a", "Survey of centres", "2", stance="consider")).stance == "In a survey"


def test_what_was_replaced_stands_apart_with_its_successor():
    """A replaced rule is no step, names who replaced it, and its source counts as read no more."""
    old = rule("old", "Old society", "2", version="2016", superseded_by="new")
    card = by_grade(old, rule("new", "Society", "2"))[2]
    assert [step.by[0].who for step in card.parts["Blocking interleukin-6"]] == ["Society 2021"]
    assert [(item.step.by[0].who, item.by) for item in card.older] == [
        ("Old society 2016", "Society 2021")
    ]
    assert card.unread == []


def test_what_two_sources_say_alike_is_one_step():
    """Equal words, dose and condition are one step with both sources; another dose is another."""
    more = {"dose_low": "8", "dose_unit": "mg/kg", "drug": "tocilizumab"}
    rows = [rule("a", "A", "2"), rule("b", "B", "2"), rule("c", "C", "2", **more)]
    steps = by_grade(*rows)[2].parts["Blocking interleukin-6"]
    assert [[said.who for said in step.by] for step in steps] == [["A 2021", "B 2021"], ["C 2021"]]


def test_a_label_is_not_missed_at_a_grade():
    """Labels do not go grade by grade as guidelines do; a grade they leave out is no gap."""
    label = rule("b", "Label", "3", issuer="label")
    assert by_grade(rule("a", "Society", "2"), label)[2].unread == []


def test_guidelines_come_first_and_the_newest_of_them():
    """The order is that of weight, then of years; what is not dated comes last."""
    rows = [
        rule("a", "Hospital", "1", issuer="institution", version="2026"),
        rule("b", "Undated", "1", version="not dated"),
        rule("c", "Early", "1", version="2018"),
        rule("d", "Late", "1", version="2025"),
    ]
    steps = by_grade(*rows)[1].parts["Blocking interleukin-6"]
    said = [one.who for step in steps for one in step.by]
    assert said == ["Late 2025", "Early 2018", "Undated", "Hospital 2026"]


@pytest.mark.parametrize("toxicity", ["CRS", "ICANS"])
def test_every_grade_has_a_treatment_or_names_who_was_not_read(toxicity):
    """No card of the book is blank where a reader would look for what to do."""
    rows = load("management").astype("string").fillna("").to_dict("records")
    made = {card.grade: card for card in care.cards(rows, toxicity)}
    assert set(care.GRADES) < set(made)
    for grade in care.GRADES:
        known = {"Blocking interleukin-6", "Corticosteroid", "Support and watch"}
        assert known & set(made[grade].parts) or made[grade].gaps
