"""How current a page is, what changed, feeds and corrected sources, in the small book."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from xml.etree import ElementTree

import pytest
from toy_book import Book, make_book, shared_book

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    """Read the small book that tests of several files share."""
    return shared_book(tmp_path_factory)


def words(node):
    """Give what a reader sees."""
    return " ".join(node.get_text(" ").split())


def atom(book, name):
    """Read a feed."""
    path = book.html / "feeds" / f"{name}.atom"
    return ElementTree.parse(path).getroot()  # noqa: S314  made by this very build


@pytest.mark.parametrize("name", ["index", "chapter", "bibliography", "changes"])
def test_every_page_says_how_current_it_is(book, name):
    """Version, last search and what is due stand in one line; the rest unfolds."""
    line = book.page(name).select_one("aside.currency")
    assert words(line.summary).startswith("Data version ")
    assert ["2020-12-31", "2020-12-30", "2021-01-06"] == [
        time["datetime"] for time in line.summary.select("time")
    ]
    assert "PubMed" in words(line.summary)
    assert "2021-01-06" == line.select_one("time[data-due]")["datetime"]


def test_services_and_jobs_unfold(book):
    """Each service has its last search; each job its last success and when silence is a fault."""
    line = book.page("chapter").select_one("aside.currency dl")
    assert "Europe <PMC>: 24 December 2020 (1 in all)" in words(line)
    jobs = {dd["data-job"]: dd for dd in line.select("dd[data-job]")}
    assert "last succeeded on 30 December 2020" == words(jobs["search"])
    assert "has not run yet" == words(jobs["corrections"])
    assert date(2021, 1, 10).isoformat() == jobs["search"]["data-silent-from"]


def test_a_page_names_its_corrected_sources(book):
    """What two parties assert is said once; a retraction stands above the page as well."""
    page = book.page("chapter")
    told = "corrected 23 September 2025; retracted January 2026"
    assert told in words(page.select_one("aside.currency > p"))
    assert told in words(page.select_one("p.currency-banner"))
    assert page.select_one("p.currency-banner a")["href"].endswith("#brown2024")
    assert not book.page("mechanisms").select("p.currency-banner")


def test_the_bibliography_marks_the_entry(book):
    """The mark stands in the entry, with a link to the notice, and in no other entry."""
    page = book.page("bibliography")
    (mark,) = page.select(".bibliography .corrected")
    assert "Corrected 23 September 2025; retracted January 2026." == words(mark)
    entry = mark.find_parent("li")
    assert "brown2024" == entry["id"]
    assert "https://doi.org/10.1234/notice" in {link["href"] for link in entry.select("a[href]")}


def test_cards_mark_the_source(book):
    """Who opens the evidence of a claim sees that its source was retracted."""
    card = book.page("chapter").select_one("aside.claim-card")
    assert "retracted January 2026" in words(card.select_one(".card-sources .corrected"))


def test_reasons_name_what_moved(book):
    """A reason stands with its claims and rows; words of a table are no markup."""
    (step,) = book.page("changes").select(".changes-step")
    assert "2020-12-30-abcdef" == step["id"]
    assert words(step.p).startswith("Read <anew>")
    assert "1 claim: 1 moved; 2 rows" == words(step.summary)
    assert "In 4 of 6 patients tumours shrank" in words(step.select_one("ins"))
    assert step.select_one("li a")["href"].endswith("claims.html#responses")


def test_without_a_version_the_page_says_so(book):
    """A book whose data were never released has no empty section."""
    assert "No version has been released yet" in words(book.page("changes").article)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory) -> Book:
    """Build a book of few pages whose review is no longer kept up."""
    pages = {"index": "# A small book\n\nText.\n", "other": "# Other\n\nText.\n"}
    made = make_book(tmp_path_factory.mktemp("frozen"), pages)
    path = made.root / "data" / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["living"] |= {"state": "frozen", "since": "2021-02-01", "why": "Nobody <keeps> it."}
    path.write_text(json.dumps(package), encoding="utf-8")
    done = made.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def test_a_frozen_review_says_so_above_its_text(frozen):
    """A banner stands first, with day and reason; nothing is due, and no script would say it is."""
    page = frozen.page("index")
    banner = page.select_one("article p.currency-banner")
    assert words(banner).startswith("This review is frozen since 2021-02-01: Nobody <keeps> it.")
    assert "last searched, on 30 December 2020" in words(banner)
    assert banner.find_next("h1") is not None
    assert not page.select("time[data-due], [data-silent-from]")
    assert words(page.select_one("aside.currency summary")).endswith("frozen.")


def test_a_book_without_that_page_has_no_feeds(frozen):
    """Nothing is linked that is not there."""
    assert not frozen.page("index").select("link[rel=alternate]")
    assert not (frozen.html / "feeds").exists()


NAMES = ["all", "chapter-chapter", "study-brown", "study-roe"]


@pytest.mark.parametrize("name", NAMES)
def test_atom_is_valid(book, name):
    """RFC 4287: what a feed and an entry must have, once, with times and lasting identifiers."""
    root = atom(book, name)
    assert f"{{{ATOM['a']}}}feed" == root.tag
    for node in (root, *root.findall("a:entry", ATOM)):
        for part in ("id", "title", "updated"):
            (found,) = node.findall(f"a:{part}", ATOM)
            assert found.text.strip()
        datetime.fromisoformat(node.find("a:updated", ATOM).text)
        assert node.find("a:id", ATOM).text.startswith("urn:uuid:")
        pairs = [(n.get("type"), n.get("hreflang")) for n in node.findall("a:link", ATOM)
                 if n.get("rel") == "alternate"]  # fmt: skip
        assert len(pairs) == len(set(pairs)) == 1
    assert root.find("a:author/a:name", ATOM).text
    (own,) = [node for node in root.findall("a:link", ATOM) if node.get("rel") == "self"]
    assert f"{name}.atom" == own.get("href")
    ids = [node.text for node in root.iter(f"{{{ATOM['a']}}}id")]
    assert len(ids) == len(set(ids))
    assert len(root.findall("a:entry", ATOM)) == (name != "study-roe")


@pytest.mark.parametrize("name", NAMES)
def test_json_feed_is_valid(book, name):
    """JSON Feed 1.1: version, title and items; an item has an id and a content."""
    feed = json.loads((book.html / "feeds" / f"{name}.json").read_text("utf-8"))
    assert "https://jsonfeed.org/version/1.1" == feed["version"]
    assert feed["title"]
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert "<p>read &lt;anew&gt;</p>" in item["content_html"]
        datetime.fromisoformat(item["date_published"])
        assert not {"url", "external_url"} & set(item)
    assert len(feed["items"]) == (name != "study-roe")


def test_both_forms_of_a_feed_agree(book):
    """An entry has the same identifier in both, and tells the same."""
    for name in NAMES:
        feed = json.loads((book.html / "feeds" / f"{name}.json").read_text("utf-8"))
        root = atom(book, name)
        entries = [(node.find("a:id", ATOM).text, node.find("a:content", ATOM).text)
                   for node in root.findall("a:entry", ATOM)]  # fmt: skip
        assert entries == [(item["id"], item["content_html"]) for item in feed["items"]]


def test_pages_name_their_feeds(book):
    """Programs find the feed of everything on each page, and that of a chapter on the chapter."""
    for name, expected in [("chapter", ["all", "chapter-chapter"]), ("grading", ["all"])]:
        links = book.page(name).select("head link[rel=alternate]")
        assert {f"../feeds/{feed}.{end}" for feed in expected for end in ("atom", "json")} == {
            link["href"] for link in links
        }
        assert all((book.html / "book" / link["href"]).is_file() for link in links)


def test_every_feed_is_linked(book):
    """The page lists the feeds of everything, of the chapter and of each study."""
    hrefs = {link["href"] for link in book.page("changes").select("ul.feeds a")}
    files = {f"../feeds/{path.name}" for path in (book.html / "feeds").iterdir()}
    assert files == hrefs
    assert re.fullmatch(r"[a-z0-9.-]+", min(path.name for path in (book.html / "feeds").iterdir()))
