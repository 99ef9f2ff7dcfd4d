"""Finding shares: how frequent a finding is, cohort by cohort, under each denominator."""

from __future__ import annotations

import altair as alt
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._estimates import interval_text, percent, share_axis, text_head
from cartreview.charts._frames import require, sources_of
from cartreview.charts._rows import ROW, grouped, row_axis, text_column
from cartreview.charts.theme import finish
from cartreview.evidence.imaging import KINDS, denominators
from cartreview.synthesis import exact_interval

__all__ = ["finding_shares"]

PLOT = 168  # px
NAME, KIND = -306, -146
COUNT, SHARE, ENDS = PLOT + 60, PLOT + 98, PLOT + 150
LONGEST = 23  # characters of a name: what fits its column

SHAPES = {
    "abnormal imaging": "cross",
    "scans": "triangle-right",
    "imaged with neurotoxicity": "diamond",
    "imaged": "triangle-up",
    "severe neurotoxicity": "triangle-down",
    "with neurotoxicity": "square",
    "treated": "circle",
    "not stated": "triangle-left",
}

LABELS = {
    "heading": "Finding",
    "cohort": "Cohort",
    "kind": "Denominator",
    "how": "Stated or computed",
    "events": "Patients with it",
    "denominator": "Patients counted",
    "share": "Share",
    "low": "95 % interval, low",
    "high": "95 % interval, high",
}


def finding_shares(findings: DataFrame) -> alt.LayerChart:
    """Draw the share of patients with each finding, under every denominator that a row allows.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``. Single cases, rows without a count, and rows coded as another
        finding are not drawn.

    Returns
    -------
    altair.LayerChart
        Under each finding and modality its cohorts: the share with its 95 % exact interval, a
        shape and a word for the kind of denominator, filled where the source states it, hollow
        where it is computed; a line joins the shares of the same patients.

    Raises
    ------
    ValueError
        If the frame lacks a column or no row is left.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"finding_id": "a2020-mri", "cohort": "A 2020", "product": None, "disease": None,
    ...        "modality": "MRI", "finding": "infarct", "source_id": "a2020", "events": 3,
    ...        "denominator": 38, "denominator_kind": "imaged", "percent": None,
    ...        "n_treated": 100, "n_neurotoxicity": None, "n_imaged": 38}
    >>> chart = finding_shares(pd.DataFrame([row]))
    >>> [row[2:6] for row in chart.to_dict()["usermeta"]["table"]["rows"]]
    [['imaged', 'stated', 3, 38], ['treated', 'computed', 3, 100]]
    """
    shares = denominators(findings)
    other = int((shares["finding"] == "other").sum())
    shares = shares[shares["finding"] != "other"]
    require(shares, [], name="imaging_findings with a count")
    frame = _ordered(_measured(shares))
    return finish(
        _drawn(frame),
        description=_description(frame),
        caption=_caption(frame, other),
        sources=sources_of(frame),
        rows=frame,
        labels=LABELS,
    )


def _measured(shares: DataFrame) -> DataFrame:
    """Add share, exact interval and their text."""
    pairs = [(int(e), int(n)) for e, n in shares[["events", "denominator"]].to_numpy()]
    bounds = [exact_interval(*pair) for pair in pairs]
    headings = zip(shares["finding"], shares["modality"], strict=True)
    return shares.assign(
        heading=[_heading(*pair) for pair in headings],
        share=[events / total for events, total in pairs],
        low=[low for low, _ in bounds],
        high=[high for _, high in bounds],
        count=[f"{events:,} of {total:,}" for events, total in pairs],
        share_text=[percent(events / total) for events, total in pairs],
        ends_text=[interval_text(*ends) for ends in bounds],
    )


def _heading(finding: str, modality: str) -> str:
    """Name a finding and how it was looked for, once."""
    title = finding[0].upper() + finding[1:]
    said = modality in finding or (modality == "EEG" and finding.startswith("electrographic"))
    return title if said else f"{title}, {modality}"


