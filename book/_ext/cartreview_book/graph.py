"""The graph of mechanisms: drawings, what makes them live, and every row as a sentence.

The first view draws the steps that the chapter tells, once for a wide screen and once for a narrow
one; all links are drawn on demand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cartreview._tables import load_file
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment
from cartreview_book.graph_layout import SIGN, Curve, Drawing, lay_out, wrap
from cartreview_book.graph_narrow import lay_out_narrow
from cartreview_book.graph_plan import COLUMNS, Pair

__all__ = ["EVIDENCE", "Link", "label", "setup", "sign_path"]

Row = dict[str, str]
Layout = Callable[[dict[str, tuple[str, ...]], dict[str, str], dict[Pair, int]], Drawing]
TEMPLATE = "mechanism-graph.html"
CLOSE = 47.0  # units between columns of the first view, to fit the page's column
LATE = 900  # behind the styles of _config.yml
# What a reader chooses by: whom or what the statement was shown in.
EVIDENCE = {
    "randomised trial": "people",
    "trial": "people",
    "cohort": "people",
    "case": "people",
    "human tissue": "people",
    "mouse": "animals",
    "primate": "animals",
    "other animal": "animals",
    "in vitro": "cells",
    "review": "review",
}
# Species that the kind of evidence says already, or of which a review need not speak.
SAID = {("mouse", "mouse"), ("review", "not stated"), *((kind, "human") for kind in EVIDENCE)}
SIGNS = ("up", "down", "none")  # those that are drawn; the first stands next to the node
STAGES = tuple(dict.fromkeys(stage for column in COLUMNS for stage in column))


def label(row: Row) -> tuple[str, ...]:
    """Give the words of a node in the drawing, in lines: the clinicians' name, then the symbol.

    Examples
    --------
    >>> label({"name": "CSF2", "short_name": "GM-CSF", "kind": "protein"})
    ('GM-CSF (CSF2)',)
    >>> label({"name": "IL6", "short_name": "IL-6", "kind": "protein"})
    ('IL-6',)
    >>> label({"name": "cytokine release syndrome", "short_name": "CRS", "kind": "syndrome"})
    ('CRS',)
    """
    said = row["short_name"] or row["name"].partition(" with ")[0]
    differs = _plain(said) != _plain(row["name"])
    return wrap(f"{said} ({row['name']})" if row["kind"] == "protein" and differs else said)


def _plain(name: str) -> str:
    return name.replace("-", "").replace(" ", "").casefold()


def sign_path(sign: str, x: float, y: float, heading: int, *, upright: bool = False) -> str:
    """Draw the sign at the end of a link: an arrow head, a bar or a ring.

    Examples
    --------
    >>> sign_path("up", 10, 5, 1)
    'M10 5L4.5 2.9V7.1Z'
    >>> sign_path("down", 10, 5, -1)
    'M11 2.8V7.2'
    >>> sign_path("up", 10, 5, 1, upright=True)
    'M10 5L7.9 -0.5H12.1Z'
    """
    if upright:
        return _upright(sign, x, y, heading)
    if sign == "up":
        return f"M{x:g} {y:g}L{x - 5.5 * heading:g} {y - 2.1:g}V{y + 2.1:g}Z"
    if sign == "down":
        return f"M{x - heading:g} {y - 2.2:g}V{y + 2.2:g}"
    return f"M{x - 5 * heading:g} {y:g}a2 2 0 1 0 {4 * heading} 0a2 2 0 1 0 {-4 * heading} 0Z"


def _upright(sign: str, x: float, y: float, heading: int) -> str:
    if sign == "up":
        return f"M{x:g} {y:g}L{x - 2.1:g} {y - 5.5 * heading:g}H{x + 2.1:g}Z"
    if sign == "down":
        return f"M{x - 2.2:g} {y - heading:g}H{x + 2.2:g}"
    return f"M{x:g} {y - 5 * heading:g}a2 2 0 1 0 0 {4 * heading}a2 2 0 1 0 0 {-4 * heading}Z"


@dataclass(frozen=True)
class Link:
    """A curve of the drawing with the signs at its end and what it rests on."""

    curve: Curve
    signs: tuple[str, ...]
    contested: bool
    animals_alone: bool

    @property
    def classes(self) -> str:
        """Name what the styles distinguish."""
        kind = "contested" if self.contested else (self.signs or ("unsigned",))[0]
        return f"link {kind}{' animals' if self.animals_alone else ''}"

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Give each sign with its path, one behind the other."""
        curve = self.curve
        return [(sign, self._sign(sign, n * SIGN * curve.heading)) for n, sign in
                enumerate(self.signs)]  # fmt: skip

    def _sign(self, sign: str, back: float) -> str:
        curve = self.curve
        x, y = (0.0, back) if curve.upright else (back, 0.0)
        return sign_path(sign, round(curve.x - x, 1), round(curve.y - y, 1), curve.heading,
                         upright=curve.upright)  # fmt: skip


@dataclass(frozen=True)
class View:
    """A drawing, its links, and what tells its nodes from those of another on the page."""

    name: str
    drawing: Drawing
    links: list[Link]
    prefix: str


def _evidence(row: Row) -> str:
    """Say in a few words what a row rests on."""
    species = "" if (row["evidence_type"], row["species"]) in SAID else row["species"]
    species = "species not stated" if species == "not stated" else species
    number = f"n = {row['n']}" if row["n"] else ""
    return ", ".join(filter(None, [row["evidence_type"], species, row["population"], number]))


