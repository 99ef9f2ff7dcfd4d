"""Read a MyST page without Sphinx: its prose, its roles, its code cells, its marked claims."""

from __future__ import annotations

from cartreview.myst._code import claim_calls, claim_ids, parsed
from cartreview.myst._marks import Mark, marks, with_marks
from cartreview.myst._page import MASK, Block, Cell, Page, Role, read_page

__all__ = [
    "MASK",
    "Block",
    "Cell",
    "Mark",
    "Page",
    "Role",
    "claim_calls",
    "claim_ids",
    "marks",
    "parsed",
    "read_page",
    "with_marks",
]
