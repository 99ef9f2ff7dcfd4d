"""The code of cells: its tree, and the claims that it makes."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TypeGuard

__all__ = ["claim_calls", "claim_ids", "parsed"]


@lru_cache(maxsize=4096)  # several checks read the same cells
def parsed(source: str) -> ast.Module:
    """Read the code of a cell; nobody may change the tree, which all share.

    Raises
    ------
    SyntaxError
        If it is no Python.

    Examples
    --------
    >>> len(parsed("a = 1").body)
    1
    """
    try:
        return ast.parse(source)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from error


@lru_cache(maxsize=4096)
def claim_calls(source: str) -> tuple[ast.Call, ...]:
    """Find the calls ``claim(...)`` of a cell, in their order; none in a cell that cannot be read.

    Examples
    --------
    >>> [ast.unparse(call) for call in claim_calls('claim("a", "b", values={})')]
    ["claim('a', 'b', values={})"]
    """
    try:
        tree = parsed(source)
    except SyntaxError:
        return ()
    last = [line.value for line in tree.body if isinstance(line, ast.Expr)]
    plain = tuple([call for call in last if _is_claim(call)])
    if len(plain) == source.count("claim("):
        return plain  # as nearly always: no need to look inside of anything
    return tuple([node for node in ast.walk(tree) if _is_claim(node)])


def _is_claim(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim"


def claim_ids(source: str) -> list[str]:
    """List the literal ids of the claims that a cell makes.

    Examples
    --------
    >>> claim_ids('claim("a", "There is {n}", values={"n": 1})')
    ['a']
    """
    firsts = (call.args[0] for call in claim_calls(source) if call.args)
    return [a.value for a in firsts if isinstance(a, ast.Constant) and isinstance(a.value, str)]
