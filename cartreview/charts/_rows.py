"""Rows of a chart that reads like a table: groups with headings, text columns, one plot.

Charts that list studies place text and marks on the same rows. Each row has a key, a number with
leading zeros, so that rows keep their order in every layer without a list of names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.evidence.studies import DELIVERIES

__all__ = ["ROW", "delivery_colour", "delivery_shape", "grouped", "row_axis", "text_column"]

ROW = 18  # height of a row in px: text of 12 px with room to breathe


def grouped(frame: DataFrame, group: str, order: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """Number the rows of a frame, group after group, a heading above each group.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows in the order wanted within groups.
    group : str
        Column that names the group.
    order : sequence of str
        Groups from top to bottom; groups without rows are left out.

    Returns
    -------
    rows, headings : pandas.DataFrame
        `frame` with a column ``row``; the headings with ``row`` and ``heading``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows, headings = grouped(pd.DataFrame({"g": ["b", "a", "b"]}), "g", ["a", "b"])
    >>> rows["row"].tolist(), headings["row"].tolist()
    (['001', '004', '005'], ['000', '003'])
    """
    parts, headings, place = [], [], 0
    for name in order:
        part = frame[frame[group] == name]
        if part.empty:
            continue
        headings.append({"row": f"{place:03d}", "heading": name})
        numbers = [f"{place + 1 + step:03d}" for step in range(len(part))]
        parts.append(part.assign(row=numbers))
        place += len(part) + 2  # one empty row between groups
    return pd.concat(parts, ignore_index=True), pd.DataFrame(headings)


def row_axis(last: str, field: str = "row") -> alt.Y:
    """Encode the rows up to `last`; the axis is silent because text columns name the rows."""
    keys = [f"{place:03d}" for place in range(int(last) + 1)]
    return alt.Y(f"{field}:N", axis=None, scale=alt.Scale(domain=keys))


def text_column(
    frame: DataFrame,
    field: str,
    *,
    x: float,
    y: alt.Y,
    align: Literal["left", "right"] = "left",
    style: str = "label",
) -> alt.Chart:
    """Write a column of text, `x` px from the left edge of the plot (negative is outside)."""
    mark = alt.Chart(frame).mark_text(style=style, align=align, baseline="middle")
    return mark.encode(x=alt.value(x), y=y, text=f"{field}:N")


def delivery_colour(present: Sequence[str], *, legend: bool = True, offset: float = 8) -> alt.Color:
    """Colour by delivery: the same colour in every chart, the legend only for what is there."""
    shown = [name for name in DELIVERIES if name in set(present)]
    key = alt.Legend(title="Delivery", values=shown, offset=offset) if legend else None
    return alt.Color("delivery:N", scale=alt.Scale(domain=list(DELIVERIES)), legend=key)


def delivery_shape(present: Sequence[str], *, legend: bool = True, offset: float = 8) -> alt.Shape:
    """Shape by delivery, so that colour is never the only sign."""
    shown = [name for name in DELIVERIES if name in set(present)]
    key = alt.Legend(title="Delivery", values=shown, offset=offset) if legend else None
    scale = alt.Scale(domain=list(DELIVERIES), range=["circle", "square", "diamond"])
    return alt.Shape("delivery:N", scale=scale, legend=key)
