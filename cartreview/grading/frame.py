"""Grading of many patients at once: every combination of answers is graded once and looked up."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from cartreview._words import suggestion
from cartreview.grading import engine
from cartreview.grading.inputs import REQUIRED, Input, Refused
from cartreview.grading.rules import rules_state
from cartreview.grading.scale import Scale, ScaleName, scale

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame, Index, Series

__all__ = ["grade_frame"]

SHOWN = 5  # rows that a message shows
BAD = -1
RESULT = ("grade", "decided_by")


@overload
def grade_frame(
    frame: DataFrame, scale: ScaleName, *, errors: Literal["raise"] = "raise"
) -> DataFrame: ...
@overload
def grade_frame(
    frame: DataFrame, scale: ScaleName, *, errors: Literal["coerce"]
) -> tuple[DataFrame, DataFrame]: ...
def grade_frame(
    frame: DataFrame, scale: ScaleName, *, errors: Literal["raise", "coerce"] = "raise"
) -> DataFrame | tuple[DataFrame, DataFrame]:
    """Grade a row a patient.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (n, columns)
        A column an argument of the one-by-one function, with the same words; arguments with a
        default may be left out. Other columns, such as the number of a patient, are carried into
        the result, unless their name looks like that of an argument.
    scale : str
        One of ``scales()``.
    errors : {"raise", "coerce"}
        What to do with rows that cannot be graded: refuse the frame, or grade the others and
        return what was refused.

    Returns
    -------
    graded : pandas.DataFrame, shape (n, carried columns + 2)
        The carried columns, ``grade`` and ``decided_by`` (domains, or "death"; empty where
        nothing was found), with the index of `frame`. With ``errors="coerce"`` ``grade`` is
        ``Int64``, and both are missing in the rows that were refused.
    refused : pandas.DataFrame
        With ``errors="coerce"`` only: one row a cell that was refused, with ``row`` (its label
        in the index), ``column``, ``value`` and ``allowed``.

    Raises
    ------
    ValueError
        If a column is missing, twice there or nearly an argument; or, with ``errors="raise"``,
        if rows cannot be graded: how many, and what is wrong with the first ones.

    Examples
    --------
    >>> import pandas as pd
    >>> patients = pd.DataFrame(
    ...     {"ice": [10, 3], "consciousness": "alert", "seizure": ["none", "resolves rapidly"]},
    ...     index=["a", "b"],
    ... )
    >>> grade_frame(patients, "ASTCT ICANS").to_dict("list")
    {'grade': [0, 3], 'decided_by': ['', 'seizure']}

    One patient without an answer:

    >>> patients["seizure"] = ["none", None]
    >>> graded, refused = grade_frame(patients, "ASTCT ICANS", errors="coerce")
    >>> graded["grade"].tolist()
    [0, <NA>]
    >>> refused[["row", "column"]].values.tolist()
    [['b', 'seizure']]
    """
    if errors not in ("raise", "coerce"):
        raise ValueError(f"errors must be 'raise' or 'coerce'; found {errors!r}")
    made = _scale(scale)
    carried = _carried(frame, made)
    columns = [_column(frame, one) for one in made.inputs]
    lookup = _lookup(scale, rules_state())
    place = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        place = place * len(column.input.options) + np.maximum(column.codes, 0)
    bad = lookup.grades[place] == BAD
    for column in columns:
        bad |= column.codes == BAD
    patients = _Patients(frame.index, columns, lookup, place)
    if errors == "raise":
        _refuse_rows(made.name, patients, np.flatnonzero(bad))
        return _graded(frame[carried], patients)
    graded = _graded(frame[carried], patients)
    found = {"grade": graded["grade"].astype("Int64").mask(bad)}
    found["decided_by"] = graded["decided_by"].mask(bad)
    return graded.assign(**found), _refused(patients, np.flatnonzero(bad))


_scale = scale  # the argument of ``grade_frame`` has the name of the function


def _carried(frame: DataFrame, made: Scale) -> list[Any]:
    """Name the columns that are no argument; refuse one that may be a misspelt argument."""
    names = [one.name for one in made.inputs]
    carried = [column for column in frame.columns if column not in names]
    for column in carried:
        hint = suggestion(column, names)
        if hint:
            raise ValueError(
                f"column {column!r} is no argument of {made.name!r}, which has {', '.join(names)}"
                f"{hint}"
            )
        if column in RESULT:
            raise ValueError(f"column {column!r} is what the result has; rename or drop it")
    for one in made.inputs:
        times = list(frame.columns).count(one.name)
        if times > 1:
            raise ValueError(f"column {one.name!r} stands there {times} times; leave one")
        if one.default is REQUIRED and not times:
            raise ValueError(f"column {one.name!r} is missing; {made.name!r} needs it")
    return carried


@dataclass(frozen=True)
class _Column:
    """A column as places among the options of its input, and why some cells have none."""

    input: Input
    codes: NDArray[np.int64]
    kinds: NDArray[np.int64]  # of each cell: the place of its value among the different values
    refused: dict[int, Refused]  # by kind


def _column(frame: DataFrame, one: Input) -> _Column:
    if one.name in frame:
        kinds, values = _kinds(frame[one.name])
    else:
        kinds, values = np.zeros(len(frame), dtype=np.int64), [one.default]
    known, refused = [], {}
    for kind, value in enumerate(values):
        try:
            known.append(one.options.index(one.read(value)))
        except Refused as why:
            known.append(BAD)
            refused[kind] = why
    return _Column(one, np.array([*known, BAD], dtype=np.int64)[kinds], kinds, refused)


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


@dataclass(frozen=True)
class _Patients:
    """The rows of a frame as places in the lookup of their scale."""

    index: Index
    columns: list[_Column]
    lookup: _Lookup
    place: NDArray[np.int64]

    def refusals(self, row: int) -> list[Refused]:
        """Say what is wrong with a row: its bad cells, or answers that rule each other out."""
        found = [one.refused.get(int(one.kinds[row])) for one in self.columns]
        cells = [refused for refused in found if refused]
        return cells or [self.lookup.impossible[int(self.place[row])]]


def _refuse_rows(name: str, patients: _Patients, rows: NDArray[np.intp]) -> None:
    if not len(rows):
        return
    lines = []
    for row in rows[:SHOWN]:
        why = patients.refusals(int(row))[0]
        lines.append(f"    row {_label(patients.index[row])}, column {why.name!r}: {why.complaint}")
    many = f"{len(rows)} of {len(patients.index)} rows cannot be graded"
    raise ValueError("\n".join([f"{name}: {many}; the first {len(lines)}:", *lines]))


def _label(label: object) -> str:
    return repr(label.item() if isinstance(label, np.generic) else label)


def _refused(patients: _Patients, rows: NDArray[np.intp]) -> DataFrame:
    import pandas as pd  # as in tables: only who grades a frame pays for it

    found = [
        (patients.index[row], why.name, why.value, why.allowed)
        for row in rows
        for why in patients.refusals(int(row))
    ]
    frame = pd.DataFrame(found, columns=["row", "column", "value", "allowed"])
    return frame.astype({"column": "str", "value": object, "allowed": "str"})


def _graded(carried: DataFrame, patients: _Patients) -> DataFrame:
    import pandas as pd  # as above

    lookup, place = patients.lookup, patients.place
    words, kinds = np.unique(lookup.decided_by.astype(str), return_inverse=True)
    decided = pd.array(words.tolist(), dtype="str").take(kinds[place])
    return carried.assign(grade=lookup.grades[place], decided_by=decided)
