"""references.bib: entries, identifiers, uses. Its bad inputs lie in bad_tables."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from cartreview.myst import read_page
from cartreview.validation.bibliography import Entry, check_uses, read_entries
from cartreview.validation.references import check_references

HEAD = "title = {T}, author = {Writer, A. B.}, pmcid = {PMC1},"


def codes(tmp_path: Path, text: str) -> list[str]:
    """Give the codes of the findings of a bibliography."""
    (tmp_path / "references.bib").write_text(text, encoding="utf-8")
    entries, findings = read_entries(tmp_path)
    return [finding.code for finding in (*findings, *check_references(entries or {}))]


@pytest.mark.parametrize(
    "doi",
    [
        "10.3389/fimmu.2025.1600403",
        "10.1038/s41591-024-02875-1",
        "10.1002/(SICI)1097-0142(19990101)85:1<17::AID-CNCR3>3.0.CO;2-0",
        "10.1016/0140-6736(93)92409-1",
    ],
)
def test_a_doi_is_accepted(doi: str, tmp_path: Path) -> None:
    """DOIs of old papers have brackets and semicolons."""
    assert [] == codes(tmp_path, f"@article{{a, year = {{2024}}, {HEAD} doi = {{{doi}}}}}\n")


@pytest.mark.parametrize(
    "doi", ["doi:10.1038/x", "https://doi.org/10.1038/x", "10.1038", "10.1038/", "10.1038/a b",
            "10.1038/x.", "11.1038/x", "10.1/x"],
)  # fmt: skip
def test_a_doi_is_refused(doi: str, tmp_path: Path) -> None:
    """A DOI stands alone, whole, without an address in front of it."""
    assert ["malformed-doi"] == codes(
        tmp_path, f"@article{{a, year = {{2024}}, {HEAD} doi = {{{doi}}}}}\n"
    )


@pytest.mark.parametrize("pmid", ["38454126x", "0123", "PMC123", "123456789"])
def test_a_pmid_is_refused(pmid: str, tmp_path: Path) -> None:
    """A PMID is a number of one to eight digits."""
    assert ["malformed-pmid"] == codes(
        tmp_path, f"@article{{a, year = {{2024}}, {HEAD} pmid = {{{pmid}}}}}\n"
    )


@pytest.mark.parametrize("pmcid", ["8804895", "PMC", "PMC0", "pmc8804895", "PMC8804895/table"])
def test_a_pmcid_is_refused(pmcid: str, tmp_path: Path) -> None:
    """A PMCID is PMC and a number, as its address has it."""
    assert ["malformed-pmcid"] == codes(
        tmp_path, f"@article{{a, year = {{2024}}, {HEAD.replace('PMC1', pmcid)}}}\n"
    )


def test_registrations_of_a_field_and_a_note(tmp_path: Path) -> None:
    """NCT identifiers are looked for in the field nct and in notes."""
    text = (
        f"@article{{a, year = {{2024}}, {HEAD} nct = {{NCT02208362; NCT1}}, "
        "note = {Registered as NCT 02208362, NCT02208362}}\n"
    )
    assert ["malformed-nct", "malformed-nct"] == codes(tmp_path, text)


def test_first_of_two_entries_counts(tmp_path: Path) -> None:
    """A key that comes twice is a finding, and the first entry stands."""
    (tmp_path / "references.bib").write_text(
        f"@book{{a, {HEAD} year = 2020}}\n\n@book{{a, year = 2021}}\n"
    )
    entries, findings = read_entries(tmp_path)
    assert entries is not None
    assert "2020" == entries["a"].year
    assert [("bad-bibliography", 3)] == [(f.code, f.line) for f in findings]


def test_an_entry_with_a_field_twice_is_used(tmp_path: Path) -> None:
    """One defect is one finding: the key of a defective entry is still known."""
    (tmp_path / "references.bib").write_text(f"@book{{a, {HEAD} year = 2020, year = 2021}}\n")
    entries, findings = read_entries(tmp_path)
    assert ["a"] == list(entries or {})
    assert ["bad-bibliography"] == [finding.code for finding in findings]


def test_the_parser_prints_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What the parser warns of becomes a finding, not a line in between."""
    with caplog.at_level(logging.DEBUG):
        assert ["bad-bibliography"] == codes(tmp_path, "@article{a, title = {x\n")
    assert [] == caplog.records


def test_an_entry_may_say_that_its_authors_are_unknown(tmp_path: Path) -> None:
    """Names that no page showed are left out, and the note says so."""
    note = "note = {Authors not on the page that was read.}"
    assert [] == codes(tmp_path, f"@article{{a, title = {{T}}, year = 2024, pmid = 1, {note}}}\n")


