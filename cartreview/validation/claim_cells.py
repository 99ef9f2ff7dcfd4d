"""Rules on claims: what a cell may use, what it may decide, what its sentence may look like.

Cells are read, not run. What a sentence says when it is filled stands in the accepted ledger.

Vocabulary
----------
leaning cell   one that uses a name which another claim's or chart's cell has made.
literal        a verdict that is written down instead of computed: no row could turn it.
unseen value   a value that neither its claim's sentence nor a ``{value}`` role shows.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
import string
import symtable
from collections.abc import Iterable, Iterator, Sequence

from cartreview._package import Row
from cartreview.myst import MASK, Cell, Page, claim_calls, claim_ids, parsed
from cartreview.validation.package import Package, Table
from cartreview.validation.problems import Place, Problem, quoted
from cartreview.validation.prose import naked_numbers

__all__ = ["WAIVABLE", "check_claim_cells"]

WAIVABLE = ("bad-opening", "tiny-share", "many-numbers")
_MOST = 4  # numbers in a sentence; a share and an interval are one each
# Words that point at something outside the sentence.
_POINTING = frozenset(
    [
        "he",
        "her",
        "hers",
        "him",
        "his",
        "it",
        "its",
        "she",
        "that",
        "their",
        "theirs",
        "them",
        "these",
        "they",
        "this",
        "those",
        "we",
        "our",
    ]
)
_QUOTED = re.compile(r"[\w.-]+(?=[\"'])")
_OPENING = re.compile(r"\W*(?P<word>[\w’'-]+)")
_ALL_OF_FEW = re.compile(r"(?<![\w.,])(?P<n>[12]|one|two|both) of (?P=n)(?![\w%]|[.,]\d)")
_INTERVAL = re.compile(r"(?<=\d)\s?% to ")  # both ends of an interval are one number
_BUILTINS = frozenset(dir(builtins))


def check_claim_cells(package: Package, pages: Iterable[Page]) -> Iterator[Problem]:
    """Find what a claim's cell or sentence must not be.

    Parameters
    ----------
    package : Package
        Tables: the accepted ledger, and the keys that no chapter's code may name.
    pages : iterable of Page
        Pages of the book and the README.

    Yields
    ------
    Problem
        At the first line of the cell.
    """
    pages = list(pages)
    ledger = package.get("claims")
    known = ledger.by("claim_id") if ledger else {}
    shown = frozenset(
        role.target.partition(":")[0]
        for page in pages
        for role in page.roles
        if role.name == "value"
    )
    keys = _keys(package)
    for page in pages:
        yield from _leaning(page)
        for cell in page.cells:
            yield from _named(page, cell, keys)
            if "claim" not in cell.tags:
                continue
            ids = claim_ids(cell.source)
            yield from _call(page, cell)
            row = known.get(ids[0]) if ids else None
            if row is not None:
                yield from _unseen(page, cell, row, shown)
                yield from _sentence(page, cell, row)


def _keys(package: Package) -> dict[str, str]:
    """Give the keys of studies and sources, which come and go, with the name of their table."""
    tables: Iterator[Table] = (package[name] for name in ("sources", "studies") if name in package)
    return {key: table.name for table in tables for key in table.values(table.described.key)}


def _at(page: Page, cell: Cell, code: str, found: str, expected: str, fix: str) -> Problem:
    claim_id = next(iter(claim_ids(cell.source)), "")
    place = Place(page.path, cell.line, row=claim_id)
    return Problem(code, place, found=found, expected=expected, fix=fix)


def _named(page: Page, cell: Cell, keys: dict[str, str]) -> Iterator[Problem]:
    # Most cells name no key between quotes: only one that might is walked.
    if not keys.keys() & set(_QUOTED.findall(cell.source)):
        return
    try:
        nodes = list(ast.walk(parsed(cell.source)))
    except SyntaxError:
        return
    texts = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    for text in dict.fromkeys(text for text in texts if text in keys):
        yield _at(
            page,
            cell,
            "named-row",
            f"{text!r}, a key of {keys[text]}",
            "code that any study and any source fits",
            "ask for what the rows have in common; what a source says is a row of statements.",
        )


def _names(cell: Cell) -> tuple[set[str], set[str]]:
    """Give the names that a cell binds, and those that it uses without binding them."""
    try:
        top = symtable.symtable(cell.source, cell.page, "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    return bound, set(_free(top, top=True)) - bound - _BUILTINS


def _free(table: symtable.SymbolTable, *, top: bool = False) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _free(child)


def _leaning(page: Page) -> Iterator[Problem]:
    """Find cells that use names which neither they nor the set-up make, or that take its names."""
    ready = [cell for cell in page.cells if {"setup", "remove-cell"} & set(cell.tags)]
    of_setup = {name for cell in ready if "setup" in cell.tags for name in _names(cell)[0]}
    of_charts = {name for cell in ready for name in _names(cell)[0]}
    for cell in page.cells:
        if cell in ready:
            continue
        bound, free = _names(cell)
        missing = free - (of_setup if "claim" in cell.tags else of_charts)
        if missing:
            yield _at(
                page,
                cell,
                "leaning-cell",
                f"names that another cell makes: {', '.join(sorted(missing))}",
                "names of the set-up, of the library, or of the cell itself",
                "make them in this cell, or in a function of cartreview.evidence.",
            )
        if bound & of_setup:
            yield _at(
                page,
                cell,
                "taken-name",
                f"names of the set-up that the cell takes: {', '.join(sorted(bound & of_setup))}",
                "names of its own: in a kernel the cells that follow would read them",
                "give them other names.",
            )


def _call(page: Page, cell: Cell) -> Iterator[Problem]:
    """Read the call of a claim: its verdict is computed, the numbers of its sentence are slots."""
    calls = claim_calls(cell.source)
    if len(calls) != 1:
        return  # a finding of its own
    given = {word.arg: word.value for word in calls[0].keywords}
    if isinstance(given.get("holds"), ast.Constant):
        literal = ast.unparse(given["holds"])
        yield _at(
            page,
            cell,
            "literal-verdict",
            f"holds={literal}",
            "a verdict that rows can turn, or none",
            "leave holds out of a finding; compute it in a re-test.",
        )
    template = calls[0].args[1] if len(calls[0].args) > 1 else None
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        words = ("a sentence that is no literal text", "one literal text with slots")
        yield _at(page, cell, "bad-claim-cell", *words, "write the sentence into the call.")
        return
    for _, number in naked_numbers(_without_slots(template.value)):
        yield _at(
            page,
            cell,
            "naked-number",
            f"{quoted(number)} in the sentence of the claim",
            "a slot that the query fills",
            "name the number once, in the query, and show it by a slot.",
        )


def _without_slots(template: str) -> str:
    """Put one mark for each slot of a sentence.

    Examples
    --------
    >>> _without_slots("In {k} of {n:.0f} trials").replace(MASK, "_")
    'In _ of _ trials'
    """
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return ""
    return "".join(text + (MASK if field is not None else "") for text, field, _, _ in parts)


def _unseen(page: Page, cell: Cell, row: Row, shown: frozenset[str]) -> Iterator[Problem]:
    try:
        values = json.loads(row.cells["values"])
    except (ValueError, RecursionError):
        return  # a finding of its own
    slots = set(row.cells.get("slots", "").split(";"))
    claim_id = row.cells["claim_id"]
    unseen = [name for name in values if name not in slots and f"{claim_id}.{name}" not in shown]
    if unseen:
        yield _at(
            page,
            cell,
            "unseen-value",
            f"values that no reader sees: {', '.join(unseen)}",
            "values that the sentence or a {value} role shows",
            "show them or leave them out.",
        )


def _sentence(page: Page, cell: Cell, row: Row) -> Iterator[Problem]:
    """Apply the rules on a sentence that has to be read alone, unless the claim waives them."""
    try:
        waived = json.loads(row.cells.get("waives") or "{}")
    except (ValueError, RecursionError):
        waived = {}
    text = row.cells["sentence"]
    numbers = [at for at, _ in naked_numbers(_INTERVAL.sub(" to ", text))]
    found = {
        "bad-opening": _bad_opening(text, numbers),
        "tiny-share": " and ".join(hit[0] for hit in _ALL_OF_FEW.finditer(text)),
        "many-numbers": _too_many(numbers),
    }
    rules = {
        "bad-opening": ("a sentence that can be read alone", "open with what it speaks of."),
        "tiny-share": ("words: the patient, both studies", "say so few in words, without a share."),
        "many-numbers": (f"at most {_MOST} numbers", "make two claims, or drop what argues least."),
    }
    for code in WAIVABLE:
        if found[code] and not waived.get(code):
            expected, fix = rules[code]
            fix = f"{fix} If that reads worse: waives={{{code!r}: 'why'}}."
            yield _at(page, cell, code, found[code], expected, fix)
        if waived.get(code) and not found[code]:
            words = (f"a waiver of {code} that nothing needs", "waivers that are needed")
            yield _at(page, cell, "idle-waiver", *words, "take the waiver out.")


def _bad_opening(text: str, numbers: Sequence[int]) -> str:
    opening = _OPENING.match(text)
    word = opening["word"] if opening else ""
    numeral = [at for at in numbers if opening and at <= opening.start("word")]
    return f"{quoted(word)} as the first word" if word.lower() in _POINTING or numeral else ""


def _too_many(numbers: Sequence[int]) -> str:
    return f"{len(numbers)} numbers in a sentence" if len(numbers) > _MOST else ""
