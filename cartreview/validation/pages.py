"""Pages: what otherwise only the build sees, and what nobody sees.

Vocabulary
----------
directive   the name in braces after an opening fence: ``{note}``, ``{claims-ledger}``.
role        the name in braces before a text in backticks: ``{claim}``, ``{cite:p}``.
unread      text that a page shows and no rule reads: an include, raw HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path

from cartreview.myst import MASK, Page
from cartreview.validation.cells import check_cells
from cartreview.validation.configuration import (
    check_configuration,
    check_contents,
    executed,
    unreadable,
)
from cartreview.validation.problems import Place, Problem, did_you_mean, quoted
from cartreview.validation.prose import QUANTITIES, naked_numbers
from cartreview.validation.yaml_lines import settings, yaml_faults

__all__ = ["DIRECTIVES", "ROLES", "check_book", "registered"]

# What the book's Sphinx knows without the book's own extension.
DIRECTIVES = frozenset(
    (
        *("admonition", "attention", "caution", "danger", "error", "hint", "important", "note"),
        *("seealso", "tip", "warning", "versionadded", "versionchanged", "deprecated", "topic"),
        *("sidebar", "margin", "figure", "image", "table", "list-table", "csv-table", "code"),
        *("code-block", "code-cell", "sourcecode", "math", "epigraph", "highlights", "only"),
        *("pull-quote", "compound", "container", "rubric", "centered", "glossary", "hlist"),
        *(
            "parsed-literal",
            "toctree",
            "tableofcontents",
            "contents",
            "bibliography",
            "footbibliography",
        ),
    )
)
ROLES = frozenset(
    (
        *("abbr", "code", "command", "cite", "dfn", "doc", "download", "emphasis", "eq", "file"),
        *("footcite", "guilabel", "kbd", "literal", "math", "menuselection", "numref", "program"),
        *("ref", "samp", "strong", "sub", "subscript", "sup", "superscript", "term", "title"),
        *("cite:p", "cite:ps", "cite:t", "cite:ts", "cite:ct", "cite:cts", "cite:year"),
        *("cite:author", "cite:label", "cite:yearpar", "footcite:p", "footcite:t", "py:func"),
        *("py:class", "py:mod", "py:meth", "py:data", "py:exc", "py:attr", "py:obj"),
    )
)
_UNREAD = {
    "include": "the text of another file",
    "literalinclude": "the text of another file",
    "raw": "raw HTML",
    "eval-rst": "reStructuredText",
}
_REGISTERS = re.compile(r"add_(directive|role)\(\s*[\"']([\w:-]+)[\"']")
_SPAN = re.compile(
    r"(?:\{(?P<role>[\w:.+-]+)\})?(?<!`)(?P<t>`+)(?!`)(?P<body>[^\n]+?)(?<!`)(?P=t)(?!`)"
)
_MATHS = re.compile(r"\$\$.+?\$\$|(?<![\\$\w])\$(?=[^\s$])[^$\n]+?(?<=[^\s\\])\$(?![\d$])")
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|\w+);")
_BARE = re.compile(r"[\d.,%‰/()=<>≤≥~≈±+–−-]+")
_BESIDE = frozenset((*QUANTITIES, "of", "to", "in", "and", "or", "per", "cent", "×"))
_UNTIED = re.compile(r"\{(?P<name>[\w:-]+)\}(?!`)")


def registered(root: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Read which directives and roles the book's own extension registers, in its source.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    frozenset of str, frozenset of str
        Names of directives, names of roles.
    """
    found: dict[str, set[str]] = {"directive": set(), "role": set()}
    for file in sorted((root / "book" / "_ext").rglob("*.py")):
        for kind, name in _REGISTERS.findall(file.read_text(encoding="utf-8", errors="replace")):
            found[kind].add(name)
    return frozenset(found["directive"]), frozenset(found["role"])


def check_book(root: Path, pages: Iterable[Page]) -> Iterator[Problem]:
    """Find what the build would stop at, and numbers that no other rule sees.

    Parameters
    ----------
    root : Path
        Root of the checkout.
    pages : iterable of Page
        Pages of the book and the README.

    Yields
    ------
    Problem
        With line, and where it has one the position of the character.
    """
    own_directives, own_roles = registered(root)
    for page in pages:
        yield from _blocks(page, DIRECTIVES | own_directives)
        yield from _html(page) if page.path.startswith("book/") else ()
        yield from _roles(page, ROLES | own_roles | {"claim", "value"})
        yield from _front(page)
        yield from _hidden_numbers(page)
        yield from check_cells(page)
    yield from check_contents(root)
    yield from check_configuration(root)


