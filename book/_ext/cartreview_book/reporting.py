"""Directive ``reporting-table``: what a checklist asks of a review, and what this one answers."""

from __future__ import annotations

from collections import Counter
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cartreview._words import count_of, enumeration
from cartreview_book import ledger
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["ReportingTable", "setup", "summary"]

TABLE = "reporting"


def summary(answers: list[str], order: list[str]) -> str:
    """Count the answers in words.

    Examples
    --------
    >>> summary(["yes", "no", "yes"], ["yes", "in part", "no"])
    '3 items: 2 yes and 1 no'
    """
    counts = Counter(answers)
    parts = enumeration(f"{counts[answer]} {answer}" for answer in order if counts[answer])
    return f"{count_of(len(answers), 'item')}: {parts}"


class ReportingTable(TablesDirective):
    """The items of one checklist, named in the argument, each with its answer."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Give the table, or a warning if no row is of that checklist."""
        table = self.read(TABLE)
        checklist = self.arguments[0]
        rows = [row for row in table.rows if row["checklist"] == checklist]
        if not rows:
            self.complain(f"no row of {TABLE} is of the checklist {checklist!r}")
            return []
        self.env.note_dependency(str(self.root / ledger.LEDGER))
        claims = ledger.claims(self.root)
        order = table.fields["answered"]["constraints"]["enum"]
        context = {
            "checklist": checklist,
            "anchor": f"reporting-{checklist.lower()}",
            "counts": summary([row["answered"] for row in rows], order),
            "rows": [_shown(row, claims) for row in rows],
            "readings": table.fields["wording"]["meanings"],
        }
        return [Fragment(template="reporting.html", context=context)]


def _shown(row: dict[str, str], claims: dict[str, ledger.Claim]) -> dict[str, Any]:
    page, _, anchor = row["place"].partition("#")
    named = [name for name in row["claims"].split(";") if name]
    return {
        **row,
        "page": f"book/{page}",
        "anchor": anchor,
        "heading": anchor.replace("-", " ").capitalize() if anchor else "",
        "stated": [claims[name] for name in named if name in claims],
    }


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("reporting-table", ReportingTable)