def _ordered(frame: DataFrame) -> DataFrame:
    """Put findings with most cohorts first; in each, the denominators of a row side by side."""
    stated = frame["share"].where(frame["how"] == "stated", 0)
    by = [frame["heading"], frame["cohort"]]
    placed = frame.assign(
        many=-frame.groupby("heading")["cohort"].transform("nunique"),
        top=-stated.groupby(by).transform("max"),
        own=-stated.groupby([*by, frame["finding_id"]]).transform("max"),
        place=frame["kind"].map({kind: place for place, kind in enumerate(KINDS)}),
    )
    order = ["many", "heading", "top", "cohort", "own", "finding_id", "place"]
    kept = placed.sort_values(order, ignore_index=True).drop(columns=["many", "top", "own"])
    again = kept.duplicated(["heading", "cohort"])
    return kept.assign(name=[_short(c) for c in kept["cohort"]]).assign(
        name=lambda rows: rows["name"].where(~again, "")
    )


def _short(name: str) -> str:
    """Cut a name at a word so that it fits its column."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 1].rsplit(' ', 1)[0].rstrip(' ,(')}…"


def _drawn(frame: DataFrame) -> alt.LayerChart:
    rows, headings = grouped(frame, "heading", list(dict.fromkeys(frame["heading"])))
    y, x = row_axis(rows["row"].iloc[-1]), share_axis("Share of the patients counted")
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())),
        legend=None,
    )
    shown = ["row", "finding_id", *LABELS]
    stated = rows.loc[rows["how"] == "stated", shown]
    computed = rows.loc[rows["how"] == "computed", shown]
    marks = [alt.Chart(rows[shown]).mark_line(style="link").encode(x=x, y=y, detail="finding_id:N")]
    for part, faint in ((computed, True), (stated, False)):
        if part.empty:
            continue
        base = alt.Chart(part).encode(y=y, tooltip=tooltip)
        interval = base.mark_rule(style="spread" if faint else "whisker")
        marks.append(interval.encode(x=alt.X("low:Q"), x2="high:Q"))
        point = base.mark_point(style="hollow", size=58) if faint else base.mark_point(size=64)
        marks.append(point.encode(x=x, shape=shape))
    return alt.LayerChart(
        layer=[
            *marks,
            text_column(headings, "heading", x=NAME, y=y, style="heading"),
            text_column(rows[["row", "name"]], "name", x=NAME, y=y),
            text_column(rows[["row", "kind"]], "kind", x=KIND, y=y, style="muted"),
            *(
                text_column(rows[["row", field]], field, x=at, y=y, align="right", style="count")
                for field, at in (("count", COUNT), ("share_text", SHARE), ("ends_text", ENDS))
            ),
            *text_head({"of whom": (KIND, "left"), "share, 95 % interval": (ENDS, "right")}),
        ]
    ).properties(width=PLOT, height=alt.Step(ROW - 2))


def _description(frame: DataFrame) -> str:
    both = frame.groupby("finding_id")["share"].agg(["size", "min", "max"])
    text = (
        f"{count_of(len(frame), 'share')} of {count_of(frame['heading'].nunique(), 'finding')} in "
        f"{count_of(frame['cohort'].nunique(), 'cohort')}."
    )
    apart = (both["max"] - both["min"]).idxmax()
    if both.loc[apart, "size"] < 2:
        return text
    part = frame[frame["finding_id"] == apart]
    said = [
        f"{share} of {kind}" for share, kind in part[["share_text", "kind"]].itertuples(index=False)
    ]
    heading, cohort = part[["heading", "cohort"]].iloc[0]
    return f"{text} Widest apart: {heading}, {cohort}: {', '.join(said)}."


def _caption(frame: DataFrame, other: int) -> str:
    computed = int((frame["how"] == "computed").sum())
    many = f"{count_of(other, 'share')} coded as another finding {'is' if other == 1 else 'are'}"
    left = f" {many} not drawn." if other else ""
    return (
        "Share of patients with a finding and its 95 % exact interval. The shape is the kind of "
        "denominator, written beside it; a filled mark is stated by the source, a hollow one "
        f"computed from another number it gives ({computed} of {len(frame)}). A line joins the "
        "same patients under several denominators: over more patients than were examined the "
        "share is of those in whom it was seen. A cohort stands several times where its source "
        f"counts kinds of a finding apart.{left}"
    )
