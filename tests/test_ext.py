"""The book's extension, on a small book of its own: claims, charts, pages of data, the cache."""

from __future__ import annotations

import doctest
import json
import shutil
import zipfile
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from cartreview_book import (
    cache,
    calculation,
    charts,
    data,
    downloads,
    fresh,
    graph,
    graph_layout,
    ledger,
    policy,
    studies,
    vega,
)
from cartreview_book.fragments import Links
from docutils import nodes
from docutils.utils import new_document
from execute import chapters
from toy_book import (
    CELLS,
    CHART,
    FRONT,
    OTHER_WRONG,
    PAGES,
    REAL,
    RESPONSES,
    TABLES,
    Book,
    make_book,
    shared_book,
    write_table,
)

from cartreview.claims.ledger import Claim, write_ledger


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    """Read the small book that tests of several files share."""
    return shared_book(tmp_path_factory)


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> str:
    """Build a book in which everything is wrong; give what the build said."""
    poor = {name: value for name, value in CHART.items() if name not in {"description", "usermeta"}}
    cell = f"from IPython.display import display\ndisplay({{'{charts.MIME}': {poor!r}}}, raw=True)"
    chapter = f"{FRONT}\n# Chapter\n\n{{claim}}`responsez`\n\n```{{code-cell}}\n{cell}\n```\n"
    pages = {"index": "# Index\n", "chapter": chapter, "other": OTHER_WRONG}
    pages["bibliography"] = PAGES["bibliography"]
    made = make_book(tmp_path_factory.mktemp("broken"), pages, checked=False)
    stray = [{**CELLS["mechanisms"][0], "to_node": "crs2"}]
    write_table(made.root, "mechanisms", stray)
    write_table(made.root, "interventions", [])
    done = made.build()
    assert done.returncode != 0
    return done.stdout + done.stderr


def test_a_claim_is_its_accepted_sentence(book):
    """The role writes the ledger's sentence and a mark that names the verdict."""
    claim = book.page("chapter").find(id="claim-responses")
    assert claim.get_text().startswith("In 4 of 6 patients tumours shrank.")
    assert "holds in part" in claim.find("a", href="#card-responses").get_text()


def test_the_mark_stands_behind_the_stop(book):
    """A stop that follows a claim goes before its mark, as with a note."""
    end = book.page("chapter").find(id="claim-responses").find(class_="claim-end")
    assert "shrank." == next(iter(end.strings))


def test_a_claim_used_twice_has_one_card(book):
    """The second use links to the same card and repeats no id."""
    page = book.page("chapter")
    assert 2 == len(page.select("a.claim-mark[href='#card-responses']"))
    assert 1 == len(page.select("#card-responses")) == len(page.select("#claim-responses"))


def test_the_card_follows_its_paragraph(book):
    """The card stands right behind the paragraph, not at the end of the page."""
    card = book.page("chapter").find(id="card-responses")
    assert "It is said again" in card.find_previous_sibling().get_text()


def test_the_card_shows_rows_calculation_and_source(book):
    """The card has a row for each key, its print escaped, the cell's code and who says so."""
    card = book.page("chapter").find(id="card-responses")
    rows = card.select("table.evidence tbody tr")
    assert 14 == len(rows)
    assert ["Brown 2024", "“4/6 <shrunk>”"] == [
        cell.get_text() for cell in rows[0].find_all(["th", "td"])[:2]
    ]
    assert "claim(" in card.find(class_="calculation").get_text()


def test_the_card_says_what_was_tested_and_how_it_was_decided(book):
    """The statement stands in the source's words, with its place, and what gave the verdict."""
    card = book.page("chapter").find(id="card-responses")
    said = card.find(class_="card-says")
    assert "most tumours <shrank>" == said.q.get_text()
    assert said.get_text().startswith("Re-tests Brown et al. 2024 (corrected 23 September 2025;")
    assert "), abstract: most" in said.get_text()
    assert "len(rows) > 20" == card.find(class_="card-why").code.get_text()


