"""Trials over time: a mark a study, a row an antigen, size by patients, shape by delivery."""

from __future__ import annotations

from math import sqrt
from typing import Any

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._tables import split
from cartreview._words import count_of
from cartreview.charts._frames import first_years, named, require, sources_of, year_rows
from cartreview.charts._rows import delivery_colour, delivery_shape, text_column
from cartreview.charts.theme import finish

__all__ = ["timeline"]

PLOT = 510  # px; with the labels at its left, the chart is as wide as a text column
AREA = 12.0  # px² a patient: one patient stays visible, a hundred fit a row
UNKNOWN = 70.0  # px² of a mark whose number of patients is not printed
# Vega gives a circle, a square and a diamond of one size different areas; these make them equal.
SHARE = {"local": 1.0, "IV and local": 0.785, "IV": 1.571}
GAP = 1.5  # px between marks
ROW_MIN = 26.0  # px
NO_ANTIGEN = "no antigen"

LABELS = {
    "study": "Study",
    "target": "Directed against",
    "product_class": "Product class",
    "delivery": "Delivery",
    "n_treated": "Patients",
    "year": "Year of publication",
}


def timeline(studies: DataFrame, reports: DataFrame, sources: DataFrame) -> alt.LayerChart:
    """Draw trials over time by antigen and delivery.

    Parameters
    ----------
    studies : pandas.DataFrame
        Rows of ``studies``.
    reports : pandas.DataFrame
        Rows of ``reports``, which name the publications of a study.
    sources : pandas.DataFrame
        Rows of ``sources``, which give the year of a publication.

    Returns
    -------
    altair.LayerChart
        One mark a study and antigen; a study with two antigens has two, joined by a line.

    Raises
    ------
    ValueError
        If a frame is empty or lacks a column.

    Notes
    -----
    The year is the first confirmed year of the study's publications. Studies whose year is not
    confirmed stand in a column of their own, in the order of the table. Marks that would overlap
    move up or down, never sideways: the year stays exact.

    Examples
    --------
    >>> from cartreview import charts, load
    >>> from cartreview.evidence.studies import cns_studies
    >>> cns = cns_studies(load("studies")).dropna(subset="routes")
    >>> chart = charts.timeline(cns, load("reports"), load("sources"))
    >>> sorted(chart.to_dict()["usermeta"])
    ['caption', 'data_version', 'sources', 'table']
    """
    columns = ["study_id", "product_class", "antigens", "routes", "n_treated"]
    require(studies, [*columns, "source_id"], name="studies")
    require(reports, ["study_id", "source_id", "kind"], name="reports")
    require(sources, ["source_id", "year"], name="sources")
    frame = named(studies, columns).assign(year=first_years(studies, reports, sources))
    frame["target"] = _targets(frame)
    marks = _rows_of_marks(frame)
    placed, rows, years, left = _placed(marks)
    chart = _drawn(placed, rows, years, left)
    return finish(
        chart,
        description=_description(frame, rows),
        caption=(
            f"{count_of(len(frame), 'study', 'studies')} by year of first report; the area of "
            "a mark is the number of patients, an open mark a study that prints none. A line joins "
            f"the two marks of a product with two antigens.{_undated(frame)}"
        ),
        sources=sources_of(studies, year_rows(studies, reports, sources)),
        rows=frame.sort_values(["year", "study"], na_position="last"),
        labels=LABELS,
    )


def _targets(frame: DataFrame) -> DataFrame:
    antigens = frame["antigens"].str.replace(";", " and ")
    return antigens.fillna(NO_ANTIGEN)


def _rows_of_marks(frame: DataFrame) -> DataFrame:
    aimed = split(frame, "antigens").assign(aimed=True).rename(columns={"antigens": "track"})
    rest = frame[frame["antigens"].isna()].assign(aimed=False)
    marks = pd.concat([aimed, rest.assign(track=rest["product_class"])], ignore_index=True)
    marks["size"] = marks["n_treated"].astype("Float64") * marks["delivery"].map(SHARE)
    reach = marks["delivery"].map({"local": 0.5, "IV and local": 0.707, "IV": 0.5})
    marks["radius"] = (marks["size"] * AREA).fillna(UNKNOWN) ** 0.5 * reach
    return marks.drop(columns="antigens")


def _placed(marks: DataFrame) -> tuple[DataFrame, DataFrame, tuple[int, int], float]:
    """Give each mark its place in px, each track its height, and the edge of the years."""
    known = marks["year"].dropna()
    years = (int(known.min()) - 1, int(known.max()) + 1) if len(known) else (0, 1)
    column = _column_width(marks)
    left = PLOT - column - (24 if column else 0)
    marks = marks.assign(x=_across(marks, years, left, column))
    top, placed = 20.0, []
    rows: list[dict[str, Any]] = []
    for (aimed, track), part in marks.groupby(["aimed", "track"], sort=False):
        if rows and not aimed and rows[-1]["aimed"]:
            top += 28
        offsets = _swarm(part["x"].tolist(), part["radius"].tolist())
        reach = max(abs(o) + r for o, r in zip(offsets, part["radius"], strict=True))
        height = max(ROW_MIN, 2 * reach + 6)
        placed.append(part.assign(y=[top + height / 2 + o for o in offsets]))
        rows.append({"track": track, "aimed": aimed, "y": top + height / 2, "top": top})
        top += height
    return pd.concat(placed), pd.DataFrame(rows).assign(end=top), years, left


def _column_width(marks: DataFrame) -> float:
    apart = marks[marks["year"].isna()]
    widths = (2 * apart["radius"] + GAP).groupby(apart["track"]).sum()
    return max(float(widths.max()) + 8, 116.0) if len(widths) else 0.0


