"""The PRISMA flow: from searches to studies, each number counted from the log."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts.theme import finish
from cartreview.evidence.screening import Flow, flow

__all__ = ["prisma_flow"]

WIDTH, BOX = 560, 250  # px
LINE, PADDING, GAP = 18, 10, 26  # px
LABELS = {"step": "Step", "number": "Number"}


def prisma_flow(searches: DataFrame, screening: DataFrame, reports: DataFrame) -> alt.LayerChart:
    """Draw how studies were found, screened and included.

    Taught in: book/methods.md

    Parameters
    ----------
    searches, screening, reports : pandas.DataFrame
        The tables of those names.

    Returns
    -------
    altair.LayerChart
        Boxes from above down; to the right what was left out, by reason, and what is awaited.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column, or a study was included without a report.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> chart = charts.prisma_flow(load("searches"), load("screening"), load("reports"))
    >>> chart.to_dict()["usermeta"]["table"]["rows"][0][0]
    'Searches'
    """
    found = flow(searches, screening, reports)
    boxes = _boxes(found)
    numbers = _numbers(found)
    return finish(
        _drawn(boxes),
        description="Flow of studies. " + "; ".join(f"{step}: {n}" for step, n in numbers) + ".",
        caption=(
            "How studies were found, counted from the log of searches and of screening. "
            f"{_uncounted(found)}"
        ),
        sources=[],
        rows=pd.DataFrame(numbers, columns=list(LABELS)),
        labels=LABELS,
    )


def _uncounted(found: Flow) -> str:
    if not found.uncounted:
        return "Every search recorded how many records it found."
    number = count_of(found.uncounted, "search", "searches")
    return f"{number} of {found.searches} recorded no number of records."


def _numbers(found: Flow) -> list[tuple[str, int]]:
    return [
        ("Searches", found.searches),
        ("Records counted", found.records),
        ("Candidates", found.candidates),
        ("Screened", found.screened),
        *((f"Excluded: {reason}", n) for reason, n in found.excluded.items()),
        ("Awaiting a decision", found.awaiting),
        ("Candidates included", found.included),
        ("Studies", found.studies),
        ("Reports of them", found.reports),
    ]


def _boxes(found: Flow) -> DataFrame:
    """Lay out the boxes: lines of text, left edge and upper edge."""
    excluded = sum(found.excluded.values())
    counted = "not recorded" if found.uncounted == found.searches else f"{found.records} counted"
    reasons = [f"{reason}: {n}" for reason, n in found.excluded.items()]
    steps: list[tuple[list[str], list[str]]] = [
        ([f"Searches: {found.searches}", f"records: {counted}"], []),
        ([f"Candidates: {found.candidates}"], [f"Awaiting a decision: {found.awaiting}"]),
        ([f"Screened: {found.screened}"], [f"Excluded: {excluded}", *reasons]),
        ([f"Studies included: {found.studies}", f"reports of them: {found.reports}"], []),
    ]
    rows: list[dict[str, Any]] = []
    top = 0.0
    for left, right in steps:
        height = max(len(left), len(right)) * LINE + PADDING
        rows.append(_box(left, 0.0, top, height))
        rows += [_box(right, float(WIDTH - BOX), top, height)] if right else []
        top += height + GAP
    return pd.DataFrame(rows)


def _box(lines: list[str], x: float, top: float, height: float) -> dict[str, Any]:
    return {"lines": lines, "x": x, "x2": x + BOX, "y": top, "y2": top + height}


def _drawn(boxes: DataFrame) -> alt.LayerChart:
    end = float(boxes["y2"].max())
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, WIDTH], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[end, 0], nice=False, zero=False))
    texts = pd.DataFrame(
        [
            {
                "x": box.x + PADDING,
                "y": box.y + PADDING / 2 + (place + 0.5) * LINE,
                "text": text,
                "style": "label" if place else "heading",
            }
            for box in boxes.itertuples()
            for place, text in enumerate(box.lines)
        ]
    )
    frames = alt.Chart(boxes.drop(columns="lines")).mark_rect(style="tile", filled=False)
    layers = [_arrows(boxes, x, y), frames.encode(x=x, x2="x2:Q", y=y, y2="y2:Q")]
    for style, rows in texts.groupby("style"):
        mark = alt.Chart(rows[["x", "y", "text"]]).mark_text(
            style=style, align="left", baseline="middle"
        )
        layers.append(mark.encode(x=x, y=y, text="text:N"))
    return alt.LayerChart(layer=layers).properties(width=WIDTH, height=end)


def _arrows(boxes: DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    left = boxes[boxes["x"] == 0]
    down = [
        {"x": BOX / 2, "x2": BOX / 2, "y": upper.y2, "y2": lower.y}
        for upper, lower in zip(left[:-1].itertuples(), left[1:].itertuples(), strict=True)
    ]
    across = [
        {"x": BOX, "x2": box.x, "y": (box.y + box.y2) / 2, "y2": (box.y + box.y2) / 2}
        for box in boxes[boxes["x"] > 0].itertuples()
    ]
    return (
        alt.Chart(pd.DataFrame([*down, *across]))
        .mark_rule(style="leader")
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    )