def _blocks(page: Page, known: frozenset[str]) -> Iterator[Problem]:
    for block in page.blocks:
        place = Place(page.path, block.line)
        if not block.closed:
            name = f" of {{{block.name}}}" if block.name else ""
            yield Problem(
                "open-fence",
                place,
                found=f"a fence{name} that stays open",
                expected="a closing fence of as many signs on a line of its own",
                fix="close it where the block ends.",
            )
        if block.name in _UNREAD:
            yield Problem(
                "unread-text",
                place,
                found=f"{{{block.name}}}, which shows {_UNREAD[block.name]}",
                expected="text that the checks read",
                fix="write the text into the page, its numbers as claims.",
            )
        elif block.name and block.name not in known:
            yield Problem(
                "unknown-directive",
                place,
                found=f"{{{block.name}}}",
                expected="a directive that the book has",
                fix=did_you_mean(block.name, known, "register it in book/_ext first."),
            )


def _html(page: Page) -> Iterator[Problem]:
    for line, column, text in page.html:
        yield Problem(
            "unread-text",
            Place(page.path, line, str(column)),
            found=f"{quoted(text)}, which is HTML",
            expected="text that the checks read",
            fix="write it in Markdown; the book shows HTML of a page as text.",
        )


def _roles(page: Page, known: frozenset[str]) -> Iterator[Problem]:
    for role in page.roles:
        if role.name not in known:
            yield Problem(
                "unknown-role",
                Place(page.path, role.line, str(role.column)),
                found=quoted(f"{{{role.name}}}`{role.target}`"),
                expected="a role that the book has",
                fix=did_you_mean(role.name, known, "register it in book/_ext first."),
            )
    for number, prose in enumerate(page.prose, start=1):
        for found in _UNTIED.finditer(prose) if "{" in prose else ():
            if found["name"] in known:
                yield Problem(
                    "unknown-role",
                    Place(page.path, number, str(found.start() + 1)),
                    found=f"{{{found['name']}}} without a text in backticks right after it",
                    expected=f"{{{found['name']}}}`...`",
                    fix="write the backtick directly after the brace.",
                )


def _front(page: Page) -> Iterator[Problem]:
    if page.front == -1:
        yield Problem(
            "bad-front-matter",
            Place(page.path),
            found="front matter that stays open",
            expected="--- on a line of its own after it",
            fix="close it.",
        )
        return
    lines = page.lines[1 : max(page.front - 1, 1)]
    for line, fault in yaml_faults(lines, start=2):
        yield unreadable(page.path, line, fault, "bad-front-matter")
    for setting in settings(lines, start=2):
        if setting.keys[-1] in ("execution_mode", "execute_notebooks"):
            yield from executed(page.path, setting.line, setting.value)
        if setting.keys[-1] == "description":
            for _, number in naked_numbers(setting.value):
                yield _number(page, setting.line, "", number, "the description")


def _number(page: Page, line: int, column: str, number: str, where: str) -> Problem:
    return Problem(
        "naked-number",
        Place(page.path, line, column),
        found=f"{quoted(number)} in {where}",
        expected="a number that a claim or a computed value wrote",
        fix="write {claim}`id` or {value}`id.slot` in the prose, or say it without the number.",
    )


def _hidden_numbers(page: Page) -> Iterator[Problem]:
    """Find numbers in what the rule against naked numbers passes over: spans, maths, entities."""
    for number, (line, prose) in enumerate(zip(page.lines, page.prose, strict=True), start=1):
        # A line that is all mask is code, an option or a comment.
        if number <= page.front or (not prose.strip(MASK + " >") and not _alone(line)):
            continue
        for found in _SPAN.finditer(line):
            if found["role"] in (None, "code", "literal", "samp", "kbd") and _is_number(
                found["body"]
            ):
                column = str(found.start() + 1)
                yield _number(page, number, column, found["body"], "a code span")
        for found in _MATHS.finditer(line) if "$" in line else ():
            for _, text in naked_numbers(re.sub(r"[\^_]\{?[-\w]+\}?", " ", found[0])):
                yield _number(page, number, str(found.start() + 1), text, "maths")
        for found in _ENTITY.finditer(line) if "&" in line else ():
            if any(sign.isnumeric() for sign in unescape(found[0])):
                yield _number(page, number, str(found.start() + 1), found[0], "an entity")
        for at, sign in enumerate(prose if not prose.isascii() else ""):
            if sign.isdecimal() and not sign.isascii():
                yield _number(page, number, str(at + 1), sign, "another script")


def _alone(line: str) -> bool:
    """Say whether a line is a lone code span or formula, which masks all of it."""
    return bool(_SPAN.fullmatch(line.strip()) or _MATHS.fullmatch(line.strip()))


def _is_number(text: str) -> bool:
    words = text.split()
    bare = [word for word in words if word not in _BESIDE]
    digits = any(sign.isdecimal() for sign in text)
    return digits and all(_BARE.fullmatch(word) for word in bare)
