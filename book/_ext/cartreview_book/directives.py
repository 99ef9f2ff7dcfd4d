"""Directives that write the ledger, the tables, the dictionary and the disagreements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from cartreview._words import count_of
from cartreview.claims.ledger import STANDINGS, VERDICTS, Claim
from cartreview_book import data, ledger
from cartreview_book.fragments import CLAIMS, Fragment

__all__ = ["TablesDirective", "setup"]

logger = logging.getLogger(__name__)
PLURAL = {
    "holds": "hold",
    "holds in part": "hold in part",
    "does not hold": "do not hold",
    "cannot be tested": "cannot be tested",
}


class TablesDirective(SphinxDirective):
    """A directive whose content comes from the tables."""

    @property
    def root(self) -> Path:
        """The data folder."""
        return Path(self.env.srcdir) / "data"

    def read(self, name: str) -> data.Table:
        """Read a table and let the page depend on it."""
        found = data.resource(self.root, name)
        for file in (found.path, found.schema):
            self.env.note_dependency(str(self.root / file))
        return data.read(self.root, name)

    def complain(self, message: str) -> None:
        """Warn at the directive's place in the page."""
        logger.warning(message, location=self.get_location(), type="cartreview", subtype="data")

    def section(self, anchor: str, title: str, *content: nodes.Node) -> nodes.section:
        """Make a section, so that the page's contents list it."""
        made = nodes.section("", nodes.title(text=title), *content, ids=[anchor], names=[anchor])
        self.set_source_info(made)
        return made


class ClaimsLedger(TablesDirective):
    """Every accepted claim, with a filter."""

    def run(self) -> list[nodes.Node]:
        """Give the ledger as one fragment."""
        self.env.note_dependency(str(self.root / ledger.LEDGER))
        claims = ledger.claims(self.root).values()
        context = {
            "claims": [_ledger_row(self.root, claim) for claim in claims],
            "verdicts": _counted(STANDINGS, [claim.standing for claim in claims]),
            "pages": sorted({claim.page for claim in claims}),
        }
        return [Fragment(template="ledger.html", context=context)]


def _ledger_row(root: Path, claim: Claim) -> dict[str, Any]:
    counted = [_rows_named(data.read(root, name), keys) for name, keys in claim.evidence.items()]
    return {**vars(claim), "standing": claim.standing, "counted": counted} | {
        "statement": ledger.statement(root, claim)
    }


def _rows_named(table: data.Table, keys: tuple[str, ...]) -> tuple[str, str]:
    """Say how many rows of a table are named, and which unless it is all of them."""
    if len(keys) == len(table.rows):
        return f"{table.schema['title']}: all rows, {len(keys)}", ""
    return f"{table.schema['title']}: {count_of(len(keys), 'row')}", ", ".join(keys)


def _counted(names: tuple[str, ...], found: list[str]) -> list[tuple[str, int]]:
    return [(name, found.count(name)) for name in names]


class Verdicts(TablesDirective):
    """How many re-tested statements hold, hold in part, do not hold or cannot be tested."""

    def run(self) -> list[nodes.Node]:
        """Give the counts as one fragment."""
        self.env.note_dependency(str(self.root / ledger.LEDGER))
        tests = [claim for claim in ledger.claims(self.root).values() if claim.tests]
        found = [claim.verdict for claim in tests]
        context = {
            "total": len(tests),
            "statements": len({claim.tests for claim in tests}),
            "counts": [(name, PLURAL[name], count) for name, count in _counted(VERDICTS, found)],
            "ledger": CLAIMS,
        }
        return [Fragment(template="verdicts.html", context=context)]


class DataDictionary(TablesDirective):
    """Every table and field, from the schemas."""

    def run(self) -> list[nodes.Node]:
        """Give a section a table."""
        return [self._described(self.read(found.name)) for found in data.resources(self.root)]

    def _described(self, table: data.Table) -> nodes.section:
        fields = [_field(field) for field in table.fields.values()]
        context = {
            "name": table.name,
            "description": table.schema["description"],
            "count": len(table.rows),
            "key": table.key,
            "references": _references(table),
            "fields": fields,
        }
        fragment = Fragment(template="dictionary.html", context=context)
        return self.section(f"table-{table.name}", table.schema["title"], fragment)


def _references(table: data.Table) -> list[tuple[str, str]]:
    keys = table.schema.get("foreignKeys", [])
    return [(key["fields"], key["reference"]["resource"]) for key in keys]


def _field(field: dict[str, Any]) -> dict[str, Any]:
    constraints = field.get("constraints", {})
    items = field.get("items", {})
    allowed = constraints.get("enum") or items.get("enum") or []
    meanings = field.get("meanings") or field.get("item_meanings") or {}
    return {
        "name": field["name"],
        "title": field["title"],
        "description": field["description"],
        "kind": f"list, parted by {field['separator']}" if "separator" in field else field["type"],
        "unit": field.get("unit", ""),
        "required": constraints.get("required", False),
        "allowed": [(str(value), meanings.get(str(value), "")) for value in allowed],
        "limits": _limits({**constraints, **items}),
    }


def _limits(constraints: dict[str, Any]) -> str:
    words = {"minimum": "from", "maximum": "up to", "pattern": "of the form"}
    limits = [f"{word} {constraints[k]}" for k, word in words.items() if k in constraints]
    return ", ".join(limits)


class Disagreements(TablesDirective):
    """Each place where a source contradicts itself or another, the heaviest first."""

    def run(self) -> list[nodes.Node]:
        """Give a filter, and a section a weight; all but the heaviest are folded."""
        table = self.read("disagreements")
        meanings = {name: table.fields[name]["meanings"] for name in ("weight", "kind")}
        rows = [_disagreement(self.root, row) for row in table.rows]
        counts = {
            name: _counted(tuple(found), [row[name] for row in rows])
            for name, found in meanings.items()
        }
        top = Fragment(template="disagreements-filter.html", context={"choices": counts})
        order = [weight for weight, count in counts["weight"] if count]
        return [
            top,
            *(
                self._weight(weight, meanings["weight"][weight], rows, folded=place > 0)
                for place, weight in enumerate(order)
            ),
        ]

    def _weight(
        self, weight: str, meaning: str, rows: list[dict[str, str]], *, folded: bool
    ) -> nodes.section:
        found = [row for row in rows if row["weight"] == weight]
        context = {"groups": _by_conclusion(found), "count": len(found), "folded": folded}
        entries = Fragment(template="disagreements.html", context=context)
        anchor = f"weight-{weight.replace(' ', '-')}"
        return self.section(anchor, weight.capitalize(), nodes.paragraph(text=meaning), entries)


def _by_conclusion(rows: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    """Put rows that bear on one conclusion together, in the order in which each first stands."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["conclusion"], []).append(row)
    return list(groups.items())


def _disagreement(root: Path, row: dict[str, str]) -> dict[str, str]:
    studies = data.read(root, "studies").by_key()
    study = studies.get(row["study_id"], {}).get("name", row["study_id"])
    return {**row, "study": study}


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("claims-ledger", ClaimsLedger)
    app.add_directive("verdicts", Verdicts)
    app.add_directive("data-dictionary", DataDictionary)
    app.add_directive("disagreements", Disagreements)
