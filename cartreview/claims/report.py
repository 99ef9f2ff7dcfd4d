"""Reports of moved claims: for a terminal, for a pull request, for machines.

Vocabulary
----------
summary   what a reader must not miss: verdicts that changed, claims that cannot be computed, the
          largest moves, what is new and what is gone.
size      of a move: relative change of the first number in the sentence that changed.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from cartreview._words import count_of
from cartreview.claims.changes import Change
from cartreview.claims.diff import ELSEWHERE, EVIDENCE, Move, RowChange
from cartreview.claims.ledger import COMPUTED, Claim

__all__ = ["FORMATS", "as_json", "as_markdown", "as_text", "headline", "summary"]

_SHOWN = 12  # rows a claim in a report: the reader looks for the cause, not for the whole table
_LARGEST = 5  # moves that the summary names


def headline(moves: Sequence[Move]) -> str:
    """Say in a few words how many claims moved.

    Examples
    --------
    >>> headline([])
    'No claim moved'
    """
    if not moves:
        return "No claim moved"
    kinds = [move.change for move in moves]
    counts = [(kind, kinds.count(kind)) for kind in ("added", "removed", "cannot be computed")]
    claims = f"{count_of(len(moves), 'claim')} moved"
    apart = ", ".join(f"{count} {kind}" for kind, count in counts if count)
    return f"{claims} ({apart})" if apart else claims


def summary(moves: Sequence[Move]) -> dict[str, list[str]]:
    """Say what a reader must not miss, under a heading each; what is not there is left out.

    Examples
    --------
    >>> one = Claim("a", "There is 1.", "holds", {"n": 1}, {}, ())
    >>> two = Claim("a", "There are 2.", "does not hold", {"n": 2}, {}, ())
    >>> summary([Move("a", "trials", one, two)])["verdicts changed"]
    ['holds → does not hold: a']
    """
    changed = [move for move in moves if move.old and move.new]
    sized = [(size, move, words) for move in changed for size, words in _size(move)]
    sized.sort(key=lambda item: (-item[0], item[1].claim_id))
    parts = {
        "verdicts changed": list(_turned(changed)),
        "cannot be computed": list(_failures(moves)),
        "largest moves": [f"{move.claim_id}: {words}" for _, move, words in sized[:_LARGEST]],
        "new": list(_ids(moves, "added")),
        "gone": list(_ids(moves, "removed")),
    }
    return {name: lines for name, lines in parts.items() if lines}


def _turned(moves: Sequence[Move]) -> Iterator[str]:
    by_turn: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        if move.verdict[0] != move.verdict[1]:
            by_turn.setdefault(move.verdict, []).append(move.claim_id)
    for turn, ids in by_turn.items():
        # Every verdict on a statement is named; one that became a finding, or was one, may be many.
        yield f"{_arrow(*turn)}: {_some(ids) if COMPUTED in turn else ', '.join(ids)}"


def _ids(moves: Sequence[Move], change: str) -> Iterator[str]:
    ids = [move.claim_id for move in moves if move.change == change]
    if ids:
        yield _some(ids)


def _failures(moves: Sequence[Move]) -> Iterator[str]:
    # A setup cell that breaks takes all claims of its page with it: the reason is said once.
    by_reason: dict[str, list[str]] = {}
    for move in moves:
        if move.failure:
            by_reason.setdefault(str(move.failure), []).append(move.claim_id)
    for reason, ids in by_reason.items():
        yield f"{_some(ids)}: {reason}"


def _size(move: Move) -> Iterator[tuple[float, str]]:
    """Give the relative change of the first number that changed, and the words for it."""
    for slot, (before, after) in move.values.items():
        if _is_number(before) and _is_number(after):
            size = abs(after - before) / abs(before) if before else math.inf
            more = f" ({(after - before) / abs(before):+.0%})" if before else ""
            yield size, f"{slot} {_arrow(_value(before), _value(after))}{more}"
            return


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_text(moves: Sequence[Move], old: str, new: str, reasons: Sequence[Change] = ()) -> str:
    """Write the report for a terminal.

    Examples
    --------
    >>> as_text([], "HEAD", "the working tree")
    'No claim moved between HEAD and the working tree.'
    """
    parts = [f"{headline(moves)} between {old} and {new}."]
    if len(moves) > 1:  # one claim is its own summary
        parts += [
            "\n".join([name, *(f"    {line}" for line in lines)])
            for name, lines in summary(moves).items()
        ]
    if reasons:
        parts.append("\n".join(["reasons", *(f"    {_told(change)}" for change in reasons)]))
    return "\n\n".join([*parts, *("\n".join(_text_lines(move)) for move in moves)])


def _told(change: Change) -> str:
    return f"{change.date}: {change.why} ({change.extent})"


def _text_lines(move: Move) -> Iterator[str]:
    yield f"{move.claim_id} ({_page(move)}) {move.change}"
    yield from (f"    {line}" for line in (_moved(move) if move.old and move.new else _alone(move)))
    yield from (f"    {line}" for line in _why(move))
    for row in _listed(move):
        yield f"        data/{row.table}.csv:{row.line}: {row.key} {row.change}"
        yield from (f"            {name}: {_arrow(*pair)}" for name, pair in _cells(row))


def _moved(move: Move) -> Iterator[str]:
    for name, before, after in _differences(move):
        if name == "sentence":
            yield from (f"sentence: {before}", f"       →  {after}")
        else:
            yield f"{name}: {_arrow(before, after)}"
    for kind, word in (("added", "gained"), ("removed", "lost")):
        if move.evidence[kind]:
            yield f"evidence {word}: {_some(move.evidence[kind])}"


def _alone(move: Move) -> Iterator[str]:
    """Describe a claim that came, went or broke: nothing of it can be compared."""
    if move.failure:
        yield str(move.failure)
    word = "accepted" if move.failure else "sentence"
    yield from (f"{word}: {item.sentence}" for item in (move.old, move.new) if item)
    if any(move.verdict):
        yield f"verdict: {''.join(move.verdict)}"


def _page(move: Move) -> str:
    pages = [item.page for item in (move.old, move.new, move.failure) if item]
    return " → ".join(dict.fromkeys(pages))


def _differences(move: Move) -> Iterator[tuple[str, str, str]]:
    """Give what differs, as name, old and new, in the order a reader asks for it."""
    plain: tuple[tuple[str, Callable[[Claim], str]], ...] = (
        ("sentence", lambda item: item.sentence),
        ("verdict", lambda item: item.verdict),
        ("tests", lambda item: item.tests),
    )
    for name, part in plain:
        before, after = (part(item) if item else "" for item in (move.old, move.new))
        if before != after:
            yield name, before, after
    for slot, pair in move.values.items():
        yield slot, _value(pair[0]), _value(pair[1])


def _some(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return ", ".join([*names[:_SHOWN], *more])


def _value(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _arrow(before: str, after: str) -> str:
    return f"{before or '(none)'} → {after or '(none)'}"


def _cells(row: RowChange) -> Iterator[tuple[str, tuple[str, str]]]:
    # A row that came or went differs in every cell: its key says enough.
    return iter(row.fields.items() if row.change == "changed" else ())


def _why(move: Move) -> Iterator[str]:
    more = f"; the first {_SHOWN} of {len(move.rows)}" if len(move.rows) > _SHOWN else ""
    if move.change in ("added", "removed") and not move.rows:
        return
    if not move.comparable:
        yield "rows cannot be compared: only one of the two has its tables"
    elif not move.rows:
        yield "no row of any table differs: the chapter does, or the library"
    elif move.near == EVIDENCE:
        yield f"rows responsible{more}:"
    elif move.near == ELSEWHERE:
        tables = Counter(row.table for row in move.rows)
        other = ", ".join(f"{table} ({count})" for table, count in tables.items())
        end = ":" if _listed(move) else "."
        yield f"no row of the tables of its evidence differs; rows of other tables do: {other}{end}"
    elif move.failure:
        yield f"rows that differ in the tables of its accepted evidence{more}:"
    else:
        yield f"no row of its evidence differs; rows that do in the same tables{more}:"


def _listed(move: Move) -> Sequence[RowChange]:
    # Many rows elsewhere say no more than their tables do, and would be said of every claim.
    many = move.near == ELSEWHERE and len(move.rows) > _SHOWN
    return () if many else move.rows[:_SHOWN]


def as_markdown(moves: Sequence[Move], old: str, new: str, reasons: Sequence[Change] = ()) -> str:
    """Write the report as a comment for a pull request.

    Examples
    --------
    >>> print(as_markdown([], "main", "the working tree"))
    ### No claim moved
    <BLANKLINE>
    Every claim reads the same in `main` and in `the working tree`.
    """
    told = [f"- {change.date}: {_escaped(change.why)} ({change.extent})" for change in reasons]
    why = ["\n".join(["**reasons**\n", *told])] if told else []
    if not moves:
        same = f"Every claim reads the same in `{old}` and in `{new}`."
        return "\n\n".join(["### No claim moved", same, *why])
    table = ["| claim | page | | before | after |", "|---|---|---|---|---|"]
    table += [_markdown_row(move) for move in moves]
    parts = [f"### {headline(moves)}", f"From `{old}` to `{new}`."]
    if len(moves) > 1:
        for name, lines in summary(moves).items():
            parts.append("\n".join([f"**{name}**\n", *(f"- {_escaped(line)}" for line in lines)]))
    parts += [*why, "\n".join(table)]
    rows = ("\n".join(_markdown_rows(move)) for move in moves)
    return "\n\n".join([*parts, *filter(None, rows)])


def _markdown_row(move: Move) -> str:
    before, after = (_markdown_claim(item) for item in (move.old, move.new))
    changed = ", ".join(
        f"{slot}: {_arrow(*map(_value, pair))}" for slot, pair in move.values.items()
    )
    what = _escaped(changed) if move.change == "changed" else f"**{move.change}**"
    after = _escaped(str(move.failure)) if move.failure else after
    return f"| `{move.claim_id}` | {_page(move)} | {what} | {before} | {after} |"


def _markdown_claim(item: Claim | None) -> str:
    return f"{_escaped(item.sentence)}<br>*{item.verdict}*" if item else ""


def _markdown_rows(move: Move) -> Iterator[str]:
    if not any(_why(move)):
        return
    yield f"**`{move.claim_id}`** — {' '.join(_why(move))}\n"
    for row in _listed(move):
        cells = "; ".join(f"{name}: {_arrow(*pair)}" for name, pair in _cells(row))
        note = f" ({_escaped(cells)})" if cells else ""
        yield f"- `data/{row.table}.csv:{row.line}` `{row.key}` {row.change}{note}"


def _escaped(text: str) -> str:
    for mark in "\\`*_|<>":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def as_json(moves: Sequence[Move], old: str, new: str, reasons: Sequence[Change] = ()) -> str:
    """Write the report for machines.

    Examples
    --------
    >>> json.loads(as_json([], "A", "B"))
    {'old': 'A', 'new': 'B', 'summary': {}, 'reasons': [], 'moved': []}
    """
    report = {
        "old": old,
        "new": new,
        "summary": summary(moves),
        "reasons": [asdict(change) for change in reasons],
        "moved": [_plain(move) for move in moves],
    }
    return json.dumps(report, ensure_ascii=False, indent=2)


def _plain(move: Move) -> dict[str, Any]:
    rows = [
        {"table": row.table, "key": row.key, "change": row.change, "line": row.line}
        | {"fields": {name: list(pair) for name, pair in row.fields.items()}}
        for row in move.rows
    ]
    sentences = [item.sentence if item else "" for item in (move.old, move.new)]
    return {
        "claim_id": move.claim_id,
        "page": move.page,
        "change": move.change,
        "sentence": sentences,
        "verdict": list(move.verdict),
        "values": {slot: list(pair) for slot, pair in move.values.items()},
        "evidence": move.evidence,
        "rows": rows,
        "rows_are_evidence": bool(move.rows) and move.near == EVIDENCE,
        "failure": str(move.failure or ""),
    }


class _Report(Protocol):
    def __call__(
        self, moves: Sequence[Move], old: str, new: str, reasons: Sequence[Change] = ()
    ) -> str: ...


FORMATS: dict[str, _Report] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
