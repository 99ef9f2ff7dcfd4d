"""What every page gets or loses: cells of claims, a description, the theme's heavy scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["description", "drop_cells", "list_citations", "setup"]

DROPPED = {"claim", "setup"}
LONGEST = 160  # characters of a description that search engines show
# Brought along by the theme, asked for by no page of ours: its icons are drawn by icons.css.
UNUSED = ("scripts/fontawesome.js", "vendor", "webpack-macros.html", "sbt-webpack-macros.html")


def drop_cells(app: Sphinx, document: nodes.document) -> None:
    """Take out the cells of claims and set-up: a claim's card shows its code."""
    for cell in list(document.findall(nodes.container)):
        tags = cell.get("cell_metadata", {}).get("tags", [])
        if cell.get("nb_element") == "cell_code" and DROPPED & set(tags):
            cell.parent.remove(cell)


def description(document: nodes.document) -> str:
    """Take the page's first sentences, as many as a search engine shows."""
    paragraph = next(iter(document.findall(nodes.paragraph)), None)
    text = " ".join(_text(paragraph).split()) if paragraph is not None else ""
    if len(text) <= LONGEST:
        return text
    sentences = re.match(rf"(.{{40,{LONGEST}}}[.!?])(?=\s)", text)
    return sentences[1] if sentences else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _text(node: nodes.Node) -> str:
    """Text of a paragraph, values of claims included."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.Element) and "text" in node.attributes:
        return str(node["text"])
    stop = str(node.get("stop", "")) if isinstance(node, nodes.Element) else ""
    return "".join(_text(child) for child in node.children) + stop


def _add_description(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    if document is not None and 'name="description"' not in context.get("metatags", ""):
        meta = f'<meta name="description" content="{escape(description(document))}" />\n'
        context["metatags"] = context.get("metatags", "") + meta


def _use_templates(app: Sphinx, config: Config) -> None:
    """Put our templates before the theme's."""
    config.templates_path.insert(0, str(Path(__file__).parents[1] / "theme"))


def list_citations(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Turn citations into items of a list, which is what they are to who hears the page.

    A citation is written as a "biblioentry" inside a "list", and a list may hold items only.
    """
    for citation in list(document.findall(nodes.citation)):
        entry = nodes.list_item("", *citation.children[1:], ids=citation["ids"])
        before = citation.parent.index(citation) - 1
        listed = citation.parent[before] if before >= 0 else None
        if isinstance(listed, nodes.bullet_list):
            listed.append(entry)
            citation.parent.remove(citation)
        else:
            citation.replace_self(nodes.bullet_list("", entry, classes=["bibliography"]))


def _remove_unused(app: Sphinx, exception: Exception | None) -> None:
    static = Path(app.outdir) / "_static"
    if exception is None and app.builder.format == "html":
        unused = [path for name in UNUSED for path in (static / name, *(static / name).rglob("*"))]
        for path in (*unused, *static.rglob("*.map")):
            if path.is_file():
                path.unlink()


def setup(app: Sphinx) -> None:
    """Connect to what Sphinx announces."""
    # Jupyter Book sets it for sphinx_comments, which is not loaded; unknown, it would be a warning.
    app.add_config_value("comments_config", {}, "")
    app.connect("config-inited", _use_templates)
    app.connect("doctree-read", drop_cells, priority=400)
    app.connect("doctree-resolved", list_citations)
    app.connect("html-page-context", _add_description)
    app.connect("build-finished", _remove_unused)
