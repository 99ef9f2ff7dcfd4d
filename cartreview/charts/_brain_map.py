"""Brain map: in which regions of the brain cohorts report a finding, on two sections.

A region that both sections cut is shaded in both and named in one.
"""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of, enumeration
from cartreview.charts._brain_regions import (
    DIFFUSE,
    HEIGHT,
    NAMES,
    PARTS,
    WIDTH,
    on_page,
    outlines,
    placed,
)
from cartreview.charts._frames import require, sources_of
from cartreview.charts.theme import finish
from cartreview.evidence.imaging import placed_findings

__all__ = ["brain_map"]

LINE = 14  # px from a name to its note
LEFT, RIGHT = 146, WIDTH - 146  # px: where leaders leave the names
STEPS = {"none": 0.0, "1": 0.24, "2": 0.46, "3–4": 0.7, "5 or more": 1.0}  # opacity

LABELS = {
    "region": "Region",
    "cohorts": "Cohorts",
    "series": "Series",
    "cases": "Case reports",
    "named": "Named without patients counted",
    "findings": "Findings",
}


def brain_map(findings: DataFrame) -> alt.LayerChart:
    """Draw in which regions of the brain cohorts report a finding.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``. Left out are rows that name no region, rows of normal images,
        of what was there before infusion and of response, and findings in no patient.

    Returns
    -------
    altair.LayerChart
        A midsagittal and an axial section. Regions are shaded by the number of cohorts, which
        stands beside their name; under it, how many are series and how many single cases.

    Raises
    ------
    ValueError
        If the frame lacks a column, names a region that is not drawn, or no row is left.

    Notes
    -----
    A cohort counts once in a region, whatever it found there. Rows that count no patient (as
    reviews do) give no cohort; they are said beside the region. The brainstem takes in its parts.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"cohort": "A 2020", "finding": "white matter change", "regions": "thalamus;pons",
    ...        "events": 3, "denominator": 38, "denominator_kind": "imaged", "n_treated": None,
    ...        "n_imaged": None, "percent": None, "source_id": "a2020"}
    >>> chart = brain_map(pd.DataFrame([row]))
    >>> [row[:2] for row in chart.to_dict()["usermeta"]["table"]["rows"] if row[1]]
    [['brainstem', 1], ['thalamus', 1], ['pons', 1]]
    """
    require(findings, ["source_id"], name="imaging_findings")
    seen = placed_findings(findings)
    unknown = sorted(set(seen["region"]) - {*NAMES, *PARTS})
    if unknown:
        raise ValueError(f"regions: {unknown[0]!r} is not drawn; there are {', '.join(NAMES)}")
    counted = _counted(seen)
    return finish(
        _drawn(counted),
        description=_description(counted),
        caption=_caption(seen, counted),
        sources=sources_of(seen),
        rows=counted,
        labels=LABELS,
    )


def _counted(seen: DataFrame) -> DataFrame:
    """Count cohorts region by region, also where there are none."""
    regions = [*NAMES, *PARTS]
    rows = [_row(region, seen[seen["region"] == region]) for region in regions]
    frame = pd.DataFrame(rows)
    order = frame["region"].map({region: place for place, region in enumerate(regions)})
    return (
        frame.assign(order=order)
        .sort_values(["cohorts", "order"], ascending=[False, True], ignore_index=True)
        .drop(columns="order")
    )


def _row(region: str, part: DataFrame) -> dict[str, Any]:
    # A cohort is what it is at its fullest: a series that also shows a case is a series.
    best = part["kind"].map({"series": 0, "cases": 1, "named": 2}).groupby(part["cohort"]).min()
    series, cases, named = (int((best == rank).sum()) for rank in range(3))
    return {
        "region": region,
        "cohorts": series + cases,
        "series": series,
        "cases": cases,
        "named": named,
        "step": _step(series + cases),
        "findings": ", ".join(sorted(set(part["finding"]))),
    }


