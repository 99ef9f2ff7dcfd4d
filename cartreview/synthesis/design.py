"""Designs from moderators: numbers as they are, categories as differences from the first value.

Vocabulary
----------
X      design, shape (K, p), the intercept first.
terms  names of its columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from cartreview.synthesis.counts import Array, Counts

__all__ = ["INTERCEPT", "Levels", "design_row", "make_design", "separation", "standardised"]

INTERCEPT = "intercept"


Levels = tuple[tuple[str, tuple[str, ...]], ...]


def make_design(
    moderators: Mapping[str, Sequence[Any]] | None, counts: Counts
) -> tuple[Array, tuple[str, ...], Levels]:
    """Make the design of a meta-regression.

    Parameters
    ----------
    moderators : mapping of str to sequence, shape (K,), or None
        A column of numbers, or of text for a category.
    counts : Counts
        The K studies.

    Returns
    -------
    X : ndarray of float, shape (K, p)
        The design.
    terms : tuple of str, length p
        A name a column: "year", or "route: IV" for the difference between IV and the first route
        in the alphabet, as R codes a factor.
    levels : tuple of (str, tuple of str)
        Each moderator with the values of a category, the reference first; () for a number.

    Raises
    ------
    ValueError
        If a moderator has another length, a missing value, a single value, or follows from the
        others.

    Examples
    --------
    >>> import numpy as np
    >>> studies = Counts(np.array([1.0, 2.0]), np.array([5.0, 5.0]))
    >>> make_design({"route": ["ICV", "IV"]}, studies)[1:]
    (('intercept', 'route: IV'), (('route', ('ICV', 'IV')),))
    """
    columns: dict[str, Array] = {INTERCEPT: np.ones(len(counts))}
    levels = []
    for name, given in (moderators or {}).items():
        values = _checked(name, list(given), counts)
        numeric = not any(isinstance(value, str) for value in values)
        words = () if numeric else tuple(sorted({str(value) for value in values}))
        levels.append((name, words))
        if numeric:
            columns[name] = np.array(values, dtype=float)
        for word in words[1:]:
            columns[f"{name}: {word}"] = np.array([float(str(value) == word) for value in values])
    X = np.column_stack(list(columns.values()))
    if levels:
        _check_rank(X, [name for name, _ in levels])
    return X, tuple(columns), tuple(levels)


def _check_rank(X: Array, names: list[str]) -> None:
    scaled, _ = standardised(X)
    if len(X) >= X.shape[1] > np.linalg.matrix_rank(scaled):
        raise ValueError(
            f"moderators {', '.join(names)}: one follows from the others in these {len(X)} "
            "studies; leave one out"
        )


def _checked(name: str, values: list[Any], counts: Counts) -> list[Any]:
    if len(values) != len(counts):
        raise ValueError(
            f"moderator {name!r} must have one value a study; found {len(values)} values for "
            f"{len(counts)} studies"
        )
    for index, value in enumerate(values):
        number = isinstance(value, Real) and np.isfinite(float(value))
        if not isinstance(value, str) and not number:
            raise ValueError(
                f"study {counts.name(index)}: moderator {name!r} must be text or a finite "
                f"number; found {value}"
            )
    if len(set(values)) == 1:
        raise ValueError(
            f"moderator {name!r} must take two values or more; found {values[0]!r} in every study"
        )
    return values


def standardised(X: Array) -> tuple[Array, Array]:
    """Centre and scale all columns but the intercept, so that years do not drown counts.

    Returns
    -------
    Z, back : ndarray of float, shapes (K, p) and (p, p)
        Coefficients on X are ``back @`` coefficients on Z.

    Examples
    --------
    >>> import numpy as np
    >>> Z, back = standardised(np.array([[1.0, 2010.0], [1.0, 2020.0]]))
    >>> Z[:, 1].tolist(), (back @ np.array([0.0, 5.0])).tolist()
    ([-1.0, 1.0], [-2015.0, 1.0])
    """
    back = np.eye(X.shape[1])
    if X.shape[1] == 1:
        return X, back
    centre, spread = X[:, 1:].mean(axis=0), X[:, 1:].std(axis=0)
    back[0, 1:] = -centre / spread
    back[1:, 1:] /= spread
    return np.column_stack([X[:, :1], (X[:, 1:] - centre) / spread]), back


def design_row(levels: Levels, moderators: Mapping[str, Any]) -> Array:
    """Give the row of the design for some values of the moderators.

    Raises
    ------
    ValueError
        If a moderator of the fit has no value here, an unknown one has, or a category has a
        value that no study had.

    Examples
    --------
    >>> design_row((("route", ("ICV", "IV")), ("dose", ())), {"route": "IV", "dose": 7})
    array([1., 1., 7.])
    """
    names = [name for name, _ in levels]
    if set(names) != set(moderators):
        raise ValueError(f"moderators must be {', '.join(names)}; found {', '.join(moderators)}")
    row = [1.0]
    for name, words in levels:
        value = moderators[name]
        if words and value not in words:
            raise ValueError(f"{name} must be one of {', '.join(words)}; found {value!r}")
        row += [float(value == word) for word in words[1:]] if words else [float(value)]
    return np.array(row)


def separation(events: Array, totals: Array, X: Array) -> int | None:
    """Find a coefficient that no data could keep finite.

    Parameters
    ----------
    events, totals : ndarray of float, shape (K,)
        Patients with the outcome, patients evaluated (counts).
    X : ndarray of float, shape (K, p)
        Design.

    Returns
    -------
    int or None
        Column of a coefficient that grows for ever, because a combination of the moderators
        parts studies without events from studies with only events; None if there is none.

    Notes
    -----
    A linear programme: look for b with X b = 0 where a study has both outcomes, >= 0 where it has
    only events and <= 0 where it has none.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> separation(np.array([0.0, 2.0]), np.array([4.0, 4.0]), X)
    0
    """
    if X.shape[1] == 1:
        return 0 if events.sum() in (0, totals.sum()) else None
    from scipy.optimize import linprog  # 0.3 s, for meta-regression alone

    only, none = events == totals, events == 0
    signed = np.vstack([X[only], -X[none]])
    mixed = X[~only & ~none]
    found = linprog(
        -signed.sum(axis=0) if len(signed) else np.zeros(X.shape[1]),
        A_ub=-signed if len(signed) else None,
        b_ub=np.zeros(len(signed)) if len(signed) else None,
        A_eq=mixed if len(mixed) else None,
        b_eq=np.zeros(len(mixed)) if len(mixed) else None,
        bounds=(-1, 1),
    )
    return int(np.abs(found.x).argmax()) if -found.fun > 1e-7 else None
