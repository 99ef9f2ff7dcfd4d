"""Compute the claims of the chapters without a kernel.

Vocabulary
----------
cell   a code cell of a chapter. Cells tagged ``setup`` and ``claim`` need tables only, so all
       claims can be computed without a kernel; the others draw charts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cartreview._tables import DATA
from cartreview.claims._claim import recording
from cartreview.claims.ledger import Claim
from cartreview.myst import Cell, read_page

__all__ = ["ClaimError", "cells", "compute", "run"]


class ClaimError(Exception):
    """A claim's cell that could not be run; the message starts with its file and line."""


def cells(path: Path) -> list[Cell]:
    """Read the code cells of a page.

    Parameters
    ----------
    path : Path
        A page of the book.

    Returns
    -------
    list of Cell
        In the order of the page; empty for a page without code.

    Examples
    --------
    >>> [cell.tags for cell in cells(DATA.parent / "book" / "methods.md")][:2]
    [('setup',), ('claim',)]
    """
    return list(read_page(str(path), path.read_text(encoding="utf-8")).cells)


def run(page_cells: Iterable[Cell]) -> list[Claim]:
    """Run the ``setup`` and ``claim`` cells of one page, in order, without a kernel.

    Parameters
    ----------
    page_cells : iterable of Cell
        Cells of one page.

    Returns
    -------
    list of Claim
        With their page set.

    Raises
    ------
    ClaimError
        If a cell raises; the message starts with page and line.
    """
    namespace: dict[str, Any] = {"__name__": "__claims__"}
    with recording() as made:
        for cell in page_cells:
            if {"setup", "claim"} & set(cell.tags):
                _execute(cell, namespace)
    return [replace(item, page=cell.page) for item in made]


def _execute(cell: Cell, namespace: dict[str, Any]) -> None:
    place = f"book/{cell.page}.md"
    # Blank lines in front let a traceback name the line of the page.
    source = "\n" * (cell.line - 1) + cell.source
    try:
        exec(compile(source, place, "exec"), namespace)  # noqa: S102  the book's own code
    except Exception as error:
        raise ClaimError(f"{place}:{_line_of(error, place, cell.line)}: {error!r}") from error


def _line_of(error: Exception, place: str, otherwise: int) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or otherwise
    line, trace = otherwise, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == place:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def compute(book: Path | None = None) -> list[Claim]:
    """Compute every claim of the book, without a kernel, in the order of page names.

    Parameters
    ----------
    book : Path or None
        Folder of the pages; the checkout's ``book/`` if None.

    Returns
    -------
    list of Claim
        All claims.

    Raises
    ------
    ClaimError
        If a cell raises, or two cells make a claim of the same name.
    """
    folder = book or DATA.parent / "book"
    made: dict[str, Claim] = {}
    for path in sorted(folder.glob("*.md")):
        for item in run(cells(path)):
            if item.claim_id in made:
                pages = f"book/{made[item.claim_id].page}.md and book/{item.page}.md"
                raise ClaimError(f"{pages}: both make the claim {item.claim_id!r}")
            made[item.claim_id] = item
    return list(made.values())
