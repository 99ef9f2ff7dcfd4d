"""Each verdict of the book could be another one: rows exist that would turn it.

A claim with a verdict is computed again on tables that a battery of changes has made. It passes as
soon as one of them gives another verdict; one that no change turns is no test, unless ``FIXED``
says why.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from types import CodeType
from typing import Any

import pandas as pd
import pytest

from cartreview._tables import DATA, key, load, overlay, schema
from cartreview.claims import cells
from cartreview.claims._claim import recording
from cartreview.claims.ledger import COMPUTED, Claim
from cartreview.myst import Cell, claim_ids

# Claims whose verdict no change of rows turns, each with the reason.
FIXED = {
    "told-intensive-care": "no cohort counts admissions for neurotoxicity: a new row would turn it",
}

_COUNTS = {"events": "denominator", "any_events": "denominator", "severe_events": "denominator"}
_NUMBERS = ("Int64", "Float64")
_EXCUSED = 40  # changes that an excused claim is tried by, as most claims need fewer
_FEW = 6  # categories of a column that are tried

Frames = dict[str, pd.DataFrame]


class _Page:
    """A page's cells, compiled once; its claims are run on whatever tables are there."""

    def __init__(self, page_cells: list[Cell]) -> None:
        self.setup = [_code(cell) for cell in page_cells if "setup" in cell.tags]
        found = [cell for cell in page_cells if "claim" in cell.tags and claim_ids(cell.source)]
        self.steps = {claim_ids(cell.source)[0]: _code(cell) for cell in found}
        self.words = {claim_ids(c.source)[0]: set(re.findall(r"\w+", c.source)) for c in found}
        made = self.run(self.steps)
        self.claims = {claim.claim_id: claim for claim in made if claim.verdict != COMPUTED}

    def run(self, wanted: Iterable[str]) -> Iterator[Claim]:
        """Give some claims as they are now; a cell that fails gives none."""
        names: dict[str, Any] = {"__name__": "__claims__"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                for step in self.setup:
                    exec(step, names)  # noqa: S102  the book's own code
            except Exception:  # the set-up needs what is gone
                return
            for claim_id in wanted:
                with recording() as made, suppress(Exception):  # no rows, no claim
                    exec(self.steps[claim_id], dict(names))  # noqa: S102  as above
                yield from made

    def turned(self, wanted: set[str], frames: Frames) -> set[str]:
        """Name the claims that have another verdict on other tables."""
        with overlay(frames):
            found = list(self.run(sorted(wanted)))
        return {c.claim_id for c in found if c.verdict != self.claims[c.claim_id].verdict}

    def unturned(self) -> set[str]:
        """Name the claims that no change turns: first all of a table, then each by its own rows."""
        still = set(self.claims)
        for name in sorted({name for claim in self.claims.values() for name in claim.evidence}):
            for frames in _changes(name):
                among = {claim_id for claim_id in still if name in self.claims[claim_id].evidence}
                still -= self.turned(among, frames) if among else set()
        return {claim_id for claim_id in sorted(still) if not self._turns(claim_id)}

    def _turns(self, claim_id: str) -> bool:
        changes = _own_changes(self.claims[claim_id], self.words[claim_id])
        tried = islice(changes, _EXCUSED if claim_id in FIXED else None)
        return any(self.turned({claim_id}, frames) for frames in tried)


def _code(cell: Cell) -> CodeType:
    return compile(cell.source, f"book/{cell.page}.md", "exec")


def _changes(name: str) -> Iterator[Frames]:
    """Change a table as a whole: fewer rows, rows twice, other counts, other numbers."""
    frame = load(name)
    numbers = [c for c in frame if frame[c].dtype.name in _NUMBERS]
    counts = {one: total for one, total in _COUNTS.items() if {one, total} <= set(frame)}
    again = frame.assign(**{key(name): frame[key(name)] + "-again"})
    half = len(frame) // 2
    changed = [frame.iloc[:half], frame.iloc[half:], pd.concat([frame, again], ignore_index=True)]
    if counts:
        changed.append(frame.assign(**{one: frame[one] * 0 for one in counts}))
        changed.append(frame.assign(**{one: frame[total] for one, total in counts.items()}))
    changed += [frame.assign(**{c: frame[c] * factor for c in numbers}) for factor in (100, 0)]
    yield from ({name: other} for other in changed)


def _own_changes(claim: Claim, words: set[str]) -> Iterator[Frames]:
    """Change what a claim rests on; what its source says comes last."""
    said = [v for v in claim.values.values() if isinstance(v, (int, float))][:_FEW]
    for change in (_without, _other_row, _whole_rows, _apart):
        for name, keys in claim.evidence.items():
            yield from change(name, keys)
    for read in (True, False):  # by the cell itself, or by the library for it
        for name in claim.evidence:
            yield from _other_columns(name, words if read else set(load(name)) - words, said)
        if read and claim.tests:
            yield from _other_words(claim, said)


def _without(name: str, keys: tuple[str, ...]) -> Iterator[Frames]:
    """Drop the rows of the evidence, all others, most of the evidence, or a single row of it."""
    frame = load(name)
    mine = frame[key(name)].isin(keys)
    few = frame[key(name)].isin(keys[: max(1, len(keys) // 4)])
    yield from ({name: frame[kept]} for kept in (~mine, mine, few | ~mine))
    yield from ({name: frame[frame[key(name)] != row]} for row in keys[:_FEW])


def _other_columns(name: str, wanted: set[str], said: list[float]) -> Iterator[Frames]:
    """Change a table by one column at a time, numbers first."""
    frame = load(name)
    fields = [f for f in schema(name)["fields"] if f["name"] in wanted - {key(name)}]
    for field in sorted(fields, key=lambda field: frame[field["name"]].dtype.name not in _NUMBERS):
        column = frame[field["name"]]
        allowed = field.get("constraints", {}).get("enum", [])
        numeric = column.dtype.name in _NUMBERS
        for other in _other_numbers(column, said) if numeric else _others(column, allowed):
            yield {name: frame.assign(**{field["name"]: other})}


def _other_numbers(column: pd.Series, said: list[float]) -> Iterator[pd.Series]:
    """Scale numbers, let all be one that the claim states, fill what is empty."""
    yield from (column * 100, column.fillna(1))
    for number in said:
        if column.dtype.name == "Float64" or float(number).is_integer():
            yield column.mask(column.notna(), number)


def _others(column: pd.Series, allowed: list[str]) -> Iterator[pd.Series]:
    """Turn what is true, rotate categories, make all the same, fill what is empty."""
    if column.dtype.name == "boolean":
        yield ~column
    found = [one for one in allowed if (column == one).any()]
    if found:
        turn = dict(zip(found, found[1:] + found[:1], strict=True))
        yield column.map(turn).astype(column.dtype)
    for one in found[:_FEW]:
        yield column.fillna(one)
        yield column.mask(column.notna(), one)


def _other_row(name: str, keys: tuple[str, ...]) -> Iterator[Frames]:
    """Add to the numbers of one row, a column at a time."""
    frame = load(name)
    mine = frame[key(name)] == keys[-1]
    for column in frame:
        cells = frame[column]
        if cells.dtype.name in _NUMBERS and column in _COUNTS and cells[mine].notna().any():
            yield {name: frame.assign(**{column: cells.mask(mine, cells + 1)})}


def _whole_rows(name: str, keys: tuple[str, ...]) -> Iterator[Frames]:
    """Let all patients of one row have what it counts."""
    frame = load(name)
    counts = {one: total for one, total in _COUNTS.items() if {one, total} <= set(frame)}
    for row in keys[:_FEW] if counts else ():
        mine = frame[key(name)] == row
        yield {name: frame.assign(**{c: frame[c].mask(mine, frame[t]) for c, t in counts.items()})}


def _apart(name: str, keys: tuple[str, ...]) -> Iterator[Frames]:
    """Let half the patients of one group of studies respond, and none of the others."""
    frame, counts = load(name), load("outcomes").assign(endpoint="PR")
    mine = frame[frame[key(name)].isin(keys)]
    for column in mine.columns.intersection(["devices", "routes", "product_class"]):
        for value in list(dict.fromkeys(mine[column].dropna()))[:_FEW]:
            inside = counts["study_id"].isin(frame.loc[frame[column] == value, "study_id"])
            patients = counts["denominator"].fillna(counts["evaluable"])
            events = (patients // 2).where(inside, 0).mask(counts["events"].isna())
            yield {"outcomes": counts.assign(events=events)}


def _other_words(claim: Claim, said: list[float]) -> Iterator[Frames]:
    """Let the source say what the claim has found, or name no study."""
    frame = load("statements")
    mine = frame["statement_id"] == claim.tests
    yield {"statements": frame.assign(study_ids=frame["study_ids"].mask(mine))}
    for number in said:
        other = frame["figures"].str.replace(r"=[\d.e]+", f"={number}", regex=True)
        yield {"statements": frame.assign(figures=frame["figures"].mask(mine, other))}


@cache
def _pages() -> tuple[_Page, ...]:
    paths = sorted((DATA.parent / "book").glob("*.md"))
    return tuple(page for page in (_Page(cells(path)) for path in paths) if page.claims)


@cache
def _unturned() -> frozenset[str]:
    return frozenset().union(*(page.unturned() for page in _pages()))


def test_there_are_verdicts():
    """Claims with a verdict are found, or the next test would be idle."""
    assert sum(len(page.claims) for page in _pages()) > 20


@pytest.mark.slow  # some forty seconds; .ci/run runs it
def test_every_verdict_can_be_another():
    """For each claim with a verdict there are rows that would turn it, or a reason why not."""
    assert not _unturned() - set(FIXED)


@pytest.mark.parametrize("claim_id", sorted(FIXED))
def test_excuse_is_not_stale(claim_id):
    """Whatever is excused is a claim with a verdict that indeed cannot be turned."""
    assert claim_id in _unturned()
