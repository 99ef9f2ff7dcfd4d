"""Forest plot: a row a study with its exact interval and weight, a diamond a pooled estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._estimates import (
    check_counts_frame,
    diamonds,
    estimate_text,
    method_text,
    not_pooled,
    p_text,
    percent,
    share_axis,
    summary,
    text_head,
)
from cartreview.charts._forest_rows import (
    LABELS,
    check_same,
    ordered,
    parted,
    study_frame,
    table_rows,
    with_names,
)
from cartreview.charts._frames import sources_of
from cartreview.charts._rows import ROW, row_axis, text_column
from cartreview.charts.theme import finish

if TYPE_CHECKING:
    from cartreview.synthesis import PooledProportion, Subgroups

__all__ = ["forest"]

PLOT = 226  # px
EVENTS, PATIENTS = -52, -14  # right ends of the two columns of counts
NAME = -216
SHARE, ENDS, WEIGHT = PLOT + 46, PLOT + 116, PLOT + 168
SQUARE = 190  # px² of the study with the largest weight

NEEDED = ["study_id", "study", "events", "denominator", "source_id"]


def forest(
    counts: DataFrame,
    pooled: PooledProportion | Subgroups | Mapping[str, PooledProportion],
    *,
    groups: Sequence[str] | Mapping[str, str] | None = None,
    title: str = "Share of patients with the outcome",
    sort: str = "share",
) -> alt.LayerChart:
    """Draw the shares of studies with their exact intervals, and what they say together.

    Parameters
    ----------
    counts : pandas.DataFrame
        One row a study, as ``evidence.response_counts`` gives them: ``study_id``, ``events``,
        ``denominator``, ``source_id`` and, for subgroups, ``group``. ``study`` is the name that
        readers see, without it that of the table ``studies``; an ``arm`` is written behind it.
    pooled : PooledProportion, Subgroups, or mapping of str to PooledProportion
        What was pooled from the same rows in the same order; a mapping has a key for each group
        and "overall".
    groups : sequence of str, or mapping of str to str, optional
        Groups from top to bottom; a mapping gives each the heading that readers see.
    title : str
        What the share is of, on the axis.
    sort : {"share", "given"}
        Studies by share, the largest first, or as `counts` has them.

    Returns
    -------
    altair.LayerChart
        Studies in rows, under each group and at the end its pooled estimate.

    Raises
    ------
    ValueError
        If a column is missing or holds what it cannot, or `pooled` is not of these counts.

    Notes
    -----
    Weights are those of all studies together. Where these cannot be pooled there are no weights,
    and the area of a square is the number of patients.

    Examples
    --------
    >>> import pandas as pd
    >>> from cartreview import charts
    >>> from cartreview.synthesis import pool_proportions
    >>> counts = pd.DataFrame({"study_id": ["a-1", "b-2"], "study": ["A (1)", "B (2)"],
    ...     "events": [8, 2], "denominator": [13, 6], "source_id": "kaminskiy2025"})
    >>> chart = charts.forest(counts, pool_proportions(counts["events"], counts["denominator"]))
    >>> chart.to_dict()["description"][:55]
    'Forest plot. Share of patients with the outcome: 2 stud'
    """
    overall, parts = parted(pooled)
    counts = with_names(counts)
    check_counts_frame(counts, [*NEEDED, "group"] if parts else NEEDED)
    if sort not in ("share", "given"):
        raise ValueError(f"sort must be 'share' or 'given'; found {sort!r}")
    check_same(counts, overall, parts)
    order = ordered(parts, groups)
    frame = study_frame(counts, overall, sort)
    rows = table_rows(frame, overall, parts, order)
    return finish(
        _drawn(rows, overall, title),
        description=_description(frame, overall, parts, order, title),
        caption=_caption(overall, pooled, title),
        sources=sources_of(counts),
        rows=rows[rows["kind"].isin(["study", "pooled", "prediction"])],
        labels={"group": "Group", **LABELS} if parts else LABELS,
    )


def _drawn(rows: DataFrame, overall: PooledProportion, title: str) -> alt.LayerChart:
    y, x = row_axis(rows["row"].iloc[-1]), share_axis(title)
    of = dict(list(rows.groupby("kind")))
    studies = of["study"].drop(columns=["text", "test"])
    tooltip = [
        alt.Tooltip("study:N", title="Study"),
        alt.Tooltip("events:Q", title="Patients with it"),
        alt.Tooltip("denominator:Q", title="Patients counted"),
        alt.Tooltip("share_text:N", title="Share"),
        alt.Tooltip("ends_text:N", title="Exact interval (%)"),
        alt.Tooltip("weight_text:N", title="Weight"),
    ]
    size = alt.Size(
        "area:Q",
        scale=alt.Scale(domain=[0, float(studies["area"].max())], range=[0, SQUARE]),
        legend=None,
    )
    base = alt.Chart(studies).encode(y=y)
    interval = base.mark_rule(style="whisker").encode(x=alt.X("low:Q"), x2="high:Q")
    squares = base.mark_point(shape="square").encode(x=x, size=size, tooltip=tooltip)
    return alt.LayerChart(
        layer=[
            *_centre_line(rows, overall, y),
            interval,
            squares,
            *_summaries(of, x, y),
            *_columns(of, studies, y, overall),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW))


def _centre_line(rows: DataFrame, overall: PooledProportion, y: alt.Y) -> list[alt.Chart]:
    """Mark the estimate of all studies on the rows that hold marks, not across text."""
    if not_pooled(overall):
        return []
    marked = rows[rows["kind"].isin(["study", "pooled", "prediction"])][["row"]]
    mark = alt.Chart(marked.assign(all=overall.estimate)).mark_tick(
        style="link", size=ROW, thickness=1
    )
    return [mark.encode(x=alt.X("all:Q"), y=y)]


def _summaries(of: Mapping[str, DataFrame], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    layers = []
    if "pooled" in of:
        layers.append(diamonds(of["pooled"], x, y, width=PLOT))
    if "prediction" in of:
        ahead = alt.Chart(of["prediction"][["row", "low", "high"]]).encode(y=y)
        ends = [
            ahead.mark_tick(style="pooled", size=7, thickness=1.5).encode(x=alt.X(f"{end}:Q"))
            for end in ("low", "high")
        ]
        line = ahead.mark_rule(style="pooled").encode(x=alt.X("low:Q"), x2="high:Q")
        layers += [line, *ends]
    return layers


def _columns(
    of: Mapping[str, DataFrame], studies: DataFrame, y: alt.Y, overall: PooledProportion
) -> list[alt.Chart]:
    """Write what stands beside the plot."""
    heads: dict[str, tuple[float, Literal["left", "right"]]] = {
        "Study": (NAME, "left"),
        "with": (EVENTS, "right"),
        "of": (PATIENTS, "right"),
        f"share, {100 * overall.level:g} % interval": (ENDS, "right"),
    }
    layers = [text_column(studies, "study", x=NAME, y=y)]
    places = {"events_text": EVENTS, "total_text": PATIENTS, "share_text": SHARE, "ends_text": ENDS}
    if overall.weights:
        places["weight_text"], heads["weight"] = WEIGHT, (WEIGHT, "right")
    for kind, style in (("study", "count"), ("pooled", "heading"), ("prediction", "count")):
        part = of.get(kind, studies.head(0))
        fields = ["ends_text"] if kind == "prediction" else list(places)
        if len(part):
            kept = part[["row", *fields]]
            layers += [
                text_column(kept, field, x=places[field], y=y, align="right", style=style)
                for field in fields
            ]
    for kind, field, style in (
        ("heading", "text", "heading"),
        ("pooled", "study", "heading"),
        ("prediction", "study", "label"),
        ("note", "text", "muted"),
    ):
        if kind in of:
            layers.append(text_column(of[kind][["row", field]], field, x=NAME, y=y, style=style))
    tested = of["note"].dropna(subset="test")[["row", "test"]]
    if len(tested):
        layers.append(text_column(tested, "test", x=ENDS, y=y, align="right", style="muted"))
    return [*layers, *text_head(heads)]


def _description(
    frame: DataFrame,
    overall: PooledProportion,
    parts: Mapping[str, PooledProportion],
    order: Mapping[str, str],
    title: str,
) -> str:
    least, most = float(frame["share"].min()), float(frame["share"].max())
    by_group = "".join(f" {heading}: {summary(parts[name])}." for name, heading in order.items())
    return (
        f"Forest plot. {title}: {summary(overall)}. Studies range from {percent(least)} to "
        f"{percent(most)}.{by_group}"
    )


def _caption(overall: PooledProportion, pooled: Any, title: str) -> str:
    area = "its weight" if overall.weights else "the number of patients"
    level = f"{100 * overall.level:g} %"
    joint = "" if not_pooled(overall) else f" All studies: {estimate_text(overall)}."
    return (
        f"{title} in {count_of(overall.k, 'study', 'studies')}, {overall.events} of "
        f"{count_of(overall.total, 'patient')}.{joint} Square: a study, its area {area}; line: "
        f"{level} exact interval. Diamond: pooled share and its {level} interval "
        f"({method_text(overall)}); the line below it: where the share of a new study would lie. "
        "τ²: variance between studies on the logit scale; I²: part of the variance that lies "
        f"between studies; LRT: likelihood-ratio test that all share one proportion."
        f"{_between(pooled)}"
    )


def _between(pooled: Any) -> str:
    """Say whether the groups differ, where that was tested."""
    if not hasattr(pooled, "groups"):
        return ""
    known = pooled.between_p is not None
    test = f" Difference between groups: {p_text(pooled.between_p)} (Wald test)." if known else ""
    return " ".join([test, *pooled.reasons])
