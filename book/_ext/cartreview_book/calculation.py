"""The calculation behind a claim: its cell, the set-up lines that it uses, what decides."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cartreview.claims import cells
from cartreview.myst import claim_calls, claim_ids

__all__ = ["Calculation", "calculation", "used"]


@dataclass(frozen=True)
class Calculation:
    """Code of a claim.

    Attributes
    ----------
    setup, cell : str
        Lines of the page's set-up that the cell uses, and the cell.
    decides : str
        The expression that gives the verdict; empty where the claim judges nothing.
    """

    setup: str = ""
    cell: str = ""
    decides: str = ""


def calculation(page: Path, claim_id: str) -> Calculation:
    """Read how a page computes a claim; nothing where it does not."""
    if not page.is_file():
        return Calculation()
    return _calculations(page, page.stat().st_mtime_ns).get(claim_id, Calculation())


@lru_cache(maxsize=8)
def _calculations(page: Path, stamp: int) -> dict[str, Calculation]:
    every = cells(page)
    setup = [cell.source for cell in every if "setup" in cell.tags]
    found = {}
    for cell in (cell for cell in every if "claim" in cell.tags):
        lines = used(setup, cell.source)
        for claim_id in claim_ids(cell.source):
            found[claim_id] = Calculation(lines, cell.source, _decides(cell.source, claim_id))
    return found


def _decides(source: str, claim_id: str) -> str:
    for call in claim_calls(source):
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant) and first.value == claim_id:
            given = [word.value for word in call.keywords if word.arg == "holds"]
            return ast.unparse(given[0]) if given else ""
    return ""


def used(setup: Sequence[str], cell: str) -> str:
    """Give the set-up statements that a cell uses, and those that these use, in their order.

    Examples
    --------
    >>> print(used(["import math, json", "a = 1; b = 2", "c = a"], "math.sqrt(c)"))
    import math
    a = 1
    c = a
    """
    statements = [(node, text) for text in setup for node in _parsed(text)]
    wanted = _read([*_parsed(cell)])
    kept: set[int] = set()
    while True:
        more = {
            number
            for number, (node, _) in enumerate(statements)
            if number not in kept and _made(node) & wanted
        }
        if not more:
            break
        kept |= more
        wanted |= _read(statements[number][0] for number in more)
    return "\n".join(_written(*statements[number], wanted) for number in sorted(kept))


def _parsed(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError:
        return []


def _read(nodes: Iterable[ast.AST]) -> set[str]:
    """Name what statements read."""
    inner = (one for node in nodes for one in ast.walk(node))
    return {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _made(node: ast.stmt) -> set[str]:
    """Name what a statement makes or changes."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {_bound(alias) for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    stored = [n for n in ast.walk(node) if isinstance(getattr(n, "ctx", None), ast.Store)]
    return {name for one in stored for name in [_base(one)] if name}


def _base(node: ast.AST) -> str:
    """Name whose item or attribute is set: ``a`` in ``a["b"] = 1``."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _written(node: ast.stmt, text: str, wanted: set[str]) -> str:
    """Write a statement as it stands; of an import, the names that are used."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias for alias in node.names if _bound(alias) in wanted]
        few = ast.ImportFrom(node.module, names, 0) if isinstance(node, ast.ImportFrom) else None
        return ast.unparse(few or ast.Import(names))
    return ast.get_source_segment(text, node) or ""
