"""Compute the claims of the chapters without a kernel.

Vocabulary
----------
cell   a code cell of a chapter. Cells tagged ``setup`` and ``claim`` need tables only, so all
       claims can be computed without a kernel; the others draw charts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cartreview._tables import DATA
from cartreview.claims._claim import recording
from cartreview.claims.ledger import Claim
from cartreview.myst import Cell, claim_ids, read_page

__all__ = ["ClaimError", "attempt", "cells", "compute", "run"]


class ClaimError(Exception):
    """A claim's cell that could not be run; the message starts with its file and line.

    Attributes
    ----------
    page, claim_id : str
        Page and claim of the cell; empty where the cell names none.
    """

    def __init__(self, message: str, cell: Cell | None = None) -> None:
        super().__init__(message)
        self.page = cell.page if cell else ""
        self.claim_id = next(iter(claim_ids(cell.source)), "") if cell else ""

    def about(self, cell: Cell) -> ClaimError:
        """Give the same reason for the claim of another cell."""
        return ClaimError(str(self), cell)


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
    [('setup',), ('remove-cell',)]
    """
    # What is no UTF-8 is a finding of `check`, which says where.
    text = path.read_text(encoding="utf-8", errors="replace")
    return list(read_page(str(path), text).cells)


def run(page_cells: Iterable[Cell]) -> Iterator[Claim | ClaimError]:
    """Run the ``setup`` and ``claim`` cells of one page, without a kernel.

    Each claim's cell runs on its own, in a fresh copy of the names that the set-up makes: what one
    cell leaves behind is not there for the next.

    Parameters
    ----------
    page_cells : iterable of Cell
        Cells of one page.

    Yields
    ------
    Claim or ClaimError
        A claim with its page, or why its cell makes none.
    """
    wanted = list(page_cells)
    names: dict[str, Any] = {"__name__": "__claims__"}
    broken: ClaimError | None = None
    for cell in wanted:
        if "setup" in cell.tags:
            broken = broken or _failure(cell, names)
    for cell in wanted:
        if "claim" in cell.tags:
            yield from [broken.about(cell)] if broken else _made(cell, dict(names))


def _made(cell: Cell, names: dict[str, Any]) -> Iterator[Claim | ClaimError]:
    with recording() as made:
        failed = _failure(cell, names)
    if failed:
        yield failed
    else:
        yield from (replace(item, page=cell.page) for item in made)


def _failure(cell: Cell, names: dict[str, Any]) -> ClaimError | None:
    place = f"book/{cell.page}.md"
    # Blank lines in front let a traceback name the line of the page.
    source = "\n" * (cell.line - 1) + cell.source
    try:
        exec(compile(source, place, "exec"), names)  # noqa: S102  the book's own code
    except Exception as error:
        return ClaimError(f"{place}:{_line_of(error, place, cell.line)}: {error!r}", cell)
    return None


def _line_of(error: Exception, place: str, otherwise: int) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or otherwise
    line, trace = otherwise, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == place:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def attempt(book: Path | None = None) -> tuple[list[Claim], list[ClaimError]]:
    """Compute every claim of the book that can be computed, without a kernel.

    Parameters
    ----------
    book : Path or None
        Folder of the pages; the checkout's ``book/`` if None.

    Returns
    -------
    claims, failures : list of Claim, list of ClaimError
        In the order of page names; a failure names the claim of its cell. A claim that two cells
        make is one of them.
    """
    folder = book or DATA.parent / "book"
    made: dict[str, Claim] = {}
    failures: list[ClaimError] = []
    for path in sorted(folder.glob("*.md")):
        for item in run(cells(path)):
            if isinstance(item, ClaimError):
                failures.append(item)
                continue
            if item.claim_id in made:
                failures.append(_twice(made[item.claim_id], item))
            made[item.claim_id] = item
    return list(made.values()), failures


def _twice(first: Claim, second: Claim) -> ClaimError:
    pages = f"book/{first.page}.md and book/{second.page}.md"
    error = ClaimError(f"{pages}: both make the claim {second.claim_id!r}")
    error.page, error.claim_id = second.page, second.claim_id
    return error


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
    made, failures = attempt(book)
    if failures:
        raise failures[0]
    return made
