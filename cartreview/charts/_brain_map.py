"""Brain map: in which regions of the brain a finding lies, and how often, on two sections.

A region that both sections cut is shaded in both and numbered in one.
"""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import pandas as pd
from pandas import DataFrame

from cartreview._words import count_of, enumeration
from cartreview.charts._brain_regions import (
    DIFFUSE,
    NAMES,
    PARTS,
    on_page,
    outlines,
    placed,
)
from cartreview.charts._estimates import percent
from cartreview.charts._frames import require, sources_of
from cartreview.charts.theme import finish
from cartreview.evidence.imaging import placed_findings, region_shares

__all__ = ["brain_map"]

WIDTH = 324  # px: fits a phone
KEY, LIST = 8, 256  # px: heights of the key and of the head of the list
LINE = 17  # px from row to row of the list
SHARE, ENDS = 220, WIDTH  # px: where the columns of the list end
NOBODY, SINGLE = "not described", "uncounted"
# Opacity by the share of patients examined.
STEPS = {NOBODY: 0.0, SINGLE: 0.0, "under 10 %": 0.25, "10–50 %": 0.55, "over 50 %": 0.9}

LABELS = {
    "title": "Region",
    "share_text": "Share of those examined",
    "events": "Patients with a finding",
    "examined": "Patients examined",
    "cohorts": "Cohorts that count it",
    "cases": "Single patients or uncounted series",
}


def brain_map(findings: DataFrame) -> alt.LayerChart:
    """Draw in which regions of the brain findings lie, and how often where that was counted.

    Parameters
    ----------
    findings : pandas.DataFrame
        Rows of ``imaging_findings``. Left out are rows that name no region, rows of normal images,
        of what was there before infusion and of response, and findings in no patient.

    Returns
    -------
    altair.LayerChart
        A midsagittal and an axial section. Regions are shaded by the share of the patients
        examined with a finding there; a region known from single patients has a coloured outline
        and no shade. Numbers lead to a list of the regions with the counts.

    Raises
    ------
    ValueError
        If the frame lacks a column, names a region that is not drawn, or no row is left.

    Notes
    -----
    The share is that of `region_shares`: patients with a finding there over patients examined,
    summed over the cohorts that count it.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"cohort": "A 2020", "finding": "white matter change", "regions": "thalamus;pons",
    ...        "events": 3, "denominator": 12, "denominator_kind": "imaged", "n_treated": None,
    ...        "n_imaged": None, "percent": None, "source_id": "a2020"}
    >>> chart = brain_map(pd.DataFrame([row]))
    >>> [row[:2] for row in chart.to_dict()["usermeta"]["table"]["rows"]]
    [['Brainstem', '25 %'], ['Thalamus', '25 %'], ['Pons', '25 %']]
    """
    require(findings, ["source_id"], name="imaging_findings")
    seen = placed_findings(findings)
    unknown = sorted(set(seen["region"]) - {*NAMES, *PARTS})
    if unknown:
        raise ValueError(f"regions: {unknown[0]!r} is not drawn; there are {', '.join(NAMES)}")
    shown = _ordered(region_shares(findings))
    return finish(
        _drawn(shown),
        description=_description(shown),
        caption=_caption(shown),
        sources=sources_of(seen),
        rows=shown,
        labels=LABELS,
    )


def _ordered(shares: DataFrame) -> DataFrame:
    """Add what is written of each region; the most frequent first, then the most described."""
    share = (shares["events"] / shares["examined"]).astype("Float64")
    places = {region: place for place, region in enumerate([*NAMES, *PARTS])}
    frame = shares.assign(
        share=share,
        place=shares["region"].map(places),
        title=[NAMES[r].title if r in NAMES else r.capitalize() for r in shares["region"]],
        step=[_step(*pair) for pair in zip(share, shares["cases"], strict=True)],
        share_text=["" if pd.isna(value) else percent(float(value)) for value in share],
    )
    order = ["share", "cases", "place"]
    frame = frame.sort_values(order, ascending=[False, False, True], na_position="last")
    return frame.reset_index(drop=True).astype({"share": "Float64"})


def _step(share: Any, cases: int) -> str:
    if pd.isna(share):
        return SINGLE if cases else NOBODY
    return "under 10 %" if share < 0.1 else "10–50 %" if share <= 0.5 else "over 50 %"


def _drawn(shown: DataFrame) -> alt.LayerChart:
    listed = shown[~shown["region"].isin(PARTS) & (shown["step"] != NOBODY)]
    listed = listed.assign(
        y=[LIST + LINE * place for place in range(1, len(listed) + 1)],
        number=[str(place) for place in range(1, len(listed) + 1)],
        count=[_count(row) for row in listed.to_dict("records")],
        single=[str(cases or "") for cases in listed["cases"]],
    )
    return alt.LayerChart(
        layer=[*_key(), *_sections(shown), *_numbers(listed), *_list(listed)]
    ).properties(width=WIDTH, height=LIST + LINE * (len(listed) + 1))


def _count(row: dict[str, Any]) -> str:
    if pd.isna(row["share"]):
        return "not counted"
    return f"{row['events']} of {row['examined']} ({row['share_text']})"


