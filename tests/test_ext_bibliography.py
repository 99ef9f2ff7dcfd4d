"""How an entry of the bibliography is set: every identifier and every page is a link."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from cartreview_book import bibliography
from pybtex.backends.html import Backend
from pybtex.database import parse_string
from sphinxcontrib.bibtex.style.referencing import format_references
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

bibliography.setup(None)


def listed(text: str) -> list[BeautifulSoup]:
    """Set a bibliography."""
    entries = parse_string(text, "bibtex").entries.values()
    made = bibliography.Style().format_entries(entries)
    return [BeautifulSoup(entry.text.render(Backend()), "html.parser") for entry in made]


def entry(fields: str) -> BeautifulSoup:
    """Set an entry with these fields."""
    (made,) = listed(f"@misc{{a, author = {{{{Maker}}}}, title = {{{{T}}}}, {fields}}}")
    return made


@pytest.mark.parametrize(
    ("fields", "address", "words"),
    [
        ("doi = {10.1038/a_b}", "https://doi.org/10.1038/a_b", "doi:10.1038/a_b"),
        ("pmid = {38454126}", "https://pubmed.ncbi.nlm.nih.gov/38454126", "PMID:38454126"),
        ("pmcid = {PMC8804895}", "https://pmc.ncbi.nlm.nih.gov/articles/PMC8804895", "PMC8804895"),
        ("url = {https://example.org/a_b?c=1}", "https://example.org/a_b?c=1", None),
    ],
)
def test_what_identifies_an_entry_is_a_link(fields: str, address: str, words: str | None) -> None:
    """Each of DOI, PMID, PMCID and address suffices to come to the publication."""
    (link,) = entry(fields).find_all("a")
    assert (address, words or address) == (link["href"], link.get_text())


def test_the_day_a_page_was_seen_follows_its_address() -> None:
    """A page of the web changes; the entry says when it was read."""
    made = entry("url = {https://example.org/a}, urldate = {2026-11-21}")
    assert made.get_text().endswith("https://example.org/a (seen 2026-11-21).")


def test_an_entry_without_authors_stands_by_its_title() -> None:
    """Where no page names the authors, the title is what a reader looks for."""
    text = """@article{a, author = {Zoe, A.}, title = {A}, journal = {J}, year = {2020}}
    @article{b, title = {{Cells of patients}}, journal = {J}, year = {2021}}
    @article{c, author = {Adams, B.}, title = {B}, journal = {J}, year = {2022}}"""
    assert ["Adams", "Cells", "Zoe"] == [made.get_text().split()[0] for made in listed(text)]


def cited(text: str, role: str = "p") -> str:
    """Cite an entry in a sentence."""
    (found,) = parse_string(text, "bibtex").entries.values()
    info = SphinxReferenceInfo(None, "", "", "a", None, "", "")
    return str(format_references(bibliography.InText(), role, [(found, None, info)]))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("author = {Zoe, A. and others}, year = {2020}", "[Zoe et al., 2020]"),
        ("author = {{Maker}}", "[Maker]"),
        ("year = {2021}", "[“Cells of the patients and…”, 2021]"),
        ("note = {Seen.}", "[“Cells of the patients and…”]"),
    ],
    ids=["others", "no year", "no author", "neither"],
)
def test_a_citation_is_short(fields: str, words: str) -> None:
    """A title whole would break the sentence, and no date is no news."""
    made = f"@misc{{a, title = {{{{Cells of the patients and of donors}}}}, {fields}}}"
    assert words == cited(made)
    assert words[1:-1].removesuffix(", 2020").removesuffix(", 2021") in cited(made, "t")
