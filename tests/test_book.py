"""The book and its contents agree: pages, links, prose, and no path opened in a page."""

import re
from pathlib import Path

import pytest
import yaml

from cartreview.claims import cells
from cartreview.claims.ledger import read_ledger

REPO = Path(__file__).parents[1]
PAGES = sorted((REPO / "book").glob("*.md"))
TEXT = {page.stem: page.read_text(encoding="utf-8") for page in PAGES}


def test_contents_list_every_page():
    """Each page is in _toc.yml, and each entry is a page."""
    toc = yaml.safe_load((REPO / "_toc.yml").read_text(encoding="utf-8"))
    listed = {toc["root"], *(chapter["file"] for chapter in toc["chapters"])}
    assert {f"book/{page.stem}" for page in PAGES} == listed


@pytest.mark.parametrize("page", TEXT)
def test_links_between_pages_lead_somewhere(page):
    """A link to another page names a file that is there."""
    for target in re.findall(r"\]\(([\w-]+\.md)", TEXT[page]):
        assert (REPO / "book" / target).is_file(), target


@pytest.mark.parametrize("page", TEXT)
def test_every_claim_of_a_page_is_told_in_prose(page):
    """A claim that is computed is also shown to the reader of its page."""
    shown = set(re.findall(r"\{claim\}`([a-z0-9-]+)`", TEXT[page]))
    made = {
        c.claim_id for c in read_ledger(REPO / "data" / "claims.csv").values() if c.page == page
    }
    assert made <= shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_open_no_files(page):
    """Pages get tables by name, never by path."""
    for cell in cells(page):
        assert not re.search(r"open\(|read_csv|Path\(|\.\./", cell.source), cell.line


def test_first_chapter_has_its_charts_and_claims():
    """Enough charts carry the argument, and enough of the review is re-tested."""
    drawn = re.findall(r"^charts\.(\w+)\(", TEXT["cns-trials"], flags=re.MULTILINE)
    assert 8 <= len(set(drawn) - {"use_book_renderer"})
    ledger = read_ledger(REPO / "data" / "claims.csv")
    assert 25 <= sum(item.tests.startswith("kaminskiy") for item in ledger.values())


TOP = {
    *(".ci", ".git", ".gitattributes", ".github", ".gitignore", "_config.yml", "_toc.yml"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-DATA", "README.md"),
    *("Makefile", "pyproject.toml", "references.bib", "requirements.lock"),
    *("book", "cartreview", "data", "tests"),
}
MADE = {
    ".venv",
    "_build",
    ".hypothesis",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    "__pycache__",
}


def test_top_level_is_what_the_design_draws():
    """Nothing lies at the top that does not belong there."""
    assert TOP >= {path.name for path in REPO.iterdir()} - MADE
