"""Scores that add points: items with bands, levels or a yes, and groups of the sum.

The rows of ``risk_scores`` hold the points; a score's own module holds its questions.

Vocabulary
----------
item      what is asked; a number in bands, one of some words, or yes or no.
boundary  a value on an edge to which another restatement of the score gives other points.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cartreview._tables import load, state
from cartreview.grading.laboratory import ANALYTES, measured
from cartreview.grading.result import MissingRules, Score
from cartreview.grading.rules import Range

__all__ = [
    "SECOND_HAND",
    "TABLE",
    "PointRow",
    "Questions",
    "add",
    "bands",
    "grouped",
    "groups",
    "rows",
    "said_of_edge",
]

TABLE = "risk_scores"
SECOND_HAND = "The points were read in a restatement, not in the paper of the score itself."


@dataclass(frozen=True)
class PointRow:
    """A row of ``risk_scores`` that a sum needs."""

    score_row_id: str
    role: str
    item: str
    unit: str | None
    band: Range
    points: int | None
    group: str | None
    value: float | None
    source_id: str
    locator: str
    verification: str


@dataclass(frozen=True)
class Questions:
    """What a score asks.

    Attributes
    ----------
    name : str
        As the column ``score`` writes it.
    measured : tuple of str
        Laboratory values, by argument.
    words : dict of str to dict
        By argument: each answer, with the item of the row that has its points, or None where the
        answer gives none.
    """

    name: str
    measured: tuple[str, ...]
    words: dict[str, dict[Any, str | None]]


def rows(score: str) -> tuple[PointRow, ...]:
    """Read the rows of a score that a sum needs, in the order of the table."""
    return _rows(score, state(TABLE))


@lru_cache(maxsize=8)
def _rows(score: str, _: Hashable) -> tuple[PointRow, ...]:
    return tuple(_read(score))


def _read(score: str) -> Iterator[PointRow]:
    frame = load(TABLE).astype(object)
    frame = frame[(frame["score"] == score) & frame["role"].isin(ROLES)]
    for row in frame.where(frame.notna(), None).to_dict("records"):
        same = {name: row[name] for name in PointRow.__annotations__ if name in row}
        points = None if row["points"] is None else int(row["points"])
        yield PointRow(**{**same, "band": Range.of(row), "points": points})


ROLES = ("points", "boundary", "risk group")


def bands(score: str, argument: str, role: str = "points") -> list[PointRow]:
    """Give the bands of a laboratory value, in its unit."""
    analyte = ANALYTES[argument]
    return [
        row
        for row in rows(score)
        if row.role == role
        and (row.item or "").lower() in analyte.names
        and row.unit == analyte.unit
    ]


def groups(score: str) -> list[PointRow]:
    """Give the bands of the sum."""
    return [row for row in rows(score) if row.role == "risk group"]


def add(asked: Questions, given: Mapping[str, Any]) -> Score:
    """Add up the points of one patient.

    Parameters
    ----------
    asked : Questions
        What the score asks.
    given : mapping
        A value for each question; words and numbers that are not allowed are refused before.

    Returns
    -------
    Score
        Points, group and what to know about them.

    Raises
    ------
    ValueError
        If a laboratory value is missing or impossible, or no band or group holds one.
    MissingRules
        If an item has no row with its points.
    """
    read = measured(**{name: given[name] for name in asked.measured})
    values = {name: float(numbers[0]) for name, numbers in read.values.items()}
    found = {name: bands(asked.name, name) for name in asked.measured}
    words = {name: every[given[name]] for name, every in asked.words.items()}
    _refuse_missing(asked, found, words)
    used: dict[str, PointRow | None] = {
        name: _band(asked.name, name, values[name], found[name]) for name in values
    }
    used |= {name: _item(asked.name, item) for name, item in words.items()}
    points = {name: (row.points or 0) if row else 0 for name, row in used.items()}
    return _scored(asked, points, values, [row for row in used.values() if row])


def _scored(
    asked: Questions, points: dict[str, int], values: dict[str, float], used: list[PointRow]
) -> Score:
    total = sum(points.values())
    named = grouped(asked.name, total)
    edges = [
        (name, row)
        for name in values
        for row in bands(asked.name, name, "boundary")
        if values[name] in row.band
    ]
    notes = [said_of_edge(name, points[name], row) for name, row in edges]
    if edges:
        other = total + sum((row.points or 0) - points[name] for name, row in edges)
        notes.append(f"By the other restatement: {other} ({_names(grouped(asked.name, other))}).")
    if any(row.verification == "secondary" for row in used):
        notes.append(SECOND_HAND)
    cited = (*used, *named, *(row for _, row in edges))
    return Score(
        points=total,
        group=_names(named),
        items=points,
        sources=tuple(sorted({row.source_id for row in cited})),
        notes=tuple(notes),
        system=asked.name,
    )


def _names(found: list[PointRow]) -> str:
    return "; ".join(dict.fromkeys(row.group or "" for row in found))


def grouped(score: str, total: int) -> list[PointRow]:
    """Give the named groups that a sum lies in; refuse groups with a hole that nothing fills.

    A table of probabilities beside the groups says what lies between them.
    """
    every = groups(score)
    found = [row for row in every if total in row.band and row.group and row.value is None]
    if not found and not any(row.value is not None for row in every):
        raise ValueError(f"{TABLE}: no band of {score} holds {total:g} for the sum; mend its rows")
    return found


def said_of_edge(argument: str, points: int, row: PointRow) -> str:
    """Say that a value on an edge has other points elsewhere."""
    value = f"{row.band.low:g} {(row.unit or '').replace('10^9', '× 10⁹')}"
    return (
        f"{ANALYTES[argument].title} at {value}: on an edge where restatements differ, {points} "
        f"here and {row.points} by another one."
    )


def _refuse_missing(
    asked: Questions, found: Mapping[str, list[PointRow]], words: Mapping[str, str | None]
) -> None:
    known = {row.item for row in rows(asked.name)}
    items = [ANALYTES[name].names[0] for name, every in found.items() if not every]
    items += [item for item in words.values() if item and item not in known]
    if items:
        raise MissingRules(
            f"{TABLE} has no points of {asked.name} for {', '.join(items)}; add the rows with role "
            "'points' from a source that states them"
        )


def _item(score: str, item: str | None) -> PointRow | None:
    return next((row for row in rows(score) if row.role == "points" and row.item == item), None)


def _band(score: str, name: str, value: float, every: list[PointRow]) -> PointRow | None:
    """Give the band of a value; where the print has one band only, the rest has no points."""
    found = [row for row in every if value in row.band]
    if not found and len(every) > 1:
        raise ValueError(f"{TABLE}: no band of {score} holds {value:g} for {name}; mend its rows")
    return found[0] if found else None
