"""The calculators in Chromium: grades and reasons are those of Python, and the forms work."""

from __future__ import annotations

import random
import re
import warnings
from datetime import UTC, datetime
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cartreview.grading import (
    MissingRules,
    UnitWarning,
    car_hematotox,
    cartox_10,
    easix,
    engine,
    grade_icaht,
    hscore,
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
    assert len(expected) == len(found) >= len(many) > 90
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


SCORES = {
    "CAR-HEMATOTOX": (
        car_hematotox,
        {
            "platelets_1e9_l": (60, 75, 75.5, 175, 176),
            "anc_1e9_l": (0.4, 1.2, 3),
            "haemoglobin_g_dl": (8.9, 9, 9.1),
            "crp_mg_dl": (0, 3, 9),
            "ferritin_ng_ml": (100, 650, 2000, 2001),
        },
    ),
    "HScore": (
        hscore,
        {
            "temperature_c": (37, 38.4, 39.4, 40),
            "ferritin_ng_ml": (100, 2000, 6001),
            "triglycerides_mg_dl": (100, 132.7, 354, 400),
            "fibrinogen_mg_dl": (250, 251),
            "ast_u_l": (29, 30),
            "immunosuppression": (False, True),
            "organs": ("none", "liver or spleen", "liver and spleen"),
            "cytopenias": (0, 1, 2, 3),
            "haemophagocytosis": (False, True),
        },
    ),
}
ADD = """([id, many]) => {
    const form = document.getElementById(`calculator-${id}`);
    const { rules } = JSON.parse(form.querySelector('script').textContent);
    return many.map((answers) => {
        const { value, group, items, reasons } = cartreviewGrading.points(rules, answers);
        return [value, group, items, reasons.filter((one) => !one.rule).map((one) => one.text)];
    });
}"""


@pytest.mark.parametrize("name", SCORES)
def test_points_are_added_as_in_python(page, name):
    """Every band of every item, at and beside its edges, in all combinations."""
    function, values = SCORES[name]
    many = [dict(zip(values, row, strict=True)) for row in product(*values.values())]
    scores = [function(**answers) for answers in many]
    expected = [[s.points, s.group, s.items, list(s.notes)] for s in scores]
    found = page.evaluate(ADD, [anchor(name), many])
    assert len(expected) == len(found) > 500
    differing = [pair for pair in zip(many, expected, found, strict=True) if pair[1] != pair[2]]
    assert [] == differing[:3]


def test_cartox_is_graded_as_in_python(page):
    """Every score; where no grade was read there is none."""

    def graded(score):
        try:
            return told(cartox_10(score))
        except MissingRules as why:
            return [None, [], [], [str(why).partition(": ")[2]]]

    many = [({"score": score}, []) for score in range(11)]
    expected = [graded(answers["score"]) for answers, _ in many]
    assert expected == page.evaluate(EVALUATE, ["cartox-cres", "bands", many])


OUTLOOK = """([id, many]) => {
    const form = document.getElementById(`calculator-${id}`);
    const { rules } = JSON.parse(form.querySelector('script').textContent);
    return many.map((answers) => {
        const result = cartreviewGrading.outlook(rules, answers);
        return result.error ? null : result.values;
    });
}"""


@pytest.mark.parametrize("name", scales())
def test_a_grade_is_decided_when_python_cannot_change_it(page, name):
    """With answers left open, the grades still possible are those over all ways to answer them."""
    made = scale(name)
    asked = {one.name: one.options for one in made.inputs}
    whole = {}
    for values in product(*asked.values()):
        answers = dict(zip(asked, values, strict=True))
        grade = by_python(made, answers, [])
        if grade:
            whole[tuple(values)] = grade[0]
    drawn = random.Random(11)  # noqa: S311
    many = []
    for _ in range(60):
        kept = drawn.sample(list(asked), drawn.randint(0, len(asked)))
        full = drawn.choice(list(whole))
        many.append({n: v for n, v in zip(asked, full, strict=True) if n in kept})
    expected = [
        sorted({
            grade
            for values, grade in whole.items()
            if all(dict(zip(asked, values, strict=True))[n] == v for n, v in answers.items())
        })
        for answers in many
    ]  # fmt: skip
    assert expected == page.evaluate(OUTLOOK, [anchor(name), many])
    assert any(len(one) == 1 for one in expected)
    assert any(len(one) > 1 for one in expected)


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
    expect(result.locator(".least")).to_have_text("At least grade 3")
    expect(result.locator(".open")).to_have_text("Still to answer: Hypoxia.")
    choose(form, hypoxia="low-flow")
    expect(result.locator(".grade")).to_have_text("Grade 3")
    expect(form.locator(".why li").first).to_contain_text("needs one vasopressor")
    link = form.locator(".why li a").first
    expect(link).to_have_attribute("href", "bibliography.html#" + link_key(form))


def link_key(form):
    """Give the source of the row that decided, from the rules beside the form."""
    rules = form.locator("script").evaluate("(script) => JSON.parse(script.textContent).rules")
    levels = rules["graded"]["hypotension"]
    return next(level["source"] for level in levels if level["level"] == "one vasopressor")


def test_a_finding_that_does_not_count_is_named(fresh):
    """Ticking it leaves the grade and adds a reason."""
    form = fresh.locator("#calculator-astct-crs")
    choose(form, fever="yes", hypotension="one vasopressor", hypoxia="none", also="vasopressin")
    expect(form.locator(".grade")).to_have_text("Grade 3")
    expect(form.locator(".why li").last).to_contain_text("Vasopressin is not counted")
    choose(form, hypotension="no vasopressor")
    expect(form.get_by_role("status")).to_contain_text("vasopressin: only with hypotension")


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
    expect(form.get_by_role("status")).to_have_text("Outside its range: ICE score (0 to 10).")
    form.locator("[name=ice]").fill("")
    expect(form.locator(".open")).to_have_text("Still to answer: ICE score.")


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
        ({"ldh_u_l": "300", "crp_mg_dl": "2", "platelets_1e9_l": "0"}, "Platelets (above 0)."),
        ({"ldh_u_l": "300", "crp_mg_dl": "-1", "platelets_1e9_l": "150"}, "CRP (from 0 on)."),
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


@pytest.mark.parametrize(
    ("answers", "died", "words"),
    [
        ({"consciousness": "unarousable"}, False, "Grade 4"),
        ({"motor": "deep focal weakness"}, False, "Grade 4"),
        ({}, True, "Grade 5"),
    ],
)
def test_one_answer_can_decide(fresh, answers, died, words):
    """Unarousable, or death, alone gives the grade; what was not asked is named."""
    form = fresh.locator("#calculator-astct-icans")
    choose(form, **answers)
    if died:
        form.locator("[name=died]").check()
    expect(form.locator(".grade")).to_have_text(words)
    expect(form.locator(".open")).to_contain_text("Decided; not asked further: ")


def test_sedation_is_an_answer(fresh):
    """Consciousness is left out, and the ICE score may be left empty."""
    form = fresh.locator("#calculator-astct-icans")
    choose(form, consciousness="unarousable", seizure="none", motor="none", oedema="focal")
    form.locator("[name=sedated]").check()
    expect(form.locator(".grade")).to_have_text("Grade 3")
    expect(form.locator(".why")).to_contain_text("left out of the grade")


def test_the_ice_score_is_carried_into_icans(fresh):
    """It follows the tasks until another number is typed there."""
    tasks = {"orientation": 4, "naming": 3, "commands": 1, "writing": 0, "attention": 1}
    for name, points in tasks.items():
        fresh.locator(f"#calculator-ice [name={name}]").fill(str(points))
    field = fresh.locator("#calculator-astct-icans [name=ice]")
    expect(field).to_have_value("9")
    expect(fresh.locator("#calculator-astct-icans .carried")).to_be_visible()
    fresh.locator("#calculator-ice [name=naming]").fill("0")
    expect(field).to_have_value("6")
    field.fill("2")
    fresh.locator("#calculator-ice [name=naming]").fill("3")
    expect(field).to_have_value("2")
    expect(fresh.locator("#calculator-astct-icans .carried")).to_have_count(0)


def test_the_answer_stays_in_sight(fresh):
    """While the first question is answered the grade stands at the foot of the window."""
    fresh.set_viewport_size({"width": 390, "height": 700})
    form = fresh.locator("#calculator-astct-icans")
    form.evaluate("(form) => form.scrollIntoView()")
    choose(form, consciousness="unarousable")
    expect(form.locator(".grade")).to_be_in_viewport()
    box = form.locator(".result").bounding_box()
    assert 600 < box["y"] + box["height"] <= 700


def test_a_result_is_copied(address, open_reader):
    """With its scale, its sources and the day; without the clipboard it is shown to be copied."""
    url = f"{address}/{PAGE}.html"
    with open_reader(url, permissions=["clipboard-read", "clipboard-write"]) as reader:
        form = reader.page.locator("#calculator-tian")
        expect(form.get_by_role("button", name="Copy result")).to_be_disabled()
        choose(form, herniation="impending or early")
        form.get_by_role("button", name="Copy result").click()
        expect(form.locator(".copied")).to_have_text("Copied.")
        text = reader.page.evaluate("() => navigator.clipboard.readText()")
        today = datetime.now(UTC).date().isoformat()
        for part in ("TIAN: Grade 4", "Table 1]", today, "Not for clinical use.", "herniation="):
            assert part in text
    with open_reader(url) as reader:
        reader.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
        form = reader.page.locator("#calculator-tian")
        choose(form, herniation="impending or early")
        form.get_by_role("button", name="Copy result").click()
        expect(form.get_by_label("Result as text")).to_have_value(re.compile("^TIAN: Grade 4"))


def test_answers_stand_in_the_address(fresh, address, open_reader):
    """Opened again, the address fills in the form, words and ticks as well; clearing empties it."""
    form = fresh.locator("#calculator-astct-icans-children")
    form.get_by_label("Unable").check()
    choose(form, consciousness="alert")
    form.locator("[name=sedated]").check()
    url = fresh.evaluate("() => location.href")
    assert "#calculator-astct-icans-children?" in url
    with open_reader(url) as reader:
        again = reader.page.locator("#calculator-astct-icans-children")
        expect(again.get_by_label("Unable")).to_be_checked()
        expect(again.locator("[name=sedated]")).to_be_checked()
        expect(again.locator(".grade")).to_have_text("Grade 4")
        expect(again).to_be_in_viewport()
        assert [] == reader.errors
    form.get_by_role("button", name="Clear").click()
    fresh.wait_for_function("() => !location.hash.includes('?')")


def test_a_comma_survives_the_address(fresh, open_reader):
    """Levels with a comma and numbers with a point are read as they were written."""
    choose(fresh.locator("#calculator-tian"), pressure="raised, responsive", signs="mild")
    with open_reader(fresh.evaluate("() => location.href")) as reader:
        expect(reader.page.locator("#calculator-tian .grade")).to_have_count(0)
        expect(reader.page.locator("#calculator-tian .least")).to_have_text("At least grade 3")
    fresh.locator("#calculator-hscore [name=temperature_c]").fill("38.4")
    with open_reader(fresh.evaluate("() => location.href")) as reader:
        field = reader.page.locator("#calculator-hscore [name=temperature_c]")
        expect(field).to_have_value("38.4")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_focus_is_not_left_behind_the_answer(fresh, width):
    """Going through a form with Tab, what has the focus stands above the answer."""
    fresh.set_viewport_size({"width": width, "height": 600})
    form = fresh.locator("#calculator-astct-icans")
    form.locator("[name=ice]").focus()
    for _ in range(7):
        fresh.keyboard.press("Tab")
        foot = fresh.evaluate("() => document.activeElement.getBoundingClientRect().bottom")
        inside = form.evaluate("(form) => form.contains(document.activeElement)")
        assert inside
        assert foot <= form.locator(".result").bounding_box()["y"] + 1


def test_every_calculator_says_that_it_is_not_for_clinical_use(fresh):
    """In the form itself, below the answer."""
    forms = fresh.locator("form.grading")
    assert forms.count() == fresh.locator("form.grading .caution").count() > len(scales())
    for caution in fresh.locator("form.grading .caution").all_inner_texts():
        assert caution.startswith("Not for clinical use.")


def test_crs_icans_and_tian_come_first(fresh):
    """The score that ICANS needs stands before it."""
    ids = fresh.locator("form.grading").evaluate_all("forms => forms.map((form) => form.id)")
    first = ["astct-crs", "ice", "astct-icans", "tian"]
    assert [f"calculator-{name}" for name in first] == ids[:4]


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_rules_need_no_scrolling_of_their_own(address, open_reader, width):
    """Unfolded, every table of rules fits the page, and nothing in it scrolls."""
    with open_reader(f"{address}/{PAGE}.html", viewport={"width": width, "height": 800}) as reader:
        found = reader.page.evaluate("""() => {
            for (const one of document.querySelectorAll('details.grading-rules')) one.open = true;
            return [...document.querySelectorAll('details.grading-rules, details.grading-rules *')]
                .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth
                    && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
                .map((one) => one.tagName);
        }""")
        assert [] == found
        wide = reader.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


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
    """In print the forms go and the tables are whole."""
    fresh.emulate_media(media="print")
    fresh.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(fresh.locator("form.grading:visible")).to_have_count(0)
    tables = fresh.locator(".grading-rules table")
    expect(fresh.locator(".grading-rules table:visible")).to_have_count(tables.count())
    expect(fresh.locator(".grading-rules table:visible").first).to_be_visible()


def test_only_this_page_loads_the_script(html):
    """Other pages carry neither script nor style of the calculators."""
    with_script = {
        path.relative_to(html).as_posix()
        for path in html.rglob("*.html")
        if re.search(r"/grading\.(js|css)\b", path.read_text("utf-8"))
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
