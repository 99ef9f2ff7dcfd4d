"""Rows of the table ``grading_criteria`` as rules.

Vocabulary
----------
rule    a row: a level or band that gives a grade, an item that gives points, or a footnote.
domain  what a rule looks at, such as hypoxia; also the name of the argument that describes it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import Any

from cartreview._tables import load, state

__all__ = ["TABLE", "Range", "Rule", "band_as_data", "rules", "rules_state"]

TABLE = "grading_criteria"


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, an end that is open left out."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Range:
        """Read the four columns of a band; an empty end has no limit."""
        low, high = (row[name] for name in ("low", "high"))
        return cls(
            -math.inf if low is None else float(low),
            math.inf if high is None else float(high),
            bool(row["low_open"]),
            bool(row["high_open"]),
        )

    def __contains__(self, number: float) -> bool:
        above = number > self.low if self.low_open else number >= self.low
        return above and (number < self.high if self.high_open else number <= self.high)

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g}"
        if math.isinf(self.low):
            return f"under {self.high:g}" if self.high_open else f"{self.high:g} or less"
        if math.isinf(self.high):
            return f"over {self.low:g}" if self.low_open else f"{self.low:g} or more"
        ends = ("over " * self.low_open, "under " * self.high_open)
        return f"{ends[0]}{self.low:g} to {ends[1]}{self.high:g}"


def band_as_data(band: Range) -> dict[str, Any]:
    """Write a band as plain data; JSON has no infinity."""
    ends = {name: getattr(band, name) for name in ("low", "high")}
    finite = {name: None if math.isinf(end) else end for name, end in ends.items()}
    return {**finite, "low_open": band.low_open, "high_open": band.high_open}


@dataclass(frozen=True)
class Rule:
    """A row of ``grading_criteria``; what the row leaves empty is None."""

    criterion_id: str
    scale: str
    domain: str
    role: str
    level: str | None
    effect: str | None
    grade: int | None
    points: int | None
    band: Range
    unit: str | None
    days: Range
    requires: tuple[tuple[str, tuple[str, ...]], ...]
    criterion: str
    source_id: str
    locator: str
    note: str | None

    def fits(self, value: object) -> bool:
        """Tell whether a value of the domain is of this level or in this band."""
        if self.role == "level":
            return value == self.level
        return isinstance(value, Real) and value in self.band  # type: ignore[operator]

    def met(self, values: Mapping[str, object]) -> bool:
        """Tell whether the rule applies to a patient: its own domain and those it requires."""
        return self.accompanied(values) and self.fits(values[self.domain])

    def accompanied(self, values: Mapping[str, object]) -> bool:
        """Tell whether the other domains are at the levels that the rule requires."""
        return all(values[domain] in levels for domain, levels in self.requires)


def rules_state() -> Hashable:
    """Give a key that changes with the rules."""
    return state(TABLE)


def rules(scale: str | None = None) -> tuple[Rule, ...]:
    """Read the rules of a scale, or all of them, in the order of the table."""
    every = _read(rules_state())
    return tuple(rule for rule in every if scale in (None, rule.scale))


@lru_cache(maxsize=4)
def _read(_: Hashable) -> tuple[Rule, ...]:
    return tuple(_rules())


def _rules() -> Iterator[Rule]:
    frame = load(TABLE).astype(object)
    for row in frame.where(frame.notna(), None).to_dict("records"):
        whole = {name: _whole(row[name]) for name in ("grade", "points")}
        same = {name: row[name] for name in Rule.__annotations__ if name in row}
        days = {"low": row["days_low"], "high": row["days_high"]}
        closed = {"low_open": False, "high_open": False}
        read = {"band": Range.of(row), "days": Range.of({**days, **closed})}
        yield Rule(**{**same, **whole, **read, "requires": _requires(row)})


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _requires(row: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read 'consciousness=unarousable'; several parted by semicolons, levels that serve by '|'."""
    pairs = [part.partition("=") for part in (row["requires"] or "").split(";") if part.strip()]
    for domain, sign, level in pairs:
        if not (domain.strip() and sign and level.strip()):
            raise ValueError(
                f"{TABLE}: {row['criterion_id']}: requires is {row['requires']!r}; expected a "
                "domain and a level such as 'consciousness=unarousable'"
            )
    return tuple((domain.strip(), _levels(levels)) for domain, _, levels in pairs)


def _levels(cell: str) -> tuple[str, ...]:
    return tuple(level.strip() for level in cell.split("|"))
