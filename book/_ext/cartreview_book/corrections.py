"""Sources that were corrected since: their mark in the bibliography, on cards and on pages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from cartreview.living.corrections import GRAVE, Notice, marked, resting
from cartreview.living.currency import in_words
from cartreview.validation.bibliography import read_entries

__all__ = ["mark", "notices", "on_page", "setup", "worded"]

BIBLIOGRAPHY = "book/bibliography"
WORDS = {
    "correction": "corrected",
    "retraction": "retracted",
    "expression of concern": "under an expression of concern",
    "new version": "put out anew",
    "updated": "updated, it is not said how",
}


def _stamp(data: Path) -> tuple[int, ...]:
    files = (data / "corrections.csv", data / "claims.csv", data.parent / "references.bib")
    return tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in files)


@lru_cache(maxsize=4)
def _notices(data: Path, stamp: tuple[int, ...]) -> dict[str, list[Notice]]:
    entries, _ = read_entries(data.parent)
    dois = {key: entry.fields.get("doi", "") for key, entry in (entries or {}).items()}
    return marked(data, dois)


@lru_cache(maxsize=4)
def _pages(data: Path, stamp: tuple[int, ...]) -> dict[str, tuple[str, ...]]:
    """Give the corrected sources that each page rests on."""
    found: dict[str, list[str]] = {}
    for source, rest in resting(data, _notices(data, stamp)).items():
        for page in rest.pages:
            found.setdefault(page, []).append(source)
    return {page: tuple(sources) for page, sources in found.items()}


def notices(data: Path) -> dict[str, list[Notice]]:
    """Give the notices of a data folder by source."""
    return _notices(data, _stamp(data))


def on_page(data: Path, page: str) -> list[tuple[str, bool]]:
    """Give the corrected sources that a page rests on, and whether that is grave."""
    sources = _pages(data, _stamp(data)).get(page, ())
    return [(key, any(one.kind in GRAVE for one in notices(data)[key])) for key in sources]


def mark(data: Path, key: str) -> str:
    """Say of a source that it was corrected, and when; empty where it was not."""
    return worded(notices(data).get(key, ()))


def worded(found: Iterable[Notice]) -> str:
    """Write notices in words: what two assert is said once.

    Examples
    --------
    >>> told = {"source_id": "a", "notice": "", "seen_at": "b"}
    >>> one = Notice(kind="correction", date="2025-09-23", asserted_by="publisher", **told)
    >>> two = Notice(kind="retraction", date="2026", asserted_by="europepmc", **told)
    >>> worded([one, one, two])
    'corrected 23 September 2025; retracted 2026'
    """
    said = (f"{WORDS[one.kind]} {in_words(one.date)}".strip() for one in found)
    return "; ".join(dict.fromkeys(said))


def mark_bibliography(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Add to each entry what became of the publication."""
    if docname != BIBLIOGRAPHY:
        return
    data = Path(app.srcdir) / "data"
    for entry in document.findall(nodes.list_item):
        found = [one for key in entry["ids"] for one in notices(data).get(key, ())]
        place = next(iter(reversed(list(entry.findall(nodes.paragraph)))), None)
        if found and place is not None:
            place += nodes.Text(" ")
            told = worded(found)
            words = f"{told[0].upper()}{told[1:]}."
            place += nodes.strong("", words, classes=["corrected"])
            for link in _links(found):
                place += nodes.Text(" ")
                place += link


def _links(found: Iterable[Notice]) -> list[nodes.reference]:
    names = dict.fromkeys(one.notice for one in found if one.notice)
    made = []
    for name in names:
        site = "https://doi.org/" if name.startswith("10.") else "https://pubmed.ncbi.nlm.nih.gov/"
        made.append(nodes.reference("", f"Notice {name}", refuri=f"{site}{name}"))
    return made


def setup(app: Sphinx) -> None:
    """Mark the bibliography once its entries are items of a list."""
    app.connect("doctree-resolved", mark_bibliography, priority=600)
