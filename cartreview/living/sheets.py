"""Decisions by spreadsheet: candidates out, decisions back, all of them or none.

A reader fills in three columns: decision, reason and note. What else the sheet holds is for reading
and is not read back.

Vocabulary
----------
sheet   a file of a spreadsheet program, .xlsx or .csv, a candidate a row below one of headings.
fault   a cell that cannot be taken, by its row and column in the sheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cartreview._files import write_whole
from cartreview._words import enumeration, suggestion
from cartreview.living.candidates import plain
from cartreview.living.decisions import Decision, DecisionError, Log, Row, check_decision, reasons
from cartreview.living.workbook import SheetError, letter, read_book, read_csv, write_book

__all__ = ["COLUMNS", "FILLED", "Fault", "decisions_of", "defused", "export"]

DECISIONS = ("include", "exclude", "later")
FILLED = ("decision", "reason", "note")
COLUMNS = (
    "candidate_id",
    "title",
    "year",
    "doi",
    "pmid",
    "registrations",
    "address",
    "belongs",
    "why_ranked",
    "abstract",
    *FILLED,
    "reader",
)
_COMPUTED = ("=", "+", "-", "@")
_LONGEST = 32_000  # a cell of Excel holds 32,767 characters


@dataclass(frozen=True)
class Fault:
    """A cell of a sheet that cannot be taken.

    Attributes
    ----------
    row : int
        As the spreadsheet numbers it; the headings are row 1.
    column : str
        Letter and heading, as "J decision".
    found, expected : str
        What stands there, and what would do.
    """

    row: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        """Say it in a line."""
        return f"row {self.row}, column {self.column}: found {self.found}; expected {self.expected}"


def defused(text: str) -> str:
    r"""Write a text so that no spreadsheet computes it.

    Examples
    --------
    >>> defused('=HYPERLINK("x")'), defused("CAR T"), defused("")
    ('\'=HYPERLINK("x")', 'CAR T', '')
    """
    clean = plain(text)[:_LONGEST]
    return f"'{clean}" if clean.startswith(_COMPUTED) else clean


def _undefused(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_COMPUTED) else text


def export(log: Log, reader: str, rows: Sequence[Row], path: Path) -> None:
    """Write candidates as a sheet, with what this reader has decided and nothing of others.

    Parameters
    ----------
    log : Log
        The tables.
    reader : str
        For whom.
    rows : sequence of dict
        The candidates, in order.
    path : pathlib.Path
        The file to make or replace, .xlsx or .csv.

    Raises
    ------
    SheetError
        If it is neither.
    DecisionError
        If the reader's name is another's.
    NotWritten
        If it cannot be written; a file that was there is as it was.
    """
    mine = log.of_reader(reader)
    cells = [list(COLUMNS)]
    for row in rows:
        said = mine.get(row["candidate_id"], {})
        filled = {**row, **{name: said.get(name, "") for name in FILLED}, "reader": reader}
        cells.append([defused(filled.get(name) or "") for name in COLUMNS])
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        csv.writer(text).writerows(cells)
        # Excel takes a file for UTF-8 only if it begins with a mark.
        write_whole(path, text.getvalue().encode("utf-8-sig"))
    elif path.suffix.lower() == ".xlsx":
        lists = {"decision": DECISIONS, "reason": tuple(reasons())}
        write_whole(path, write_book(cells, lists))
    else:
        raise SheetError(f"{path.name} is no .xlsx and no .csv")


def decisions_of(
    log: Log, reader: str, path: Path, today: str
) -> tuple[list[Decision], list[Fault]]:
    """Read what a reader filled in.

    Parameters
    ----------
    log : Log
        The tables; nothing is written.
    reader : str
        Whose sheet it is.
    path : pathlib.Path
        The sheet, .xlsx or .csv.
    today : str
        The day, as 2026-11-21.

    Returns
    -------
    decisions : list of Decision
        What is new or was "later" before; rows without a decision are passed over.
    faults : list of Fault
        Cells that cannot be taken, a decision that contradicts an earlier one of this reader among
        them. Where there is one, nothing should be written.

    Raises
    ------
    SheetError
        If the file is no sheet, lacks a column, or is too large.
    DecisionError
        If the reader's name is another's.
    """
    rows = read_csv(path) if path.suffix.lower() == ".csv" else read_book(path)
    head = [name.strip().lower() for name in rows[0]] if rows else []
    for name in ("candidate_id", *FILLED):
        if head.count(name) != 1:
            has = "twice" if name in head else "not"
            raise SheetError(
                f"{path.name}: row 1 must have the heading {name!r} once; it has it {has}"
            )
    sheet = _Sheet(log, reader, head, today)
    made = [one for number, row in enumerate(rows[1:], start=2) for one in sheet.read(number, row)]
    return made, sheet.faults


class _Sheet:
    """The rows of a sheet, read one after another."""

    def __init__(self, log: Log, reader: str, head: list[str], today: str) -> None:
        self._head, self._reader, self._today = head, reader, today
        self._known = {row["candidate_id"] for row in log.candidates()}
        self._mine = log.of_reader(reader)
        self._seen: dict[str, int] = {}
        self.faults: list[Fault] = []

    def read(self, number: int, row: list[str]) -> Iterator[Decision]:
        """Give the decision of a row, if it has one that is new and can be taken."""
        cells = {
            name: row[at].strip() if at < len(row) else "" for at, name in enumerate(self._head)
        }
        if not any(cells.values()):
            return
        before = len(self.faults)
        key = cells["candidate_id"]
        self._check_row(number, key, cells)
        decision = self._one_of(number, "decision", cells["decision"], DECISIONS)
        reason = self._one_of(number, "reason", cells["reason"], tuple(reasons()))
        if len(self.faults) > before:
            return
        self._check_pair(number, decision, reason)
        if len(self.faults) > before or not decision:
            return
        note = plain(_undefused(cells["note"]))
        made = Decision(key, self._reader, decision, reason, self._today, note)
        yield from self._new(number, made)

    def _check_row(self, number: int, key: str, cells: dict[str, str]) -> None:
        if key not in self._known:
            self._fault(number, "candidate_id", key, "a candidate of data/screening.csv")
        elif key in self._seen:
            self._fault(number, "candidate_id", key, f"once; row {self._seen[key]} has it too")
        self._seen.setdefault(key, number)
        if cells.get("reader", "") not in ("", defused(self._reader)):
            self._fault(number, "reader", cells["reader"], f"{self._reader!r}, whose sheet this is")

    def _one_of(self, number: int, name: str, text: str, allowed: tuple[str, ...]) -> str:
        """Give a word of a list however it is capitalised; what is none is a fault."""
        word = " ".join(text.lower().split())
        if word and word not in allowed:
            hint = suggestion(word, allowed)
            self._fault(number, name, text, f"one of {enumeration(allowed)}{hint}")
        return word

    def _check_pair(self, number: int, decision: str, reason: str) -> None:
        if decision == "exclude" and not reason:
            self._fault(number, "reason", "", f"one of {enumeration(reasons())}")
        elif decision != "exclude" and reason:
            self._fault(number, "reason", reason, "an empty cell: only an exclusion has a reason")

    def _new(self, number: int, made: Decision) -> Iterator[Decision]:
        said = self._mine.get(made.candidate_id)
        if said and said["decision"] != "later":
            if (said["decision"], said["reason"]) != (made.decision, made.reason):
                why = f" ({said['reason']})" if said["reason"] else ""
                self._fault(
                    number,
                    "decision" if said["decision"] != made.decision else "reason",
                    made.decision if said["decision"] != made.decision else made.reason,
                    f"{said['decision']}{why}, which {self._reader} decided on {said['day']}; "
                    f"to change it: cartreview screen --candidate {made.candidate_id}",
                )
                return
            made = replace(made, day=said["day"])  # a note alone makes no new decision
        if said and (said["decision"], said["note"]) == (made.decision, made.note):
            return
        try:
            check_decision(made, self._known)
        except DecisionError as error:
            self._fault(number, "note", made.note, f"a note that the table takes ({error})")
            return
        yield made

    def _fault(self, number: int, name: str, found: str, expected: str) -> None:
        column = f"{letter(self._head.index(name))} {name}"
        shown = repr(plain(found)[:80]) if found else "an empty cell"
        self.faults.append(Fault(number, column, shown, expected))
