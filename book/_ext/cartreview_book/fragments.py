"""HTML from templates, written when links are known.

A directive or a role runs while pages are read; links between pages are known when they are
written. So it leaves a `Fragment` (a template's name and plain data), and the page's writer fills
the template with the links of that page.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from cartreview_book import corrections

__all__ = ["Fragment", "Links", "add_node", "render", "setup", "skip", "who"]

BIBLIOGRAPHY = "book/bibliography"
WORDS = 5  # of a title that stands for authors whom no page names
CLAIMS = "book/claims"
STUDIES = "book/studies"
TABLES = "data"  # where the built book has the tables


class Fragment(nodes.General, nodes.Element):
    """A place for the template `template` filled with `context`."""


class Links:
    """Addresses as seen from one page, and the names of pages and publications."""

    def __init__(self, builder: Any, docname: str) -> None:
        self._builder = builder
        self._docname = docname

    def page(self, docname: str, anchor: str = "") -> str:
        """Address of a page or a place on it."""
        there = self._builder.get_relative_uri(self._docname, docname)
        return f"{there}#{anchor}" if anchor else there

    def claim(self, claim_id: str) -> str:
        """Address of a claim in the ledger."""
        return self.page(CLAIMS, claim_id)

    def source(self, key: str) -> str:
        """Address of a publication in the bibliography."""
        return self.page(BIBLIOGRAPHY, key)

    def study(self, study_id: str) -> str:
        """Address of a study's page, or else of its row in a table of studies; empty without."""
        env, docname = self._builder.env, f"{STUDIES}/{study_id}"
        if docname in env.found_docs:
            return self.page(docname)
        for name, listed in sorted(getattr(env, "cartreview_study_rows", {}).items()):
            if study_id in listed:
                return self.page(name, f"study-{study_id}")
        return ""

    def table(self, name: str) -> str:
        """Address of a table: all its rows as a file."""
        return self.file(f"{TABLES}/{name}.csv")

    def file(self, path: str) -> str:
        """Address of a file of the built book, given from its top."""
        return relative_uri(self._builder.get_target_uri(self._docname), path)

    def title(self, docname: str) -> str:
        """Title of a page."""
        title = self._builder.env.titles.get(docname)
        return title.astext() if title else docname

    def mark(self, key: str) -> str:
        """Say that a publication was corrected, and when; empty where it was not."""
        return corrections.mark(Path(self._builder.srcdir) / "data", key)

    def label(self, key: str) -> str:
        """Author, or first words of the title, and year; the key if the bibliography lacks it."""
        entry = self._builder.env.get_domain("cite").bibdata.data.entries.get(key)
        return _author_year(entry) if entry else key


def _author_year(entry: Any) -> str:
    return f"{who(entry)} {entry.fields.get('year', '')}".strip()


def who(entry: Any) -> str:
    """Name who wrote a publication; where no page names anybody, give the title's first words."""
    names = [_surname(person) for person in entry.persons.get("author", [])]
    if len(names) > 2 or names[-1:] == ["others"]:
        return f"{names[0]} et al."
    return " and ".join(names) or _short(entry)


def _short(entry: Any) -> str:
    words = str(entry.fields.get("title", "")).strip("{}").split()
    return f"“{' '.join(words[:WORDS])}{'…' if len(words) > WORDS else ''}”"


def _surname(person: Any) -> str:
    return " ".join([*person.prelast_names, *person.last_names]).replace("{", "").replace("}", "")


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def render(builder: Any, docname: str, template: str, context: dict[str, Any]) -> str:
    """Fill a template with the links of one page."""
    links = Links(builder, docname)
    return _templates().get_template(template).render(to=links, **context)


def _visit_html(translator: Any, node: Fragment) -> None:
    builder = translator.builder
    docname = builder.current_docname
    translator.body.append(render(builder, docname, node["template"], node["context"]))
    raise nodes.SkipNode


def skip(translator: Any, node: nodes.Node) -> None:
    """Leave a node out."""
    raise nodes.SkipNode


def add_node(app: Sphinx, node: type[nodes.Element], visit: Any, otherwise: Any = skip) -> None:
    """Register a node that HTML writes with `visit`, and every other format with `otherwise`."""
    others: Any = dict.fromkeys(("latex", "man", "texinfo", "text"), (otherwise, otherwise))
    app.add_node(node, html=(visit, None), **others)


def setup(app: Sphinx) -> None:
    """Register the node."""
    add_node(app, Fragment, _visit_html)