def test_the_calculation_has_the_set_up_lines_that_it_uses(book):
    """The lines of the set-up that the cell needs stand before it."""
    setup = book.page("chapter").select_one("#card-responses .calculation pre.setup")
    assert ["import csv", 'rows = list(csv.DictReader(open("../data/outcomes.csv")))'] == (
        setup.get_text().splitlines()
    )


def test_a_card_links_each_source_once(book):
    """However many rows come from a publication, a table of a card links it once."""
    card = book.page("chapter").find(id="card-responses")
    links = [a["href"] for a in card.select("a[href^='bibliography.html']")]
    assert ["bibliography.html#brown2024"] * 2 == links  # the statement's and the rows'


def test_a_card_lists_sixty_rows_at_most(tmp_path):
    """Beyond that the card says how many there are; its sources are those of all rows."""
    made = make_book(tmp_path, {})
    rows = [{**CELLS["outcomes"][0], "outcome_id": f"o-{n}"} for n in range(100)]
    rows[-1]["source_id"] = "roe2020"
    write_table(made.root, "outcomes", rows)
    many = replace(RESPONSES, evidence={"outcomes": tuple(row["outcome_id"] for row in rows)})
    (part,) = ledger.evidence(made.root / "data", many)
    assert (100, 60) == (part.count, len(part.listed))
    assert ("brown2024", "roe2020") == part.sources


def test_a_claim_without_statements_has_none(tmp_path):
    """A package without the table of statements leaves the slot out."""
    made = make_book(tmp_path, {})
    package = made.root / "data" / "datapackage.json"
    content = json.loads(package.read_text("utf-8"))
    content["resources"] = [r for r in content["resources"] if r["name"] != "statements"]
    package.write_text(json.dumps(content), encoding="utf-8")
    assert {} == ledger.statement(made.root / "data", RESPONSES)


def test_a_link_of_another_kind_than_the_webs_is_text(book):
    """An address that would run as a script is shown and not linked."""
    entry = book.page("bibliography").find(id="roe2020")
    assert "javascript:alert(1)" in entry.get_text()
    assert [] == entry.find_all("a", href=True)


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("https://example.org", True),
        ("data.html#x", True),
        ("mailto:a@b.org", True),
        ("JavaScript:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("data:text/html,x", False),
    ],
)
def test_only_addresses_of_the_web_and_of_mail_are_linked(address, stays):
    """Whatever wrote a link, any other scheme leaves the words alone."""
    document = new_document("page")
    document += nodes.paragraph("", "", nodes.reference("", "words", refuri=address))
    policy.drop_addresses(SimpleNamespace(), document, "page")
    assert "words" == document.astext()
    assert stays == bool(list(document.findall(nodes.reference)))


def test_html_in_a_page_is_text(book):
    """A script or a picture that somebody writes into a chapter is shown and is neither."""
    page = book.page("chapter")
    assert 2 == page.get_text().count("RAN")
    assert not [s for s in page.find_all("script") if "RAN" in s.get_text()]
    assert not page.find_all(attrs={"onerror": True})


def test_every_page_has_its_policy(book):
    """Nothing from elsewhere, and no script in a page but those whose hash the policy has."""
    for path in book.html.rglob("*.html"):
        if path == book.html / "index.html":
            continue  # Jupyter Book's, which only leads to the first page
        text = path.read_text("utf-8")
        meta = BeautifulSoup(text, "html.parser").find(
            "meta", attrs={"http-equiv": "Content-Security-Policy"}
        )
        assert policy.policy(text) == meta["content"]
        assert "unsafe" not in meta["content"].partition("script-src")[2].partition(";")[0]
        assert "http" not in meta["content"]


def test_many_rows_fold_away(book):
    """Rows beyond the twelfth are in a part that opens."""
    card = book.page("chapter").find(id="card-responses")
    assert 2 == len(card.select("details:not(.calculation) tbody tr"))


def test_links_to_sources_lead_somewhere(book):
    """Every link to the bibliography has its entry there."""
    entries = {entry.get("id") for entry in book.page("bibliography").find_all(id=True)}
    links = [a["href"] for a in book.page("chapter").select("a[href^='bibliography.html#']")]
    assert links
    assert {link.partition("#")[2] for link in links} <= entries


