"""The calculators in Chromium: grades and reasons are those of Python, and the forms work."""

from __future__ import annotations

import warnings
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cartreview.grading import (
    UnitWarning,
    easix,
    engine,
    grade_icaht,
    ice_score,
    m_easix,
    s_easix,
    scales,
)
from cartreview.grading.inputs import Refused
from cartreview.grading.scale import scale
from cartreview.grading.scores import ice_items

PAGE = "book/grading"
DESKTOP = {"width": 1280, "height": 900}
CLOSE = 1e-12  # relative: products of the same numbers in the same order

EVALUATE = """([id, run, many]) => {
    const form = document.getElementById(`calculator-${id}`);
    const { rules } = JSON.parse(form.querySelector('script').textContent);
    return many.map(([answers, also]) => {
        const result = cartreviewGrading[run](run === 'sum' ? rules.inputs : rules, answers, also);
        return result.error ? null : [
            result.value, result.decidedBy || [], result.criteria || [],
            result.reasons.map((reason) => reason.text),
        ];
    });
}"""


@pytest.fixture(scope="module")
def page(address, open_reader):
    """Open the page once for all comparisons, which change nothing on it."""
    with open_reader(f"{address}/{PAGE}.html", viewport=DESKTOP) as reader:
        yield reader.page


@pytest.fixture
def fresh(address, open_reader):
    """Open the page for one test to fill in."""
    with open_reader(f"{address}/{PAGE}.html", viewport=DESKTOP) as reader:
        yield reader.page


def anchor(name):
    """Give the id of a calculator as the page writes it."""
    return name.lower().replace(" ", "-").replace("(", "").replace(")", "")


def told(grade):
    """Give of a grade what the page gives."""
    return [grade.value, list(grade.decided_by), list(grade.criteria), list(grade.reasons)]


def by_python(made, answers, also):
    """Grade in Python; None where the answers exclude each other."""
    try:
        return told(engine.grade(made, answers, also))
    except Refused:
        return None


@pytest.mark.parametrize("name", scales())
def test_every_combination_is_graded_as_in_python(page, name):
    """Grade, what decided, rows and reasons are the same over the whole space of a scale."""
    made = scale(name)
    names = [one.name for one in made.inputs]
    space = product(*(one.options for one in made.inputs))
    many = [(dict(zip(names, values, strict=True)), []) for values in space]
    every = list(made.not_counted)
    # Findings that do not count change the reasons only: with each grade once, alone and together.
    beside = [(many[0][0], [one]) for one in every] + [
        (answers, every) for answers, _ in many[::97]
    ]
    expected = [by_python(made, answers, also) for answers, also in [*many, *beside]]
    found = page.evaluate(EVALUATE, [anchor(name), "grade", [*many, *beside]])
    assert len(expected) == len(found) > 100
    differing = [pair for pair in zip([*many, *beside], expected, found, strict=True)
                 if pair[1] != pair[2]]  # fmt: skip
    assert [] == differing[:3]


def test_late_haematotoxicity_is_graded_as_in_python(page):
    """At and around every cut-off, with a second count that bears it out or not, or without."""
    counts = [0, 50, 99.5, 100, 100.5, 101, 500, 501, 1000, 1000.5, 1001, 1500, 1500.5, 1501, 4000]
    names = ("lowest_anc_per_ul", "second_lowest_anc_per_ul")
    many = [(dict(zip(names, pair, strict=True)), []) for pair in product(counts, [*counts, None])]

    def graded(answers):
        try:
            return told(grade_icaht(period="late", **answers))
        except Refused:
            return None

    expected = [graded(answers) for answers, _ in many]
    assert expected == page.evaluate(EVALUATE, ["icaht-late", "late", many])


def test_ice_is_added_up_as_in_python(page):
    """Every combination of points."""
    items = ice_items()
    spaces = product(*(one.options for one in items.values()))
    many = [(dict(zip(items, points, strict=True)), []) for points in spaces]
    expected = [[ice_score(**answers), [], [], []] for answers, _ in many]
    assert expected == page.evaluate(EVALUATE, ["ice", "sum", many])


