"""How the review is cited: from Python, and by its file CITATION.cff."""

import re
from pathlib import Path

import pytest
import yaml

import cartreview
from cartreview._tables import package

REPO = Path(__file__).parents[1]


@pytest.mark.parametrize("name", [None, *cartreview.tables()])
def test_a_citation_names_authors_title_version_and_day(name):
    """Both forms say whose, what, in which state and of which day."""
    found = cartreview.cite(name)
    for form in (found.text, found.bibtex):
        for part in ("Cartreview contributors", package()["title"], cartreview.data_version):
            assert part in form
        assert package()["created"][:10] in form
        if name:
            assert cartreview.describe().set_index("name").loc[name, "title"] in form
    assert f"{found.text}\n\n{found.bibtex}" == repr(found)


@pytest.mark.parametrize("name", [None, "study_tumours"])
def test_bibtex_is_read_by_a_parser(name):
    """The entry has a key of its own and fields that a bibliography needs."""
    bibtexparser = pytest.importorskip("bibtexparser")
    (entry,) = bibtexparser.parse_string(cartreview.cite(name).bibtex).entries
    assert ("misc", True) == (
        entry.entry_type,
        bool(re.fullmatch(r"[a-z]+2\d{3}[a-z]*", entry.key)),
    )
    assert {"author", "title", "year", "version"} <= set(entry.fields_dict)


def test_an_address_is_given_where_there_is_one(monkeypatch):
    """The address is the data package's own, and is left out where it has none."""
    from cartreview import _cite

    assert "homepage" in package() or "url" not in cartreview.cite().bibtex
    there = {**package(), "homepage": "https://example.org"}
    monkeypatch.setattr(_cite, "package", lambda: there)
    assert cartreview.cite().text.endswith(" https://example.org")
    assert "  url = {https://example.org},\n" in cartreview.cite().bibtex


def test_unknown_table_is_refused():
    """A table that is not there cannot be cited."""
    with pytest.raises(KeyError, match="no table 'outcome'"):
        cartreview.cite("outcome")


def test_the_citation_file_says_the_same():
    """CITATION.cff has what a BibTeX entry needs, of the version that the data package names."""
    file = yaml.safe_load((REPO / "CITATION.cff").read_text("utf-8"))
    assert package()["version"] == file["version"]
    assert package()["created"][:10] == str(file["date-released"])
    assert package()["contributors"][0]["title"] == file["authors"][0]["name"]
    assert package().get("homepage") == file.get("url")
    assert {"title", "type", "message", "cff-version"} <= set(file)
