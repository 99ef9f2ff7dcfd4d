"""Group shares: one share a group of studies, pooled where enough studies stand in it."""

from __future__ import annotations

import altair as alt
import pandas as pd
from pandas import DataFrame, Series

from cartreview._words import count_of
from cartreview.charts._estimates import Heads, interval_text, percent, share_axis, text_head
from cartreview.charts._frames import require
from cartreview.charts._rows import ROW, grouped, row_axis, text_column
from cartreview.charts.theme import finish

__all__ = ["group_shares"]

PLOT = 190  # px
NAME, STUDIES, COUNT = -286, -88, -10
SHARE, ENDS = PLOT + 50, PLOT + 110
HEADS: Heads = {
    "studies": (STUDIES, "right"),
    "patients": (COUNT, "right"),
    "share, 95 % interval": (ENDS, "right"),
}

LABELS = {
    "heading": "Parted by",
    "group": "Group",
    "k": "Studies",
    "events": "Patients with it",
    "denominator": "Patients counted",
    "estimate": "Pooled share",
    "low": "95 % interval, low",
    "high": "95 % interval, high",
}


def group_shares(groups: DataFrame, *, by: str, title: str = "Share of patients") -> alt.LayerChart:
    """Draw the pooled share of each group of studies; of small groups the counts alone.

    Parameters
    ----------
    groups : pandas.DataFrame
        ``group``, ``k`` (studies), ``events``, ``denominator``, and ``estimate``, ``low``, ``high``
        (between 0 and 1; missing where a group is not pooled), with the column `by`.
    by : str
        Column whose values stand as headings above their groups.
    title : str
        What the share is of, in the caption.

    Returns
    -------
    altair.LayerChart
        A row a group: a mark at the pooled share, a line over its interval.

    Raises
    ------
    ValueError
        If a column is missing or there is no row.

    Examples
    --------
    >>> rows = [["IV", 4, 3, 40, 0.08, 0.02, 0.21], ["IV and local", 1, 4, 8, None, None, None]]
    >>> columns = ["group", "k", "events", "denominator", "estimate", "low", "high"]
    >>> frame = pd.DataFrame(rows, columns=columns).assign(grouping="delivery")
    >>> chart = group_shares(frame, by="grouping")
    >>> chart.to_dict()["usermeta"]["table"]["rows"][1][:5]
    ['delivery', 'IV and local', 1, 4, 8]
    """
    require(groups, [by, *list(LABELS)[1:]], name="groups")
    frame = groups.assign(heading=groups[by].astype("str"))
    known = frame[frame["estimate"].notna()]
    parts = [
        f"{row['heading']}, {row['group']}: {percent(row['estimate'])} "
        f"({interval_text(row['low'], row['high'])} %)"
        for row in known.to_dict("records")
    ]
    small = count_of(len(frame) - len(known), "group")
    return finish(
        _drawn(frame),
        description=f"{title} by group. {'; '.join(parts)}. Not pooled: {small}.",
        caption=(
            f"{title}. Mark and line: pooled share and its 95 % interval; groups of fewer than "
            "three studies show their counts alone. The groups are not drawn by lot: what differs "
            "between them may be their patients."
        ),
        sources=[],
        rows=frame,
        labels=LABELS,
    )


def _drawn(frame: DataFrame) -> alt.LayerChart:
    columns = ["heading", "group", "k", "events", "denominator", "estimate", "low", "high"]
    rows, headings = grouped(frame[columns], "heading", list(dict.fromkeys(frame["heading"])))
    headings["heading"] = [text[:1].upper() + text[1:] for text in headings["heading"]]
    pooled = rows["estimate"].notna()
    triples = zip(rows["estimate"], rows["low"], rows["high"], strict=True)
    ends = [
        (percent(e), interval_text(a, b)) if not pd.isna(e) else ("", "") for e, a, b in triples
    ]
    counts = zip(rows["events"], rows["denominator"], strict=True)
    rows = rows.assign(
        share=rows["estimate"],
        studies=rows["k"].astype("str"),
        counts=[f"{events} of {total}" for events, total in counts],
        share_text=[share for share, _ in ends],
        ends_text=[text or "not pooled" for _, text in ends],
    ).drop(columns=["estimate"])
    y = row_axis(rows["row"].iloc[-1])
    tooltip = [
        alt.Tooltip("group:N", title="Group"),
        alt.Tooltip("studies:N", title="Studies"),
        alt.Tooltip("counts:N", title="Patients"),
    ]
    marked = alt.Chart(rows[pooled].drop(columns=["heading"])).encode(y=y, tooltip=tooltip)
    return alt.LayerChart(
        layer=[
            marked.mark_rule(style="whisker").encode(x=alt.X("low:Q"), x2="high:Q"),
            marked.mark_point(size=60).encode(
                x=share_axis("Share of patients", high=_end(rows["high"]))
            ),
            text_column(headings, "heading", x=NAME, y=y, style="heading"),
            text_column(rows[["row", "group"]], "group", x=NAME, y=y),
            *(
                text_column(rows[["row", field]], field, x=x, y=y, align="right", style="count")
                for field, x in (
                    ("studies", STUDIES),
                    ("counts", COUNT),
                    ("share_text", SHARE),
                    ("ends_text", ENDS),
                )
            ),
            *text_head(HEADS),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW))


def _end(highs: Series) -> float:
    """Give the end of the axis: all, or half of it where no interval goes further."""
    return 0.5 if highs.max() <= 0.5 else 1.0