def _sections(shown: DataFrame) -> list[alt.Chart]:
    """Draw both sections: what has no name of its own first, then the regions."""
    known = shown.set_index("region", drop=False).to_dict("index")
    blank = {"step": NOBODY, "share_text": "", "cases": 0}
    tooltip = [
        alt.Tooltip(f"{field}:N", title=LABELS[field]) for field in ("title", "share_text", "cases")
    ]
    plain: list[dict[str, Any]] = []
    parts: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for shape in outlines():
        region = shape["properties"]["region"]
        if not region:
            plain.append(placed(shape))
            continue
        facts = known.get("brainstem" if region in PARTS else region)
        facts = facts or {**blank, "title": NAMES[region].title if region in NAMES else region}
        kept = {field: facts[field] for field in ("title", "step", "share_text", "cases")}
        parts[facts["step"] == SINGLE].append({**placed(shape), **kept})
    # Layers share one projection: the two sections are set apart before it, not by it.
    here = alt.Projection(type="identity", scale=1, translate=[0, 0])
    drawn = [alt.Chart(alt.InlineData(values=plain), projection=here).mark_geoshape(style="tissue")]
    for single, style in ((False, "region"), (True, "outlined")):
        if parts[single]:
            layer = alt.Chart(alt.InlineData(values=parts[single]), projection=here)
            layer = layer.mark_geoshape(style=style)
            drawn.append(layer.encode(fillOpacity=_opacity(), tooltip=tooltip))
    return drawn


def _opacity() -> alt.FillOpacity:
    scale = alt.Scale(type="ordinal", domain=list(STEPS), range=list(STEPS.values()))
    return alt.FillOpacity("step:O", scale=scale, legend=None)


def _at(field: str) -> Any:
    """Place by px."""
    channel = alt.X if field == "x" else alt.Y
    return channel(f"{field}:Q", scale=None, axis=None)


def _numbers(listed: DataFrame) -> list[alt.Chart]:
    """Number the regions on the sections, on a disc that the shade does not reach."""
    rows = [
        {"number": row.number, "x": on_page(name.view, *name.point)[0],
         "y": on_page(name.view, *name.point)[1]}
        for row in listed.itertuples()
        for name in [NAMES[row.region]]
        if name.point
    ]  # fmt: skip
    base = alt.Chart(pd.DataFrame(rows, columns=["number", "x", "y"]))
    return [
        base.mark_point(style="disc", size=150).encode(x=_at("x"), y=_at("y")),
        base.mark_text(style="count", baseline="middle").encode(
            x=_at("x"), y=_at("y"), text="number:N"
        ),
    ]


def _list(listed: DataFrame) -> list[alt.Chart]:
    """Write the regions in rows: number, name, count, single patients."""
    head = pd.DataFrame([{"y": LIST, "count": "of those examined", "single": "single patients"}])
    layers = []
    columns: tuple[tuple[str, float, Literal["left", "center", "right"], str, DataFrame], ...] = (
        ("number", 8, "center", "count", listed),
        ("title", 22, "left", "label", listed),
        ("count", SHARE, "right", "count", listed),
        ("single", ENDS, "right", "count", listed),
        ("count", SHARE, "right", "muted", head),
        ("single", ENDS, "right", "muted", head),
    )
    for field, x, align, style, rows in columns:
        mark = alt.Chart(rows[["y", field]]).mark_text(style=style, align=align, baseline="middle")
        layers.append(mark.encode(x=alt.value(x), y=_at("y"), text=f"{field}:N"))
    return layers


def _key() -> list[alt.Chart]:
    """Explain the shades in one line; words differ in length."""
    steps = list(STEPS)[1:]
    rows = pd.DataFrame({"step": steps, "x": [7, 90, 176, 246]})
    base = alt.Chart(rows).encode(x=_at("x"), y=alt.value(KEY))
    shaded, single = rows[rows["step"] != SINGLE], rows[rows["step"] == SINGLE]
    return [
        *(
            alt.Chart(part)
            .mark_point(style=style, shape="square", size=110)
            .encode(x=_at("x"), y=alt.value(KEY), fillOpacity=_opacity())
            for part, style in ((shaded, "region"), (single, "outlined"))
        ),
        base.mark_text(style="muted", align="left", baseline="middle", dx=10).encode(text="step:N"),
    ]


def _description(shown: DataFrame) -> str:
    found = shown[shown["share"].notna() & ~shown["region"].isin(PARTS)]
    first = [
        f"{row.title.lower()} {row.events} of {row.examined}" for row in found.head(5).itertuples()
    ]
    return (
        f"Two sections of the brain. Findings are counted among patients examined in "
        f"{count_of(len(found), 'region')}: {enumeration(first) or 'none'}. "
        f"{count_of(int((shown['step'] == SINGLE).sum()), 'other region')} known from single "
        "patients alone."
    )


def _caption(shown: DataFrame) -> str:
    counted = int(shown["share"].notna().sum())
    told = shown[(shown["step"] == NOBODY) & (shown["told"] > 0)]
    only = [title.lower() for title in told["title"]]
    named = f" Only named, in no patient: {enumeration(only)}." if only else ""
    whole = " Findings of the whole brain have no place on the map." * (
        DIFFUSE in set(shown["region"])
    )
    return (
        "Where findings lie on MRI or CT. Shade: share of the patients examined with a finding "
        f"there, counted for {count_of(counted, 'region')}; an outline in colour: described in "
        "single patients, or in a series without a number examined. The left section is "
        "midsagittal with the front to the left, the right one axial with the front at the top; "
        f"each half stands for either side. A schematic; thin layers are drawn thicker than they "
        f"are.{whole}{named}"
    )
