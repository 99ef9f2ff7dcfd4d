"""What guidelines say to do, side by side, and which of their rules were replaced."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from cartreview.evidence.management import dose
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["setup"]

Row = dict[str, str]
GRADES = (1, 2, 3, 4)
# Read before the action they go with; what is recommended needs no word.
STANCES = {"consider": "Consider", "against": "Against", "required": "Required"}


def _step(row: Row) -> dict[str, str]:
    more = ("dose_low", "interval_low_h", "maximum", "course")  # a drug alone is in the action
    return {
        "stance": STANCES.get(row["stance"], ""),
        "action": row["action"],
        "dose": dose(row) if any(row[name] for name in more) else "",
        "condition": row["condition"],
        "source_id": row["source_id"],
        "locator": row["locator"],
    }


def _grades(row: Row) -> tuple[int, ...]:
    if not row["grade_low"]:
        return (0,)
    low = int(row["grade_low"])
    return tuple(range(low, int(row["grade_high"] or low) + 1))


def _standing(rows: tuple[Row, ...], chosen: Row) -> list[Row]:
    """Keep the rows chosen that still stand: not superseded, not removed."""
    return [
        row
        for row in rows
        if all(row[name] == value for name, value in chosen.items())
        and not row["superseded_by"]
        and row["stance"] != "removed"
    ]


def _who(row: Row) -> str:
    """Name who says so, with the version where it is dated."""
    version = row["version"]
    return row["guideline"] if version == "not dated" else f"{row['guideline']} {version}"


class ByGrade(TablesDirective):
    """Grades down, guidelines across: what each says to do."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"guidelines": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Give the table, or complain of a toxicity or guideline without rows."""
        table, toxicity = self.read("management"), self.arguments[0]
        rows = _standing(table.rows, {"toxicity": toxicity})
        known = list(dict.fromkeys(map(_who, rows)))
        asked = [name.strip() for name in self.options.get("guidelines", "").split(";")]
        columns = [name for name in asked if name] or known
        for name in columns:
            if name not in known:
                self.complain(f"no row of {toxicity} by {name!r}; there are {', '.join(known)}")
        cells = {
            (grade, name): [
                _step(row) for row in rows if _who(row) == name and grade in _grades(row)
            ]
            for grade in (0, *GRADES)
            for name in columns
        }
        grades = [grade for grade in (0, *GRADES) if any(cells[grade, name] for name in columns)]
        context = {"toxicity": toxicity, "grades": grades, "columns": columns, "cells": cells}
        return [Fragment(template="by-grade.html", context=context)]


class Advice(TablesDirective):
    """Rules of one toxicity, or of one kind of action, as a list by guideline."""

    option_spec: ClassVar[dict[str, Any]] = {
        "toxicity": directives.unchanged_required,
        "kind": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Give the list, or complain of a choice without rows."""
        rows = _standing(self.read("management").rows, self.options)
        if not rows:
            self.complain(f"table 'management' has no row with {self.options}")
        names = dict.fromkeys(map(_who, rows))
        parts = [(name, [_step(row) for row in rows if _who(row) == name]) for name in names]
        return [Fragment(template="advice.html", context={"parts": parts})]


class WhatChanged(TablesDirective):
    """Rules that were replaced, the latest first, each with what replaced it."""

    def run(self) -> list[nodes.Node]:
        """Give the list from the rows that name their successor."""
        table = self.read("management")
        by_key = table.by_key()
        pairs = [(row, by_key[row["superseded_by"]]) for row in table.rows if row["superseded_by"]]
        changes: dict[str, dict[str, Any]] = {}
        for old, new in sorted(pairs, key=lambda pair: pair[1]["effective"], reverse=True):
            entry = changes.setdefault(
                new["management_id"],
                {"date": new["effective"] or new["version"], "now": _named(new), "before": []},
            )
            entry["before"].append(_named(old))
        return [Fragment(template="what-changed.html", context={"changes": [*changes.values()]})]


def _named(row: Row) -> dict[str, str]:
    return {**_step(row), "who": _who(row)}


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("management-by-grade", ByGrade)
    app.add_directive("management-advice", Advice)
    app.add_directive("what-changed", WhatChanged)
