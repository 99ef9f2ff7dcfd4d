"""Walk a reader through candidates in a terminal; each decision is written as it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from cartreview._words import count_of
from cartreview.living.candidates import facts, plain
from cartreview.living.decisions import (
    CONSENSUS,
    INDEPENDENT,
    Decision,
    DecisionError,
    Log,
    Row,
    reasons,
)
from cartreview.living.keys import Keys

__all__ = ["HELP", "Tally", "walk"]

HELP = "[i]nclude  [e]xclude  [l]ater  [n]ote  [u]ndo  [q]uit"
_DECISIONS = {"i": "include", "e": "exclude", "l": "later"}
_QUIT = ("q", "")

Step = tuple[Row, list[Row]]  # a candidate, and what readers said of it where they may be seen


@dataclass
class Tally:
    """What a reader did in one session.

    Attributes
    ----------
    decided, later, left : int
        Candidates decided on, left for later, and not come to.
    """

    decided: int = 0
    later: int = 0
    left: int = 0


@dataclass
class _Session:
    log: Log
    reader: str
    steps: Sequence[Step]
    keys: Keys
    console: Console
    today: Callable[[], str]
    round: str
    at: int = 0
    note: str = ""
    done: list[tuple[Decision, Row | None]] = field(default_factory=list)


def walk(
    log: Log,
    reader: str,
    steps: Sequence[Step],
    keys: Keys,
    console: Console,
    today: Callable[[], str],
    *,
    consensus: bool = False,
) -> Tally:
    """Show candidates one after another and write what the reader decides.

    Parameters
    ----------
    log : Log
        The tables.
    reader : str
        Who reads.
    steps : sequence of (dict, list of dict)
        Candidates in order; with a conflict, what its readers decided apart.
    keys : Keys
        Where keys come from. The end of input is the same as quitting.
    console : rich.console.Console
        Where candidates are shown.
    today : callable
        Gives the day, as 2026-11-21.
    consensus : bool
        Whether readers decide together, on what they decided differently.

    Returns
    -------
    Tally
        How many were decided, left for later and not come to.

    Raises
    ------
    NotWritten
        If the table cannot be written. What was decided before stands there.
    """
    session = _Session(
        log, reader, steps, keys, console, today, CONSENSUS if consensus else INDEPENDENT
    )
    try:
        while _answered(session) if session.at < len(steps) else _ended(session):
            pass
    except KeyboardInterrupt:
        pass  # Ctrl-C is one more way to quit: every decision is written already
    later = sum(made.decision == "later" for made, _ in session.done)
    return Tally(len(session.done) - later, later, len(steps) - session.at)


def _show(session: _Session) -> None:
    row, said = session.steps[session.at]
    lines: list[Any] = [Text(f"{label}: {text}") for label, text in facts(row)]
    lines += [Text(_told(one), style="bold") for one in said]
    title = plain(row["title"]) or "(no title was seen)"
    place = f"{session.at + 1} of {len(session.steps)} · {row['candidate_id']}"
    # Text and not markup: a title with [red] or [link=...] in it is shown as it is.
    session.console.print(
        Panel(Group(Text(title, style="bold"), *lines), title=Text(place), title_align="left")
    )
    session.console.print(Text(HELP))


def _told(one: Row) -> str:
    why = f" ({one['reason']})" if one["reason"] else ""
    note = f": {plain(one['note'])}" if one["note"] else ""
    return f"{plain(one['reader'])}: {one['decision']}{why}{note}"


def _ended(session: _Session) -> bool:
    """After the last candidate, let the reader take the last decision back."""
    session.console.print(Text("No further candidate waits. [u]ndo, or another key to leave"))
    if session.keys.key().lower() != "u":
        return False
    _undo(session)
    return True


def _answered(session: _Session) -> bool:
    """Show a candidate and take one key; False if the reader leaves."""
    _show(session)
    key = session.keys.key().lower()
    if key in _QUIT:
        return False
    if key == "u":
        _undo(session)
    elif key == "n":
        session.note = plain(session.keys.line("Note: "))
    elif key in _DECISIONS:
        reason = _reason(session) if key == "e" else ""
        if reason is None:
            return False
        if key != "e" or reason:
            _decide(session, _DECISIONS[key], reason)
    return True


def _reason(session: _Session) -> str | None:
    """Ask why; empty where the reader goes back, None where the reader leaves."""
    listed = list(reasons().items())
    for number, (reason, meaning) in enumerate(listed, start=1):
        session.console.print(Text(f"  {number}  {reason}: {meaning}"))
    session.console.print(Text("Number of the reason, another key to go back"))
    key = session.keys.key()
    if key == "":
        return None
    chosen = int(key) if key.isascii() and key.isdigit() else 0
    return listed[chosen - 1][0] if 0 < chosen <= len(listed) else ""


def _decide(session: _Session, decision: str, reason: str) -> None:
    row = session.steps[session.at][0]
    made = Decision(
        row["candidate_id"], session.reader, decision, reason, session.today(), round=session.round
    )
    made = replace(made, note=session.note)
    try:
        [before] = session.log.record(made)
    except DecisionError as error:
        session.console.print(Text(f"Not written: {error}", style="bold"))
        session.note = ""
        return
    session.done.append((made, before))
    session.note = ""
    session.at += 1
    why = f" ({reason})" if reason else ""
    session.console.print(Text(f"{row['candidate_id']}: {decision}{why}"))


def _undo(session: _Session) -> None:
    if not session.done:
        session.console.print(Text("Nothing to undo in this session"))
        return
    made, before = session.done.pop()
    session.log.restore(made.key, before)
    session.at -= 1
    session.note = ""
    undone = count_of(len(session.done), "decision")
    session.console.print(Text(f"Undone: {made.candidate_id}; {undone} left to undo"))
