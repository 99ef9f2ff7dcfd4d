"""The book and its contents agree: pages, links, prose, and no path opened in a page."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

import cartreview
from cartreview import charts
from cartreview.claims import cells
from cartreview.claims.ledger import read_ledger

REPO = Path(__file__).parents[1]
PAGES = sorted((REPO / "book").glob("*.md"))
TEXT = {page.stem: page.read_text(encoding="utf-8") for page in PAGES}

STATEMENTS = set(cartreview.load("statements")["statement_id"])
WAITING = {"expression_ranges", "factor_matrix", "survival_medians"}  # charts for pages to come


def test_contents_list_every_page():
    """Each page is in _toc.yml, and each entry is a page."""
    toc = yaml.safe_load((REPO / "_toc.yml").read_text(encoding="utf-8"))
    listed = {toc["root"], *(chapter["file"] for chapter in toc["chapters"])}
    assert {f"book/{page.stem}" for page in PAGES} == listed


def test_links_between_pages_lead_somewhere():
    """A link to another page names a file that is there."""
    links = {
        (page, target)
        for page, text in TEXT.items()
        for target in re.findall(r"\]\(([\w/-]+\.md)", text)
    }
    assert links
    assert [] == [(p, to) for p, to in sorted(links) if not (REPO / "book" / to).is_file()]


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


def test_every_chart_is_in_a_page():
    """A chart that no page draws any more is noticed; those that wait for a page are named."""
    used = {name for text in TEXT.values() for name in re.findall(r"\bcharts\.(\w+)\(", text)}
    known = set(charts.__all__) - {"config", "use_book_renderer"}
    assert WAITING >= known - used


def test_every_statement_is_tested_or_quoted():
    """A statement that neither a claim re-tests nor a page names is noticed."""
    tested = {claim.tests for claim in read_ledger(REPO / "data" / "claims.csv").values()}
    quoted = {i for i in STATEMENTS if any(i in text for text in TEXT.values())}
    assert [] == sorted(STATEMENTS - tested - quoted)


TOP = {
    *(".ci", ".gitattributes", ".github", ".gitignore", "_config.yml", "_toc.yml"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-DATA", "README.md"),
    *(".zenodo.json", "Makefile", "pyproject.toml", "references.bib", "requirements.lock"),
    *("biome.jsonc", "package.json", "package-lock.json"),
    *("book", "cartreview", "data", "tests"),
}


def test_top_level_is_what_the_design_draws():
    """Nothing that belongs to the project lies at the top but what the design draws."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPO, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("no git checkout")
    assert TOP == {name.partition("/")[0] for name in listed.stdout.splitlines()}
