"""Pages and the book's configuration: what otherwise only the build sees, and what nobody sees.

Vocabulary
----------
directive   the name in braces after an opening fence: ``{note}``, ``{claims-ledger}``.
role        the name in braces before a text in backticks: ``{claim}``, ``{cite:p}``.
unread      text that a page shows and no rule reads: an include, raw HTML.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path

from cartreview.myst import MASK, Cell, Page
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
_EXECUTED = ("cache", "auto", "force")
_TOC = "_toc.yml"
_CONFIG = "_config.yml"
_SPAN = re.compile(
    r"(?:\{(?P<role>[\w:.+-]+)\})?(?<!`)(?P<t>`+)(?!`)(?P<body>[^\n]+?)(?<!`)(?P=t)(?!`)"
)
_MATHS = re.compile(r"\$\$.+?\$\$|(?<![\\$\w])\$(?=[^\s$])[^$\n]+?(?<=[^\s\\])\$(?![\d$])")
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|\w+);")
_BARE = re.compile(r"[\d.,%‰/()=<>≤≥~≈±+–−-]+")
_BESIDE = frozenset((*QUANTITIES, "of", "to", "in", "and", "or", "per", "cent", "×"))
_UNTIED = re.compile(r"\{(?P<name>[\w:-]+)\}(?!`)")
# Objects of these modules may end a cell: they are charts, for which there are other rules.
_SHOWING = ("cartreview.charts", "altair")


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
        yield from _roles(page, ROLES | own_roles | {"claim", "value"})
        yield from _front(page)
        yield from _hidden_numbers(page)
        yield from _cells(page)
    yield from _contents(root)
    yield from _configuration(root)


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
        yield _unreadable(page.path, line, fault, "bad-front-matter")
    for setting in settings(lines, start=2):
        if setting.keys[-1] in ("execution_mode", "execute_notebooks"):
            yield from _executed(page.path, setting.line, setting.value)
        if setting.keys[-1] == "description":
            for _, number in naked_numbers(setting.value):
                yield _number(page, setting.line, "", number, "the description")


def _unreadable(path: str, line: int, fault: str, code: str) -> Problem:
    expected = "YAML: keys, values, lists"
    return Problem(code, Place(path, line), found=fault, expected=expected, fix="mend this line.")


def _executed(path: str, line: int, value: str) -> Iterator[Problem]:
    if value not in _EXECUTED:
        yield Problem(
            "not-executed",
            Place(path, line),
            found=f"execution {quoted(value)}",
            expected=f"one of {', '.join(_EXECUTED)}",
            fix="write cache: a chapter that is not run shows what it once computed.",
        )


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


def _cells(page: Page) -> Iterator[Problem]:
    names: dict[str, str] = {}
    for cell in page.cells:
        place = Place(page.path, cell.line)
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = cell.line + (getattr(error, "lineno", None) or 1) - 1
            yield Problem(
                "broken-cell",
                Place(page.path, line),
                found=f"{getattr(error, 'msg', error)}",
                expected="Python",
                fix="mend the cell.",
            )
            continue
        names |= _imports(tree)
        if {"skip-execution", "raises-exception"} & set(cell.tags):
            tag = next(tag for tag in cell.tags if tag in ("skip-execution", "raises-exception"))
            yield Problem(
                "not-executed",
                place,
                found=f"the tag {tag}",
                expected="cells that run, and run without an error",
                fix="take the tag out.",
            )
        yield from _printing(page, cell, tree, names)


def _imports(tree: ast.Module) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


def _printing(page: Page, cell: Cell, tree: ast.Module, names: dict[str, str]) -> Iterator[Problem]:
    if {"remove-cell", "remove-output"} & set(cell.tags) or not tree.body:
        return
    shown = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _shows(node.value, names, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    may_print = "print" in cell.source or "display" in cell.source
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)] if may_print else []
    printed = [
        call
        for call in calls
        if _dotted(call.func, names) in ("print", "IPython.display.display", "display")
    ]
    wrong = [
        call.lineno
        for call in printed
        if _dotted(call.func, names) == "print"
        or not all(_shows(argument, names, shown) for argument in call.args)
    ]
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and not wrong and last.value not in printed:
        claims = isinstance(last.value, ast.Call) and _dotted(last.value.func, names).endswith(
            "claim"
        )
        if not claims and not _shows(last.value, names, shown):
            wrong.append(last.lineno)
    for line in wrong:
        yield Problem(
            "printing-cell",
            Place(page.path, cell.line + line - 1),
            found=quoted(cell.source.split("\n")[line - 1].strip()),
            expected="a cell that makes a claim, ends in a chart of the library, or shows nothing",
            fix="state it as a claim, draw it, or tag the cell remove-cell.",
        )


def _dotted(node: ast.AST, names: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def _shows(node: ast.AST, names: dict[str, str], shown: set[str]) -> bool:
    if isinstance(node, ast.BinOp):  # charts beside or over each other
        return _shows(node.left, names, shown) and _shows(node.right, names, shown)
    while isinstance(node, ast.Call):
        if _dotted(node.func, names).startswith(_SHOWING):
            return True
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return isinstance(node, ast.Name) and node.id in shown


def _lines(root: Path, path: str) -> list[str] | None:
    try:
        text = (root / path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return None
    return text.replace("\r\n", "\n").split("\n")


def _contents(root: Path) -> Iterator[Problem]:
    lines = _lines(root, _TOC)
    if lines is None:
        if (root / _CONFIG).is_file():
            yield _absent(_TOC)
        return
    for line, fault in yaml_faults(lines):
        yield _unreadable(_TOC, line, fault, "bad-configuration")
    written = {
        file.relative_to(root).as_posix()
        for file in (root / "book").rglob("*.md")
        if not any(part.startswith(("_", ".")) for part in file.relative_to(root).parts)
    }
    listed: dict[str, int] = {}
    globs: list[str] = []
    for setting in settings(lines):
        if setting.keys[-1] == "glob":
            globs.append(f"{setting.value.removesuffix('.md')}.md")
        if setting.keys[-1] not in ("file", "root"):
            continue
        path = f"{setting.value.removesuffix('.md')}.md"
        if path in listed:
            yield _entry(
                setting.line,
                f"{quoted(setting.value)}, which line {listed[path]} lists too",
                "each page once",
                "take one of the two out.",
            )
        elif path not in written and not (root / path).is_file():
            options = [other.removesuffix(".md") for other in written]
            fix = did_you_mean(setting.value, options, "write the page, or take the entry out.")
            yield _entry(setting.line, f"{quoted(setting.value)}, which is no file", "a page", fix)
        listed.setdefault(path, setting.line)
    for path in sorted(written - set(listed)):
        if not any(Path(path).match(pattern) for pattern in globs):
            yield Problem(
                "unlisted-page",
                Place(path),
                found=f"a page that {_TOC} does not list",
                expected=f"an entry of {_TOC}",
                fix=f"add '- file: {path.removesuffix('.md')}', or take the page out of book/.",
            )


def _entry(line: int, found: str, expected: str, fix: str) -> Problem:
    return Problem("bad-contents", Place(_TOC, line), found=found, expected=expected, fix=fix)


def _absent(path: str) -> Problem:
    return Problem(
        "missing-file",
        Place(path),
        found="no such file",
        expected="a file that the book is built with",
        fix="restore the file from its history.",
    )


def _configuration(root: Path) -> Iterator[Problem]:
    lines = _lines(root, _CONFIG)
    if lines is None:
        if (root / _TOC).is_file():
            yield _absent(_CONFIG)
        return
    for line, fault in yaml_faults(lines):
        yield _unreadable(_CONFIG, line, fault, "bad-configuration")
    found = {setting.keys: setting for setting in settings(lines)}
    mode = found.get(("execute", "execute_notebooks"))
    yield from _executed(_CONFIG, mode.line if mode else 1, mode.value if mode else "not set")
    strict = found.get(("execute", "raise_on_error"))
    if not strict or strict.value != "true":
        yield Problem(
            "not-executed",
            Place(_CONFIG, strict.line if strict else 1),
            found=f"raise_on_error {quoted(strict.value) if strict else 'not set'}",
            expected="true: a cell that fails stops the build",
            fix="write raise_on_error: true under execute.",
        )
    skipped = found.get(("execute", "exclude_patterns"))
    if skipped and skipped.value not in ("", "[]"):
        yield Problem(
            "not-executed",
            Place(_CONFIG, skipped.line),
            found=f"exclude_patterns {quoted(skipped.value)} under execute",
            expected="chapters that all run",
            fix="take it out.",
        )