def test_cells_of_claims_are_not_shown(book):
    """Set-up and claim cells leave neither code nor output on the page."""
    page = book.page("chapter")
    page.find(id="card-responses").decompose()
    assert "import csv" not in page.get_text()
    assert "hidden from readers" not in page.get_text()


def test_a_value_takes_a_format(book):
    """The role writes one value of a claim and links to the ledger."""
    value = book.page("index").find("a", class_="value")
    assert ("67%", "claims.html#responses") == (value.get_text(), value["href"])


def test_a_chart_has_a_drawing_a_mode(book):
    """Light and dark drawings with size, lazy loading and the description as alt text."""
    images = book.page("chapter").select("figure.chart img")
    assert [["only-light"], ["only-dark"]] == [image["class"] for image in images]
    for image in images:
        assert (CHART["description"], "lazy") == (image["alt"], image["loading"])
        drawing = (book.html / "book" / image["src"]).resolve()
        size = vega.size(drawing.read_text("utf-8"))
        assert size == (int(image["width"]), int(image["height"]))


def test_a_chart_has_its_words(book):
    """The caption names figure, sources with links, and the data version."""
    caption = book.page("chapter").find("figure", class_="chart").figcaption
    words = " ".join(caption.get_text().split())
    expected = "Figure 1. Patients by study. Sources: Brown et al. 2024. Data 2026.11.1+abc1234."
    assert expected == words
    assert "bibliography.html#brown2024" == caption.a["href"]


def test_the_table_behind_a_chart_is_there_and_as_csv(book):
    """The rows stand in the figure and in the file that it offers."""
    figure = book.page("chapter").find("figure", class_="chart")
    shown = [[cell.get_text() for cell in row.find_all(["th", "td"])]
             for row in figure.select("table.data tr")]  # fmt: skip
    assert [["Study", "Patients"], ["a", "3"], ["b", ""]] == shown
    file = (book.html / "book" / figure.select_one("p.download a")["href"]).resolve()
    assert "Study,Patients\na,3\nb,\n" == file.read_text("utf-8")


def test_a_chart_carries_its_specification(book):
    """The figure holds the specification without theme and without words said elsewhere."""
    script = book.page("chapter").select_one("figure.chart script[type='application/json']")
    spec = json.loads(script.string)
    assert CHART["data"] == spec["data"]
    assert not {"usermeta", "config"} & set(spec)


def test_no_page_names_another_host(book):
    """No script, style, picture or preload comes from elsewhere, and no icon script is loaded."""
    for path in book.html.rglob("*.html"):
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        asked = [tag.get("src") or tag.get("href") for tag in page.select("script, link, img")]
        assert [] == [url for url in asked if url and url.startswith(("http:", "https:", "//"))]
        assert [] == [url for url in asked if url and "fontawesome" in url]


def test_pages_say_what_they_are_about(book):
    """The meta description is the page's first paragraph."""
    meta = book.page("chapter").find("meta", attrs={"name": "description"})
    assert "A first paragraph that says what the chapter is about." == meta["content"]


def test_the_ledger_lists_every_claim(book):
    """A row a claim, with its id as anchor, verdict, page and number of rows."""
    row = book.page("claims").find("tr", id="responses")
    assert "Holds in part" in row.get_text()
    assert "Outcomes: all rows, 14" in row.get_text()
    assert row.find("a", href="chapter.html#card-responses")


def test_verdicts_are_counted(book):
    """The directive counts re-tested statements by verdict and links to them in the ledger."""
    counts = book.page("index").find(class_="verdict-counts")
    shown = [" ".join(item.get_text().split()) for item in counts.find_all("li")]
    assert ["0 hold", "1 hold in part", "0 do not hold", "0 cannot be tested"] == shown
    assert "1 test of 1 statement of the sources" in counts.p.get_text()
    assert counts.find("a", href="claims.html?verdict=holds%20in%20part")


