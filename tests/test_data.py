"""The data package is valid by the standard's own validator, and the bibliography by its parser."""

import json
from pathlib import Path

import bibtexparser
import frictionless
import pytest

import cartreview
from cartreview._tables import schema
from cartreview.validation import check

REPO = Path(__file__).parents[1]
PACKAGE = json.loads((REPO / "data" / "datapackage.json").read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # frictionless' own
def test_frictionless_finds_nothing():
    """The package and every row are valid Frictionless Data."""
    report = frictionless.validate(str(REPO / "data" / "datapackage.json"))
    assert [] == report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    assert len(PACKAGE["resources"]) == len(report.tasks)


def test_own_rules_find_nothing():
    """What 'cartreview check' would print for this checkout is nothing."""
    assert [] == [str(finding) for finding in check(REPO)]


def test_package_lists_every_file():
    """No table and no schema lies about unlisted."""
    listed = {resource["path"] for resource in PACKAGE["resources"]}
    listed |= {resource["schema"] for resource in PACKAGE["resources"]}
    found = {str(path.relative_to(REPO / "data")) for path in (REPO / "data").rglob("*.*")}
    assert listed == found - {"datapackage.json"}


@pytest.mark.parametrize("name", cartreview.tables())
def test_fields_are_described_once(name):
    """Each field has a title, a sentence, and a unit if it is a measured number."""
    for field in schema(name)["fields"]:
        assert field["title"], field["name"]
        assert field["description"].endswith("."), field["name"]
    if "meanings" in str(schema(name)):
        for field in schema(name)["fields"]:
            if "meanings" in field:
                assert list(field["meanings"]) == field["constraints"]["enum"], field["name"]


def test_the_standard_parser_reads_the_bibliography():
    """Every entry is an entry, and its key is a source."""
    library = bibtexparser.parse_file(str(REPO / "references.bib"))
    assert [] == library.failed_blocks
    assert set(cartreview.load("sources")["source_id"]) == {entry.key for entry in library.entries}


def test_printed_table_is_whole():
    """Table 1 has its rows and ten columns, Table 2 its cells."""
    studies = cartreview.load("studies")
    printed = [column for column in studies if column.endswith("_as_printed")]
    assert (42, 10) == (len(studies), len(printed))
    assert list(range(1, 43)) == studies["row"].tolist()
    assert 24 == len(cartreview.load("antigen_expression"))


def test_ingram_row_keeps_its_printed_place():
    """The row that is printed one cell to the left is kept so, and coded as what it is."""
    row = cartreview.load("studies").set_index("study_id").loc["ingram-57"]
    assert row["additional_therapy_as_printed"].startswith("76/83 initial response?")
    outcomes = cartreview.load("outcomes").set_index("outcome_id")
    place = outcomes.loc["ingram-57-initial-response", "locator"]
    assert "Table 1, row 40, column Additional therapy" == place


def test_missing_keeps_its_notation():
    """Blank, dash and question mark are kept apart in the print and empty in the codes."""
    studies = cartreview.load("studies").set_index("study_id")
    printed = studies["additional_therapy_as_printed"]
    assert ["–", "?", True] == [
        printed["durgin-24"],
        printed["yao-42"],
        bool(printed.isna()["brown-15"]),
    ]
    assert studies.loc[["durgin-24", "yao-42", "brown-15"], "additional_therapy"].isna().all()


def test_no_file_names_this_machine_and_the_lock_no_address():
    """No file holds a path of somebody's machine; pinned packages come by name and hash alone."""
    assert "//" not in (REPO / "requirements.lock").read_text(encoding="utf-8")
    folders = ["data", "cartreview", "book", "tests", ".ci", ".github"]
    files = [p for name in folders for p in (REPO / name).rglob("*.*") if p.is_file()]
    texts = {p: p.read_bytes() for p in files if "__pycache__" not in p.parts}
    assert [] == [p.name for p, text in texts.items() if str(REPO).encode() in text]
