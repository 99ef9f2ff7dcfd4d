"""Reports of moved claims: for a terminal, for a pull request, for machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cartreview.claims.diff import Move, RowChange
from cartreview.claims.ledger import Claim

__all__ = ["FORMATS", "as_json", "as_markdown", "as_text", "headline"]

_SHOWN = 12  # rows a claim in a report: the reader looks for the cause, not for the whole table


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
    counts = [(kind, kinds.count(kind)) for kind in ("added", "removed")]
    claims = "1 claim moved" if len(moves) == 1 else f"{len(moves)} claims moved"
    apart = ", ".join(f"{count} {kind}" for kind, count in counts if count)
    return f"{claims} ({apart})" if apart else claims


def as_text(moves: Sequence[Move], old: str, new: str) -> str:
    """Write the report for a terminal.

    Examples
    --------
    >>> as_text([], "HEAD", "the working tree")
    'No claim moved between HEAD and the working tree.'
    """
    first = f"{headline(moves)} between {old} and {new}."
    return "\n\n".join([first, *("\n".join(_text_lines(move)) for move in moves)])


def _text_lines(move: Move) -> Iterator[str]:
    yield f"{move.claim_id} ({_page(move)}) {move.change}"
    yield from (f"    {line}" for line in (_moved(move) if move.old and move.new else _alone(move)))
    yield from (f"    {line}" for line in _why(move))
    for row in move.rows[:_SHOWN]:
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
    """Describe a claim that came or went: nothing of it can be compared."""
    yield from (f"sentence: {item.sentence}" for item in (move.old, move.new) if item)
    yield f"verdict: {''.join(move.verdict)}"


def _page(move: Move) -> str:
    pages = [item.page for item in (move.old, move.new) if item]
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
    if move.change != "changed" and not move.rows:
        return
    if not move.comparable:
        yield "rows cannot be compared: only one of the two has its tables"
    elif not move.rows:
        yield "no row of its tables differs: the chapter does, or a table that is no evidence"
    elif move.direct:
        yield f"rows responsible{more}:"
    else:
        yield f"no row of its evidence differs; rows that do in the same tables{more}:"


def as_markdown(moves: Sequence[Move], old: str, new: str) -> str:
    """Write the report as a comment for a pull request.

    Examples
    --------
    >>> print(as_markdown([], "main", "the working tree"))
    ### No claim moved
    <BLANKLINE>
    Every claim reads the same in `main` and in `the working tree`.
    """
    if not moves:
        return f"### No claim moved\n\nEvery claim reads the same in `{old}` and in `{new}`."
    table = ["| claim | page | | before | after |", "|---|---|---|---|---|"]
    table += [_markdown_row(move) for move in moves]
    parts = [f"### {headline(moves)}", f"From `{old}` to `{new}`.", "\n".join(table)]
    rows = ("\n".join(_markdown_rows(move)) for move in moves)
    return "\n\n".join([*parts, *filter(None, rows)])


def _markdown_row(move: Move) -> str:
    before, after = (_markdown_claim(item) for item in (move.old, move.new))
    changed = ", ".join(
        f"{slot}: {_arrow(*map(_value, pair))}" for slot, pair in move.values.items()
    )
    what = changed if move.change == "changed" else f"**{move.change}**"
    return f"| `{move.claim_id}` | {_page(move)} | {_escaped(what)} | {before} | {after} |"


def _markdown_claim(item: Claim | None) -> str:
    return f"{_escaped(item.sentence)}<br>*{item.verdict}*" if item else ""


def _markdown_rows(move: Move) -> Iterator[str]:
    if not any(_why(move)):
        return
    yield f"**`{move.claim_id}`** — {' '.join(_why(move))}\n"
    for row in move.rows[:_SHOWN]:
        cells = "; ".join(f"{name}: {_arrow(*pair)}" for name, pair in _cells(row))
        note = f" ({_escaped(cells)})" if cells else ""
        yield f"- `data/{row.table}.csv:{row.line}` `{row.key}` {row.change}{note}"


def _escaped(text: str) -> str:
    for mark in "\\`*_|<>":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def as_json(moves: Sequence[Move], old: str, new: str) -> str:
    """Write the report for machines.

    Examples
    --------
    >>> json.loads(as_json([], "A", "B"))
    {'old': 'A', 'new': 'B', 'moved': []}
    """
    report = {"old": old, "new": new, "moved": [_plain(move) for move in moves]}
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
        "rows_are_evidence": bool(move.rows) and move.direct,
    }


FORMATS: dict[str, Callable[[Sequence[Move], str, str], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
