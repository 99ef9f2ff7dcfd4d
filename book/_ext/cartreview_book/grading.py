"""Directives of the grading page: calculators, and the rules they read as tables.

A calculator is a form with its rules beside it as JSON; ``assets/grading.js`` evaluates them and
``assets/grading-form.js`` shows the answer. It stays hidden without the scripts, and on paper: the
tables then say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from cartreview.grading import rules_as_data
from cartreview.grading.export import LABELS
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment, Links, add_node, render

__all__ = ["Calculator", "setup"]

TABLE = "grading_criteria"
SCORES = "risk_scores"
SCRIPTS = ("grading.js", "grading-form.js")
STYLE = "grading.css"


class Calculator(nodes.General, nodes.Element):
    """A place for a calculator: `kind`, `rules` and `title`."""


class GradingCalculator(TablesDirective):
    """A calculator of a scale or a score."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Give the calculator, or complain of a name that is not there."""
        for name in (TABLE, SCORES):
            self.read(name)
        known = _calculators()
        name = _named(self.arguments[0], known)
        if name not in known:
            self.complain(f"no calculator {name!r}; there are {', '.join(known)}")
            return []
        kind, rules = known[name]
        return [Calculator(kind=kind, rules=rules, title=name, checked=_checked(self.root))]


def _calculators() -> dict[str, tuple[str, dict[str, Any]]]:
    """Give every calculator by name: its kind and its rules."""
    rules = rules_as_data()
    made = {name: ("scale", scale) for name, scale in rules["scales"].items()}
    made["ICE"] = ("ice", {"name": "ICE", "inputs": rules["ice"]})
    made[rules["late"]["name"]] = ("late", rules["late"])
    made[rules["cartox"]["name"]] = ("bands", rules["cartox"])
    made |= {name: ("points", score) for name, score in rules["points"].items()}
    return made | {name: ("formula", formula) for name, formula in rules["formulas"].items()}


class GradingRules(TablesDirective):
    """The rules of a scale as a table, with their places."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"caption": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Give the table, or complain of a scale that has no rows."""
        table = self.read(TABLE)
        known = dict.fromkeys(row["scale"] for row in table.rows)
        name = _named(self.arguments[0], known)
        if name not in known:
            self.complain(f"no rules for the scale {name!r}; there are {', '.join(known)}")
            return []
        rows = [{**r, "called": _called(r)} for r in table.rows if r["scale"] == name]
        meaning = table.fields["scale"]["meanings"][name]
        caption = self.options.get("caption", meaning.removesuffix("."))
        groups = [(title, [row for row in rows if told(row)]) for title, told in GROUPS]
        context = {
            "name": _plain(name),
            "caption": caption.removesuffix("."),
            "count": len(rows),
            "given": "Points" if any(row["points"] for row in rows) else "Grade",
            "groups": [(title, found) for title, found in groups if found],
        }
        return [Fragment(template="grading-rules.html", context=context)]


def _called(row: dict[str, Any]) -> str:
    """Name the domain of a rule as the calculators do."""
    domain = row["domain"]
    known = LABELS | {"cartox": "CARTOX-10", "total": "Sum"}
    return known.get(domain) or domain.capitalize()


def _checked(root: Any) -> str:
    """Say when the rules were last compared with their sources; empty where nobody says."""
    found = [r.about.get("checked") for r in data.resources(root) if r.name == TABLE]
    return found[0] or "" if found else ""


def _plain(name: str) -> str:
    """Write a name as an anchor."""
    return name.lower().translate(_SIGNS)


def _named(asked: str, known: Iterable[str]) -> str:
    """Take a name as the table writes it, or as an anchor."""
    return next((name for name in known if asked in (name, _plain(name))), asked)


_UNSAID = {"kind": "", "help": "", "unit": "", "words": []}
_SIGNS = str.maketrans({" ": "-", "(": None, ")": None})
GROUPS = (
    ("What is graded", lambda row: row["role"] in ("level", "band", "points", "description")),
    ("Definitions", lambda row: row["role"] == "definition"),
    ("Footnotes", lambda row: row["role"] == "footnote"),
)


class GradingChecked(TablesDirective):
    """When the rules were last compared with their sources, as the data package says."""

    def run(self) -> list[nodes.Node]:
        """Give a sentence; complain where the package does not say."""
        checked = _checked(self.root)
        if not checked:
            self.complain(f"data/datapackage.json: {TABLE} has no date 'checked'")
            return []
        text = f"The rules were last checked against their sources on {checked}."
        return [nodes.paragraph(text=text)]


def _visit(translator: Any, node: Calculator) -> None:
    builder = translator.builder
    docname = builder.current_docname
    context = _context(Links(builder, docname), node)
    translator.body.append(render(builder, docname, "grading-calculator.html", context))
    raise nodes.SkipNode


def _context(to: Links, node: Calculator) -> dict[str, Any]:
    rules = node["rules"]
    sources = {
        key: {"label": to.label(key), "href": to.source(key)} for key in sorted(_sources(rules))
    }
    embedded = json.dumps({"rules": rules, "sources": sources}, ensure_ascii=False)
    return {
        "kind": node["kind"],
        "title": node["title"],
        "checked": node["checked"],
        "inputs": [{**_UNSAID, **one} for one in rules["inputs"]],
        "also": rules.get("also", []),
        "id": _plain(node["title"]),
        "embedded": embedded.replace("</", "<\\/"),  # no text may end the script
    }


def _sources(rules: Any) -> set[str]:
    """Collect the keys of publications from rules at any depth."""
    if isinstance(rules, dict):
        own = {rules["source"]} if isinstance(rules.get("source"), str) else set()
        return own.union(*map(_sources, rules.values()))
    return set().union(*map(_sources, rules)) if isinstance(rules, list) else set()


def _add_script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Load script and style on pages with a calculator only."""
    if document is not None and any(True for _ in document.findall(Calculator)):
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")
        app.add_css_file(STYLE)


def setup(app: Sphinx) -> None:
    """Register directives and node."""
    add_node(app, Calculator, _visit)
    app.add_directive("grading-calculator", GradingCalculator)
    app.add_directive("grading-rules", GradingRules)
    app.add_directive("grading-checked", GradingChecked)
    app.connect("html-page-context", _add_script)
