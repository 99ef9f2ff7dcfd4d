"""Vega-Lite outputs become figures: drawings first, interactive when touched.

A chapter's chart leaves its specification as notebook output. Here it becomes a figure with a
drawing a colour mode, caption, sources, the table behind it and the code; the script
``assets/charts.js`` brings it to life on touch. A chart without description or caption is refused.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer, load_mime_renders
from sphinx.application import Sphinx
from sphinx.util import logging

from cartreview._files import write_whole
from cartreview_book import vega
from cartreview_book.fragments import add_node, render

__all__ = ["MIME", "Chart", "VegaLite", "complaints", "setup", "table_csv"]

# Altair's own "...v6.json" is refused by nbformat, which keeps dicts under "+json" only.
MIME = "application/vnd.vegalite.v6+json"
BUNDLE = "_static/vega.js"
FILES = "_charts"
MANY = 4  # sources that a caption names; more of them fold away

logger = logging.getLogger(__name__)


class Chart(nodes.General, nodes.Element):
    """A chart: `spec`, and later `number` on its page and `code` of its cell."""


class VegaLite:
    """The renderer that MyST-NB asks for Vega-Lite output."""

    mime_priority_overrides = (("*", MIME, 1),)

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """Give the chart's node, complaining of what it lacks."""
        if data.mime_type != MIME or inline:
            return None
        content: Any = data.content
        text = content if isinstance(content, str) else json.dumps(content)
        # Results from the cache have their keys in order, those from a kernel have not.
        spec = json.loads(json.dumps(json.loads(text), sort_keys=True))
        location = (renderer.renderer.sphinx_env.docname, data.line)
        for complaint in complaints(spec):
            logger.warning(complaint, location=location, type="cartreview", subtype="chart")
        return [Chart(spec=spec, number=0, code="")]


def complaints(spec: dict[str, Any]) -> list[str]:
    """Say what a chart lacks that a reader needs.

    Examples
    --------
    >>> complaints({"description": "Dots", "usermeta": {"caption": "Trials by year"}})
    []
    """
    lacks = []
    if not spec.get("description"):
        lacks.append("a chart has no description for readers who do not see it")
    if not spec.get("usermeta", {}).get("caption"):
        lacks.append("a chart has no caption (usermeta)")
    return lacks


def lift_charts(app: Sphinx, document: nodes.document) -> None:
    """Put each chart in the place of its cell; its code goes into the figure."""
    for number, chart in enumerate(list(document.findall(Chart)), start=1):
        chart["number"] = number
        cell = _ancestor(chart, "cell_code")
        bundle = _ancestor(chart, "mime_bundle")
        if cell is not None and bundle is not None:
            chart["code"] = _source(cell)
            bundle.parent.remove(bundle)
            cell.parent.insert(cell.parent.index(cell), chart)
            if not _has_output(cell):
                cell.parent.remove(cell)


def _ancestor(node: nodes.Node, element: str) -> nodes.Element | None:
    while node is not None:
        if isinstance(node, nodes.container) and node.get("nb_element") == element:
            return node
        node = node.parent
    return None


def _source(cell: nodes.Element) -> str:
    for part in cell.children:
        if isinstance(part, nodes.container) and part.get("nb_element") == "cell_code_source":
            return part.astext()
    return ""


def _has_output(cell: nodes.Element) -> bool:
    parts = [part for part in cell.children if isinstance(part, nodes.container)]
    return any(part.get("nb_element") == "cell_code_output" and part.children for part in parts)


def table_csv(table: dict[str, Any]) -> str:
    """Write the table behind a chart as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table["columns"])
    writer.writerows(table["rows"])
    return text.getvalue()


def _cache(app: Sphinx) -> Path:
    return Path(app.outdir).parent / ".charts"


def _write(app: Sphinx, name: str, content: str) -> str:
    """Write a file of a figure; give its address from the top of the book."""
    path = Path(app.outdir) / FILES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return f"{FILES}/{name}"


def _visit(translator: Any, node: Chart) -> None:
    builder = translator.builder
    docname = builder.current_docname
    context = _context(builder.app, node, f"{PurePosixPath(docname).name}-{node['number']}")
    translator.body.append(render(builder, docname, "figure.html", context))
    raise nodes.SkipNode


def _context(app: Sphinx, node: Chart, name: str) -> dict[str, Any]:
    spec = dict(node["spec"])
    meta = spec.pop("usermeta", {})
    spec.pop("config", None)  # each mode brings its own
    drawn = {mode: vega.svg(spec, mode, _cache(app)) for mode in vega.MODES}
    width, height = vega.size(drawn["light"])
    table = meta.get("table", {"columns": [], "rows": []})
    return {
        "number": node["number"],
        "code": node["code"],
        "description": spec.get("description", ""),
        "meta": {"sources": [], "data_version": "", "title": "", **meta},
        "many": MANY,
        "table": table,
        "numeric": _numeric(table),
        "width": width,
        "height": height,
        "pictures": {mode: _write(app, f"{name}-{mode}.svg", drawn[mode]) for mode in vega.MODES},
        "csv": _write(app, f"{name}.csv", table_csv(table)),
        # "</" would end the script element that carries the specification.
        "spec": json.dumps(spec, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/"),
    }


def _numeric(table: dict[str, Any]) -> list[bool]:
    """Tell which columns hold numbers only, so that they can be set flush right."""
    columns = zip(*table["rows"], strict=True) if table["rows"] else [[] for _ in table["columns"]]
    return [_is_numeric([value for value in column if value is not None]) for column in columns]


def _is_numeric(values: list[Any]) -> bool:
    return bool(values) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


def _write_bundle(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        path = Path(app.outdir) / BUNDLE
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, vega.bundle(_cache(app)))


def setup(app: Sphinx) -> None:
    """Register the renderer, the node and the bundle."""
    # MyST-NB finds renderers as entry points of installed packages. The book is none, and an
    # entry point of `cartreview` would break every notebook server that has no book; so the
    # renderer joins the list that MyST-NB has loaded and keeps.
    if VegaLite not in load_mime_renders():
        load_mime_renders().append(VegaLite)
    add_node(app, Chart, _visit)
    app.connect("doctree-read", lift_charts)
    app.connect("build-finished", _write_bundle)
