"""How current each page is: dates of the data, searches and jobs, and what they make late.

The page carries dates alone, so that one that was built long ago tells the truth: a script in the
reader's browser says what is overdue. Without scripts the dates stand there all the same.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cartreview.living.currency import Currency, currency, day_in_words
from cartreview_book import corrections
from cartreview_book.fragments import render

__all__ = ["context", "setup"]

CHANGES = "book/changes"
BIBLIOGRAPHY = "book/bibliography"


@lru_cache(maxsize=4)
def _current(data: Path, stamp: tuple[int, ...]) -> Currency:
    return currency(data)


def current(data: Path) -> Currency:
    """Read how current a data folder is, once for all pages."""
    files = (path for path in sorted(data.glob("*")) if path.is_file())
    return _current(data, tuple(path.stat().st_mtime_ns for path in files))


def _day(day: Any) -> dict[str, str]:
    return {"iso": day.isoformat(), "words": day_in_words(day)} if day else {}


def context(data: Path, docname: str) -> dict[str, Any]:
    """Collect what the line of a page says, as plain data.

    Parameters
    ----------
    data : Path
        The data folder.
    docname : str
        The page.

    Returns
    -------
    dict
        Dates with their words, an empty dict where there is none.
    """
    now = current(data)
    last = next(iter(now.services), None)  # the most recent comes first
    return {
        "version": now.version,
        "released": _day(now.released),
        "evidence": _day(now.last_evidence),
        "searched": _day(now.last_search),
        "where": last.name if last and last.last and last.last == now.last_search else "",
        "services": [(one.name, one.searches, _day(one.last)) for one in now.services],
        "due": _day(now.next_due),
        "jobs": [
            (one.name, one.every_days, _day(one.last_success), _day(one.silent_from))
            for one in (() if now.frozen else now.jobs)
        ],
        "frozen": vars(now.frozen) if now.frozen else {},
        "corrected": corrections.on_page(data, docname.removeprefix("book/")),
        "changes": CHANGES,
        "bibliography": BIBLIOGRAPHY,
    }


def _add(
    app: Sphinx, page: str, template: str, about: dict[str, Any], document: nodes.document | None
) -> None:
    data = Path(app.srcdir) / "data"
    if document is None or "body" not in about or not (data / "datapackage.json").is_file():
        return
    told = context(data, page)
    told["has_changes"] = CHANGES in app.env.found_docs
    above, below = (
        render(app.builder, page, f"currency-{place}.html", told) for place in ("banner", "line")
    )
    about["body"] = f"{above}{about['body']}{below}"


def setup(app: Sphinx) -> None:
    """Add the line to every page that has a text of ours."""
    app.connect("html-page-context", _add, priority=600)