def test_cards_stand_by_grade_and_part(book):
    """A rule stands at each grade it is for, one without a grade under any, with its dose."""
    page = book.page("management")
    cards = {card.find_parent("section")["id"]: card for card in page.find_all(class_="care")}
    grades = [f"care-crs-grade-{grade}" for grade in (1, 2, 3, 4)]
    assert [*grades, "care-crs-whatever-the-grade"] == list(cards)
    unread = [key for key, card in cards.items() if card.find(class_="unread")]
    assert ["care-crs-grade-1", "care-crs-grade-4"] == unread
    assert "Society 2021: no treatment at this grade" in cards["care-crs-grade-1"].get_text()
    said = {
        key: {
            part.get_text(): " ".join(part.find_next_sibling("dd").get_text().split())
            for part in card.find_all("dt")
        }
        for key, card in cards.items()
    }
    given = "Give it. If it lasts. Society 2021 tocilizumab 8 mg/kg"
    assert {"Blocking interleukin-6": given} == said["care-crs-grade-2"]
    assert {"Blocking interleukin-6": given} == said["care-crs-grade-3"]
    thought = "Consider: Think of it. Label"
    assert thought in said["care-crs-whatever-the-grade"].values()
    places = cards["care-crs-grade-2"].find_all("details")[-1].get_text()
    assert "Society 2021: section 5" in places


def test_advice_leaves_out_what_no_longer_stands(book):
    """Rules that were replaced or removed are not listed as advice."""
    listed = book.page("management").find("dl", class_="advice")
    assert ["Regulator 2025"] == [item.get_text() for item in listed.find_all("dt")]
    assert "Watch for two weeks." in listed.get_text()


def test_changes_name_what_they_replaced(book):
    """A newer rule stands with its date and with the older one before it."""
    changes = book.page("management").find("dl", class_="changes")
    assert ["2025-06-26"] == [item.get_text() for item in changes.find_all("dt")]
    text = " ".join(changes.dd.get_text().split())
    assert "Watch for two weeks. Regulator 2025 Before: Watch for four weeks. Label" == text


def test_unknown_advice_is_named(broken):
    """A syndrome or kind without rows is a warning."""
    assert "table 'management' has no row of 'hiccups'" in broken
    assert "table 'management' has no row with {'kind': 'prayer'}" in broken
    assert "no headline outcome 'happiness'; there are response, lymphoma response" in broken


def test_the_dictionary_describes_every_field(book):
    """A section a table, a row a field, with allowed values and what they mean."""
    page = book.page("data")
    for name in TABLES:
        section = page.find("section", id=f"table-{name}")
        fields = [code.get_text() for code in section.select("tbody th code")]
        assert list(data.read(book.root / "data", name).fields) == fields
    assert "Confirmed in the abstract" in page.find(id="table-outcomes").get_text()


def test_disagreements_stand_by_weight_and_conclusion(book):
    """The heaviest are open, under what hangs on them; the others are folded."""
    page = book.page("disagreements")
    heavy = page.select_one("#weight-changes-a-conclusion")
    assert "Whether it works" == heavy.select_one("section h4").get_text()
    text = " ".join(heavy.select_one("section #sum").get_text().split())
    for part in ("Patients Brown 2024", "Stated six", "Found seven", "both stand"):
        assert part in text
    assert heavy.find("a", href="claims.html#responses")
    assert not heavy.find("details")
    assert page.select_one("#weight-wording details:not([open]) #name h4")
    assert page.find(id="weight-changes-a-figure") is None


def test_disagreements_are_chosen_by_weight_and_kind(book):
    """A choice says how many it leaves; what nothing has is no choice."""
    form = book.page("disagreements").find("form", class_="filter")
    choices = {
        name: [option.get_text() for option in form.select(f"[name={name}] option")]
        for name in ("weight", "kind")
    }
    assert ["all", "changes a conclusion (1)", "wording (1)"] == choices["weight"]
    assert ["all", "arithmetic (1)", "notation (1)"] == choices["kind"]


