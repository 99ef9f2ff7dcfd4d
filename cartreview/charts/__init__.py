"""Charts of the review: a module a kind of chart, one theme; each returns an Altair chart.

Data frames come first, everything else by keyword. A chart carries its alt text in
``description`` and its caption, its sources, the data version and the table behind it in
``usermeta``. Importing this package imports Altair.
"""

from __future__ import annotations

from cartreview.charts.brain_map import brain_map
from cartreview.charts.bubble import bubble
from cartreview.charts.cumulative_chart import cumulative_chart
from cartreview.charts.dose_ranges import dose_ranges
from cartreview.charts.dosing import dosing
from cartreview.charts.evidence_map import evidence_map
from cartreview.charts.expression_ranges import expression_ranges
from cartreview.charts.factor_matrix import factor_matrix
from cartreview.charts.finding_shares import finding_shares
from cartreview.charts.forest import forest
from cartreview.charts.influence import influence
from cartreview.charts.onsets import onsets
from cartreview.charts.patients_by_class import patients_by_class
from cartreview.charts.responders_by import responders_by
from cartreview.charts.responses import responses
from cartreview.charts.scale_shift import scale_shift
from cartreview.charts.theme import config, use_book_renderer
from cartreview.charts.timeline import timeline
from cartreview.charts.volumes import volumes

__all__ = [
    "brain_map",
    "bubble",
    "config",
    "cumulative_chart",
    "dose_ranges",
    "dosing",
    "evidence_map",
    "expression_ranges",
    "factor_matrix",
    "finding_shares",
    "forest",
    "influence",
    "onsets",
    "patients_by_class",
    "responders_by",
    "responses",
    "scale_shift",
    "timeline",
    "use_book_renderer",
    "volumes",
]
