"""Code cells of pages: what they show is a claim or a chart, and they are run.

Vocabulary
----------
names   what a name on a page stands for: the dotted path that it was imported from.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cartreview.myst import Cell, Page, parsed
from cartreview.validation.problems import Place, Problem, quoted

__all__ = ["check_cells"]

Names = dict[str, str]

# Objects of these modules may end a cell: they are charts, for which there are other rules.
_SHOWING = ("cartreview.charts", "altair")
_DISPLAY = ("display", "IPython.display.display")


def check_cells(page: Page) -> Iterator[Problem]:
    """Find cells that are no Python, that are not run, or that show what no claim states.

    Parameters
    ----------
    page : Page
        A page of the book.

    Yields
    ------
    Problem
        At the line of the statement.
    """
    names: Names = {}
    for cell in page.cells:
        place = Place(page.path, cell.line)
        try:
            tree = parsed(cell.source)
        except SyntaxError as error:
            line = cell.line + (error.lineno or 1) - 1
            yield Problem(
                "broken-cell",
                Place(page.path, line),
                found=error.msg,
                expected="Python",
                fix="mend the cell.",
            )
            continue
        names |= _imports(tree)
        if {"skip-execution", "raises-exception"} & set(cell.tags):
            tag = next(tag for tag in cell.tags if tag in ("skip-execution", "raises-exception"))
            yield Problem(
                "not-executed",
                place,
                found=f"the tag {tag}",
                expected="cells that run, and run without an error",
                fix="take the tag out.",
            )
        yield from _printing(page, cell, tree, names)


def _imports(tree: ast.Module) -> Names:
    names: Names = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


def _printing(page: Page, cell: Cell, tree: ast.Module, names: Names) -> Iterator[Problem]:
    if {"remove-cell", "remove-output"} & set(cell.tags) or not tree.body:
        return
    for line in _prints(cell, tree, names, _charts(tree, names)):
        yield Problem(
            "printing-cell",
            Place(page.path, cell.line + line - 1),
            found=quoted(cell.source.split("\n")[line - 1].strip()),
            expected="a cell that makes a claim, ends in a chart of the library, or shows nothing",
            fix="state it as a claim, draw it, or tag the cell remove-cell.",
        )


def _charts(tree: ast.Module, names: Names) -> set[str]:
    """Name the charts that a cell makes."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _shows(node.value, names, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _prints(cell: Cell, tree: ast.Module, names: Names, charts: set[str]) -> list[int]:
    """List the lines of a cell that show something other than claims and charts."""
    may_print = "print" in cell.source or "display" in cell.source
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)] if may_print else []
    printed = [call for call in calls if _dotted(call.func, names) in ("print", *_DISPLAY)]
    wrong = [
        call.lineno
        for call in printed
        if _dotted(call.func, names) == "print"
        or not all(_shows(argument, names, charts) for argument in call.args)
    ]
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and not wrong and last.value not in printed:
        call = last.value.func if isinstance(last.value, ast.Call) else last
        claims = _dotted(call, names).rpartition(".")[2] == "claim"
        if not claims and not _shows(last.value, names, charts):
            wrong.append(last.lineno)
    return wrong


def _dotted(node: ast.AST, names: Names) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def _shows(node: ast.AST, names: Names, shown: set[str]) -> bool:
    if isinstance(node, ast.BinOp):  # charts beside or over each other
        return _shows(node.left, names, shown) and _shows(node.right, names, shown)
    while isinstance(node, ast.Call):
        if _dotted(node.func, names).startswith(_SHOWING):
            return True
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return isinstance(node, ast.Name) and node.id in shown
