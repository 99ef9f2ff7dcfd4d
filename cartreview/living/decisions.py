"""The table of screening decisions: read, and written whole with each decision.

Vocabulary
----------
row        a record of a table, its cells by column.
decision   what one reader says of one candidate; or, as a consensus, what readers agreed on.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cartreview import _tables
from cartreview._files import write_whole
from cartreview._package import json_object
from cartreview._words import enumeration
from cartreview.validation.fields import check_cell
from cartreview.validation.schemas import read_schema

__all__ = [
    "ABSTRACTS",
    "CONSENSUS",
    "DECISIONS",
    "INDEPENDENT",
    "RANKED",
    "SCREENING",
    "Decision",
    "DecisionError",
    "Log",
    "Row",
    "check_decision",
    "reasons",
    "slug",
]

Row = dict[str, str]

DECISIONS, SCREENING, RANKED = "screening_decisions", "screening", "candidates"
ABSTRACTS = Path(".cartreview") / "abstracts.json"  # by candidate, in the checkout, not in git
INDEPENDENT, CONSENSUS = "independent", "consensus"
_REASON = "exclude"


class DecisionError(ValueError):
    """A decision, or a reader's name, that the table does not take; the message says why."""


@dataclass(frozen=True)
class Decision:
    """What one reader says of one candidate.

    Attributes
    ----------
    candidate_id, reader : str
        On what, and who.
    decision : str
        "include", "exclude" or "later".
    reason : str
        Why it is excluded, one of ``reasons()``; empty otherwise.
    day : str
        As 2026-11-21.
    note : str
        What the reader wants to be known.
    round : str
        "independent", or "consensus" where readers agreed after they had differed.
    """

    candidate_id: str
    reader: str
    decision: str
    reason: str = ""
    day: str = ""
    note: str = ""
    round: str = INDEPENDENT

    @property
    def key(self) -> str:
        """The key of its row: one a candidate and reader, one a candidate for a consensus."""
        who = CONSENSUS if self.round == CONSENSUS else slug(self.reader)
        return f"{self.candidate_id}:{who}"

    def row(self) -> Row:
        """Give the cells of its row."""
        return {"decision_id": self.key, **self.__dict__}


def slug(reader: str) -> str:
    """Write a reader's name as keys have it.

    Raises
    ------
    DecisionError
        If nothing is left of it, or it is the word that marks a consensus.

    Examples
    --------
    >>> slug("First reader"), slug("A. Müller")
    ('first-reader', 'a-m-ller')
    """
    made = re.sub(r"[^a-z0-9]+", "-", reader.lower()).strip("-")
    if not made or made == CONSENSUS:
        raise DecisionError(f"{reader!r} is no name of a reader: give letters, as 'first reader'")
    return made


def reasons() -> dict[str, str]:
    """Give the reasons for which a candidate may be excluded, each with its meaning.

    Examples
    --------
    >>> "no patients" in reasons()
    True
    """
    fields = _tables.schema(DECISIONS)["fields"]
    return dict(next(field for field in fields if field["name"] == "reason")["meanings"])


