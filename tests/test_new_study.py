"""The next trial fits: it enters by rows alone, and one that is there already is told so first."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from cartreview.validation import check

REPO = Path(__file__).parents[1]
STUDY = {
    "study_id": "own-2026",
    "name": "Own 2026",
    "registrations": "NCT99999999",
    "phase": "1",
    "design": "trial",
    "product_class": "CAR T",
    "antigens": "B7-H3",
    "routes": "ICV",
    "dose_low": "2000000",
    "dose_high": "10000000",
    "dose_unit": "cells",
    "disease": "CNS tumour",
    "tumour_groups": "high-grade glioma",
    "population": "adult",
    "n_treated": "9",
    "source_id": "onclivend",
    "locator": "web page",
    "verification": "secondary",
    "entered_on": "2026-11-21",
}
REPORT = {
    "report_id": "own-2026-onclivend",
    "study_id": "own-2026",
    "source_id": "onclivend",
    "kind": "news",
    "scope": "whole study",
}
SCREENED = {
    "candidate_id": "own-2026",
    "search_id": "stored-pages-by-hand",
    "decision": "included",
    "study_id": "own-2026",
}
OUTCOME = {
    "outcome_id": "own-2026-pr",
    "study_id": "own-2026",
    "endpoint": "PR",
    "events": "2",
    "denominator": "9",
    "denominator_kind": "evaluable",
    "direction": "favours treatment",
    "as_printed": "PR 2 of 9",
    "derived": "false",
    "source_id": "onclivend",
    "locator": "web page",
    "verification": "secondary",
    "entered_on": "2026-11-21",
}
TOXICITY = {
    "incidence_id": "own-2026-crs",
    "cohort": "Own",
    "study_id": "own-2026",
    "product": "CAR T for CNS tumours",
    "disease": "CNS tumour",
    "design": "trial",
    "toxicity": "CRS",
    "term": "CRS",
    "scale": "not stated",
    "denominator": "9",
    "denominator_kind": "infused",
    "any_events": "2",
    "as_printed": "2 of 9",
    "derived": "false",
    "source_id": "onclivend",
    "locator": "web page",
    "verification": "secondary",
    "read_twice": "false",
    "entered_on": "2026-11-21",
}
ROWS = {
    "studies": STUDY,
    "reports": REPORT,
    "screening": SCREENED,
    "outcomes": OUTCOME,
    "toxicity_incidence": TOXICITY,
}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Copy the tables and the bibliography of this checkout, without pages and their ledger."""
    shutil.copytree(REPO / "data", tmp_path / "data", ignore=lambda *_: ["claims.csv"])
    shutil.copy(REPO / "references.bib", tmp_path)
    return tmp_path


def add(root: Path, table: str, cells: dict[str, str]) -> None:
    """Append a row; cells that are not named are empty."""
    file = root / "data" / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as old:
        columns = next(csv.reader(old))
    with file.open("a", encoding="utf-8", newline="") as new:
        writer = csv.DictWriter(new, columns, restval="", lineterminator="\n")
        writer.writerow(cells)


def of_tables(root: Path) -> list[str]:
    """List the findings about tables; the ledger and citations have no part in these."""
    generated = ("data/claims.csv", "references.bib")
    return [str(f) for f in check(root) if not f.path.startswith(generated)]


def test_a_new_trial_enters_by_rows_alone(tables: Path) -> None:
    """No check asks for a position in somebody's table, nor for any other forged value."""
    for table, cells in ROWS.items():
        add(tables, table, cells)
    assert [] == of_tables(tables)


@pytest.mark.parametrize(
    ("table", "code"), [("screening", "unscreened-study"), ("reports", "no-report")]
)
def test_what_a_new_trial_lacks_is_told(tables: Path, table: str, code: str) -> None:
    """A study that nobody screened, or a source that is no report of it, is found."""
    for name, cells in ROWS.items():
        if name != table:
            add(tables, name, cells)
    assert code in {problem.code for problem in check(tables)}


def test_a_known_registration_is_told_first(tables: Path) -> None:
    """Who enters a trial that is there hears its name before anything about the other cells."""
    known = {**STUDY, "registrations": "NCT04185038", "routes": "brain", "source_id": "nobody2026"}
    add(tables, "studies", known)
    first, *others = check(tables)
    assert "duplicate-registration" == first.code
    assert "'Vitanza 2025' has it (vitanza-2025" in first.expected
    assert "under vitanza-2025" in first.fix
    assert {"unknown-category", "broken-reference"} <= {problem.code for problem in others}
