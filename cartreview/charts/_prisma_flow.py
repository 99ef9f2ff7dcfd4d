"""The PRISMA flow of a living review: from searches to studies, counted from the log.

Each number is counted up to a data version, all earlier ones included; a version's own share is the
difference from the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts.theme import finish
from cartreview.evidence.screening import Flow, Stream, flow, flows

__all__ = ["prisma_flow"]

WIDTH, ASIDE, SPINE = 258, 34, 16  # px; as wide as a narrow phone leaves to a picture
LINE, PADDING, GAP = 18, 10, 18  # px
NOW = "Number"

Numbers = list[tuple[str, int]]


def prisma_flow(
    searches: DataFrame,
    screening: DataFrame,
    reports: DataFrame,
    decisions: DataFrame,
    made: Sequence[tuple[str, pd.Timestamp]] = (),
) -> alt.LayerChart:
    """Draw how studies were found, screened and included.

    Taught in: book/methods.md

    Parameters
    ----------
    searches, screening, reports, decisions : pandas.DataFrame
        The tables ``searches``, ``screening``, ``reports`` and ``screening_decisions``.
    made : sequence of (str, pandas.Timestamp)
        Data versions with their days, the earliest first; the chart's table then has a column for
        each. Without them there is one, of the whole log.

    Returns
    -------
    altair.LayerChart
        Boxes from above down: what services and what other ways brought, then what became of it;
        what left the flow is indented.

    Raises
    ------
    ValueError
        If a table is empty or lacks a column, or the log contradicts itself.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> names = ("searches", "screening", "reports", "screening_decisions")
    >>> chart = charts.prisma_flow(*map(load, names))
    >>> chart.to_dict()["usermeta"]["table"]["rows"][0][0]
    'Services: searches'
    """
    log = (searches, screening, reports, decisions)
    found = flows(*log, made) if made else {NOW: flow(*log)}
    last = list(found.values())[-1]
    numbers = _numbers(last)
    return finish(
        _drawn(_boxes(found)),
        description="Flow of studies. " + "; ".join(f"{step}: {n}" for step, n in numbers) + ".",
        caption=(
            "How studies were found, counted from the log of searches and of screening, all data "
            f"versions together. {_services(last)} {_uncounted(last)}"
        ),
        sources=[],
        rows=_table(found),
        labels={"step": "Step", **{f"n{at}": name for at, name in enumerate(found)}},
    )


def _services(found: Flow) -> str:
    if not found.services.searches:
        return "No bibliographic service has been asked yet: all came in other ways."
    return f"Services brought {found.services.candidates} of {found.candidates} candidates."


def _uncounted(found: Flow) -> str:
    if not found.uncounted:
        return "Every search recorded how many records it found."
    number = count_of(found.uncounted, "search", "searches")
    return f"{number} of {found.searches} recorded no number of records."


def _table(found: dict[str, Flow]) -> DataFrame:
    """Give a row a step and a column a version; a reason that a version lacks is none there."""
    columns = [dict(_numbers(one)) for one in found.values()]
    steps = list(columns[-1])
    rows = [
        {"step": step, **{f"n{at}": column.get(step, 0) for at, column in enumerate(columns)}}
        for step in steps
    ]
    return pd.DataFrame(rows)


def _numbers(found: Flow) -> Numbers:
    return [
        *_stream_numbers("Services", found.services),
        *_stream_numbers("Other ways", found.others),
        ("Candidates", found.candidates),
        ("Screened", found.screened),
        ("Decided by several readers apart", found.twice),
        ("Readers still differ", found.conflicts),
        *((f"Excluded: {reason}", n) for reason, n in found.excluded.items()),
        ("Awaiting a decision", found.awaiting),
        ("Candidates included", found.included),
        ("Studies", found.studies),
        ("Reports of them", found.reports),
    ]


def _stream_numbers(name: str, stream: Stream) -> Numbers:
    return [
        (f"{name}: searches", stream.searches),
        (f"{name}: records counted", stream.records),
        (f"{name}: candidates", stream.candidates),
    ]


def _boxes(found: dict[str, Flow]) -> DataFrame:
    """Lay out the boxes: lines of text, left edge and upper edge."""
    names, counted = list(found), list(found.values())
    now, before = counted[-1], counted[-2] if len(counted) > 1 else None
    reasons = [f"{reason}: {n}" for reason, n in now.excluded.items()]

    def more(what: str) -> list[str]:
        if not before:
            return []
        return [f"since {names[-2]}: {getattr(now, what) - getattr(before, what)} more"]

    steps = [
        (_stream("Services", now.services), False),
        (_stream("Other ways", now.others), False),
        ([f"Candidates: {now.candidates}", *more("candidates")], False),
        ([f"Awaiting a decision: {now.awaiting}"], True),
        (
            [
                f"Screened: {now.screened}",
                f"by several readers apart: {now.twice}",
                f"of these still in conflict: {now.conflicts}",
                *more("screened"),
            ],
            False,
        ),
        ([f"Excluded: {sum(now.excluded.values())}", *reasons], True),
        (
            [
                f"Studies included: {now.studies}",
                f"reports of them: {now.reports}",
                *more("studies"),
            ],
            False,
        ),
    ]
    rows: list[dict[str, Any]] = []
    top = 0.0
    for place, (lines, aside) in enumerate(steps):
        # The streams touch: one does not come of the other.
        top += GAP if place > 1 else 0
        bottom = top + len(lines) * LINE + PADDING
        x = float(ASIDE if aside else 0)
        rows.append({"lines": lines, "aside": aside, "x": x, "x2": WIDTH, "y": top, "y2": bottom})
        top = bottom
    return pd.DataFrame(rows)


def _stream(name: str, stream: Stream) -> list[str]:
    counted = f"{stream.records:,} counted"
    if stream.searches and stream.uncounted == stream.searches:
        counted = "not recorded"
    return [
        f"{name}: {count_of(stream.searches, 'search', 'searches')}",
        f"records: {counted}",
        f"candidates: {stream.candidates}",
    ]


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
    frames = alt.Chart(boxes.drop(columns=["lines", "aside"])).mark_rect(style="tile", filled=False)
    layers = [_arrows(boxes, x, y), frames.encode(x=x, x2="x2:Q", y=y, y2="y2:Q")]
    for style, rows in texts.groupby("style"):
        mark = alt.Chart(rows[["x", "y", "text"]]).mark_text(
            style=style, align="left", baseline="middle"
        )
        layers.append(mark.encode(x=x, y=y, text="text:N"))
    return alt.LayerChart(layer=layers).properties(width=WIDTH, height=end)


def _arrows(boxes: DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    """Run a spine from box to box, and a branch to each box aside."""
    main, aside = boxes[~boxes["aside"]][1:], boxes[boxes["aside"]]
    down = [
        {"x": SPINE, "x2": SPINE, "y": upper.y2, "y2": lower.y}
        for upper, lower in zip(main[:-1].itertuples(), main[1:].itertuples(), strict=True)
    ]
    across = [
        {"x": SPINE, "x2": ASIDE, "y": (box.y + box.y2) / 2, "y2": (box.y + box.y2) / 2}
        for box in aside.itertuples()
    ]
    return (
        alt.Chart(pd.DataFrame([*down, *across]))
        .mark_rule(style="leader")
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    )