class Log:
    """Candidates and decisions of a checkout.

    Nothing is kept between two decisions: each is read into the table as it then stands, and the
    table is written whole, so that a reader may leave, or be cut off, at any time.

    Parameters
    ----------
    data : pathlib.Path
        The folder of the tables.
    """

    def __init__(self, data: Path) -> None:
        self._data = data

    def candidates(self) -> list[Row]:
        """Read the candidates in the order of their table, with what a search wrote beside them.

        Returns
        -------
        list of dict
            The cells of ``screening``; ``rank``, ``why_ranked`` and ``belongs`` where a search
            ranked the candidate; ``abstract`` where one is held on this machine. Abstracts are
            no part of the repository, for they are not free to pass on.
        """
        ranked = self._optional(RANKED)
        held = json_object(self._text(self._data.parent / ABSTRACTS))
        return [_told(row, ranked, held) for row in self._read(SCREENING)]

    def decisions(self) -> list[Row]:
        """Read the decisions, in the order of their table."""
        return self._read(DECISIONS)

    def of_reader(self, reader: str) -> dict[str, Row]:
        """Give what a reader decided alone, by candidate.

        Raises
        ------
        DecisionError
            If another reader's name comes to the same key.
        """
        mine = [row for row in self.decisions() if row["round"] == INDEPENDENT]
        end = slug(reader)
        for row in mine:
            if row["decision_id"].endswith(f":{end}") and row["reader"] != reader:
                raise DecisionError(
                    f"{reader!r} is written as {row['reader']!r} in the table: use one spelling, "
                    "or a name that differs by more than signs"
                )
        return {row["candidate_id"]: row for row in mine if row["reader"] == reader}

    def record(self, *made: Decision) -> list[Row | None]:
        """Write decisions, all of them or none.

        Parameters
        ----------
        *made : Decision
            A decision takes the place of one of the same reader on the same candidate.

        Returns
        -------
        list of (dict or None)
            Of each, the row that stood in its place.

        Raises
        ------
        DecisionError
            If the table does not take one of them; nothing is written then.
        NotWritten
            If the disk is full, or the table may not be written; it is as it was.
        """
        known = {row["candidate_id"] for row in self.candidates()}
        for one in made:
            check_decision(one, known)
        rows = {row["decision_id"]: row for row in self.decisions()}
        before = [rows.get(one.key) for one in made]
        self._write(DECISIONS, {**rows, **{one.key: one.row() for one in made}}.values())
        return before

    def restore(self, key: str, before: Row | None) -> None:
        """Put a row back as it was, or take it out where there was none."""
        rows = {row["decision_id"]: row for row in self.decisions()}
        if before is None:
            rows.pop(key, None)
        else:
            rows[key] = before
        self._write(DECISIONS, rows.values())

    def settle(self, settled: Mapping[str, Row]) -> None:
        """Write outcomes into the table of candidates, all of them or none."""
        rows = self._read(SCREENING)
        self._write(SCREENING, [{**row, **settled.get(row["candidate_id"], {})} for row in rows])

    def _optional(self, name: str) -> dict[str, Row]:
        """Read a table by its key; none where it is not there."""
        if name not in _tables.tables() or not self._path(name).is_file():
            return {}
        return {row[_tables.key(name)]: row for row in self._read(name)}

    @staticmethod
    def _text(path: Path) -> str:
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def _read(self, name: str) -> list[Row]:
        with self._path(name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _write(self, name: str, rows: Iterable[Row]) -> None:
        text = io.StringIO()
        names = [field["name"] for field in _tables.schema(name)["fields"]]
        writer = csv.DictWriter(text, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_whole(self._path(name), text.getvalue())

    def _path(self, name: str) -> Path:
        return self._data / str(_tables.resource(name)["path"])


def _told(row: Row, ranked: Mapping[str, Row], held: Mapping[str, object]) -> Row:
    key = row["candidate_id"]
    beside = ranked.get(key, {})
    belongs = " ".join(beside.get(name) or "" for name in ("relation", "joins")).strip()
    return {
        **row,
        "rank": beside.get("points", ""),
        "why_ranked": beside.get("reasons", ""),
        "belongs": belongs,
        "abstract": str(held.get(key) or ""),
    }


def check_decision(made: Decision, known: set[str]) -> None:
    """Refuse a decision that the table does not take.

    Raises
    ------
    DecisionError
        The message says what is wrong with it, and what is expected.

    Examples
    --------
    >>> check_decision(Decision("a", "one", "exclude", day="2026-11-21"), {"a"})
    Traceback (most recent call last):
    ...
    cartreview.living.decisions.DecisionError: a: an exclusion needs a reason
    """
    if made.candidate_id not in known:
        raise DecisionError(f"{made.candidate_id} is no candidate of data/screening.csv")
    if made.decision == _REASON and not made.reason:
        raise DecisionError(f"{made.candidate_id}: an exclusion needs a reason")
    if made.decision != _REASON and made.reason:
        raise DecisionError(f"{made.candidate_id}: only an exclusion has a reason")
    row = made.row()
    for field in read_schema(DECISIONS, _tables.schema(DECISIONS)).fields:
        for problem in check_cell(field, row[field.name]):
            raise DecisionError(
                f"{made.candidate_id}: {field.name} is {problem.found}; "
                f"expected {problem.expected or enumeration(field.enum)}"
            )
