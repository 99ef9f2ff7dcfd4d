"""What a scale asks about a patient, and what it takes for an answer.

The words are the interface of the calculators; what they are worth stands in the table.

Vocabulary
----------
resting level   the first level of a choice: the finding is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from cartreview._words import suggestion

__all__ = [
    "ABSENT",
    "REQUIRED",
    "Choice",
    "Flag",
    "Input",
    "Refused",
    "Whole",
    "missing",
    "refuse_others",
]


class _LeftOut:
    """What an argument is that was not given."""

    def __repr__(self) -> str:
        """Show in a signature what a reader of ``help`` understands."""
        return "<left out>"


# An argument without a default: the caller has to say.
REQUIRED = _LeftOut()
# Where a whole number could not be had: one value that a lookup can hold.
ABSENT = None


class Refused(ValueError):
    """An argument that cannot be.

    Attributes
    ----------
    name : str
        Argument or column.
    value : object
        What was found.
    allowed : str
        What is allowed, in words.
    complaint : str
        Both in one sentence.
    """

    def __init__(self, name: str, value: object, allowed: str, hint: str = "") -> None:
        self.name, self.value, self.allowed = name, _plain(value), allowed
        shown = "nothing" if missing(value) or value == "" else repr(_plain(value))
        self.complaint = f"found {shown}; allowed is {allowed}{hint}"
        super().__init__(f"{name}: {self.complaint}")


def _plain(value: object) -> object:
    """Show numpy's scalars as Python's."""
    return value.item() if hasattr(value, "item") else value


def missing(value: object) -> bool:
    """Tell None, NaN and pandas' NA and NaT, which alone differ from themselves or refuse to."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA
        return True
    except ValueError:  # an array
        return False


@dataclass(frozen=True)
class Flag:
    """Yes or no.

    `required`: no grade without it. `masks` names the flag that is no longer required when this is
    so, `excuses` the domain that then has another cause, `needs` a flag that must be so as well.
    """

    name: str
    default: Any = REQUIRED
    required: bool = False
    masks: str = ""
    excuses: str = ""
    needs: str = ""

    @property
    def options(self) -> tuple[bool, ...]:
        """Every answer."""
        return (False, True)

    def read(self, value: object) -> bool:
        """Give the answer, or refuse it."""
        if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
            return bool(value)
        raise Refused(self.name, value, "True or False")

    def agrees(self, value: object, others: Mapping[str, Any]) -> None:
        """Refuse what another answer rules out."""
        if self.needs and value and not others[self.needs]:
            raise Refused(self.name, value, f"False where {self.needs} is False")


@dataclass(frozen=True)
class Choice:
    """One of some words, the resting level first and the gravest last.

    `partial`: an answer without a rule says nothing, rather than being a hole in the table.
    `needs` names a number that must be above 0 for any answer but the first.
    """

    name: str
    options: tuple[str, ...]
    default: Any = REQUIRED
    partial: bool = False
    needs: str = ""

    @property
    def resting(self) -> str:
        """The level of a patient without the finding."""
        return self.options[0]

    def read(self, value: object) -> str:
        """Give the word, or refuse it."""
        if isinstance(value, str) and value in self.options:
            return str(value)
        allowed = f"one of {', '.join(map(repr, self.options))}"
        raise Refused(self.name, value, allowed, suggestion(value, self.options))

    def agrees(self, value: object, others: Mapping[str, Any]) -> None:
        """Refuse a finding that another answer rules out."""
        if self.needs and value != self.resting and not others[self.needs]:
            raise Refused(self.name, value, f"{self.resting!r} where {self.needs} is 0")


@dataclass(frozen=True)
class Whole:
    """A whole number from 0 on, or a word where it could not be had.

    `without` names the other input and its level in which the number cannot be had: there, and
    only there, it may be missing, and it can then be nothing but 0. `unless` names a flag that
    lifts this. `within` names another number that this one cannot pass, `needs` a flag that must
    be so where this is above 0. `partial` as in `Choice`.
    """

    name: str
    highest: int
    words: tuple[str, ...] = ()
    without: tuple[str, str] | None = None
    unless: str = ""
    within: str = ""
    needs: str = ""
    default: Any = REQUIRED
    partial: bool = False

    @property
    def options(self) -> tuple[object, ...]:
        """Every answer."""
        absent = (ABSENT,) if self.without else ()
        return (*range(self.highest + 1), *self.words, *absent)

    @property
    def _allowed(self) -> str:
        words = "".join(f" or {word!r}" for word in self.words)
        only = f" or None with {self.without[0]} {self.without[1]!r}" if self.without else ""
        return f"a whole number from 0 to {self.highest}{words}{only}"

    def read(self, value: object) -> int | str | None:
        """Give the number or the word, or refuse it."""
        if isinstance(value, str) and value in self.words:
            return str(value)
        if self.without and missing(value):
            return ABSENT
        return self.number(value)

    def number(self, value: object) -> int:
        """Give the number, or refuse it."""
        known = isinstance(value, Real) and not isinstance(value, bool)
        if known and value in range(self.highest + 1):
            return int(value)  # type: ignore[call-overload]
        raise Refused(self.name, value, self._allowed)

    def agrees(self, value: Any, others: Mapping[str, Any]) -> None:
        """Refuse a number that another answer rules out, or one that is missing without it."""
        if self.within and int(value) > others[self.within]:
            most = f"at most {self.within}, which is {others[self.within]}"
            raise Refused(self.name, value, most)
        if self.needs and value and not others[self.needs]:
            raise Refused(self.name, value, f"0 where {self.needs} is False")
        if self.without is None or (self.unless and others[self.unless]):
            return
        other, level = self.without
        if others[other] == level and value not in (ABSENT, 0):
            raise Refused(self.name, value, f"0 or None with {other} {level!r}")
        if value is ABSENT and others[other] != level:
            raise Refused(self.name, value, f"{self._allowed}; {other} is {others[other]!r}")


Input = Flag | Choice | Whole


def refuse_others(period: str, others: dict[str, Any]) -> None:
    """Refuse arguments that another period asks for.

    Raises
    ------
    Refused
        If one of them was given.
    """
    for name, value in others.items():
        if value is not REQUIRED:
            raise Refused(name, value, f"nothing where period is {period!r}")
