"""Charts of the pages: each passes through the theme, with words for who sees it and who does not.

Only the code is read, nothing is run: what a chart is called, and what made it.

Vocabulary
----------
plain      a chart of Altair as it comes: no caption, no table, colours for the light page alone.
finished   a chart that ``cartreview.charts`` drew, or that passed through ``theme.finish``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from cartreview.myst import Cell, Page, parsed
from cartreview.validation.problems import Place, Problem, quoted

__all__ = ["check_charts"]

PLAIN, FINISHED, ALTAIR, CHARTS, THEME = "plain", "finished", "altair", "charts", "theme"
# What a name means on a page: a kind of chart, a module, or "() " and what calling it gives.
Names = dict[str, str]

_HOME = "cartreview.charts"
_NO_CHART = ("config", "use_book_renderer")
_NO_METHOD = ("save", "to_dict", "to_html", "to_json", "to_url")
_RENDERER = "use_book_renderer"
_FINISH = "end the cell in charts.theme.finish(chart, description=..., caption=..., ...)."
_WORDS = {
    "caption": "what is drawn, how many, how to read it",
    "description": "what it shows, with its main numbers, for who does not see it",
}


def check_charts(pages: Iterable[Page]) -> Iterator[Problem]:
    """Find the charts of pages that readers would get without caption, table or dark colours.

    Parameters
    ----------
    pages : iterable of Page
        Pages of the book.

    Yields
    ------
    Problem
        Plain charts, charts without words, charts that no renderer of the book draws.
    """
    for page in pages:
        names: Names = {}
        charts = []
        for cell in page.cells:
            if "claim" in cell.tags:
                continue  # it makes a claim and leaves nothing behind
            tree = _tree(cell)
            yield from _without_words(page, cell, tree)
            kind, line = _shown(tree, names)
            if kind:
                charts.append(kind)
                place = Place(page.path, cell.line + line - 1)
                if kind == PLAIN:
                    yield _plain(place, cell, line)
                elif len(charts) == 1 and not _has_renderer(page.cells):
                    yield _without_renderer(place)


def _tree(cell: Cell) -> ast.Module:
    try:
        return parsed(cell.source)
    except SyntaxError:
        return ast.Module([], [])  # what Python cannot read says so when it is run


def _plain(place: Place, cell: Cell, line: int) -> Problem:
    text = cell.source.split("\n")[line - 1].strip()
    expected = "a chart of cartreview.charts, or one finished by the theme"
    return Problem(
        "plain-chart", place, found=f"{quoted(text)}, plain Altair", expected=expected, fix=_FINISH
    )


def _without_renderer(place: Place) -> Problem:
    return Problem(
        "plain-chart",
        place,
        found="a chart on a page that does not call charts.use_book_renderer()",
        expected="the renderer of the book: Altair's own fetches a script from elsewhere",
        fix="call it in a cell tagged remove-cell, before the first chart.",
    )


def _has_renderer(cells: Iterable[Cell]) -> bool:
    return any(f"{_RENDERER}(" in cell.source for cell in cells)


def _shown(tree: ast.Module, names: Names) -> tuple[str, int]:
    """Give the kind of chart that a cell shows and its line; "" where it shows none."""
    for node in tree.body:
        _learn(node, names)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return "", 1
    value = last.value
    if isinstance(value, ast.Call) and _name(value.func) == "display" and value.args:
        value = value.args[0]
    kind = _kind(value, names)
    return (kind, last.lineno) if kind in (PLAIN, FINISHED) else ("", 1)


def _learn(node: ast.stmt, names: Names) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            names[alias.asname or alias.name.split(".")[0]] = _module(alias.name)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            names[alias.asname or alias.name] = _member(_module(node.module or ""), alias.name)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                names[target.id] = _kind(node.value, names)
    elif isinstance(node, ast.FunctionDef):
        names[node.name] = "()" + _returned(node, names)


def _returned(function: ast.FunctionDef, names: Names) -> str:
    inner = dict(names)
    kinds = []
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value:
            kinds.append(node.value)
        elif isinstance(node, ast.stmt) and node is not function:
            _learn(node, inner)
    found = {_kind(value, inner) for value in kinds}
    return next((kind for kind in (PLAIN, FINISHED) if kind in found), "")


def _module(name: str) -> str:
    if name.split(".")[0] == "altair":
        return ALTAIR
    return {_HOME: CHARTS, f"{_HOME}.theme": THEME, "cartreview": "cartreview"}.get(name, "")


def _member(module: str, name: str) -> str:
    """Say what a name of a module is: a module again, or what calling it gives."""
    if module == "cartreview":
        return CHARTS if name == "charts" else ""
    if module == CHARTS:
        return THEME if name == "theme" else "" if name in _NO_CHART else "()" + FINISHED
    if module == THEME:
        return "()" + FINISHED if name == "finish" else ""
    return "()" + PLAIN if module == ALTAIR else ""


def _kind(node: ast.expr, names: Names) -> str:
    """Say what an expression gives, as far as its names tell."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        of = _kind(node.value, names)
        if of in (PLAIN, FINISHED):  # a method of a chart gives the chart again
            return "" if node.attr in _NO_METHOD else "()" + of
        return _member(of, node.attr)
    if isinstance(node, ast.Call):
        called = _kind(node.func, names)
        return called.removeprefix("()") if called.startswith("()") else ""
    if isinstance(node, ast.BinOp):
        # Two finished charts beside one another are a new one, which nobody finished.
        sides = {_kind(node.left, names), _kind(node.right, names)}
        return PLAIN if sides & {PLAIN, FINISHED} else ""
    return ""


def _name(node: ast.expr) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


def _without_words(page: Page, cell: Cell, tree: ast.Module) -> Iterator[Problem]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _name(node.func) != "finish":
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        for word, meaning in _WORDS.items():
            value = given.get(word)
            empty = isinstance(value, ast.Constant) and not str(value.value or "").strip()
            if empty or (value is None and None not in given):
                yield Problem(
                    "missing-caption",
                    Place(page.path, cell.line + node.lineno - 1),
                    found=f"{'an empty' if empty else 'no'} {word}",
                    expected=f"a {word}: {meaning}",
                    fix=f'give {word}="..." to finish.',
                )
