"""What guidelines say to do, as cards and lists, and which of their rules were replaced."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from cartreview.evidence import care
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["setup"]

Row = dict[str, str]


class Cards(TablesDirective):
    """One card a grade of a syndrome, each a section of the page."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Give the cards, or complain of a syndrome without rows."""
        toxicity = self.arguments[0]
        made = care.cards(self.read("management").rows, toxicity)
        if not made:
            self.complain(f"table 'management' has no row of {toxicity!r}")
        graded = any(card.grade for card in made)
        return [self._section(card, _title(card, graded)) for card in made]

    def _section(self, card: care.Card, title: str) -> nodes.section:
        anchor = "care-" + title.lower().replace(", ", "-").replace(" ", "-")
        return self.section(
            anchor, title, Fragment(template="care-card.html", context={"card": card})
        )


def _title(card: care.Card, graded: bool) -> str:
    """Name a card; where no advice goes by grade, the syndrome is enough."""
    name = card.toxicity[:1].upper() + card.toxicity[1:]
    if card.grade:
        return f"{name}, grade {card.grade}"
    return f"{name}, whatever the grade" if graded else name


def _standing(rows: tuple[Row, ...], chosen: Row) -> list[Row]:
    """Keep the rows chosen that still stand and were read: not superseded, not removed."""
    return [
        row
        for row in rows
        if all(row[name] == value for name, value in chosen.items())
        and not row["superseded_by"]
        and row["stance"] not in ("removed", care.NOT_READ)
    ]


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
        names = dict.fromkeys(map(care.who, rows))
        parts = [
            (name, [care.step(row) for row in rows if care.who(row) == name]) for name in names
        ]
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
                {"date": new["effective"] or new["version"], "now": care.step(new), "before": []},
            )
            entry["before"].append(care.step(old))
        return [Fragment(template="what-changed.html", context={"changes": [*changes.values()]})]


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("management-cards", Cards)
    app.add_directive("management-advice", Advice)
    app.add_directive("what-changed", WhatChanged)
