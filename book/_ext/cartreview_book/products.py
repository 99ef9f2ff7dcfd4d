"""Directive ``harms-by-product``: toxicity of each approved product, under each scale apart."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cartreview._tables import load_file
from cartreview.evidence.by_product import HARMS, Span, by_product
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["HarmsByProduct", "setup"]

TABLE = "toxicity_incidence"


class HarmsByProduct(TablesDirective):
    """CRS and neurotoxicity a row a product: how often, how severe, when."""

    def run(self) -> list[nodes.Node]:
        """Give the table, or complain that no row counts an approved product."""
        self.read(TABLE)
        spans = by_product(load_file(TABLE, self.root / data.resource(self.root, TABLE).path))
        if not spans:
            self.complain(f"table {TABLE!r} has no row of an approved product")
            return []
        names = dict.fromkeys(span.short for span in spans)
        rows = [_row(name, [span for span in spans if span.short == name]) for name in names]
        context = {"harms": list(HARMS), "rows": rows}
        return [Fragment(template="harms-by-product.html", context=context)]


def _row(name: str, spans: list[Span]) -> dict[str, Any]:
    return {
        "name": name,
        "shares": {what: [_share(span) for span in spans if span.what == what] for what in HARMS},
        "course": [_days(span) for span in spans if span.what not in HARMS],
        "sources": list(dict.fromkeys(key for span in spans for key in span.sources)),
    }


def _share(span: Span) -> tuple[str, str]:
    """Write percent, and below it the scale, cohorts and patients."""
    many = f"{span.cohorts} cohorts" if span.cohorts > 1 else ""
    people = f"{span.patients} patients" if span.patients else ""
    more = "; ".join(filter(None, [span.basis, ", ".join(filter(None, [many, people]))]))
    return f"{_between(span, '.0f')}%", more


def _days(span: Span) -> tuple[str, str]:
    when = "day" if span.what.endswith("begins") else "days"
    number = _between(span, "g")
    said = f"{when} {number}" if when == "day" else f"{number} {when}"
    return f"{span.what[:1].upper()}{span.what[1:]}: {said}", ""


def _between(span: Span, spec: str) -> str:
    return "–".join(dict.fromkeys([f"{span.low:{spec}}", f"{span.high:{spec}}"]))


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("harms-by-product", HarmsByProduct)