def test_the_graph_draws_each_link_once(book):
    """Two rows of one pair are one link; a node without a row is no word of the drawing."""
    figure = book.page("mechanisms").find("figure", class_="mechanism-graph")
    links = [(link["data-from"], link["data-to"]) for link in figure.select("svg.all .link")]
    assert [("anakinra", "crs"), ("il6", "crs")] == links
    words = {node["data-node"]: node.get_text() for node in figure.select("svg.all .node")}
    assert {"anakinra": "anakinra", "crs": "CRS", "il6": "IL-6"} == words
    assert "without a statement yet: IL7." in figure.figcaption.get_text()


@pytest.mark.parametrize("view", ["wide", "narrow"])
def test_the_first_view_draws_the_steps_alone(book, view):
    """What the chapter does not tell waits behind a click; no two nodes share an id."""
    figure = book.page("mechanisms").find("figure", class_="mechanism-graph")
    links = [(link["data-from"], link["data-to"]) for link in figure.select(f"svg.{view} .link")]
    assert [("il6", "crs")] == links
    assert figure.select_one(f"svg.{view}").find_parent("details") is None
    assert figure.select_one("svg.all").find_parent("details")["class"][0] == "graph-all"
    ids = [node["id"] for node in figure.select(".node")]
    assert len(set(ids)) == len(ids)


def _cells(row):
    return [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]


def test_steps_stand_by_what_they_rest_on(book):
    """A contested step stands in the last row, and opens its node in the graph."""
    rows = book.page("mechanisms").select("table.mechanism-summary tbody tr")
    told = [
        [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])] for row in rows
    ]
    assert ["Contested: sources contradict each other", "IL-6 drives CRS"] == told[-1]
    assert {"none of these steps"} == {cells[1] for cells in told[:-1]}
    assert "#node=il6" == rows[-1].a["href"]


def test_levers_say_who_was_compared(book):
    """A trial without a comparator stands alone; what no study states says so."""
    (row,) = book.page("mechanisms").select("table.levers tbody tr")
    cells = [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])]
    assert [
        "IL-1 blockade",
        "not read",
        "not read",
        "less n = 20, alone; Brown et al. 2024",
    ] == cells[:4]


def test_findings_stand_under_each_denominator(book):
    """Stated and computed apart; what no cohort counts says that it was not read."""
    rows = book.page("imaging").select("table.imaging-summary tbody tr:not(.group)")
    infarct, rest = [_cells(row)[1:] for row in rows]
    assert ["not read", "3 of 38 Toy", "3 of 100 Toy", "none described"] == infarct
    assert [*["not read"] * 3, "diffuse cerebral oedema: 1"] == rest
    assert ["3 of 100 Toy"] == [" ".join(p.get_text().split()) for p in rows[0].select(".faint")][
        :1
    ]
    assert "bibliography.html#brown2024" == rows[0].a["href"]


def test_rules_of_imaging_say_their_grade(book):
    """When to image stands by grade, with who says so and how strongly."""
    (row,) = book.page("imaging").select("table.imaging-rules tbody tr")
    told = "Image the brain. Society 2021, to consider; Brown et al. 2024"
    assert ["From grade 2", told] == _cells(row)


def test_signs_of_a_link_are_shapes(book):
    """A contested link ends in both its signs; animals alone are marked, a bar lowers."""
    figure = book.page("mechanisms").find("figure", class_="mechanism-graph")
    shown = {
        link["data-from"]: (link["class"], [sign["class"][1] for sign in link.select(".sign")])
        for link in figure.select("svg.all .link")
    }
    assert {
        "il6": (["link", "contested"], ["up", "none"]),
        "anakinra": (["link", "down"], ["down"]),
    } == shown


