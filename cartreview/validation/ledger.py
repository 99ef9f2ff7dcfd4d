"""The accepted ledger against the pages and the tables: what is shown, made and accepted agrees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from cartreview._package import Row
from cartreview.myst import Cell, Page, claim_ids
from cartreview.validation.package import Package, Table
from cartreview.validation.problems import Place, Problem, did_you_mean, quoted

__all__ = ["check_ledger"]

_ACCEPT = "run 'make accept' and read the difference."


def check_ledger(package: Package, pages: Iterable[Page]) -> Iterator[Problem]:
    """Compare the accepted ledger with the pages that make and show its claims.

    Parameters
    ----------
    package : Package
        Tables; without a readable ``claims`` nothing is compared.
    pages : iterable of Page
        Pages of the book and the README.

    Yields
    ------
    Problem
        Claims shown, made or accepted alone; rows of evidence that do not exist.
    """
    ledger = package.get("claims")
    if ledger is None or not {"claim_id", "page", "sentence", "values", "evidence"} <= set(
        ledger.header
    ):
        return
    pages = list(pages)
    made = dict(_made(pages))
    yield from _bad_cells(pages)
    yield from _unaccepted(made, ledger)
    yield from _orphans(made, ledger)
    values: dict[str, dict[str, Any]] = {}
    for row in ledger.rows:
        yield from _values(ledger, row, values)
        yield from _evidence(package, ledger, row)
    for page in pages:
        yield from _shown(page, ledger, values)
        yield from _marked(page, ledger)


def _claim_cells(pages: Iterable[Page]) -> Iterator[tuple[Page, Cell]]:
    for page in pages:
        for cell in page.cells:
            if "claim" in cell.tags:
                yield page, cell


def _made(pages: Iterable[Page]) -> Iterator[tuple[str, tuple[Page, Cell]]]:
    for page, cell in _claim_cells(pages):
        for claim_id in claim_ids(cell.source):
            yield claim_id, (page, cell)


def _bad_cells(pages: Iterable[Page]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for page, cell in _claim_cells(pages):
        ids = claim_ids(cell.source)
        if len(ids) != 1:
            yield Problem(
                "bad-claim-cell",
                Place(page.path, cell.line),
                found=f"{len(ids)} claims with a literal id",
                expected="one claim(...) whose first argument is a literal id",
                fix="make one claim a cell.",
            )
        for claim_id in ids:
            if claim_id in seen:
                yield Problem(
                    "bad-claim-cell",
                    Place(page.path, cell.line, row=claim_id),
                    found=f"the claim {claim_id}, which {seen[claim_id]} makes too",
                    expected="an id that is unique in the book",
                    fix="rename one of the two claims.",
                )
            seen.setdefault(claim_id, f"{page.path}:{cell.line}")


def _unaccepted(made: dict[str, tuple[Page, Cell]], ledger: Table) -> Iterator[Problem]:
    accepted = ledger.values("claim_id")
    for claim_id, (page, cell) in made.items():
        if claim_id not in accepted:
            yield Problem(
                "unaccepted-claim",
                Place(page.path, cell.line, row=claim_id),
                found=f"the claim {claim_id}",
                expected=f"a row of {ledger.path}",
                fix=_ACCEPT,
            )


def _orphans(made: dict[str, tuple[Page, Cell]], ledger: Table) -> Iterator[Problem]:
    for row in ledger.rows:
        claim_id, name = row.cells["claim_id"], row.cells["page"]
        maker = made[claim_id][0].name if claim_id in made else ""
        if claim_id and maker != name:
            where = f"book/{maker}.md makes it" if maker else "no page makes it"
            yield Problem(
                "orphan-claim",
                ledger.place(row, "page"),
                found=f"{quoted(name)}, but {where}",
                expected="the page whose cell makes the claim",
                fix=_ACCEPT,
            )


def _values(ledger: Table, row: Row, values: dict[str, dict[str, Any]]) -> Iterator[Problem]:
    claim_id, text = row.cells["claim_id"], row.cells["values"]
    try:
        read = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        read = None
    if isinstance(read, dict):
        values.setdefault(claim_id, read)
    else:
        yield Problem(
            "bad-ledger",
            ledger.place(row, "values"),
            found=quoted(text),
            expected="a JSON object",
            fix=_ACCEPT,
        )


def _evidence(package: Package, ledger: Table, row: Row) -> Iterator[Problem]:
    place = ledger.place(row, "evidence")
    for part in filter(None, row.cells["evidence"].split("; ")):
        name, colon, keys = part.partition(":")
        table = package.tables.get(name)
        if not colon or not keys or (table is None and name not in package.schemas):
            expected = "a table of the package, a colon and keys"
            yield Problem("bad-ledger", place, found=quoted(part), expected=expected, fix=_ACCEPT)
        for key in keys.split() if table else ():
            known = table.values(table.described.key) if table else frozenset()
            if key not in known:
                yield Problem(
                    "broken-reference",
                    place,
                    found=quoted(f"{name}:{key}"),
                    expected=f"a key of {table.path if table else name}",
                    fix=did_you_mean(key, known, _ACCEPT),
                )


def _shown(page: Page, ledger: Table, values: dict[str, dict[str, Any]]) -> Iterator[Problem]:
    accepted = ledger.by("claim_id")
    for role in page.roles:
        if role.name not in ("claim", "value"):
            continue
        claim_id, _, slot = role.target.partition(":")[0].partition(".")
        place = Place(page.path, role.line, str(role.column), claim_id)
        shown = quoted(f"{{{role.name}}}`{role.target}`")
        if claim_id not in accepted:
            fix = did_you_mean(claim_id, accepted, f"make the claim in a cell, then {_ACCEPT}")
            expected = f"a claim of {ledger.path}"
            yield Problem("unknown-claim", place, found=shown, expected=expected, fix=fix)
        elif role.name == "value" and claim_id in values and slot not in values[claim_id]:
            slots = list(values[claim_id])
            expected = f"a slot of the claim: {', '.join(slots) or 'it has none'}"
            fix = did_you_mean(slot, slots, "name a slot as claim-id.slot.")
            yield Problem("unknown-slot", place, found=shown, expected=expected, fix=fix)


def _marked(page: Page, ledger: Table) -> Iterator[Problem]:
    accepted = ledger.by("claim_id")
    for mark in page.marks:
        row = accepted.get(mark.claim_id)
        place = Place(page.path, mark.line, row=mark.claim_id)
        if row is None:
            yield Problem(
                "unknown-claim",
                place,
                found=f"the claim {mark.claim_id}",
                expected=f"a claim of {ledger.path}",
                fix=did_you_mean(mark.claim_id, accepted, "name a claim of the ledger."),
            )
        elif mark.text is None:
            yield Problem(
                "stale-readme-claim",
                place,
                found="no <!-- /claim --> after it",
                expected="a closing comment",
                fix="close the claim.",
            )
        elif not mark.reads(row.cells["sentence"]):
            yield Problem(
                "stale-readme-claim",
                place,
                found=quoted(mark.text),
                expected=quoted(row.cells["sentence"]),
                fix="copy the accepted sentence.",
            )