def _across(marks: DataFrame, years: tuple[int, int], left: float, column: float) -> list[float]:
    reached: dict[str, float] = {}
    places = []
    for year, track, radius in zip(marks["year"], marks["track"], marks["radius"], strict=True):
        if year == year and year is not None:
            places.append((year - years[0]) / (years[1] - years[0]) * left)
            continue
        start = reached.get(track, PLOT - column + 4)
        places.append(start + radius)
        reached[track] = start + 2 * radius + GAP
    return places


def _swarm(xs: list[float], radii: list[float]) -> list[float]:
    """Find offsets near the middle of a row at which no two marks overlap, largest marks first."""
    offsets = [0.0] * len(xs)
    done: list[int] = []
    for i in sorted(range(len(xs)), key=lambda i: (-radii[i], xs[i], i)):
        tries = [0.0]
        for j in done:
            room = radii[i] + radii[j] + GAP
            if abs(xs[i] - xs[j]) < room:
                lift = sqrt(room**2 - (xs[i] - xs[j]) ** 2)
                tries += [offsets[j] + lift, offsets[j] - lift]
        free = [t for t in tries if all(_apart(t, i, j, xs, radii, offsets) for j in done)]
        offsets[i] = min(free, key=lambda t: (abs(t), t))
        done.append(i)
    return offsets


def _apart(
    lift: float, i: int, j: int, xs: list[float], radii: list[float], offsets: list[float]
) -> bool:
    room = radii[i] + radii[j] + GAP - 1e-6
    return (xs[i] - xs[j]) ** 2 + (lift - offsets[j]) ** 2 >= room**2


def _drawn(
    placed: DataFrame, rows: DataFrame, years: tuple[int, int], left: float
) -> alt.LayerChart:
    height = float(rows["end"].iloc[0])
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, PLOT], nice=False), axis=_year_axis(years, left))
    headings = pd.DataFrame(
        [{"y": part["top"].min() - 10, "text": text} for text, part in _halves(rows) if len(part)]
    )
    layers = [
        *_apart_column(placed, left, height, y),
        _links(placed, x, y),
        *_marks(placed, x, y),
        text_column(rows, "track", x=-12, y=y, align="right"),
        text_column(headings, "text", x=-12, y=y, align="right", style="muted"),
    ]
    return alt.LayerChart(layer=[*layers]).properties(width=PLOT, height=height)


def _halves(rows: DataFrame) -> list[tuple[str, DataFrame]]:
    return [
        ("antigen", rows[rows["aimed"]]),
        ("no antigen", rows[~rows["aimed"]]),
    ]


def _year_axis(years: tuple[int, int], left: float) -> alt.Axis:
    step = 5 if years[1] - years[0] > 12 else 1
    ticks = [year for year in range(years[0], years[1] + 1) if year % step == 0]
    scale = left / (years[1] - years[0])
    written = f"format(round(datum.value / {scale!r}) + {years[0]}, 'd')"
    return alt.Axis(
        values=[(year - years[0]) * scale for year in ticks],
        labelExpr=written,
        title="Year of publication",
        domain=False,
    )


def _apart_column(placed: DataFrame, left: float, height: float, y: alt.Y) -> list[alt.Chart]:
    if placed["year"].notna().all():
        return []
    edge = left + 24
    field = pd.DataFrame([{"y": 0.0, "y2": height, "text": "year not confirmed"}])
    base = alt.Chart(field)
    band = base.mark_rect(style="gap").encode(
        x=alt.value(edge - 4), x2=alt.value(PLOT + 4), y=y, y2="y2:Q"
    )
    text = base.mark_text(style="muted", align="center", baseline="top", dy=5).encode(
        x=alt.value((edge + PLOT) / 2), y=y, text="text:N"
    )
    return [band, text]


def _links(placed: DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    ends = placed[placed["aimed"]].groupby("study_id", sort=False).filter(lambda p: len(p) > 1)
    return alt.Chart(ends).mark_line(style="link").encode(x=x, y=y, detail="study_id:N")


def _marks(placed: DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    present = placed["delivery"].unique().tolist()
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    most = 100
    size = alt.Size(
        "size:Q",
        scale=alt.Scale(domain=[0, most], range=[0, most * AREA], clamp=False),
        legend=alt.Legend(title="Patients", values=[1, 10, 50]),
    )
    shared = {"x": x, "y": y, "tooltip": tooltip}
    known, unknown = placed.dropna(subset="n_treated"), placed[placed["n_treated"].isna()]
    colour, shape = delivery_colour(present), delivery_shape(present)
    layers = [alt.Chart(known).mark_point().encode(color=colour, shape=shape, size=size, **shared)]
    if len(unknown):
        hollow = alt.Chart(unknown).mark_point(filled=False, size=UNKNOWN)
        layers.append(hollow.encode(color=colour, shape=shape, **shared))
    return layers


def _description(frame: DataFrame, rows: DataFrame) -> str:
    years = frame["year"].dropna()
    dated = f", published from {years.min():.0f} to {years.max():.0f}" if len(years) else ""
    counts = frame["delivery"].value_counts()
    parts = ", ".join(f"{name} {number}" for name, number in counts.items())
    return (
        f"Trials over time: {count_of(len(frame), 'study', 'studies')}{dated}, against "
        f"{count_of(int(rows['aimed'].sum()), 'antigen')} or without one. By delivery: {parts}; "
        f"{count_of(int(frame['year'].isna().sum()), 'study', 'studies')} without a confirmed year."
    )


def _undated(frame: DataFrame) -> str:
    number = int(frame["year"].isna().sum())
    studies = count_of(number, "study", "studies")
    return f" The year of {studies} is not confirmed." if number else ""