def test_every_row_of_the_graph_is_a_sentence(book):
    """Who, whom, how, on what evidence and where; the source is linked, the print escaped."""
    items = book.page("mechanisms").select(".graph-sentences li")
    assert [
        "anakinra → CRS: inhibits; primate, macaque; Brown et al. 2024, Figure 2",
        "anakinra → CRS: decreases; trial, n = 20; Brown et al. 2024, Figure 2",
        "IL-6 → CRS: increases; mouse; Brown et al. 2024, Figure 2",
        "IL-6 → CRS: has no effect on; cohort, n = 43; Brown et al. 2024, Figure 2",
    ] == [" ".join(item.get_text().split()).partition(" IL-6 <")[0] for item in items]
    assert {"bibliography.html#brown2024"} == {item.a["href"] for item in items}
    assert {"IL-6 <drives> it"} == {item.q.get_text() for item in items}


def test_rows_of_the_graph_stand_by_stage(book):
    """A table a stage holds every row, and each says by what it can be filtered."""
    page = book.page("mechanisms")
    tables = [summary.get_text() for summary in page.select(".graph-rows summary")]
    assert ["Lever: 2 statements", "Amplifier: 2 statements"] == tables
    assert 4 == len(page.select(".graph-rows tbody tr"))
    told = [(i["data-context"], i["data-group"]) for i in page.select(".graph-sentences li")]
    lever = [("CRS", "animals"), ("CRS", "people")]
    assert [*lever, ("CRS|ICANS", "animals"), ("CRS", "people")] == told


def test_only_the_page_with_the_graph_loads_its_parts(book):
    """Script and styles of the graph are asked for by its page and by no other."""
    asked = {
        name: "graph.js" in str(book.page(name)) and "graph.css" in str(book.page(name))
        for name in ("mechanisms", "data")
    }
    assert {"mechanisms": True, "data": False} == asked
    assert "graph.js" not in str(book.page("data"))


def test_downloads_are_the_tables(book):
    """Files offered are there and equal the tables; the archive holds them too."""
    page = book.page("data")
    offered = [a["href"] for a in page.select("table.downloads a[download]")]
    assert len((*TABLES, *REAL)) == len(offered)
    for link in offered:
        file = (book.html / "book" / link).resolve()
        assert (book.root / "data" / file.name).read_bytes() == file.read_bytes()
    with zipfile.ZipFile(book.html / "data" / downloads.ARCHIVE) as archive:
        assert "cartreview-data/outcomes.csv" in archive.namelist()


def test_equal_tables_make_equal_archives(book):
    """The archive has no time of its making in it."""
    root = book.root / "data"
    assert downloads.archive(root) == downloads.archive(root)


@pytest.mark.parametrize(
    "words",
    [
        "chapter.md:8: WARNING: no accepted claim 'responsez'; did you mean 'responses'?",
        "'responses.nope': KeyError('nope'); the values of 'responses' are share, k",
        "no calculator 'CRS'; there are ASTCT CRS, ASTCT ICANS,",
        "no rules for the scale 'CRS'; there are ASTCT CRS, ",
        "grading_criteria has no date 'checked'",
        "a names 'crs2', which table 'nodes' lacks",
        "table 'mechanisms' has no row to draw",
        "a chart has no description for readers who do not see it",
        "a chart has no caption (usermeta)",
    ],
)
def test_what_is_wrong_stops_the_build(broken, words):
    """Unknown names and charts without words are named with their page, and the build fails."""
    assert words in broken


@dataclass(frozen=True)
class Story:
    """What pages and command said after a row changed, and after a claim was accepted."""

    row: BeautifulSoup
    accepted: BeautifulSoup
    ran: str
    ran_again: str


@pytest.fixture(scope="module")
def story(book, tmp_path_factory) -> Story:
    """Take a built book, change a row and build, then accept a claim and build."""
    made = Book(tmp_path_factory.mktemp("story") / "book")
    shutil.copytree(book.root, made.root, symlinks=True)
    changed = [{**CELLS["outcomes"][0], "events": "5"}, *CELLS["outcomes"][1:]]
    write_table(made.root, "outcomes", changed)
    ran = made.run_chapters()
    assert (0, 0) == (ran.returncode, made.build().returncode)
    row = made.page("chapter")
    accepted = replace(RESPONSES, sentence="In 5 of 6 patients tumours shrank")
    write_ledger([accepted], made.root / "data" / "claims.csv")
    again = made.run_chapters()
    assert 0 == made.build().returncode
    return Story(row, made.page("chapter"), ran.stdout, again.stdout)


