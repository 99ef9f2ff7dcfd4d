"""Charts of the review: a module a kind of chart, one theme; each returns an Altair chart.

Data frames come first, everything else by keyword. A chart carries its alt text in
``description`` and its caption, its sources, the data version and the table behind it in
``usermeta``. Importing this package imports Altair.
"""

from __future__ import annotations

from cartreview.charts._brain_map import brain_map
from cartreview.charts._due import due
from cartreview.charts._evidence_map import evidence_map
from cartreview.charts._expression_ranges import expression_ranges
from cartreview.charts._factor_matrix import factor_matrix
from cartreview.charts._finding_shares import finding_shares
from cartreview.charts._forest import forest
from cartreview.charts._group_shares import group_shares
from cartreview.charts._onsets import onsets
from cartreview.charts._prisma_flow import prisma_flow
from cartreview.charts._regrading import regrading
from cartreview.charts._survival_medians import survival_medians
from cartreview.charts._timeline import timeline
from cartreview.charts.theme import config, titled, use_book_renderer

__all__ = [
    "brain_map",
    "config",
    "due",
    "evidence_map",
    "expression_ranges",
    "factor_matrix",
    "finding_shares",
    "forest",
    "group_shares",
    "onsets",
    "prisma_flow",
    "regrading",
    "survival_medians",
    "timeline",
    "titled",
    "use_book_renderer",
]


def __dir__() -> list[str]:
    return list(__all__)
