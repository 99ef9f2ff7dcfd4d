"""The checklists on reporting: what a page shows of them, and that each answer is where it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from cartreview_book.fragments import render
from cartreview_book.reporting import ReportingTable, summary
from docutils.nodes import make_id

from cartreview import _tables, load
from cartreview.claims.ledger import Claim, write_ledger

REPO = Path(__file__).parents[1]
ENV = SimpleNamespace(titles={}, found_docs=set())
BUILDER = SimpleNamespace(get_relative_uri=lambda start, end: f"../{end}.html", env=ENV)
HEAD = "reporting_id,checklist,item,topic,asks,wording,answered,answer,claims,place\n"
ROWS = """\
prisma-s:a,PRISMA-S,1,Database,Which?,table,no,None <yet>.,counted,methods#what-is-not-done
prisma-s:b,PRISMA-S,14,Review,Who?,not read,in part,Nobody.,,index
prisma-lsr:c,PRISMA-LSR,L1,Mode,How often?,table,yes,Weekly.,,methods
"""


@pytest.fixture
def run(tmp_path):
    """Give what the directive makes of a small table, and what it complained of."""
    data = tmp_path / "data"
    (data / "schemas").mkdir(parents=True)
    (data / "reporting.csv").write_text(HEAD + ROWS, encoding="utf-8")
    schema = (REPO / "data" / "schemas" / "reporting.json").read_text(encoding="utf-8")
    (data / "schemas" / "reporting.json").write_text(schema, encoding="utf-8")
    listed = {"name": "reporting", "path": "reporting.csv", "schema": "schemas/reporting.json"}
    (data / "datapackage.json").write_text(json.dumps({"resources": [listed]}), encoding="utf-8")
    claim = Claim("counted", "Of 2 searches 0 asked.", "computed", {}, {"a": ("b",)}, ())
    write_ledger([claim], data / "claims.csv")

    def made(checklist):
        said, noted = [], []
        env = SimpleNamespace(srcdir=str(tmp_path), note_dependency=noted.append)
        directive = ReportingTable.__new__(ReportingTable)
        document = SimpleNamespace(settings=SimpleNamespace(env=env))
        directive.state = SimpleNamespace(document=document)
        directive.arguments, directive.complain = [checklist], said.append
        found = [
            BeautifulSoup(
                render(BUILDER, "book/methods", one["template"], one["context"]), "html.parser"
            )
            for one in directive.run()
        ]
        return found, said, noted

    return made


def test_a_checklist_shows_its_items_alone(run):
    """Item, what it asks, the answer with its claim and its place; and how it was counted."""
    (page,), _, noted = run("PRISMA-S")
    rows = page.select("tbody tr")
    assert ["Database", "Review"] == [row.th.contents[0] for row in rows]
    assert "PRISMA-S, 2 items: 1 in part and 1 no." in page.figcaption.get_text()
    assert "None <yet>. Of 2 searches 0 asked." in rows[0].get_text()
    links = [link["href"] for link in rows[0].select("a")]
    assert ["../book/claims.html#counted", "../book/methods.html#what-is-not-done"] == links
    data = [row.select_one("[data-label='From data']").get_text() for row in rows]
    assert ["yes", "no"] == data
    assert any(name.endswith("claims.csv") for name in noted)


def test_what_was_not_read_says_so(run):
    """An item that no page showed is marked with what that means."""
    (page,), _, _ = run("PRISMA-S")
    first, second = (row.select_one("[data-label='Asks for']") for row in page.select("tbody tr"))
    assert first.select_one(".more") is None
    assert "No page that was opened shows it" in second.select_one(".more").get_text()


def test_a_checklist_that_is_not_there(run):
    """A misspelt name is a warning at its place, not an empty table."""
    found, said, _ = run("PRISMA")
    assert ([], ["no row of reporting is of the checklist 'PRISMA'"]) == (found, said)


def test_summary_of_one():
    """A single item, a single answer."""
    assert "1 item: 1 yes" == summary(["yes"], ["yes", "no"])


# The rows of this review


def headings(page):
    """Give the anchors of a page's headings."""
    text = (REPO / "book" / f"{page}.md").read_text(encoding="utf-8")
    return {make_id(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("place", sorted(set(load("reporting")["place"])))
def test_every_answer_is_where_it_says(place):
    """The page is in the book, and it has the heading."""
    page, _, anchor = place.partition("#")
    assert not anchor or anchor in headings(page)


def test_both_checklists_are_shown():
    """A checklist of the table stands on the page of methods, and none that the table lacks."""
    text = (REPO / "book" / "methods.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```\{reporting-table\} (.+)$", text, re.MULTILINE)
    kinds = next(f for f in _tables.schema("reporting")["fields"] if f["name"] == "checklist")
    assert sorted(shown) == sorted(set(load("reporting")["checklist"]))
    assert sorted(shown) == sorted(kinds["meanings"])


def test_items_of_searches_are_complete():
    """PRISMA-S has sixteen items, as its abstract says, each once."""
    items = load("reporting").query("checklist == 'PRISMA-S'")["item"]
    assert list(map(str, range(1, 17))) == list(items)
