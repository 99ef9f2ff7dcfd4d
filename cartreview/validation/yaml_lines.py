"""Read YAML line by line, as far as a book's configuration and front matter use it.

The library has no YAML parser among its dependencies. What the build would stop at half a minute
later is found here at once: a line that is no key, a tab, a quote or a bracket that stays open, a
key twice. What a parser refuses beyond that, the build still refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["Setting", "settings", "yaml_faults"]

_KEY = re.compile(r"(?P<dash>(?:- +)*)(?P<key>[\w.-]+|\"[^\"]*\"|'[^']*'):(?:\s+(?P<value>.*))?")
_ITEM = re.compile(r"(?P<dash>(?:- +)*-)(?:\s+(?P<value>.*))?")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_SHOWN = 60  # characters of a line that a finding shows


@dataclass(frozen=True)
class Setting:
    """A key: its line, its keys from the outermost, its value as it is written."""

    line: int
    keys: tuple[str, ...]
    value: str


def settings(lines: Sequence[str], start: int = 1) -> list[Setting]:
    """List the keys of YAML lines with their values.

    Examples
    --------
    >>> settings(["execute:", "  execute_notebooks: 'off'  # no"])[-1]
    Setting(line=2, keys=('execute', 'execute_notebooks'), value='off')
    """
    found: list[Setting] = []
    above: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=start):
        bare = _uncommented(line)
        key = _KEY.fullmatch(bare.strip())
        if key:
            indent = _indent(bare) + len(key["dash"])
            above = [pair for pair in above if pair[0] < indent]
            above.append((indent, key["key"].strip("\"'")))
            keys = tuple(name for _, name in above)
            found.append(Setting(number, keys, (key["value"] or "").strip().strip("\"'")))
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _uncommented(line: str) -> str:
    if "#" not in line:
        return line.rstrip()
    spared = _QUOTED.sub(lambda found: "_" * len(found[0]), line)
    comment = _COMMENT.search(spared)
    return (line[: comment.start()] if comment else line).rstrip()


def yaml_faults(lines: Sequence[str], start: int = 1) -> Iterator[tuple[int, str]]:
    r"""Find lines that no YAML parser reads.

    Parameters
    ----------
    lines : sequence of str
        Lines of a file or of front matter, without its fences.
    start : int
        Number of the first line.

    Yields
    ------
    int, str
        Line and what is wrong.

    Examples
    --------
    >>> for fault in yaml_faults(["title: a: b", "author", "\tx: 1", "list: [a, b"]):
    ...     print(*fault)
    1 'a: b', a colon and a space in text without quotes
    2 'author', no key
    3 a tab before a key
    4 '[a, b', whose bracket stays open
    """
    reader = _Reader()
    for number, line in enumerate(lines, start=start):
        yield from reader.read(number, _uncommented(line))
    if reader.depth > 0:
        yield reader.opened, f"{reader.flow[:_SHOWN]!r}, whose bracket stays open"


@dataclass
class _Reader:
    """Where a reader of YAML lines is: in a block of text, in brackets, below which keys."""

    block: int = -1  # indent of the key whose block of text is read
    depth: int = 0
    opened: int = 0
    flow: str = ""
    follows: bool = False  # the line above may go on
    keys: dict[tuple[int, str], int] = field(default_factory=dict)

    def read(self, number: int, line: str) -> Iterator[tuple[int, str]]:
        """Take the next line, without its comment."""
        text, indent = line.strip(), _indent(line)
        if not text or text == "---" or (self.block >= 0 and indent > self.block):
            return
        self.block = -1
        if "\t" in line[:indent]:
            yield number, "a tab before a key"
        elif self.depth > 0:
            self.depth += _depth(text)
        else:
            yield from self._line(number, text, indent)

    def _line(self, number: int, text: str, indent: int) -> Iterator[tuple[int, str]]:
        key = _KEY.fullmatch(text)
        item = key or _ITEM.fullmatch(text)
        if not item:
            if not (self.follows and indent):
                yield number, f"{text[:_SHOWN]!r}, no key"
            return
        if key:
            yield from self._twice(number, key["key"], indent + len(key["dash"]), key["dash"])
        value = (item["value"] or "").strip()
        self.follows = bool(value)
        if value[:1] in ("|", ">"):
            self.block = indent
        elif value[:1] in ("[", "{"):
            self.depth, self.opened, self.flow = _depth(value), number, value
        else:
            yield from ((number, f"{value[:_SHOWN]!r}, {why}") for why in _scalar(value))

    def _twice(self, number: int, key: str, level: int, dash: str) -> Iterator[tuple[int, str]]:
        # An item of a list starts a mapping of its own.
        limit = level if dash else level + 1
        self.keys = {place: line for place, line in self.keys.items() if place[0] < limit}
        if (level, key) in self.keys:
            yield number, f"the key {key!r}, which line {self.keys[level, key]} has too"
        self.keys.setdefault((level, key), number)


def _scalar(value: str) -> Iterator[str]:
    if value[:1] in ('"', "'"):
        if not _QUOTED.fullmatch(value):
            yield "whose quote stays open, or that goes on after it"
    elif re.search(r":\s|:$", value):
        yield "a colon and a space in text without quotes"
    elif value[:1] in ("@", "`", "%", "*", "&", "!"):
        yield "a sign that YAML reads otherwise: it needs quotes"


def _depth(text: str) -> int:
    bare = _QUOTED.sub("", text)
    return sum(map(bare.count, "[{")) - sum(map(bare.count, "]}"))
