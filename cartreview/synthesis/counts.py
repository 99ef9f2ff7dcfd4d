"""Counts that can be pooled, or a sentence that says which study cannot.

Vocabulary
----------
study    one row; K studies in all.
events   patients with the outcome.
totals   patients evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from cartreview._words import suggestion

__all__ = ["Array", "Counts", "check_counts", "check_level", "check_option"]

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Counts:
    """Events and totals of K studies, checked; counts are whole numbers held as floats."""

    events: Array
    totals: Array
    names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.events)

    def name(self, index: int) -> str:
        """Name a study as the caller did, or by its index."""
        return repr(self.names[index]) if self.names else f"at index {index}"

    def take(self, keep: Iterable[int]) -> Counts:
        """Give the studies at some indices, in that order."""
        chosen = list(keep)
        names = tuple(self.names[i] for i in chosen) if self.names else None
        return Counts(self.events[chosen], self.totals[chosen], names)


def check_counts(events: Any, totals: Any = None, names: Sequence[str] | None = None) -> Counts:
    """Give counts as arrays, or say which study has counts that cannot be.

    Parameters
    ----------
    events : sequence of int, shape (K,), or pandas.DataFrame
        Patients with the outcome (count, 0 <= events <= total); or a frame, given alone, with the
        columns ``events``, ``denominator`` and, for the names, ``study``.
    totals : sequence of int, shape (K,)
        Patients evaluated (count, total >= 1).
    names : sequence of str, shape (K,), optional
        What the studies are called in messages; without it, their index.

    Returns
    -------
    Counts
        The counts as arrays of float.

    Raises
    ------
    ValueError
        If there is no study, lengths differ, or a count is missing, no whole number or out of
        its range; the message names the study, what was found and what is allowed.

    Examples
    --------
    >>> check_counts([8], [13]).events
    array([8.])
    >>> check_counts([8, 14], [13, 13], ["a", "b"])
    Traceback (most recent call last):
    ValueError: study 'b': events must be a whole number in 0..13; found 14
    """
    if hasattr(events, "columns"):
        events, totals, names = _columns(events, totals, names)
    quick = _plain(events, totals)
    if quick and names is None:
        return Counts(*quick)
    columns = {"events": _listed("events", events), "totals": _listed("totals", totals)}
    labels = None if names is None else [str(name) for name in names]
    _check_lengths({**columns, **({} if labels is None else {"names": labels})})
    for index in range(len(columns["events"])):
        who = repr(labels[index]) if labels else f"at index {index}"
        event, total = columns["events"][index], columns["totals"][index]
        if not _whole(total) or total < 1:
            raise ValueError(f"study {who}: total must be a whole number, 1 or more; found {total}")
        if not _whole(event) or not 0 <= event <= total:
            raise ValueError(
                f"study {who}: events must be a whole number in 0..{total:g}; found {event}"
            )
    found, among = (np.array(column, dtype=float) for column in columns.values())
    return Counts(found, among, tuple(labels) if labels else None)


def _columns(frame: Any, totals: Any, names: Sequence[str] | None) -> tuple[Any, Any, Any]:
    """Take the counts, and names where none are given, out of a frame."""
    if totals is not None:
        raise ValueError("a frame brings its own totals, the column 'denominator'; give it alone")
    for column in ("events", "denominator"):
        if column not in frame.columns:
            raise ValueError(
                f"counts: column {column!r} is missing; needed are events, denominator"
            )
    if names is None and "study" in frame.columns:
        names = list(frame["study"])
    return frame["events"], frame["denominator"], names


def _plain(events: Any, totals: Any) -> tuple[Array, Array] | None:
    """Give columns of whole numbers with nothing wrong; None sends them to be looked at singly."""
    try:
        found, among = np.asarray(events), np.asarray(totals)
    except ValueError:  # a ragged list
        return None
    if found.dtype.kind not in "iu" or among.dtype.kind not in "iu" or found.ndim != 1:
        return None
    if found.shape != among.shape or not found.size:
        return None
    possible = (found >= 0) & (found <= among) & (among >= 1)
    return (found.astype(float), among.astype(float)) if possible.all() else None


def _listed(name: str, values: Any) -> list[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a sequence with one count a study; found {values!r}")
    return list(values)


def _check_lengths(columns: dict[str, list[Any]]) -> None:
    sizes = {name: len(values) for name, values in columns.items()}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{size} {name}" for name, size in sizes.items())
        first = min(sizes.values())
        raise ValueError(
            f"study at index {first}: events and totals must have one entry a study; found {found}"
        )
    if not sizes["events"]:
        raise ValueError("no study to pool: events and totals are empty; 1 or more are needed")


def _whole(value: Any) -> bool:
    """Tell whether a value is a whole number; text, missing values and booleans are none."""
    if isinstance(value, Integral):
        return not isinstance(value, bool)
    return isinstance(value, Real) and float(value).is_integer()


def check_level(level: float) -> None:
    """Refuse a confidence level that is none.

    Examples
    --------
    >>> check_level(95)
    Traceback (most recent call last):
    ValueError: level must lie between 0 and 1; found 95
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1; found {level}")


def check_option(name: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse an option that does not exist, with those that do.

    Examples
    --------
    >>> check_option("method", "ml", ["glmm", "reml", "dl"])
    Traceback (most recent call last):
    ValueError: method must be one of 'glmm', 'reml', 'dl'; found 'ml'; did you mean 'reml'?
    """
    if value not in allowed:
        among, hint = ", ".join(map(repr, allowed)), suggestion(value, allowed)
        raise ValueError(f"{name} must be one of {among}; found {value!r}{hint}")