def test_a_changed_row_is_never_served_stale(story):
    """The page shows a changed cell although no word of the notebook has changed."""
    assert story.ran.startswith("1 chapters, 1 to run\n")
    assert "events read: 5" in story.row.get_text()
    assert "events 5; denominator 6" in story.row.find(id="card-responses").get_text()


def test_accepting_a_claim_runs_no_notebook(story):
    """A new sentence in the ledger reaches the page from the cache."""
    assert "1 chapters, 0 to run\n" == story.ran_again
    assert "In 5 of 6" in story.accepted.find(id="claim-responses").get_text()


def test_a_failing_cell_is_named(tmp_path):
    """Running the chapters says file, line and cell of the first error."""
    chapter = f"{FRONT}\n# C\n\n```{{code-cell}}\n1 / 0\n```\n"
    made = make_book(tmp_path, {"index": "# Index\n", "chapter": chapter})
    done = made.run_chapters()
    assert 1 == done.returncode
    assert done.stderr.startswith(
        "book/chapter.md:9: cell 2 failed: ZeroDivisionError: division by zero"
    )


def test_only_notebooks_are_run(tmp_path):
    """Plain pages of the table of contents are no chapters to run."""
    made = make_book(tmp_path, PAGES)
    assert ["chapter.md"] == [path.name for path in chapters(made.root)]


EXAMPLES = (cache, calculation, charts, data, downloads, fresh, graph, graph_layout, ledger, policy)


@pytest.mark.parametrize("module", [*EXAMPLES, studies, vega], ids=lambda m: m.__name__)
def test_examples_run(module):
    """Examples in docstrings show what the functions give."""
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize(
    "name",
    ["data/outcomes.csv", "requirements.lock", "cartreview/new.py", "cartreview/shapes.json"],
)
def test_the_cache_knows_what_a_result_depends_on(tmp_path, name):
    """A changed table, library or lock file is another state."""
    made = make_book(tmp_path, {"index": "# Index\n"})
    before = cache.digest(made.root)
    changed = made.root / name
    changed.parent.mkdir(exist_ok=True)
    changed.write_text("changed", encoding="utf-8")
    assert before != cache.digest(made.root)


def test_old_states_are_removed(tmp_path):
    """Only the latest states keep their results."""
    for number in range(6):
        cache.prune(tmp_path / ".jupyter_cache" / f"state{number}")
    left = sorted(path.name for path in (tmp_path / ".jupyter_cache").iterdir())
    assert ["state3", "state4", "state5"] == left


@pytest.mark.parametrize(
    ("slot", "spec", "expected"),
    [("share", ".0%", "67%"), ("k", "", "4"), ("names", "", "a, b and c")],
)
def test_values_are_written_for_prose(slot, spec, expected):
    """Numbers take a format, lists become an enumeration."""
    claim = Claim(**{**vars(RESPONSES), "values": {**RESPONSES.values, "names": ["a", "b", "c"]}})
    assert expected == ledger.value(claim, slot, spec)


def test_a_drawing_is_the_same_twice(tmp_path):
    """Ids in a drawing do not count up from call to call, so builds do not differ."""
    first, second = (vega.svg(CHART, "light", tmp_path / name) for name in ("a", "b"))
    assert first == second


def test_modes_differ_in_the_drawing(tmp_path):
    """The theme of the mode is used, whatever configuration the chart brings."""
    spec = {**CHART, "config": {"background": "red"}}
    light, dark = (vega.svg(spec, mode, tmp_path) for mode in vega.MODES)
    assert light != dark
    assert "red" not in light


def test_an_unknown_source_is_shown_by_its_key():
    """A label without an entry in the bibliography is the key itself."""
    bibliography = SimpleNamespace(bibdata=SimpleNamespace(data=SimpleNamespace(entries={})))
    environment = SimpleNamespace(get_domain=lambda name: bibliography)
    assert "roe1999" == Links(SimpleNamespace(env=environment), "index").label("roe1999")
