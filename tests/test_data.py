"""The data package is valid by the standard's own validator, and the bibliography by its parser."""

import json
import subprocess
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
    printed = cartreview.load("published_tables")
    columns = [column for column in printed if column.endswith("_as_printed")]
    assert (42, 10) == (len(printed), len(columns))
    assert list(range(1, 43)) == printed["row"].tolist()
    assert 24 == len(cartreview.load("antigen_expression"))


def test_ingram_row_keeps_its_printed_place():
    """The row that is printed one cell to the left is kept so, and coded as what it is."""
    row = cartreview.load("published_tables").set_index("row").loc[40]
    assert row["additional_therapy_as_printed"].startswith("76/83 initial response?")
    outcomes = cartreview.load("outcomes").set_index("outcome_id")
    place = outcomes.loc["ingram-1987-initial-response", "locator"]
    assert "Table 1, row 40, column Additional therapy" == place


def test_missing_keeps_its_notation():
    """Blank, dash and question mark are kept apart in the print and empty in the codes."""
    rows = cartreview.load("published_tables").set_index("row")
    printed = rows["additional_therapy_as_printed"]
    assert ["–", "?", True] == [printed[9], printed[25], bool(printed.isna()[1])]
    assert rows.loc[[9, 25, 1], "additional_therapy"].isna().all()


def test_one_registration_is_one_study():
    """Reports of one registration hang on one study, and its parts say that they are parts."""
    studies = cartreview.load("studies")
    registrations = cartreview.split(studies, "registrations")["registrations"]
    assert registrations.is_unique
    printed = cartreview.load("published_tables")
    rows = printed.groupby("study_id")["row"].apply(list)
    assert [[1, 4], [9, 11]] == sorted(rows[rows.map(len) > 1])
    outcomes = cartreview.load("outcomes")
    case = outcomes[outcomes["published_id"] == "kaminskiy2025-row-4"]
    assert case["arm"].notna().all()


def test_dose_is_what_the_trial_gave():
    """A dose by weight or body surface keeps its unit; the print of it stands in its own table."""
    studies = cartreview.load("studies").set_index("study_id")
    row = studies.loc["ahmed-2017"]
    assert [1e6, 1e8, "cells per m2"] == [row["dose_low"], row["dose_high"], row["dose_unit"]]
    printed = cartreview.load("published_tables").set_index("study_id")
    assert 1.7e8 == printed.loc["ahmed-2017", "dose_cells_high"]


def test_a_row_without_a_study_says_why():
    """Reviews, meta-analyses and rows of two studies together belong to no study, and say so."""
    for name in ("toxicity_incidence", "imaging_findings", "other_toxicities"):
        rows = cartreview.load(name)
        reasons = rows.loc[rows["study_id"].isna(), "note"]
        assert reasons.str.contains("not a study|studies together").all(), name


def test_words_of_statements_are_no_guess():
    """A statement has its source's words, and figures in the form name=value."""
    statements = cartreview.load("statements")
    assert statements["words"].notna().all()
    figures = cartreview.split(statements, "figures")["figures"]
    assert figures.str.fullmatch("[a-z_]+=.+").all()


def test_no_file_names_this_machine_and_the_lock_no_address():
    """No file holds a path of somebody's machine; pinned packages come by name and hash alone."""
    assert "//" not in (REPO / "requirements.lock").read_text(encoding="utf-8")
    command = ["git", "grep", "--files-with-matches", "--fixed-strings", str(REPO)]
    found = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False)
    if found.returncode > 1:
        pytest.skip("no git checkout")
    assert "" == found.stdout
