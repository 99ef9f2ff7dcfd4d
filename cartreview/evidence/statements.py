"""Statements of the literature: who says what, where, in which words, with which figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartreview._tables import load
from cartreview._words import near

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Statement", "statement"]


@dataclass(frozen=True)
class Statement:
    """A statement that the book re-tests or quotes.

    Attributes
    ----------
    statement_id, source_id, locator : str
        Its key, the source, and the place in it.
    words, topic : str
        The source's words, empty where they were not seen; what it is about, in ours.
    figures : dict of str to int, float or str
        Numbers and names in the statement.
    study_ids : tuple of str
        Studies that it names.
    """

    statement_id: str
    source_id: str
    locator: str
    words: str
    topic: str
    figures: dict[str, int | float | str]
    study_ids: tuple[str, ...]

    def named(self, rows: DataFrame) -> DataFrame:
        """Keep rows about the studies that the statement names."""
        return rows[rows["study_id"].isin(self.study_ids)]

    def others(self, rows: DataFrame) -> DataFrame:
        """Keep rows about studies that the statement does not name."""
        return rows[~rows["study_id"].isin(self.study_ids)]

    def items(self, name: str) -> list[str]:
        """Give a figure that lists names: ``antigens=GD2,HER2``."""
        return str(self.figures[name]).split(",")


def statement(statement_id: str) -> Statement:
    """Give a statement by its key.

    Parameters
    ----------
    statement_id : str
        A key of ``statements``.

    Returns
    -------
    Statement
        With its figures as numbers where they are numbers.

    Raises
    ------
    KeyError
        If there is no such statement; the message names near ones.

    Examples
    --------
    >>> from cartreview import load
    >>> first = statement(load("statements")["statement_id"].iloc[0])
    >>> sorted(first.figures)
    ['trials']
    """
    rows = load("statements").set_index("statement_id").astype("object")
    if statement_id not in rows.index:
        named = ", ".join(near(statement_id, rows.index, most=3))
        raise KeyError(f"no statement {statement_id!r}; near it: {named or 'none'}")
    row = rows.loc[statement_id]
    pairs = (item.partition("=") for item in _items(row["figures"]))
    return Statement(
        statement_id,
        source_id=_text(row["source_id"]),
        locator=_text(row["locator"]),
        words=_text(row["words"]),
        topic=_text(row["topic"]),
        figures={name.strip(): _number(value.strip()) for name, _, value in pairs},
        study_ids=tuple(_items(row["study_ids"])),
    )


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""


def _items(cell: Any) -> list[str]:
    return [item for item in _text(cell).split(";") if item]


def _number(text: str) -> int | float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value