@pytest.mark.parametrize(
    ("name", "function", "names"),
    [
        ("EASIX", easix, ("ldh_u_l", "creatinine_mg_dl", "platelets_1e9_l")),
        ("m-EASIX", m_easix, ("ldh_u_l", "crp_mg_dl", "platelets_1e9_l")),
        ("s-EASIX", s_easix, ("ldh_u_l", "platelets_1e9_l")),
    ],
)
def test_easix_is_computed_as_in_python(page, name, function, names):
    """A grid of values, ordinary and not."""
    values = ((120, 300.5, 2500), (0.3, 1.0, 12.5), (3, 41.5, 350))
    grid = {one: values[place if place < len(names) - 1 else 2] for place, one in enumerate(names)}
    many = [(dict(zip(names, row, strict=True)), []) for row in product(*grid.values())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        expected = [function(**answers) for answers, _ in many]
    found = [result[0] for result in page.evaluate(EVALUATE, [anchor(name), "ratio", many])]
    assert expected == pytest.approx(found, rel=CLOSE)


def choose(form, **answers):
    """Tick answers by the name and value of their fields."""
    for name, value in answers.items():
        form.locator(f"[name='{name}'][value='{value}']").check()


def test_a_grade_comes_with_its_last_answer(fresh):
    """Until then the form says what is missing; then grade, reasons and linked places."""
    form = fresh.locator("#calculator-astct-crs")
    result = form.get_by_role("status")
    expect(result).to_have_text("Still to answer: Fever, Hypotension, Hypoxia.")
    choose(form, fever="yes", hypotension="one vasopressor")
    expect(result).to_have_text("Still to answer: Hypoxia.")
    choose(form, hypoxia="low-flow")
    expect(result.locator(".grade")).to_have_text("Grade 3")
    expect(result.locator("li").first).to_contain_text("needs one vasopressor")
    link = result.locator("li a").first
    expect(link).to_have_attribute("href", "bibliography.html#" + link_key(form))


def link_key(form):
    """Give the source of the row that decided, from the rules beside the form."""
    rules = form.locator("script").evaluate("(script) => JSON.parse(script.textContent).rules")
    return rules["graded"]["hypotension"][2]["source"]


def test_a_finding_that_does_not_count_is_named(fresh):
    """Ticking it leaves the grade and adds a reason."""
    form = fresh.locator("#calculator-astct-crs")
    choose(form, fever="yes", hypotension="one vasopressor", hypoxia="none", also="vasopressin")
    expect(form.locator(".grade")).to_have_text("Grade 3")
    expect(form.locator(".result li").last).to_contain_text("Vasopressin is not counted")


def test_who_cannot_be_aroused_needs_no_ice(fresh):
    """The empty field is an answer then; points are a contradiction that is said."""
    form = fresh.locator("#calculator-astct-icans")
    choose(form, seizure="none", motor="none", oedema="none", consciousness="unarousable")
    expect(form.locator(".grade")).to_have_text("Grade 4")
    form.locator("[name=ice]").fill("3")
    expect(form.get_by_role("status")).to_contain_text("has 0 points, or none")
    choose(form, consciousness="alert")
    expect(form.locator(".grade")).to_have_text("Grade 2")
    form.locator("[name=ice]").fill("11")
    expect(form.get_by_role("status")).to_have_text("Outside its range: ICE score.")
    form.locator("[name=ice]").fill("")
    expect(form.get_by_role("status")).to_have_text("Still to answer: ICE score.")


def test_a_word_stands_for_a_number(fresh):
    """A CAPD that cannot be done and a count that is the only one are ticked."""
    form = fresh.locator("#calculator-astct-icans-children")
    choose(form, consciousness="alert", seizure="none", motor="none", oedema="none")
    form.get_by_label("Unable").check()
    expect(form.locator(".grade")).to_have_text("Grade 4")
    late = fresh.locator("#calculator-icaht-late")
    late.locator("[name=lowest_anc_per_ul]").fill("400")
    expect(late.get_by_role("status")).to_have_text(
        "Still to answer: Second lowest neutrophil count."
    )
    late.get_by_label("There is one count only").check()
    expect(late.locator(".grade")).to_have_text("Grade 3")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ldh_u_l": "300", "crp_mg_dl": "2", "platelets_1e9_l": "150"}, "m-EASIX 4.00"),
        ({"ldh_u_l": "300", "crp_mg_dl": "120", "platelets_1e9_l": "150"}, "probably in mg/L"),
        ({"ldh_u_l": "300", "crp_mg_dl": "2", "platelets_1e9_l": "0"}, "Outside its range: Pla"),
        ({"ldh_u_l": "300", "crp_mg_dl": "-1", "platelets_1e9_l": "150"}, "its range: CRP"),
    ],
)
def test_units_are_doubted(fresh, values, words):
    """A value in another unit draws a doubt, an impossible one no score."""
    form = fresh.locator("#calculator-m-easix")
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    expect(form.get_by_role("status")).to_contain_text(words)


