"""Read a MyST page without Sphinx: its prose, its roles, its code cells.

A light parse, line by line, of what the pages of the book use. Everything that is no prose is
replaced by ``MASK``, one for one, so that lines and positions stay those of the file.

Vocabulary
----------
fence     a line of three or more backticks, tildes or colons that opens or closes a block.
prose     what a reader reads as text: paragraphs, headings, tables, captions, notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cartreview.myst._marks import Mark, marks, without_marks

__all__ = ["MASK", "Block", "Cell", "Page", "Role", "read_page"]

MASK = "\ufffc"  # neither a letter, nor a digit, nor a space; no page has it

# Directives whose content is no prose. Any other is read, so that no note escapes by its name.
_SILENT = frozenset(
    (
        *("code-cell", "code", "code-block", "sourcecode", "literalinclude", "include", "raw"),
        *("eval-rst", "math", "mermaid", "image", "toctree", "tableofcontents", "contents"),
        *("bibliography", "claims-ledger", "data-table", "data-dictionary", "data-downloads"),
        "disagreements",
    )
)
_PATH_ARGUMENT = frozenset(("figure", "image"))

_FENCE = re.compile(
    r"(?P<lead>[\s>]*(?:[-*+] |[0-9]+[.)] )?\s*)(?P<mark>`{3,}|~{3,}|:{3,})(?P<info>.*)"
)
_DIRECTIVE = re.compile(r"\s*\{(?P<name>[\w:+-]+)\}(?P<argument>.*)")
_OPTION = re.compile(r"\s*:[\w-]+:(\s|$)")
_TAGS = re.compile(r"\s*:?tags:\s*\[?(?P<tags>[^\]]*)")
_NO_PROSE = re.compile(r"\s*(%|\+\+\+|\([\w:.-]+\)=\s*$|\[[^\]]+\]:\s)")

_ROLE = re.compile(
    r"(?:\{(?P<name>[\w:.+-]+)\})?(?<!`)(?P<ticks>`+)(?!`)(?P<body>(?:(?!\n\s*\n).)+?)(?<!`)(?P=ticks)(?!`)",
    re.DOTALL,
)
_TITLED = re.compile(r"(?P<title>.*\S)\s*<[^<>]+>\s*", re.DOTALL)
# What is written in a paragraph and is no prose; a link keeps its text.
_INLINE = [
    re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL),
    re.compile(r"\$\$.+?\$\$", re.DOTALL),
    re.compile(r"(?<![\\$\w])\$(?=[^\s$])[^$\n]+?(?<=[^\s\\])\$(?![\d$])"),
    re.compile(r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"),
    re.compile(r"(?<=\])\[[^\]]*\]|\[\^[^\]]*\]"),
    re.compile(r"<?(?:https?|mailto):[^\s<>)\]]+>?"),
    re.compile(r"\b(?:doi:\s?)?10\.[0-9]{4,9}/[^\s<>\"]+"),
    re.compile(r"</?[A-Za-z][^<>]*>"),
    re.compile(r"&#?\w+;"),
    re.compile(r"(?m)^[\s>]*[0-9]+[.)](?=\s)"),
    re.compile(r"(?m)^(?: {0,3}\{[\w#.][^}\n]*\}\s*$)"),
]


# What Markdown would hand to a browser as it is; "<https://a.b>" and "<a@b.c>" are addresses.
_HTML = re.compile(r"<(?:[A-Za-z/](?![a-z+.-]*:)(?![\w.+-]*@)|[!?])[^<>\n]{0,40}>?")


@dataclass(frozen=True)
class Cell:
    """A code cell: its page, the line of its first code, its tags and its source."""

    page: str
    line: int
    tags: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Role:
    """A role in prose: ``{name}`target``` and its place."""

    name: str
    target: str
    line: int
    column: int


@dataclass(frozen=True)
class Block:
    """A fenced block: name of its directive, if any, line of its opening, whether it closes.

    A code cell that takes in the opening of another block has lost its own closing fence.
    """

    name: str
    line: int
    closed: bool


@dataclass(frozen=True)
class Page:
    """A page: its path, its lines, its prose (masked), its roles, cells, marks and blocks.

    ``front`` is how many lines its front matter has, with both fences; -1 if it does not close.
    ``html`` has the line, the position and the text of each tag or comment outside of code.
    """

    path: str
    lines: tuple[str, ...]
    prose: tuple[str, ...]
    roles: tuple[Role, ...] = ()
    cells: tuple[Cell, ...] = ()
    marks: tuple[Mark, ...] = ()
    blocks: tuple[Block, ...] = ()
    front: int = 0
    html: tuple[tuple[int, int, str], ...] = ()

    @property
    def name(self) -> str:
        """Name of the page: its file name without ending."""
        return self.path.rpartition("/")[2].removesuffix(".md")


def read_page(path: str, text: str) -> Page:
    r"""Read a page.

    Parameters
    ----------
    path : str
        Path from the root of the checkout, for places and the page's name.
    text : str
        Content of the file, lines ending with LF.

    Returns
    -------
    Page
        ``lines`` and ``prose`` have the same lengths.

    Examples
    --------
    >>> page = read_page("book/a.md", "# Title\n\nIn {value}`a.n` trials.\n")
    >>> page.roles[0].name, page.roles[0].target, page.prose[2].replace(MASK, "_")
    ('value', 'a.n', 'In ____________ trials.')
    """
    blocks = _Blocks(path.rpartition("/")[2].removesuffix(".md"))
    for number, line in enumerate(text.split("\n"), start=1):
        blocks.read(number, line)
    body = "\n".join(blocks.body)
    found = tuple(marks(body))
    body = without_marks(body, _mask)
    prose = _without_inline(body)
    roles = tuple(_roles(body))
    lines = tuple(text.split("\n"))
    return Page(
        path,
        lines,
        tuple(prose.split("\n")),
        roles,
        tuple(blocks.cells),
        found,
        tuple(blocks.closed()),
        blocks.front,
        tuple(_html(body)),
    )


def _mask(text: str) -> str:
    return re.sub(r"[^\n]", MASK, text)


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _roles(body: str) -> Iterator[Role]:
    # A comment shows no role.
    shown = _INLINE[0].sub(lambda found: _mask(found[0]), body)
    for found in _ROLE.finditer(shown):
        if found["name"]:
            target = " ".join(found["body"].split())
            yield Role(found["name"], target, *_place(shown, found.start()))


def _html(body: str) -> Iterator[tuple[int, int, str]]:
    shown = _ROLE.sub(lambda found: _mask(found[0]), body)
    for found in _HTML.finditer(shown):
        yield *_place(shown, found.start()), found[0]


def _without_inline(body: str) -> str:
    body = _INLINE[0].sub(lambda found: _mask(found[0]), body)
    body = _ROLE.sub(_without_target, body)
    for pattern in _INLINE[1:]:
        body = pattern.sub(lambda found: _mask(found[0]), body)
    return body


def _without_target(found: re.Match[str]) -> str:
    titled = _TITLED.fullmatch(found["body"]) if found["name"] else None
    if not titled or found["name"] in ("cite", "claim", "value"):
        return _mask(found[0])
    before, title = found.start("body") - found.start(), titled["title"]
    after = len(found[0]) - before - len(title)
    return MASK * before + title + _mask(found[0][-after:])


@dataclass
class _Fence:
    """An open fence: its mark, whether its content is prose, whether options may come."""

    mark: str
    silent: bool
    options: str = ""
    cell: bool = False
    tags: tuple[str, ...] = ()
    code: list[str] = field(default_factory=list)
    line: int = 0
    name: str = ""
    opened: int = 0
    swallows: bool = False


class _Blocks:
    """Line by line: which lines are prose, which belong to a code cell."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.body: list[str] = []
        self.cells: list[Cell] = []
        self._open: list[_Fence] = []
        self._front = False
        self._blocks: list[Block] = []
        self.front = 0

    def read(self, number: int, line: str) -> None:
        """Take the next line."""
        if number == 1 and line.rstrip() == "---":
            self._front, self.front = True, -1
            self.body.append(_mask(line))
        elif self._front:
            self._front = line.rstrip() not in ("---", "...")
            self.front = -1 if self._front else number
            self.body.append(_mask(line))
        elif self._open and self._closes(line):
            self._close()
            self.body.append(_mask(line))
        elif self._open and self._option(line):
            self.body.append(_mask(line))
        elif self._open and self._open[-1].silent:
            self._collect(number, line)
            self.body.append(_mask(line))
        else:
            self._prose(number, line)

    def closed(self) -> list[Block]:
        """List all blocks in the order in which they open; call it after the last line."""
        left = [Block(fence.name, fence.opened, False) for fence in self._open]
        return sorted([*self._blocks, *left], key=lambda block: block.line)

    def _closes(self, line: str) -> bool:
        mark, stripped = self._open[-1].mark, line.strip().lstrip("> ")
        return stripped.startswith(mark) and not stripped.strip(mark[0])

    def _close(self) -> None:
        fence = self._open.pop()
        self._blocks.append(Block(fence.name, fence.opened, not fence.swallows))
        if fence.cell:
            source = "\n".join(fence.code).rstrip()
            self.cells.append(Cell(self.page, fence.line, fence.tags, source))

    def _option(self, line: str) -> bool:
        """Say whether a line after an opening fence is one of its options."""
        fence = self._open[-1]
        if fence.options == "yaml":
            fence.options = "" if line.strip() == "---" else "yaml"
        elif fence.options == "first" and line.strip() == "---":
            fence.options = "yaml"
        elif fence.options and _OPTION.match(line):
            fence.options = "colon"
        else:
            fence.options = ""
            return False
        found = _TAGS.match(line)
        if found:
            items = (tag.strip(" '\"") for tag in found["tags"].split(","))
            fence.tags = tuple(filter(None, items))
        elif fence.options == "yaml" and line.strip().startswith("- "):
            fence.tags += (line.strip()[2:].strip(" '\""),)
        return True

    def _collect(self, number: int, line: str) -> None:
        fence = self._open[-1]
        fence.swallows |= fence.cell and line.startswith(fence.mark + "{")
        if fence.code or line.strip():
            fence.line = fence.line or number
            fence.code.append(line)

    def _prose(self, number: int, line: str) -> None:
        opening = _FENCE.fullmatch(line)
        if opening and not (opening["mark"][0] == "`" and "`" in opening["info"]):
            self.body.append(self._opened(number, opening))
        else:
            self.body.append(_mask(line) if _NO_PROSE.match(line) else line)

    def _opened(self, number: int, opening: re.Match[str]) -> str:
        directive = _DIRECTIVE.fullmatch(opening["info"])
        name = directive["name"] if directive else ""
        silent = name in _SILENT or (not directive and opening["mark"][0] != ":")
        options = "first" if directive else ""
        cell = name == "code-cell"
        fence = _Fence(opening["mark"], silent, options, cell, name=name, opened=number)
        self._open.append(fence)
        argument = directive["argument"] if directive else ""
        if silent or name in _PATH_ARGUMENT or not argument:
            return _mask(opening[0])
        return _mask(opening[0][: -len(argument)]) + argument
