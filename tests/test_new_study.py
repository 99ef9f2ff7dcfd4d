"""The next trial fits: it enters by rows alone, and one that is there already is told so first."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
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


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Add the new trial to a copy of the checkout; give the claims that move, by name."""
    root = tmp_path_factory.mktemp("checkout") / "review"
    for name in ("book", "cartreview", "data"):
        shutil.copytree(REPO / name, root / name)
    shutil.copy(REPO / "README.md", root)
    shutil.copytree(root / "data", root.parent / "before")
    for table, cells in ROWS.items():
        add(root, table, cells)
    command = [sys.executable, "-m", "cartreview.cli", "diff", "--format", "json"]
    done = subprocess.run(
        [*command, str(root.parent / "before" / "claims.csv")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    return {move["claim_id"]: move for move in json.loads(done.stdout)["moved"]}


def test_the_sums_of_the_field_move(moved: dict[str, dict]) -> None:
    """Two responses of nine and nine patients are added where such patients are summed."""
    values = moved["pooled-response"]["values"]
    counts = [f"pooled.{name}" for name in ("events", "total", "k")]
    pooled = {name: values[name][1] - values[name][0] for name in counts}
    assert {"pooled.events": 2, "pooled.total": 9, "pooled.k": 1} == pooled
    patients = moved["patients-by-class"]["values"]
    assert {9, 1} == {after - before for before, after in patients.values()}
    assert "cns-crs" in moved


def test_no_sum_about_a_published_table_moves(moved: dict[str, dict]) -> None:
    """What a review printed does not change because somebody else treated patients."""
    ledger = csv.DictReader((REPO / "data" / "claims.csv").read_text(encoding="utf-8").splitlines())
    printed = {row["claim_id"] for row in ledger if row["page"] == "retested"}
    assert printed
    assert set() == printed & set(moved)
    assert all(len(set(move["verdict"])) == 1 for move in moved.values())