def test_the_form_works_by_keyboard(fresh):
    """Space and arrows answer, Tab moves on, and Clear forgets everything."""
    form = fresh.locator("#calculator-astct-crs")
    form.locator("[name=fever]").first.focus()
    for key in ("Space", "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space"):
        fresh.keyboard.press(key)
    expect(form.locator(".grade")).to_have_text("Grade 3")
    form.get_by_role("button", name="Clear").focus()
    fresh.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_have_text("Still to answer: Fever, Hypotension, Hypoxia.")


def test_the_page_works_as_a_file(html, open_reader):
    """Opened from disk, the calculators grade and ask nothing from outside."""
    with open_reader((html / f"{PAGE}.html").as_uri()) as reader:
        form = reader.page.locator("#calculator-astct-crs")
        choose(form, fever="no", hypotension="none", hypoxia="none")
        expect(form.locator(".grade")).to_have_text("Grade 0")
        assert [] == reader.outside + reader.errors


def test_rules_are_read_without_scripts(address, open_reader):
    """Without JavaScript, and on paper, there is no form and every table of rules."""
    with open_reader(f"{address}/{PAGE}.html", java_script_enabled=False) as reader:
        expect(reader.page.locator("form.grading:visible")).to_have_count(0)
        tables = reader.page.locator(".grading-rules table")
        assert tables.count() >= len(scales())
        expect(reader.page.locator(".grading-rules table:visible")).to_have_count(tables.count())


def test_paper_shows_rules(fresh):
    """In print the forms go and the tables stay."""
    fresh.emulate_media(media="print")
    expect(fresh.locator("form.grading:visible")).to_have_count(0)
    expect(fresh.locator(".grading-rules table:visible").first).to_be_visible()


def test_only_this_page_loads_the_script(html):
    """Other pages carry neither script nor style of the calculators."""
    with_script = {
        path.relative_to(html).as_posix()
        for path in html.rglob("*.html")
        if "grading.js" in path.read_text("utf-8") or "grading.css" in path.read_text("utf-8")
    }
    assert {f"{PAGE}.html"} == with_script


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(fresh, scheme):
    """With answers given, axe has no finding of any weight in the page's own content."""
    fresh.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    fresh.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=scheme)
    choose(
        fresh.locator("#calculator-astct-crs"), fever="yes", hypotension="none", hypoxia="low-flow"
    )
    form = fresh.locator("#calculator-s-easix")
    form.locator("[name=ldh_u_l]").fill("3")
    form.locator("[name=platelets_1e9_l]").fill("150")
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(fresh, context=".bd-article", options=options).response["violations"]
    assert [] == [f"{r['id']}: {n['html'][:160]}" for r in found for n in r["nodes"]]