def _step(cohorts: int) -> str:
    if cohorts < 3:
        return str(cohorts or "none")
    return "3–4" if cohorts < 5 else "5 or more"


def _drawn(counted: DataFrame) -> alt.LayerChart:
    known = counted.set_index("region", drop=False)
    names = pd.DataFrame(_names(known), columns=["side", "y", "name", "cohorts", "note"])
    return alt.LayerChart(
        layer=[
            *_sections(known),
            *_leaders(),
            *_written(names),
            *_key(),
            *_heads(),
        ]
    ).properties(width=WIDTH, height=HEIGHT)


def _sections(known: DataFrame) -> list[alt.Chart]:
    """Draw both sections: what has no name of its own first, then the regions."""
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in LABELS.items()]
    named, plain = [], []
    for shape in outlines():
        if shape["properties"]["region"]:
            named.append({**placed(shape), **known.loc[_shaded_as(shape)].to_dict()})
        else:
            plain.append(placed(shape))
    # Layers share one projection: the two sections are set apart before it, not by it.
    here = alt.Projection(type="identity", scale=1, translate=[0, 0])
    return [
        alt.Chart(alt.InlineData(values=plain), projection=here).mark_geoshape(style="tissue"),
        alt.Chart(alt.InlineData(values=named), projection=here)
        .mark_geoshape(style="region")
        .encode(fillOpacity=_opacity(), tooltip=tooltip),
    ]


def _shaded_as(shape: dict[str, Any]) -> str:
    region: str = shape["properties"]["region"]
    return "brainstem" if region in PARTS else region


def _opacity() -> alt.FillOpacity:
    scale = alt.Scale(type="ordinal", domain=list(STEPS), range=list(STEPS.values()))
    return alt.FillOpacity("step:O", scale=scale, legend=None)


def _names(known: DataFrame) -> list[dict[str, Any]]:
    """Give the name of each region with its number and, line by line, what is said under it."""
    rows: list[dict[str, Any]] = []
    for region, name in NAMES.items():
        facts, y = known.loc[region], on_page(name.view, 0, name.height)[1]
        said = filter(None, [_note(facts), *_parts(known, region)])
        rows.append(
            {"side": name.side, "y": y, "name": name.title, "cohorts": int(facts["cohorts"])}
        )
        rows += [
            {"side": name.side, "y": y + LINE * line, "note": note}
            for line, note in enumerate(said, start=1)
        ]
    return rows


def _note(facts: Any) -> str:
    """Say what the cohorts of a region are."""
    parts = [
        count_of(facts["series"], "series", "series") if facts["series"] else "",
        count_of(facts["cases"], "case") if facts["cases"] else "",
        "named, not counted" if facts["named"] and not facts["cohorts"] else "",
    ]
    return ", ".join(filter(None, parts))


def _parts(known: DataFrame, region: str) -> list[str]:
    """Say how many cohorts name which part of the brainstem; other regions have no parts."""
    there = [(part, int(known.loc[part, "cohorts"])) for part in PARTS]
    return [f"{part} {number}" for part, number in there if number and region == "brainstem"]


def _leaders() -> list[alt.Chart]:
    """Lead from each name to its region, and end in a dot."""
    steps, ends = [], []
    for region, name in NAMES.items():
        if not name.points:
            continue
        start = LEFT + 4 if name.side == "left" else RIGHT - 4
        places: list[tuple[float, float]] = [(start, on_page(name.view, 0, name.height)[1])]
        places += [on_page(name.view, *point) for point in name.points]
        steps += [
            {"region": region, "order": order, "x": x, "y": y}
            for order, (x, y) in enumerate(places)
        ]
        ends.append({"x": places[-1][0], "y": places[-1][1]})
    line = alt.Chart(pd.DataFrame(steps)).mark_line(style="leader")
    dot = alt.Chart(pd.DataFrame(ends)).mark_point(style="end", size=9)
    return [
        line.encode(x=_at("x"), y=_at("y"), detail="region:N", order="order:Q"),
        dot.encode(x=_at("x"), y=_at("y")),
    ]


