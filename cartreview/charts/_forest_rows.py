"""Rows of a forest plot: headings, studies, pooled estimates and sentences, one below the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas import DataFrame

from cartreview._tables import load
from cartreview._words import count_of
from cartreview.charts._estimates import interval_text, not_pooled, p_text, percent, spread_text
from cartreview.charts._frames import armed, named
from cartreview.synthesis import exact_interval

if TYPE_CHECKING:
    from cartreview.synthesis import PooledProportion

__all__ = ["LABELS", "check_same", "ordered", "parted", "study_frame", "table_rows", "with_names"]

LABELS = {
    "study": "Study",
    "events": "Patients with it",
    "denominator": "Patients counted",
    "share": "Share",
    "low": "Interval, low",
    "high": "Interval, high",
    "weight": "Weight",
}


def with_names(counts: DataFrame) -> DataFrame:
    """Add ``study``, what readers call a study, to counts that have its key only.

    Examples
    --------
    >>> with_names(pd.DataFrame({"study_id": ["mine-2027"]}))["study"].tolist()
    ['mine-2027']
    """
    if "study" in counts or "study_id" not in counts:
        return counts
    names = named(load("studies"), ["study_id"]).set_index("study_id")["study"]
    return counts.assign(study=counts["study_id"].map(names).fillna(counts["study_id"]))


def parted(pooled: Any) -> tuple[PooledProportion, dict[str, PooledProportion]]:
    """Part what all studies say from what each group says."""
    if isinstance(pooled, Mapping):
        if "overall" not in pooled:
            raise ValueError(f"pooled must have the key 'overall'; it has {', '.join(pooled)}")
        return pooled["overall"], {key: one for key, one in pooled.items() if key != "overall"}
    if hasattr(pooled, "groups"):
        return pooled.overall, pooled.groups
    return pooled, {}


def check_same(
    counts: DataFrame, overall: PooledProportion, parts: Mapping[str, PooledProportion]
) -> None:
    """Refuse counts that are not what was pooled."""
    pairs = [("all studies", counts, overall)]
    if parts:
        strange = [name for name in counts["group"] if name not in parts]
        if strange:
            raise ValueError(
                f"counts: column 'group' has {strange[0]!r}, which is not among the groups "
                f"pooled: {', '.join(parts)}"
            )
        pairs += [(name, counts[counts["group"] == name], one) for name, one in parts.items()]
    for name, part, one in pairs:
        _check_sums(name, part, one)


def _check_sums(name: str, part: DataFrame, pooled: PooledProportion) -> None:
    there = (len(part), int(part["events"].sum()), int(part["denominator"].sum()))
    if there != (pooled.k, pooled.events, pooled.total):
        raise ValueError(
            f"counts: columns 'events' and 'denominator' must be what was pooled; {name}: "
            f"{there[1]} of {there[2]} in {there[0]} rows, pooled were {pooled.events} of "
            f"{pooled.total} in {pooled.k}"
        )


def ordered(
    parts: Mapping[str, PooledProportion], groups: Sequence[str] | Mapping[str, str] | None
) -> dict[str, str]:
    """Give the groups from top to bottom, each with its heading."""
    if groups is None:
        return {name: name for name in parts}
    chosen = dict(groups) if isinstance(groups, Mapping) else {name: name for name in groups}
    missing = [name for name in parts if name not in chosen]
    if missing:
        raise ValueError(f"groups must name every group pooled; there is no {missing[0]!r}")
    return {name: heading for name, heading in chosen.items() if name in parts}


def study_frame(counts: DataFrame, overall: PooledProportion, sort: str) -> DataFrame:
    """Give each study its share, exact interval, weight and the area of its square."""
    events, totals = (counts[name].astype("int64") for name in ("events", "denominator"))
    bounds = exact_interval(events, totals, level=overall.level).astype("float64")
    frame = counts.assign(
        kind="study",
        study=armed(counts),
        share=events / totals,
        low=bounds["low"],
        high=bounds["high"],
        weight=list(overall.weights) or None,
        area=list(overall.weights) or totals,
    )
    if "group" not in frame:
        frame["group"] = ""
    if sort == "given":
        return frame.reset_index(drop=True)
    order = ["share", "denominator", "study"]
    return frame.sort_values(order, ascending=[False, False, True], ignore_index=True)


def table_rows(
    frame: DataFrame,
    overall: PooledProportion,
    parts: Mapping[str, PooledProportion],
    order: Mapping[str, str],
) -> DataFrame:
    """Put all rows one below the other: headings, studies, estimates, empty rows between."""
    gap = {"kind": "gap"}
    blocks: list[list[dict[str, Any]]] = []
    for name, heading in order.items():
        studies = _studies(frame[frame["group"] == name])
        found = _pooled(parts[name], heading, studies)
        blocks.append([{"kind": "heading", "text": heading}, *studies, *found, gap])
    every = _studies(frame)
    if parts:
        last = _pooled(overall, "all", every)
        blocks.append([{"kind": "heading", "text": "All studies"}, *last])
    else:
        blocks.append([*every, gap, *_pooled(overall, "", every)])
    rows = [row for block in blocks for row in block]
    keyed = [{"row": f"{place:03d}", **row} for place, row in enumerate(rows)]
    return _written(pd.DataFrame(keyed).astype({"weight": "Float64"}))


def _studies(frame: DataFrame) -> list[dict[str, Any]]:
    columns = ["kind", "group", "study_id", *LABELS, "area"]
    return [dict(zip(columns, row, strict=True)) for row in frame[columns].to_numpy().tolist()]


def _pooled(
    pooled: PooledProportion, group: str, studies: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Give the rows of an estimate: diamond, prediction interval, spread; or why there is none."""
    why = not_pooled(pooled)
    if why:
        return [{"kind": "note", "text": why}]
    weights = [study["weight"] for study in studies if study["weight"] is not None]
    centre = {
        "kind": "pooled",
        "group": group,
        "study": f"Pooled, {count_of(pooled.k, 'study', 'studies')}",
        "events": pooled.events,
        "denominator": pooled.total,
        "share": pooled.estimate,
        "low": pooled.ci_low,
        "high": pooled.ci_high,
        "weight": sum(weights) if weights else None,
    }
    ahead = {
        "kind": "prediction",
        "group": group,
        "study": "Prediction interval",
        "low": pooled.pi_low,
        "high": pooled.pi_high,
    }
    test = "" if pooled.lrt_p is None else f"LRT {p_text(pooled.lrt_p)}"
    spread = {"kind": "note", "text": spread_text(pooled), "test": test}
    return [centre, *([ahead] if pooled.pi_low is not None else []), spread]


def _written(rows: DataFrame) -> DataFrame:
    """Add the text of every number that a row shows."""
    for column in ("text", "test", "share", "low", "high"):
        if column not in rows:
            rows[column] = None
    ends = zip(rows["low"], rows["high"], strict=True)
    counts = rows[["events", "denominator"]].astype("Int64")
    return rows.assign(
        events=counts["events"],
        denominator=counts["denominator"],
        events_text=counts["events"].astype("string"),
        total_text=counts["denominator"].astype("string"),
        share_text=[None if pd.isna(share) else percent(share) for share in rows["share"]],
        ends_text=[None if pd.isna(low) else interval_text(low, high) for low, high in ends],
        weight_text=[None if pd.isna(one) else _weight(one) for one in rows["weight"]],
    )


def _weight(weight: float) -> str:
    return "100 %" if round(weight, 6) == 1 else f"{100 * weight:.1f} %"