def test_every_kind_of_citation_is_read() -> None:
    """Keys in all cite roles are looked up, also several in one."""
    text = "{cite}`a, x1` {cite:t}`x2` {cite:p}`a` {footcite}`x3` {claim}`x4`\n"
    found = check_uses({"a": Entry("a", 1, "book")}, {"a"}, [read_page("book/p.md", text)])
    assert ["x1", "x2", "x3"] == [finding.row for finding in found]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("@misc{a, author = {Writer, A. B.}, year = 2024, pmid = 1}", "incomplete-entry"),
        ("@misc{a, title = {T}, year = 2024, pmid = 1}", "incomplete-entry"),
        (f"@artcle{{a, year = 2024, {HEAD}}}", "unknown-entry-type"),
        (
            f"@article{{a,\n {HEAD}\n note = {{T}}\n editor = {{E}},\n year = 2024}}",
            "bad-bibliography",
        ),
        (f"@article{{a, year = {{2024}}, {HEAD} month = jna}}", "bad-bibliography"),
        (f"@article{{a, year = {{2024}}, {HEAD} journal = nowhere}}", "bad-bibliography"),
        (
            "@article{a, title = {T}, author = {A and and B}, year = 2024, pmid = 1}",
            "malformed-author",
        ),
        ("@article{a, title = {T}, author = {and B}, year = 2024, pmid = 1}", "malformed-author"),
        (f"@article{{a, year = {{2024}}, {HEAD} url = {{javascript:alert(1)}}}}", "malformed-url"),
        (f"@article{{a, year = {{2024}}, {HEAD} url = {{ftp://example.org}}}}", "malformed-url"),
        (
            f"@misc{{a, year = 2024, {HEAD} howpublished = {{\\url{{javascript:alert(1)}}}}}}",
            "malformed-url",
        ),
        (f"@misc{{a, year = 2024, {HEAD} note = {{See data:text/html,x}}}}", "malformed-url"),
    ],
)
def test_an_entry_is_refused(entry: str, code: str, tmp_path: Path) -> None:
    """What the build stops at, or prints as it is, is a finding first."""
    assert {code} == set(codes(tmp_path, f"{entry}\n"))


def test_an_entry_is_accepted(tmp_path: Path) -> None:
    """Months, numbers, strings that are defined, and addresses of web pages."""
    text = (
        '@string{jn = "Journal"}\n'
        f"@article{{a, {HEAD} year = 2020, month = jan, journal = jn # {{ B}}, "
        "url = {https://example.org/a?b=c}, note = {\\url{https://example.org}}}\n"
    )
    assert [] == codes(tmp_path, text)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("author = {{Blood}}, journal = {Blood}, year = 2024, pmid = 1", "author-is-journal"),
        ("author = {{Lancet}}, journal = {The Lancet}, year = 2024, pmid = 1", "author-is-journal"),
        (
            r"author = {{Cell \& Blood}}, howpublished = {Cell & Blood}, year = 2024, pmid = 1",
            "author-is-journal",
        ),
        (
            "author = {{arxivlens.com}}, year = 2024, url = {https://www.arxivlens.com/a}",
            "author-is-journal",
        ),
        ("author = {W}, title = {Cells ...}, year = 2024, pmid = 1", "cut-title"),
        ("author = {W}, title = {Cells …}, year = 2024, pmid = 1", "cut-title"),
        ("author = {W}, title = {Cells \\dots}, year = 2024, pmid = 1", "cut-title"),
        ("author = {W}, pmid = 1", "undated-entry"),
        ("author = {W}, pmid = 1, urldate = {2026-11-21}", "undated-entry"),
        ("author = {W}, url = {https://a.org}", "undated-entry"),
        ("author = {W}, url = {https://a.org}, urldate = {yesterday}", "undated-entry"),
        ("author = {W}, year = 2024", "unlinked-entry"),
    ],
)
def test_an_entry_that_cannot_be_found_is_refused(fields: str, code: str, tmp_path: Path) -> None:
    """A reader must see who wrote it, its whole title and when, and come to it."""
    title = "" if "title" in fields else "title = {T}, "
    assert [code] == codes(tmp_path, f"@misc{{a, {title}{fields}}}\n")


@pytest.mark.parametrize(
    "fields",
    [
        "author = {{Cancer News}}, url = {https://cancernews.com/a}, urldate = {2026-11-21}",
        "author = {Blood, A. B.}, journal = {Blood}, date = {2024-05-06}, doi = {10.1038/x}",
        "author = {Writer, A. B.}, year = 2024, pmcid = {PMC1}",
        "author = {Writer, A. B.}, note = {Read in a copy without address.}",
        "editor = {Writer, A. B.}, year = 2024, url = {https://[a.org}",
    ],
)
def test_an_entry_that_can_be_found_is_accepted(fields: str, tmp_path: Path) -> None:
    """A page of the web needs the day it was seen; the publisher may answer for it."""
    found = codes(tmp_path, f"@misc{{a, title = {{T}}, {fields}}}\n")
    assert [] == [code for code in found if code != "malformed-url"]