def _at(field: str) -> Any:
    """Place by px."""
    channel = alt.X if field == "x" else alt.Y
    return channel(f"{field}:Q", scale=None, axis=None)


def _written(names: DataFrame) -> list[alt.Chart]:
    """Write number, name and notes; the number stands next to the leader."""
    layers = []
    for side, place, inwards in (("left", LEFT, -1), ("right", RIGHT, 1)):
        part = names[names["side"] == side]
        align: Literal["left", "right"] = "right" if inwards < 0 else "left"
        for field, style, across, rows in (
            ("cohorts", "heading", 0, part[part["cohorts"] > 0]),
            ("cohorts", "muted", 0, part[part["cohorts"] == 0]),
            ("name", "label", 16, part[part["name"].notna()]),
            ("note", "muted", 16, part[part["note"].notna()]),
        ):
            if len(rows):
                mark = alt.Chart(rows[["y", field]]).mark_text(
                    style=style, align=align, baseline="middle"
                )
                at = alt.value(place + inwards * across)
                layers.append(mark.encode(x=at, y=_at("y"), text=f"{field}:N"))
    return layers


def _key() -> list[alt.Chart]:
    """Explain the steps of shading in one line."""
    places = [208, 264, 300, 336, 385]  # px: words differ in length
    rows = pd.DataFrame({"step": list(STEPS), "x": places})
    base = alt.Chart(rows).encode(x=_at("x"), y=alt.value(8))
    head = alt.Chart(pd.DataFrame([{"text": "Cohorts that report a finding there"}]))
    return [
        head.mark_text(style="muted", align="left").encode(
            x=alt.value(0), y=alt.value(8), text="text:N"
        ),
        base.mark_point(style="region", shape="square", size=120).encode(fillOpacity=_opacity()),
        base.mark_text(style="muted", align="left", dx=11).encode(text="step:N"),
    ]


def _heads() -> list[alt.Chart]:
    rows = [
        {"y": 34, "text": "Midsagittal", "note": "front to the left"},
        {"y": 372, "text": "Axial", "note": "front at the top"},
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(x=alt.value(0), y=_at("y"))
    return [
        base.mark_text(style="heading", align="left").encode(text="text:N"),
        base.mark_text(style="muted", align="left", dy=15).encode(text="note:N"),
    ]


def _description(counted: DataFrame) -> str:
    found = counted[(counted["cohorts"] > 0) & ~counted["region"].isin([*PARTS, DIFFUSE])]
    first = [
        f"{region} {cohorts}"
        for region, cohorts in found.head(5)[["region", "cohorts"]].itertuples(index=False)
    ]
    return (
        f"Two sections of the brain, {len(NAMES) - 1} regions shaded by the number of cohorts that "
        f"report a finding there: {len(found)} have one or more. Most often named: "
        f"{enumeration(first) or 'none'}."
    )


def _caption(seen: DataFrame, counted: DataFrame) -> str:
    known = counted.set_index("region")
    diffuse = int(known.loc[DIFFUSE, "cohorts"])
    only = [NAMES[r].title.lower() for r in NAMES if _note(known.loc[r]) == "named, not counted"]
    named = f" Named only by sources that count no patient: {enumeration(only)}." if only else ""
    whole = (
        f" {count_of(diffuse, 'cohort')} report{'s' * (diffuse == 1)} changes of the whole brain."
        if diffuse
        else ""
    )
    cohorts = seen.loc[seen["kind"] != "named", "cohort"].nunique()
    return (
        f"Where {count_of(cohorts, 'cohort')} report a finding: shade and number "
        "count cohorts, single cases among them, not patients; a cohort counts once a region. "
        f"Outlined only: no cohort names it.{named}{whole} Cortex: lobe not named. Both halves of "
        "the axial section stand for either side. A schematic; thin layers are drawn thicker than "
        "they are."
    )
