"""Imports go one way: from the command down to the files, never back."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "cartreview"

# From the bottom: a module imports from its own line or from lines above it.
RANKS = [
    ["derive", "findings", "synthesis"],
    ["files", "imaging", "incidence", "ledger", "pages", "responses", "tables"],
    ["bibliography", "grading", "mechanisms", "prose"],
    ["validation"],
    ["charts"],
    ["claims"],
    ["ledger_diff", "ledger_report", "ledger_versions", "mutations", "readme", "replay"],
    ["guard"],
    ["commands"],
    ["cli"],
]
RANK = {name: rank for rank, names in enumerate(RANKS) for name in names}


def parts():
    """Name each module of the package with the first part of its path."""
    for path in sorted(PACKAGE.rglob("*.py")):
        first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if first != "__init__":
            yield path, first


def imported(path):
    """Give the parts of the package that a module imports, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cartreview."):
            yield node.lineno, node.module.split(".")[1]
        if isinstance(node, ast.ImportFrom) and node.module == "cartreview":
            yield from ((node.lineno, alias.name) for alias in node.names)


def test_every_module_has_a_rank():
    """A new module is given its place."""
    assert set(RANK) == {first for _, first in parts()}


def test_imports_go_one_way():
    """No module imports from one that stands above it."""
    breaches = [
        f"{path.relative_to(PACKAGE.parent)}:{line} imports {name}, which is above it"
        for path, first in parts()
        for line, name in imported(path)
        if RANK.get(name, -1) > RANK[first]
    ]
    assert [] == breaches


def test_library_knows_nothing_of_the_book():
    """The library imports neither Sphinx nor the book's extension."""
    text = "".join(path.read_text(encoding="utf-8") for path, _ in parts())
    assert [] == [name for name in ("sphinx", "docutils", "myst_nb") if f"import {name}" in text]
