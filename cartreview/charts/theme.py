"""One look for every chart: colours, type and rules, in light and in dark.

A chart's own specification names no colour. Series take their colours from the ranges of the
configuration, single marks from its named styles, so that the same specification is drawn in both
modes by exchanging the configuration alone.

Vocabulary
----------
mode    ``light`` or ``dark``, the page that the chart stands on.
style   a name in ``STYLES`` that a mark carries: ``alt.Chart(...).mark_text(style="muted")``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._tables import data_version

__all__ = [
    "ACCENT",
    "FONT",
    "MIME",
    "PALETTE",
    "STYLES",
    "config",
    "finish",
    "titled",
    "use_book_renderer",
]

# Each 3.9:1 or more on white and on #121212 (WCAG 1.4.11 asks for 3), each pair apart by 24 or more
# (CIE76) in full vision and without red, green or blue cones. A fourth colour would not keep that.
PALETTE = ("#2a7cc4", "#b3598a", "#cc6120")
ACCENT = PALETTE[0]
# Faces of one width first: the static pictures are measured with them, whatever the reader has.
FONT = '"Helvetica Neue", Arial, "Liberation Sans", ui-sans-serif, system-ui, sans-serif'

MIME = "application/vnd.vegalite.v6+json"  # Altair's own type lacks the +json that nbformat wants

_INK = {
    "light": {"text": "#1b1e22", "muted": "#5a626d", "line": "#b6bcc5", "grid": "#e7e9ec"},
    "dark": {"text": "#e6e8eb", "muted": "#a3abb6", "line": "#59616c", "grid": "#2b2f34"},
}
_PAGE = {"light": "#ffffff", "dark": "#121212"}

STYLES = (
    "absent",
    "band",
    "count",
    "disc",
    "end",
    "gap",
    "heading",
    "hollow",
    "label",
    "leader",
    "link",
    "muted",
    "outlined",
    "pooled",
    "range",
    "reference",
    "region",
    "segment",
    "spread",
    "tile",
    "tissue",
    "unit",
    "whisker",
)

AnyChart = TypeVar("AnyChart", bound="alt.TopLevelMixin")


def config(mode: str = "light") -> dict[str, Any]:
    """Give the Vega-Lite configuration of a mode.

    Parameters
    ----------
    mode : {"light", "dark"}
        The page that the chart stands on.

    Returns
    -------
    dict
        Value of ``config`` in a Vega-Lite specification.

    Raises
    ------
    ValueError
        If there is no such mode.

    Examples
    --------
    >>> config("dark")["background"]
    'transparent'
    >>> config("light")["range"] == config("dark")["range"]
    True
    """
    if mode not in _INK:
        raise ValueError(f"mode must be one of {', '.join(_INK)}; found {mode!r}")
    ink = _INK[mode]
    return {
        "background": "transparent",
        "font": FONT,
        # Fonts differ: a chart laid out with narrow letters must not clip wider ones.
        "padding": {"left": 12, "right": 14, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "range": {"category": list(PALETTE), "ordinal": list(PALETTE)},
        "axis": _axis(ink),
        "axisY": {"grid": False},
        "axisX": {"labelFlush": False},
        "axisBand": {"labelColor": ink["text"], "labelFontSize": 12},
        "axisPoint": {"labelColor": ink["text"], "labelFontSize": 12},
        "legend": _legend(ink),
        "header": _header(ink),
        "title": {"color": ink["text"], "anchor": "start", "fontSize": 13, "fontWeight": 600},
        "concat": {"spacing": 16},
        "facet": {"spacing": 16},
        "mark": {"color": ACCENT},
        "rule": {"color": ACCENT},
        "point": {"filled": True, "opacity": 1},
        "text": {"color": ink["text"], "fontSize": 12},
        "style": _styles(ink, _PAGE[mode]),
    }


def _axis(ink: Mapping[str, str]) -> dict[str, Any]:
    return {
        "domainColor": ink["line"],
        "tickColor": ink["line"],
        "tickSize": 4,
        "gridColor": ink["grid"],
        "labelColor": ink["muted"],
        "labelFontSize": 11,
        "labelPadding": 4,
        "titleColor": ink["muted"],
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleAnchor": "start",
        "titlePadding": 8,
    }


def _legend(ink: Mapping[str, str]) -> dict[str, Any]:
    return {
        "orient": "top",
        "direction": "horizontal",
        "labelColor": ink["text"],
        "labelFontSize": 12,
        "titleColor": ink["muted"],
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleOrient": "left",
        "titlePadding": 12,
        "symbolBaseFillColor": ink["muted"],
        "symbolBaseStrokeColor": ink["muted"],
        "symbolSize": 64,
        "columnPadding": 14,
        "offset": 8,
    }


def _header(ink: Mapping[str, str]) -> dict[str, Any]:
    return {
        "labelColor": ink["text"],
        "labelFontSize": 12,
        "labelFontWeight": 600,
        "labelAnchor": "start",
        "labelPadding": 6,
        "title": None,
    }


def _styles(ink: Mapping[str, str], page: str) -> dict[str, dict[str, Any]]:
    return {
        "absent": {"color": ink["muted"], "filled": False, "strokeWidth": 1.2},
        "band": {"color": ACCENT, "opacity": 0.14},
        "count": {"color": ink["text"], "fontSize": 11},
        "disc": {"color": page, "filled": True, "opacity": 0.9},
        "end": {"color": ink["text"], "filled": True},
        "gap": {"color": ink["grid"], "opacity": 0.55},
        "heading": {"color": ink["text"], "fontSize": 12, "fontWeight": 600},
        # filled with the page, so that lines behind do not cross the mark
        "hollow": {"color": page, "stroke": ACCENT, "strokeWidth": 1.4},
        "label": {"color": ink["text"], "fontSize": 12},
        "leader": {"color": ink["muted"], "strokeWidth": 0.8},
        "link": {"color": ink["line"], "strokeWidth": 1.2},
        "muted": {"color": ink["muted"], "fontSize": 11},
        "outlined": {"color": ACCENT, "stroke": ACCENT, "strokeWidth": 1.3},
        "pooled": {"color": ink["text"], "strokeWidth": 1.5},
        "range": {"strokeWidth": 6},
        "reference": {"color": ink["text"], "strokeWidth": 1, "strokeDash": [4, 3]},
        "region": {"color": ACCENT, "stroke": ink["muted"], "strokeWidth": 0.7},
        "segment": {"stroke": page, "strokeWidth": 0.5},
        "spread": {"color": ACCENT, "strokeWidth": 1.5, "opacity": 0.45},
        # not "cell": Vega-Lite draws the frame of every plot in a style of that name
        "tile": {"color": ink["grid"], "strokeWidth": 1},
        "tissue": {"color": ink["grid"], "stroke": ink["muted"], "strokeWidth": 0.7},
        "unit": {"fill": ACCENT, "stroke": ACCENT, "strokeWidth": 1.2},
        "whisker": {"strokeWidth": 1.5},
    }


def finish(
    chart: AnyChart,
    *,
    description: str,
    caption: str,
    sources: Iterable[str],
    rows: DataFrame,
    labels: Mapping[str, str],
) -> AnyChart:
    """Give a chart its words, its table and the light configuration.

    Parameters
    ----------
    chart : altair.Chart, LayerChart, FacetChart or ConcatChart
        The drawing.
    description : str
        Text for who does not see the chart: what it shows, with its main numbers.
    caption : str
        Text for who sees it: what is drawn, how many, how to read it.
    sources : iterable of str
        Keys of the sources of the rows used.
    rows : pandas.DataFrame
        The values behind the chart.
    labels : mapping of str to str
        Heading of each column of `rows` to show, in order.

    Returns
    -------
    altair chart
        As `chart`, with ``description``, ``usermeta`` and ``config``.

    Raises
    ------
    ValueError
        If a column named in `labels` is not in `rows`.

    Examples
    --------
    >>> import altair as alt, pandas as pd
    >>> rows = pd.DataFrame({"n": [3]})
    >>> chart = finish(alt.Chart(rows).mark_bar().encode(x="n:Q"), description="3.", caption="n",
    ...                sources=["b2024"], rows=rows, labels={"n": "Patients"})
    >>> chart.to_dict()["usermeta"]["table"]
    {'columns': ['Patients'], 'rows': [[3]]}
    """
    missing = [field for field in labels if field not in rows]
    if missing:
        raise ValueError(f"rows must have a column for each label; there is no {missing[0]!r}")
    table = [[_plain(cell) for cell in row] for row in rows[list(labels)].itertuples(index=False)]
    usermeta = {
        "caption": caption,
        "sources": sorted(set(sources)),
        "data_version": data_version(),
        "table": {"columns": list(labels.values()), "rows": table},
    }
    return chart.properties(description=description, usermeta=usermeta).configure(**config())


def titled(chart: AnyChart, finding: str) -> AnyChart:
    """Give a finished chart a title: what it shows, in a sentence above it.

    Parameters
    ----------
    chart : altair.Chart, LayerChart, FacetChart or ConcatChart
        A chart of this package.
    finding : str
        The finding, without a full stop.

    Returns
    -------
    altair chart
        The same drawing; its title stands in ``usermeta``, beside the caption.

    Raises
    ------
    ValueError
        If the chart is not finished, or the title is empty or ends in a full stop.

    Examples
    --------
    >>> import altair as alt, pandas as pd
    >>> rows = pd.DataFrame({"n": [3]})
    >>> chart = finish(alt.Chart(rows).mark_bar().encode(x="n:Q"), description="3.", caption="n",
    ...                sources=["b2024"], rows=rows, labels={"n": "Patients"})
    >>> titled(chart, "Few patients").to_dict()["usermeta"]["title"]
    'Few patients'
    """
    if not finding.strip() or finding.endswith("."):
        raise ValueError(f"a title is a finding without a full stop; found {finding!r}")
    usermeta = getattr(chart, "usermeta", None)
    if not isinstance(usermeta, dict) or "caption" not in usermeta:
        raise ValueError("only a finished chart takes a title; call finish first")
    return chart.properties(usermeta={**usermeta, "title": finding})


def _plain(cell: Any) -> str | int | float | bool | None:
    if pd.isna(cell):
        return None
    if isinstance(cell, str | bool):
        return cell
    number = float(cell)
    return int(number) if number.is_integer() else number


def use_book_renderer() -> None:
    """Let charts in a notebook show as Vega-Lite JSON alone, as the book's build wants them.

    Notes
    -----
    The output holds nothing that changes from run to run, and no script from elsewhere.

    Examples
    --------
    >>> import altair as alt
    >>> before = alt.renderers.active
    >>> use_book_renderer()
    >>> alt.renderers.active
    'cartreview-book'
    >>> _ = alt.renderers.enable(before)
    """

    def render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {MIME: spec, "text/plain": f"<Chart: {spec.get('description', 'no description')}>"}

    alt.renderers.register("cartreview-book", render)
    alt.renderers.enable("cartreview-book")
