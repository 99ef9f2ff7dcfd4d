"""Finding shares: how frequent a finding is, cohort by cohort, under each denominator."""

from __future__ import annotations

from textwrap import wrap

import altair as alt
from pandas import DataFrame

from cartreview._words import count_of
from cartreview.charts._estimates import interval_text, percent, share_ticks
from cartreview.charts._frames import require, sources_of
from cartreview.charts._rows import row_axis, text_column
from cartreview.charts.theme import finish
from cartreview.evidence.imaging import KINDS, denominators
from cartreview.synthesis import exact_interval

__all__ = ["finding_shares"]

PLOT = 296  # px: fits a phone
STEP = 15  # px: a share takes two rows, its words above its mark
TITLE = 40  # characters of a line of the title

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

WORDS = {
    "abnormal imaging": "those with abnormal imaging",
    "imaged with neurotoxicity": "imaged for neurotoxicity",
    "imaged": "imaged, ill or not",
    "with neurotoxicity": "all with neurotoxicity",
    "treated": "all treated",
}

LABELS = {
    "heading": "Finding",
    "cohort": "Cohort",
    "kind": "Denominator",
    "how": "Stated or computed",
    "events": "Patients with it",
    "denominator": "Patients counted",
    "share_text": "Share",
    "ends_text": "95 % interval (%)",
}


def finding_shares(findings: DataFrame, *, least: int = 1) -> alt.LayerChart:
    """Draw the share of patients with each finding, under every denominator that a row allows.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``. Single cases, rows without a count, and rows coded as another
        finding are not drawn.
    least : int
        Cohorts that must count a finding for it to be drawn.

    Returns
    -------
    altair.LayerChart
        Under each finding and modality its cohorts: the share with its 95 % exact interval, a
        shape and words for the kind of denominator, filled where the source states it, hollow
        where it is computed. Words stand above their marks, so that none touch and a phone shows
        all.

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
    shares = shares[shares["finding"] != "other"]
    many = shares.groupby(["finding", "modality"])["cohort"].transform("nunique")
    shares = shares[many >= least]
    require(shares, [], name="imaging_findings with a count")
    frame = _ordered(_measured(shares))
    return finish(
        _drawn(frame),
        description=_description(frame),
        caption=_caption(frame, least),
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
        count=[f"{e:,} of {n:,}, {percent(e / n)}" for e, n in pairs],
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
    return kept.assign(words=kept["kind"].replace(WORDS))


def _rows(frame: DataFrame) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Give each share its row of words and its row of marks, under its finding and its cohort."""
    place, headings, cohorts, words, marks = 0, [], [], [], []
    for heading, part in frame.groupby("heading", sort=False):
        headings.append({"row": f"{place:03d}", "heading": heading})
        before = ""
        for cohort in part["cohort"]:
            if cohort != before:
                place += 1
                cohorts.append({"row": f"{place:03d}", "cohort": cohort})
            before = cohort
            words.append(f"{place + 1:03d}")
            marks.append(f"{place + 2:03d}")
            place += 2
        place += 2
    return frame.assign(row=words, mark=marks), DataFrame(headings), DataFrame(cohorts)


def _drawn(frame: DataFrame) -> alt.LayerChart:
    rows, headings, cohorts = _rows(frame)
    y = row_axis(rows["mark"].iloc[-1])
    low = row_axis(rows["mark"].iloc[-1], "mark")
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, 1]), axis=share_ticks("Share of those counted"))
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    shapes = alt.Scale(domain=list(SHAPES), range=list(SHAPES.values()))
    shape = alt.Shape("kind:N", scale=shapes, legend=None)
    shown = ["row", "mark", "share", "low", "high", *LABELS]
    marks = []
    for how, faint in (("computed", True), ("stated", False)):
        part = rows.loc[rows["how"] == how, shown]
        if part.empty:
            continue
        base = alt.Chart(part).encode(y=low, tooltip=tooltip)
        interval = base.mark_rule(style="spread" if faint else "whisker")
        marks.append(interval.encode(x=alt.X("low:Q"), x2="high:Q"))
        point = base.mark_point(style="hollow", size=58) if faint else base.mark_point(size=64)
        marks.append(point.encode(x=x, shape=shape))
    columns = [
        text_column(headings, "heading", x=0, y=y, style="heading"),
        text_column(cohorts, "cohort", x=0, y=y),
        text_column(rows[["row", "words"]], "words", x=0, y=y, style="muted"),
        text_column(rows[["row", "count"]], "count", x=PLOT, y=y, align="right", style="count"),
    ]
    return alt.LayerChart(layer=[*marks, *columns], title=_title(frame)).properties(
        width=PLOT, height=alt.Step(STEP)
    )


def _apart(frame: DataFrame) -> DataFrame:
    """Give the shares of the same patients where most have the finding; none if no row has two."""
    both = frame.groupby("finding_id")["events"].agg(["size", "max"])
    both = both[both["size"] > 1]
    if both.empty:
        return frame.head(0)
    return frame[frame["finding_id"] == both["max"].astype("int").idxmax()]


def _title(frame: DataFrame) -> alt.TitleParams:
    """Say what the chart shows: how far the same patients' shares lie apart."""
    part = _apart(frame)
    words = "How often something is found depends on who is counted"
    if len(part):
        *first, last = part["share_text"]
        shares = f"{', '.join(first)} or {last}"
        words = f"The same patients are {shares}, by who is counted".replace(
            " %", "\N{NO-BREAK SPACE}%"
        )
    return alt.TitleParams(wrap(words, TITLE), offset=10)


def _description(frame: DataFrame) -> str:
    text = (
        f"{count_of(len(frame), 'share')} of {count_of(frame['heading'].nunique(), 'finding')} in "
        f"{count_of(frame['cohort'].nunique(), 'cohort')}."
    )
    part = _apart(frame)
    if part.empty:
        return text
    said = [
        f"{share} of {kind}" for share, kind in part[["share_text", "kind"]].itertuples(index=False)
    ]
    heading, cohort = part[["heading", "cohort"]].iloc[0]
    return f"{text} The same patients: {heading}, {cohort}: {', '.join(said)}."


def _caption(frame: DataFrame, least: int) -> str:
    computed = int((frame["how"] == "computed").sum())
    few = f" Findings that fewer than {least} cohorts count are not drawn." if least > 1 else ""
    return (
        "Share of patients with a finding and its 95 % exact interval. The shape is the kind of "
        "denominator, written above it; a filled mark is stated by the source, a hollow one "
        f"computed from another number it gives ({computed} of {len(frame)}). A cohort is named "
        "once, its other denominators stand below: over more patients than were examined the "
        f"share is of those in whom it was seen.{few}"
    )