def _statement(row: Row, names: dict[str, str]) -> dict[str, Any]:
    return {
        **row,
        "subject": names[row["from_node"]],
        "object": names[row["to_node"]],
        "contexts": row["context"].split(" and "),
        "group": EVIDENCE[row["evidence_type"]],
        "evidence": _evidence(row),
    }


def _stage(row: Row, table: dict[str, Row]) -> int:
    return STAGES.index(table[row["from_node"]]["stage"])


def _draw(rows: list[Row], table: dict[str, Row], lay: Layout) -> tuple[Drawing, list[Link]]:
    """Lay out the links between nodes that have one."""
    from pandas import DataFrame  # half a second: only a page with the graph pays for it

    from cartreview.mechanisms import links  # brings pandas too

    found = {(one.from_node, one.to_node): one for one in links(DataFrame(rows)).itertuples()}
    signs = {pair: tuple(s for s in SIGNS if s in one.signs) for pair, one in found.items()}
    used = sorted({name for pair in found for name in pair})
    drawing = lay(
        {name: label(table[name]) for name in used},
        {name: table[name]["stage"] for name in used},
        {pair: len(drawn) for pair, drawn in signs.items()},
    )
    drawn = [
        Link(curve, signs[pair], found[pair].contested, found[pair].animals_alone)
        for curve in drawing.curves
        for pair in [(curve.start, curve.end)]
    ]
    return drawing, drawn


def _views(rows: list[Row], steps: set[tuple[str, str]], table: dict[str, Row]) -> list[View]:
    """Draw the steps, wide and narrow, and all links; without steps all links alone."""
    told = [row for row in rows if (row["from_node"], row["to_node"]) in steps]
    whole = View("all", *_draw(rows, table, lay_out), prefix="all" if told else "node")
    if not told:
        return [whole]
    close = partial(lay_out, gutter=CLOSE)
    wide = View("wide", *_draw(told, table, close), prefix="node")
    narrow = View("narrow", *_draw(told, table, lay_out_narrow), prefix="narrow")
    return [wide, narrow, whole]


def _choices(statements: list[dict[str, Any]]) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """List what the filters offer, with the number of rows each leaves."""
    named = [("context", "Context", "contexts"), ("group", "Evidence", "group")]
    named += [("species", "Species", "species"), ("compartment", "Place", "compartment")]
    offered = []
    for name, title, key in named:
        values = [v for one in statements for v in (one[key] if key == "contexts" else [one[key]])]
        offered.append((name, title, sorted(Counter(values).items(), key=lambda c: (-c[1], c[0]))))
    return offered


class MechanismGraph(TablesDirective):
    """The graph, its filters, and its rows by the stage from which they lead."""

    def run(self) -> list[nodes.Node]:
        """Give one fragment; complain of what the graph cannot place."""
        table = self.read("nodes").by_key()
        rows = [row for row in self._rows() if self._known(row, table)]
        if not rows:
            self.complain("table 'mechanisms' has no row to draw")
            return []
        views = _views(rows, self._steps(rows), table)
        names = {name: " ".join(label(row)) for name, row in table.items()}
        statements = [_statement(row, names) for row in rows]
        statements.sort(key=lambda one: (_stage(one, table), one["subject"], one["object"]))
        used = {spot.name for spot in views[-1].drawing.spots}
        grouped = groupby(statements, key=lambda one: STAGES[_stage(one, table)])
        context = {
            "views": views,
            "links": views[-1].links,
            "nodes": table,
            "names": names,
            "unlinked": [names[name] for name in table if name not in used],
            "choices": _choices(statements),
            "stages": [(stage, list(found)) for stage, found in grouped],
            "count": len(statements),
        }
        return [Fragment(template=TEMPLATE, context=context)]

    def _rows(self) -> list[Row]:
        """Give the statements, and what treatments did to the syndromes in people."""
        from cartreview.mechanisms import treated  # brings pandas

        rows = list(self.read("mechanisms").rows)
        if not self.read("interventions").rows:
            return rows
        given = load_file(
            "interventions", self.root / data.resource(self.root, "interventions").path
        )
        more = treated(given).astype("object")
        more = more.where(more.notna(), "").map(str)
        return [*rows, *more.to_dict("records")]

    def _steps(self, rows: list[Row]) -> set[tuple[str, str]]:
        """Give the links of the first view; complain of one that nobody states."""
        stated = {(row["from_node"], row["to_node"]) for row in rows}
        steps = {(row["from_node"], row["to_node"]) for row in self.read("mechanism_steps").rows}
        for start, end in sorted(steps - stated):
            self.complain(f"no source states the step from {start!r} to {end!r}")
        return steps & stated

    def _known(self, row: Row, table: dict[str, Row]) -> bool:
        unknown = [row[end] for end in ("from_node", "to_node") if row[end] not in table]
        for name in unknown:
            self.complain(f"{row['edge_id']} names {name!r}, which table 'nodes' lacks")
        return not unknown


def _load_parts(app: Sphinx, page: str, template: str, context: Any, document: Any) -> None:
    """Give the script and the styles to pages with the graph, and to no other."""
    fragments = document.findall(Fragment) if document is not None else ()
    if any(fragment["template"] == TEMPLATE for fragment in fragments):
        app.add_js_file("graph.js", priority=LATE, defer="defer")
        app.add_css_file("graph.css", priority=LATE)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("mechanism-graph", MechanismGraph)
    app.connect("html-page-context", _load_parts)
