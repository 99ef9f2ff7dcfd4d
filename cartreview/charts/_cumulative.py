"""Cumulative pooling: what was known after each year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview.charts._estimates import (
    Heads,
    estimate_text,
    facts_of,
    interval_text,
    method_text,
    not_pooled,
    percent,
    share_axis,
    text_head,
)
from cartreview.charts._frames import count_of, listed, sources_of
from cartreview.charts._rows import ROW, row_axis, text_column
from cartreview.charts.theme import finish

if TYPE_CHECKING:
    from cartreview.synthesis import PooledProportion

__all__ = ["cumulative"]

PLOT = 246  # px
YEAR, ADDED, STUDIES, PATIENTS = -252, -212, -62, -12
SHARE, ENDS = PLOT + 46, PLOT + 116
WIDEST = 23  # characters of names that fit the column; more studies are counted

LABELS = {
    "year": "Year",
    "added": "Studies added",
    "k": "Studies so far",
    "total": "Patients so far",
    "share": "Pooled share",
    "low": "Interval, low",
    "high": "Interval, high",
}


def cumulative(
    results: Sequence[tuple[str, PooledProportion]],
    *,
    counts: DataFrame | None = None,
    title: str = "Pooled share of patients with the outcome",
) -> alt.LayerChart:
    """Draw the pooled share as studies are added.

    Taught in: book/methods.md

    Parameters
    ----------
    results : sequence of (str, PooledProportion)
        What ``cumulative`` gives: the study that came in, and what is known with it.
    counts : pandas.DataFrame, optional
        The rows pooled: ``study_id``, ``study``, ``year``, ``source_id``. With them the chart has a
        row a year; without, a row a study.
    title : str
        What the share is of, on the axis.

    Returns
    -------
    altair.LayerChart
        Years from top to bottom, each with the share pooled from all studies until then.

    Raises
    ------
    ValueError
        If there is no result, `counts` lacks a column or a study, or the studies do not come in
        by year.

    Notes
    -----
    The order of studies within a year is arbitrary; what stands between them is not drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from cartreview import charts
    >>> from cartreview.synthesis import cumulative
    >>> found = cumulative([8, 2, 1], [13, 6, 11], [2020, 2024, 2016], names=["a", "b", "c"])
    >>> charts.cumulative(found).to_dict()["usermeta"]["table"]["rows"][0][:3]
    ['c', 1, 11]
    """
    if not results:
        raise ValueError("results is empty; expected one study or more")
    facts = facts_of(counts, [name for name, _ in results], ["year", "source_id"])
    frame = _frame(results, facts)
    undated = 0 if counts is None else len(counts) - len(results)
    return finish(
        _drawn(frame, results[-1][1], title),
        description=_description(frame, title),
        caption=_caption(frame, results[-1][1], undated),
        sources=[] if counts is None else sources_of(facts),
        rows=frame,
        labels=LABELS if counts is not None else {k: v for k, v in LABELS.items() if k != "year"},
    )


def _frame(results: Sequence[tuple[str, PooledProportion]], facts: DataFrame) -> DataFrame:
    steps = facts.assign(pooled=[pooled for _, pooled in results])
    if "year" not in steps:
        steps["year"], steps["step"] = None, range(len(steps))
    else:
        _check_years(steps)
        steps["step"] = steps["year"]
    rows = [_row(part) for _, part in steps.groupby("step", sort=False)]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(["share", "low", "high"], "Float64"))
    return frame.assign(row=[f"{place:03d}" for place in range(len(frame))])


def _check_years(steps: DataFrame) -> None:
    if steps["year"].isna().any():
        name = steps.loc[steps["year"].isna(), "study"].iloc[0]
        raise ValueError(f"counts: column 'year' is empty for {name!r}; pool dated studies only")
    if not steps["year"].is_monotonic_increasing:
        raise ValueError("counts: column 'year' must not fall from one result to the next")


def _row(part: DataFrame) -> dict[str, object]:
    """Give what was known when the last of these studies had come in."""
    pooled, names, year = part["pooled"].iloc[-1], part["study"].tolist(), part["year"].iloc[0]
    written = ", ".join(names)
    known = pooled.estimate is not None
    return {
        "year": None if year is None else int(year),
        "added": listed(names),
        "added_text": written
        if len(written) <= WIDEST
        else count_of(len(names), "study", "studies"),
        "k": pooled.k,
        "total": pooled.total,
        "share": pooled.estimate,
        "low": pooled.ci_low,
        "high": pooled.ci_high,
        "share_text": percent(pooled.estimate) if known else None,
        "ends_text": interval_text(pooled.ci_low, pooled.ci_high) if known else None,
        "why": None if known else not_pooled(pooled),
    }


def _drawn(frame: DataFrame, last: PooledProportion, title: str) -> alt.LayerChart:
    y, x = row_axis(frame["row"].iloc[-1]), share_axis(title)
    known, unknown = frame[frame["why"].isna()], frame[frame["why"].notna()]
    base = alt.Chart(known.drop(columns="why")).encode(y=y)
    tooltip = [alt.Tooltip(f"{field}:N", title=LABELS[field]) for field in ("added", "k", "total")]
    tooltip += [
        alt.Tooltip("share_text:N", title="Pooled share"),
        alt.Tooltip("ends_text:N", title="Interval (%)"),
    ]
    centre = alt.Chart(pd.DataFrame([{"share": last.estimate}]))
    dated = frame["year"].notna().all()
    columns: list[tuple[str, float, Literal["left", "right"], str, DataFrame]]
    columns = [("added_text", ADDED if dated else YEAR, "left", "label", frame)]
    columns += [("year", YEAR, "left", "label", frame)] if dated else []
    columns += [
        ("k", STUDIES, "right", "count", frame),
        ("total", PATIENTS, "right", "count", frame),
        ("share_text", SHARE, "right", "count", known),
        ("ends_text", ENDS, "right", "count", known),
        ("why", 8, "left", "muted", unknown),
    ]
    return alt.LayerChart(
        layer=[
            *([] if last.estimate is None else [centre.mark_rule(style="reference").encode(x=x)]),
            base.mark_rule(style="whisker").encode(x=alt.X("low:Q"), x2="high:Q"),
            base.mark_point(size=52).encode(x=x, tooltip=tooltip),
            *[
                text_column(part[["row", field]], field, x=place, y=y, align=align, style=style)
                for field, place, align, style, part in columns
                if len(part)
            ],
            *text_head(_heads(last, dated=dated)),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW))


def _heads(last: PooledProportion, *, dated: bool) -> Heads:
    return {
        **({"until": (YEAR, "left")} if dated else {}),
        "added": (ADDED if dated else YEAR, "left"),
        "studies": (STUDIES, "right"),
        "patients": (PATIENTS, "right"),
        f"share, {100 * last.level:g} % interval": (ENDS, "right"),
    }


def _description(frame: DataFrame, title: str) -> str:
    parts = []
    for place, row in (("first", frame.iloc[0]), ("last", frame.iloc[-1])):
        when = place if row["year"] is None else f"until {row['year']}"
        found = row["why"] or f"{row['share_text']} (interval {row['ends_text']} %)"
        parts.append(f"{when} {count_of(row['k'], 'study', 'studies')}, {found}")
    return f"Cumulative pooling. {title}: {'; '.join(parts)}."


def _caption(frame: DataFrame, last: PooledProportion, undated: int) -> str:
    when = "the end of each year" if frame["year"].notna().all() else "each study"
    rest = count_of(undated, "study", "studies")
    verb = "has" if undated == 1 else "have"
    return (
        f"Pooled share after {when} ({method_text(last)}), with its {100 * last.level:g} % "
        f"interval; dashed: with all {count_of(last.k, 'study', 'studies')}, "
        f"{estimate_text(last)}. The interval of one study alone is the exact one."
        + (f" {rest} {verb} no place here: no year is known." if undated else "")
    )
