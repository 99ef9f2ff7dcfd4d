"""Laboratory values in the unit that their name says, checked for the unit they may have come in.

A value that cannot be is refused. One that can hardly be in its unit, but is ordinary in another,
is used and draws a `UnitWarning`. The limits are ours and no part of any score: they lie beyond
what patients have before CAR T cells, and short of ordinary values in the other unit.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from cartreview.grading.inputs import Refused, missing
from cartreview.grading.result import UnitWarning

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import Index

__all__ = ["ANALYTES", "Analyte", "Measured", "measured"]

SHOWN = 5  # values that a message shows
OURS = 5  # calls between the caller of a score and the warning


@dataclass(frozen=True)
class Analyte:
    """A laboratory value.

    Attributes
    ----------
    argument : str
        Name of the argument, with the unit.
    names : tuple of str
        What the column ``item`` of ``risk_scores`` may call it.
    unit : str
        As the column ``unit`` of ``risk_scores`` writes it.
    low, high : float
        Below and above it is hardly in this unit.
    below, above : str
        What it then probably is.
    reason : str
        Why the limits lie there.
    zero : bool
        Whether 0 can be, as a value below what can be measured.
    """

    argument: str
    names: tuple[str, ...]
    unit: str
    low: float
    high: float
    below: str
    above: str
    reason: str
    zero: bool = False

    @property
    def title(self) -> str:
        """Name, as it opens a sentence."""
        return self.names[0][0].upper() + self.names[0][1:]

    @property
    def allowed(self) -> str:
        """What can be."""
        return f"a number {'from 0 on' if self.zero else 'above 0'}, in {self.unit}"


ANALYTES = {
    one.argument: one
    for one in (
        Analyte(
            "ldh_u_l",
            ("ldh", "lactate dehydrogenase"),
            "U/L",
            low=20,
            high=30_000,
            below="in µkat/L, of which one is 60 U/L",
            above="misplaced by a power of ten",
            reason="serum has 100 or more; lysis of large tumours reaches some thousands",
        ),
        Analyte(
            "creatinine_mg_dl",
            ("creatinine",),
            "mg/dL",
            low=0.1,
            high=15,
            below="in mmol/L, of which one is 11.3 mg/dL",
            above="in µmol/L, of which 88.4 are one mg/dL",
            reason="without kidneys it rises to about 15; infants have 15 µmol/L and more",
        ),
        Analyte(
            "platelets_1e9_l",
            ("platelets", "platelet count"),
            "10^9/L",
            low=1,
            high=2_000,
            below="in 10^12/L",
            above="per microlitre, of which 1000 are one 10^9/L",
            reason="counters report no less than 1; marrow diseases reach 2000",
        ),
        Analyte(
            "crp_mg_dl",
            ("crp", "c-reactive protein"),
            "mg/dL",
            low=0,
            high=50,
            below="misplaced by a power of ten",
            above="in mg/L, of which 10 are one mg/dL",
            reason="sepsis seldom passes 50; fever with CAR T cells often passes 50 mg/L",
            zero=True,
        ),
        Analyte(
            "anc_1e9_l",
            ("anc", "neutrophils", "absolute neutrophil count"),
            "10^9/L",
            low=0,
            high=100,
            below="misplaced by a power of ten",
            above="per microlitre, of which 1000 are one 10^9/L",
            reason="leukaemia apart, neutrophils stay below 100",
            zero=True,
        ),
        Analyte(
            "haemoglobin_g_dl",
            ("haemoglobin", "hemoglobin", "hb"),
            "g/dL",
            low=3,
            high=25,
            below="misplaced by a power of ten",
            above="in g/L, of which 10 are one g/dL",
            reason="below 3 nobody is treated, above 25 no blood flows",
        ),
        Analyte(
            "ferritin_ng_ml",
            ("ferritin",),
            "ng/mL",
            low=1,
            high=200_000,
            below="in µg/mL, of which one is 1000 ng/mL",
            above="misplaced by a power of ten",
            reason="iron deficiency reaches 1, macrophage activation some ten thousands",
        ),
        Analyte(
            "temperature_c",
            ("temperature",),
            "degrees C",
            low=30,
            high=43,
            below="no temperature of a patient with fever",
            above="in degrees Fahrenheit, of which 100.4 are 38 degrees C",
            reason="40 degrees C are 104 degrees Fahrenheit",
        ),
        Analyte(
            "triglycerides_mg_dl",
            ("triglycerides",),
            "mg/dL",
            low=20,
            high=5_000,
            below="in mmol/L, of which one is 88.6 mg/dL",
            above="misplaced by a power of ten",
            reason="10 mmol/L are 886 mg/dL; nobody has 10 mg/dL",
        ),
        Analyte(
            "fibrinogen_mg_dl",
            ("fibrinogen",),
            "mg/dL",
            low=15,
            high=1_500,
            below="in g/L, of which one is 100 mg/dL",
            above="misplaced by a power of ten",
            reason="10 g/L are 1000 mg/dL; assays measure down to some 20 mg/dL",
        ),
        Analyte(
            "ast_u_l",
            ("ast",),
            "U/L",
            low=3,
            high=50_000,
            below="in µkat/L, of which one is 60 U/L",
            above="misplaced by a power of ten",
            reason="serum has 10 or more; liver failure reaches ten thousands",
        ),
    )
}


@dataclass(frozen=True)
class Measured:
    """Values of one patient or of many, as arrays of one length, and the form they came in."""

    values: dict[str, NDArray[np.float64]]
    index: Index | None
    single: bool

    def give(self, result: NDArray[Any], name: str) -> Any:
        """Give a result in the form of the values: a number, an array or a series."""
        if self.index is not None:
            import pandas as pd  # as in tables

            return pd.Series(result, index=self.index, name=name)
        return result[0].item() if self.single else result


def measured(**given: Any) -> Measured:
    """Read laboratory values: numbers, arrays or series of one length.

    Parameters
    ----------
    **given
        Values by argument, each one of ``ANALYTES``.

    Returns
    -------
    Measured
        The values as arrays.

    Raises
    ------
    ValueError
        If a value is missing or impossible, or lengths or indexes differ.
    """
    indexes = {name: value.index for name, value in given.items() if hasattr(value, "iloc")}
    index = next(iter(indexes.values()), None)
    for name, other in indexes.items():
        if index is not None and not other.equals(index):
            raise ValueError(f"{name}: its index is not that of {next(iter(indexes))}; align them")
    read = {name: _numbers(ANALYTES[name], value) for name, value in given.items()}
    lengths = [len(read[name]) for name, value in given.items() if np.ndim(value)]
    length = max(lengths, default=1)
    for name, values in read.items():
        if np.ndim(given[name]) and len(values) != length:
            raise ValueError(f"{name}: found {len(values)} values beside {length}; lengths differ")
    whole = {name: np.broadcast_to(values, length) for name, values in read.items()}
    labels = list(range(length)) if index is None else index
    for name, values in whole.items():
        _refuse(ANALYTES[name], values, labels)
        _warn(ANALYTES[name], values)
    return Measured(whole, index, not lengths)


def _numbers(analyte: Analyte, value: Any) -> NDArray[np.float64]:
    """Read one value or many as floats; what is no number is refused, what is missing is NaN."""
    if np.ndim(value) == 0:
        if missing(value) or isinstance(value, bool) or not isinstance(value, Real):
            raise Refused(analyte.argument, value, analyte.allowed)
        return np.array([float(value)])
    if np.ndim(value) != 1:
        raise Refused(analyte.argument, np.shape(value), "a number, or one sequence of numbers")
    if getattr(getattr(value, "dtype", None), "kind", "O") in "iuf":
        plain = value.to_numpy("float64", na_value=np.nan) if hasattr(value, "iloc") else value
        return np.asarray(plain, dtype=np.float64)
    return np.array([_number(analyte, cell) for cell in value], dtype=np.float64)


def _number(analyte: Analyte, cell: Any) -> float:
    if missing(cell):
        return math.nan
    if isinstance(cell, bool) or not isinstance(cell, Real):
        raise Refused(analyte.argument, cell, analyte.allowed)
    return float(cell)


def _refuse(analyte: Analyte, values: NDArray[np.float64], labels: Any) -> None:
    least = values >= 0 if analyte.zero else values > 0
    bad = np.flatnonzero(~(np.isfinite(values) & least))
    if not len(bad):
        return
    if len(values) == 1:
        raise Refused(analyte.argument, float(values[bad[0]]), analyte.allowed)
    shown = ", ".join(f"{_shown(values[row])} at {labels[row]!r}" for row in bad[:SHOWN])
    raise ValueError(
        f"{analyte.argument}: {len(bad)} of {len(values)} values cannot be used; found {shown}; "
        f"allowed is {analyte.allowed}"
    )


def _shown(value: float) -> str:
    return "nothing" if math.isnan(value) else f"{value:g}"


def _warn(analyte: Analyte, values: NDArray[np.float64]) -> None:
    for found, word, limit, mistake in (
        (values < analyte.low, "below", analyte.low, analyte.below),
        (values > analyte.high, "above", analyte.high, analyte.above),
    ):
        if found.any():
            many = f" ({found.sum()} of {len(values)} values)" if len(values) > 1 else ""
            first = values[np.flatnonzero(found)[0]]
            warnings.warn(
                f"{analyte.argument}: found {first:g}{many}, {word} {limit:g} {analyte.unit}: "
                f"probably {mistake}",
                UnitWarning,
                stacklevel=OURS,
            )
