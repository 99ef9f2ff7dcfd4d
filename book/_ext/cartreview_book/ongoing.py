"""Directive ``ongoing-table``: registered trials, a row each, and when their results are due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from cartreview._package import DESCRIPTOR, read_object
from cartreview._tables import load_file
from cartreview.evidence.ongoing import ongoing_rows
from cartreview.evidence.studies import DELIVERIES
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["OngoingTable", "setup"]

Row = dict[str, Any]
TABLES = ("ongoing_trials", "reports", "studies")
CAPTION = "Registered trials, a row each, as of {day}. “Not read”: no page that was read states it."
UNREAD = "not read"
AGES = {"adult": "adults", "paediatric": "children and young adults", "mixed": "all ages"}


class OngoingTable(TablesDirective):
    """What is registered, for whom, and when results are due."""

    option_spec: ClassVar[dict[str, Any]] = {"caption": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Give the table with its filters."""
        today = self._today()
        order = (*self.read("ongoing_trials").fields["status"]["constraints"]["enum"], UNREAD)
        rows = sorted(self._rows(today), key=lambda row: order.index(row["status"] or UNREAD))
        caption = self.options.get("caption", CAPTION).format(day=today.isoformat())
        context = {
            "table": "ongoing",
            "caption": caption,
            "rows": rows,
            "statuses": _counted((row["status"] or UNREAD for row in rows), order),
            "antigens": _counted(item for row in rows for item in row["antigens"]),
            "routes": _counted((row["delivery"] for row in rows), DELIVERIES),
            "populations": _counted((row["population"] for row in rows), tuple(AGES)),
            "groups": _counted(item for row in rows for item in row["tumour_groups"]),
        }
        return [Fragment(template="ongoing.html", context=context)]

    def _today(self) -> date:
        self.env.note_dependency(str(self.root / DESCRIPTOR))
        return date.fromisoformat(str(read_object(self.root / DESCRIPTOR)["created"])[:10])

    def _rows(self, today: date) -> list[Row]:
        """Give the trials, the newest record first."""
        for name in TABLES:
            self.read(name)
        frames = {
            name: load_file(name, self.root / data.resource(self.root, name).path)
            for name in TABLES
        }
        names = frames["studies"].set_index("study_id")["name"].to_dict()
        found = ongoing_rows(frames["ongoing_trials"], frames["reports"], today)
        found = found.sort_values("record_day", ascending=False, na_position="last", kind="stable")
        return [_shown(row, names) for row in found.to_dict("records")]


def _shown(row: Row, names: dict[str, str]) -> Row:
    """Write a row in words; what is missing is empty."""
    made = {
        name: "" if pd.api.types.is_scalar(cell) and pd.isna(cell) else cell
        for name, cell in row.items()
    }
    ages = [AGES.get(made["population"], ""), made["ages_as_printed"]]
    return {
        **made,
        "antigens": _words(made["antigens"]),
        "tumour_groups": _words(made["tumour_groups"]),
        "age_words": ", ".join(filter(None, ages)),
        "read_on": str(made["read_on"])[:10],
        "href": f"https://{made['address']}",
        "mark": "overdue" if made["overdue"] else "passed",
        "study": names.get(made["study_id"], ""),
        "probable": names.get(made["probable_study_id"], ""),
    }


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(";") if word.strip()]


def _counted(items: Iterable[str], order: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    """Count items: in an order that is given, or the commonest first; empty ones do not count."""
    counts = Counter(filter(None, items))
    if order:
        return [(name, counts[name]) for name in order if name in counts]
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].casefold()))


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("ongoing-table", OngoingTable)
