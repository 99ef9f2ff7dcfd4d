"""What the replayed services hold: reports that were included, traps, and a crowd made up.

Whatever is made up says so in its identifiers: DOIs of the prefix 10.5555, which Crossref keeps
for tests, and numbers of PubMed and ClinicalTrials.gov that were never given.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from replay.server import Entry

REPO = Path(__file__).parents[2]
CELLS = ("CAR T cells", "Chimeric antigen receptor T cells", "CAR-NK cells")
ABOUT = ("glioblastoma", "diffuse midline glioma", "CNS lymphoma", "medulloblastoma", "meningioma")


def included() -> Iterator[Entry]:
    """Give the included reports as the tables have them: titles and identifiers, no abstract."""
    with (REPO / "data" / "screening.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["decision"] == "included" and row["title"]:
                yield Entry(
                    row["title"],
                    int(row["year"] or 2020),
                    row["doi"],
                    row["pmid"],
                    row["registrations"].partition(";")[0],
                    added="2025-01-01",
                )


def crowd(count: int) -> Iterator[Entry]:
    """Make up reports that the strategies find and nobody knows."""
    for n in range(count):
        cells, about = CELLS[n % len(CELLS)], ABOUT[n % len(ABOUT)]
        yield Entry(
            f"{cells} against {about}: made-up report number {n} of a crowd",
            2024 + n % 3,
            f"10.5555/crowd.{n}",
            str(99_000_000 + n),
            f"NCT99{n:06}" if n % 10 == 0 else "",
            added=f"2026-{1 + n % 11:02}-15",
        )


def traps() -> list[Entry]:
    """Give what has gone wrong elsewhere, or would."""
    title = "Made-up trial of GD2 CAR T cells against pontine glioma in children"
    everywhere = {
        "update-to": [{"DOI": f"10.5555/other.{n}", "type": "retraction"} for n in range(40)]
    }
    everywhere["update-to"].insert(7, {"DOI": "10.5555/trap.paper", "type": "retraction"})
    updated = [
        {"DOI": "10.5555/trap.notice", "type": "correction", "source": source}
        for source in ("publisher", "retraction-watch")
    ]
    preprint = {"commentCorrectionList": {"commentCorrection": [
        {"type": "Preprint of", "source": "MED", "id": "98000001"}]}}  # fmt: skip
    results = {"referencesModule": {"references": [
        {"pmid": "97000001", "type": "BACKGROUND"},
        {"pmid": "98000001", "type": "RESULT"}]}}  # fmt: skip
    return [
        Entry(title, 2026, "10.5555/trap.PAPER", "98000001", abstract="NCT98000001; 12 patients.",
              more={"crossref": {"updated-by": updated}}),
        Entry(f"<i>{title.replace('CAR T', 'CAR-T')}</i>", 2025, "10.5555/trap.preprint",
              source="PPR", services=("europepmc",), more={"europepmc": preprint}),
        Entry(f"EPCT-07. {title.upper()}", 2025, "10.5555/trap.abstract",
              services=("crossref",)),
        Entry(f"{title}: register", 2022, number="NCT98000001", services=("clinicaltrials",),
              more={"clinicaltrials": results}),
        Entry("Withdrawal of CAR T cells glioma abstracts, a notice", 2026, "10.5555/trap.notice",
              services=("crossref",), more={"crossref": everywhere}),
        Entry("Made-up trial of HER2 CAR T cells against pontine glioma in children", 2026,
              "10.5555/trap.her2", "98000002"),
        Entry("CAR-T cells and glioma, no summary", 2026, pmid="98000003",
              services=("pubmed",), more={"pubmed": "error"}),
        Entry("=HYPERLINK(\"x\") CAR T cells\u202e in glioma <script>x</script>", 2026,
              "10.5555/trap.hostile", services=("crossref", "europepmc")),
    ]  # fmt: skip
