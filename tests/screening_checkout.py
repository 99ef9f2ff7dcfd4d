"""A checkout with four candidates, for tests of screening."""

from __future__ import annotations

import shutil
from pathlib import Path

REPO = Path(__file__).parents[1]
SEARCHES = """search_id,service,words,day,found,by_whom,note
hand,stored public pages,glioma,2026-11-20,8,one,
"""
SCREENING = """candidate_id,title,year,doi,pmid,registrations,address,search_id,decision,reason,\
reader,day,study_id,note
first,Cells in glioma: a trial,2025,10.1000/first,123,NCT00000001,example.org/first,hand,\
awaiting,,,,,SECRET of another reader
second,Mice,2024,,,,example.org/second,hand,awaiting,,,,,
third,=HYPERLINK(1) [bold]loud[/bold],2023,,,,example.org/third,hand,awaiting,,,,,
fourth,Settled long ago,2020,,,,example.org/fourth,hand,excluded,no patients,one,2026-11-21,,
"""
DECISIONS = """decision_id,candidate_id,reader,round,decision,reason,day,note
fourth:one,fourth,one,independent,exclude,no patients,2026-11-21,
"""


def make(root: Path, *, library: bool = False) -> Path:
    """Copy schemas and package, write the log of four candidates; with the library if asked."""
    data = root / "data"
    data.mkdir(parents=True)
    (root / "book").mkdir()
    shutil.copy(REPO / "data" / "datapackage.json", data)
    shutil.copytree(REPO / "data" / "schemas", data / "schemas")
    texts = {"searches": SEARCHES, "screening": SCREENING, "screening_decisions": DECISIONS}
    for name, text in texts.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    if library:
        shutil.copytree(
            REPO / "cartreview",
            root / "cartreview",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    return root


def decided(root: Path) -> dict[str, list[str]]:
    """Give decision and reason of each row, by its key."""
    lines = (root / "data" / "screening_decisions.csv").read_text(encoding="utf-8").splitlines()
    return {line.split(",")[0]: line.split(",")[4:6] for line in lines[1:]}
