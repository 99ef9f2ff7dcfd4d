"""What grading gives: a grade, with the reasons and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

__all__ = ["Band", "Grade", "MissingRules", "Score", "UnitWarning"]


class UnitWarning(UserWarning):
    """A laboratory value that would be plausible in another unit."""


class MissingRules(LookupError):
    """Rules that are not in the tables: no page that states them could be opened."""


@dataclass(frozen=True)
class Grade:
    """A grade and why it is this one.

    Attributes
    ----------
    value : int
        0 to 5; 0 where the scale gives no grade.
    reasons : tuple of str
        Sentences: what decided, then the footnotes that applied.
    system : str
        The scale, as the column ``scale`` of ``grading_criteria`` names it.
    sources : tuple of str
        Keys in references.bib of what the reasons were read in.
    criteria : tuple of str
        Keys in ``grading_criteria`` of the rows that decided.
    decided_by : tuple of str
        Domains that decided, or "death"; empty where nothing was found.
    """

    value: int
    reasons: tuple[str, ...]
    system: str
    sources: tuple[str, ...]
    criteria: tuple[str, ...]
    decided_by: tuple[str, ...]

    def __int__(self) -> int:
        return self.value

    def __str__(self) -> str:
        return f"{self.system} grade {self.value}. {' '.join(self.reasons)}"

    def _repr_html_(self) -> str:
        """Show the grade and its reasons as a list in a notebook."""
        return _html(f"{self.system} grade {self.value}", self.reasons)


@dataclass(frozen=True)
class Band:
    """A band of a score's table.

    Attributes
    ----------
    name : str
        The band in words: "under 9".
    grades : tuple of int
        Grades that the band can give, with what else the grade requires.
    criteria, sources : tuple of str
        Keys of the rows and of what they were read in.
    """

    name: str
    grades: tuple[int, ...]
    criteria: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """A sum of points and what it means.

    Attributes
    ----------
    points : int
        Sum over the items.
    group : str
        Name of the risk group; empty where the sum lies in none that is named.
    items : dict of str to int
        Points of each item, by argument.
    sources : tuple of str
        Keys in references.bib of the rows used.
    notes : tuple of str
        What to know: values on an edge where restatements differ, points read second-hand.
    system : str
        The score, as the column ``score`` of ``risk_scores`` names it.
    """

    points: int
    group: str
    items: dict[str, int]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
    system: str = ""

    def __int__(self) -> int:
        return self.points

    def __str__(self) -> str:
        group = f" ({self.group})" if self.group else ""
        return " ".join((f"{self.system} {self.points}{group}.", *self.notes))

    def _repr_html_(self) -> str:
        """Show the points and the notes as a list in a notebook."""
        return _html(f"{self.system} {self.points}", (self.group, *self.notes))


def _html(title: str, lines: tuple[str, ...]) -> str:
    listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<p><b>{escape(title)}</b></p><ul>{listed}</ul>"
