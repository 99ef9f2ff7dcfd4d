"""Grading of many patients at once: every combination of answers is graded once and looked up."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from cartreview.grading import engine
from cartreview.grading.inputs import REQUIRED, Input, Refused, near
from cartreview.grading.rules import rules_state
from cartreview.grading.scale import Scale, scale

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame, Index, Series

__all__ = ["grade_frame"]

SHOWN = 5  # rows that a message shows
BAD = -1


def grade_frame(frame: DataFrame, scale: str) -> DataFrame:
    """Grade a row a patient.

    Taught in: book/grading.md

    Parameters
    ----------
    frame : pandas.DataFrame, shape (n, arguments)
        A column an argument of the one-by-one function, with the same words; arguments with a
        default may be left out, other columns may not be there.
    scale : str
        One of ``scales()``.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        ``grade`` and ``decided_by`` (domains, or "death"; empty where nothing was found), with
        the index of `frame`.

    Raises
    ------
    ValueError
        If a column is missing or unknown, or rows cannot be graded: how many, and what is wrong
        with the first ones.

    Examples
    --------
    >>> import pandas as pd
    >>> patients = pd.DataFrame(
    ...     {"ice": [10, 3], "consciousness": "alert", "seizure": ["none", "resolves rapidly"]},
    ...     index=["a", "b"],
    ... )
    >>> grade_frame(patients, "ASTCT ICANS").to_dict("list")
    {'grade': [0, 3], 'decided_by': ['', 'seizure']}
    """
    made = _scale(scale)
    _check_columns(frame, made)
    found = [_column(frame, one) for one in made.inputs]
    lookup = _lookup(scale, rules_state())
    place = np.zeros(len(frame), dtype=np.int64)
    for one, column in zip(made.inputs, found, strict=True):
        place = place * len(one.options) + np.maximum(column.codes, 0)
    _refuse_rows(frame.index, made, found, lookup, place)
    return _graded(frame.index, lookup, place)


_scale = scale  # the argument of ``grade_frame`` has the name of the function


def _check_columns(frame: DataFrame, made: Scale) -> None:
    names = [one.name for one in made.inputs]
    for column in frame.columns:
        if column not in names:
            hint = near(column, names) or "; leave other columns out"
            raise ValueError(
                f"column {column!r} is no argument of {made.name!r}, which has {', '.join(names)}"
                f"{hint}"
            )
    for one in made.inputs:
        times = list(frame.columns).count(one.name)
        if times > 1:
            raise ValueError(f"column {one.name!r} stands there {times} times; leave one")
        if one.default is REQUIRED and not times:
            raise ValueError(f"column {one.name!r} is missing; {made.name!r} needs it")


@dataclass(frozen=True)
class _Column:
    """A column as places among the options of its input, and what is wrong with bad cells."""

    codes: NDArray[np.int64]
    complaints: dict[int, str]  # row, counted from 0: complaint; the first ones only


def _column(frame: DataFrame, one: Input) -> _Column:
    if one.name not in frame:
        code = _code(one, one.default)
        return _Column(np.full(len(frame), code, dtype=np.int64), {})
    column = frame[one.name]
    kinds, values = _kinds(column)
    known = [_code(one, value) for value in values]
    codes = np.array([*known, BAD], dtype=np.int64)[kinds]
    rows = np.flatnonzero(codes == BAD)[:SHOWN]
    return _Column(codes, {int(row): _complaint(one, values[kinds[row]]) for row in rows})


def _kinds(column: Series) -> tuple[NDArray[np.int64], list[Any]]:
    """Give for each cell the place of its value in a list of different values."""
    if column.dtype == object:  # True equals 1 there, so the type is part of the value
        return _kinds_of_objects(column.to_numpy())
    kinds, values = column.factorize(use_na_sentinel=False)
    return np.asarray(kinds, dtype=np.int64), list(values)


def _kinds_of_objects(cells: NDArray[Any]) -> tuple[NDArray[np.int64], list[Any]]:
    places: dict[tuple[type, Any], int] = {}
    values: list[Any] = []
    kinds = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        key = (type(cell), cell if isinstance(cell, Hashable) else id(cell))
        place = places.get(key)
        if place is None:
            place = places[key] = len(values)
            values.append(cell)
        kinds[row] = place
    return kinds, values


def _code(one: Input, value: object) -> int:
    try:
        return one.options.index(one.read(value))
    except Refused:
        return BAD


def _complaint(one: Input, value: object) -> str:
    try:
        one.read(value)
    except Refused as refused:
        return refused.complaint
    return ""


@dataclass(frozen=True)
class _Lookup:
    """Grades of every combination of answers; `impossible` says why one has none."""

    grades: NDArray[np.int64]
    decided_by: NDArray[Any]
    impossible: dict[int, Refused]


@lru_cache(maxsize=8)
def _lookup(name: str, _: Hashable) -> _Lookup:
    made = scale(name)
    names = [one.name for one in made.inputs]
    grades, decided_by, impossible = [], [], {}
    for place, answers in enumerate(product(*(one.options for one in made.inputs))):
        try:
            grade = engine.grade(made, dict(zip(names, answers, strict=True)))
        except Refused as refused:
            impossible[place] = refused
            grades.append(BAD)
            decided_by.append("")
        else:
            grades.append(grade.value)
            decided_by.append(", ".join(grade.decided_by))
    return _Lookup(np.array(grades), np.array(decided_by, dtype=object), impossible)


def _refuse_rows(
    index: Index,
    made: Scale,
    found: list[_Column],
    lookup: _Lookup,
    place: NDArray[np.int64],
) -> None:
    bad = lookup.grades[place] == BAD
    for column in found:
        bad |= column.codes == BAD
    rows = np.flatnonzero(bad)
    if not len(rows):
        return
    lines = [
        f"    row {_label(index[row])}, column {_why(int(row), made, found, lookup, place)}"
        for row in rows[:SHOWN]
    ]
    many = f"{len(rows)} of {len(index)} rows cannot be graded"
    raise ValueError("\n".join([f"{made.name}: {many}; the first {len(lines)}:", *lines]))


def _label(label: object) -> str:
    return repr(label.item() if isinstance(label, np.generic) else label)


def _why(
    row: int, made: Scale, found: list[_Column], lookup: _Lookup, place: NDArray[np.int64]
) -> str:
    for one, column in zip(made.inputs, found, strict=True):
        if row in column.complaints:
            return f"{one.name!r}: {column.complaints[row]}"
    refused = lookup.impossible[int(place[row])]
    return f"{refused.name!r}: {refused.complaint}"


def _graded(index: Index, lookup: _Lookup, place: NDArray[np.int64]) -> DataFrame:
    import pandas as pd  # as in tables: only who grades a frame pays for it

    words, kinds = np.unique(lookup.decided_by.astype(str), return_inverse=True)
    decided = pd.array(words.tolist(), dtype="str").take(kinds[place])
    return pd.DataFrame({"grade": lookup.grades[place], "decided_by": decided}, index=index)
