"""Read the descriptions: JSON objects, with the lines on which their keys stand.

Vocabulary
----------
keys   the way to a value: names in objects, positions in lists.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cartreview.validation.characters import check_lines
from cartreview.validation.files import conflict_problems, read_text
from cartreview.validation.problems import Place, Problem, quoted

__all__ = ["Description", "read_json", "read_json_text"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
# What an escape may hide that 'characters' finds where it stands as it is, and half a character.
_ESCAPED = re.compile(
    r"(?<!\\)(?:\\\\)*\\u(?:00[01][0-9a-f]|007f|00[89][0-9a-f]|00ad|061c|200[b-f]|202[8-9a-e]"
    r"|206[0-9a-f]|feff)",
    re.IGNORECASE,
)
_SURROGATE = re.compile(r"\\ud[89a-f][0-9a-f]{2}", re.IGNORECASE)
_MERGE = "settle the lines by hand, take the markers out, and check again."

Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Description:
    """A JSON object and the text that it was read from."""

    path: str
    content: dict[str, Any]
    text: str = ""

    @cached_property
    def _lines(self) -> dict[Keys, int]:
        lines: dict[Keys, int] = {}
        for keys, line in _walk(self.text):
            lines.setdefault(keys, line)
        return lines

    def place(self, *keys: str | int, column: str = "") -> Place:
        """Name the place of a key, or of the nearest one above it that is there."""
        while keys and keys not in self._lines:
            keys = keys[:-1]
        return Place(self.path, self._lines.get(keys, 1), column)

    def naming(self, name: str, column: str = "") -> Place:
        r"""Name the first place that has a name as a JSON string, else the first line.

        Examples
        --------
        >>> Description("s.json", {}, '{"fields": [\n{"name": "a"}]}').naming("a").line
        2
        """
        at = self.text.find(f'"{name}"') if name else -1
        line = self.text[:at].count("\n") + 1 if at >= 0 else 1
        return Place(self.path, line, column)


def read_json(file: Path, path: str, findings: list[Problem]) -> Description | None:
    """Read a file that must be a JSON object; what is wrong with it is added to `findings`.

    Parameters
    ----------
    file : Path
        The file.
    path : str
        Its path from the root.
    findings : list of Problem
        Grows by what is wrong.

    Returns
    -------
    Description or None
        None where it is no object.
    """
    text = read_text(file, path, findings)
    if text is None:
        return None
    merged = list(conflict_problems(text, path, _MERGE))
    if merged:
        findings.extend(merged)
        return None
    content, place, problem = read_json_text(text, path)
    if content is None:
        findings.append(_broken(place, problem))
        return None
    findings.extend(check_lines(text, path))
    findings.extend(_escapes(text, path))
    findings.extend(_twice(text, path))
    return (
        None
        if _SURROGATE.search(text) and not _whole(content)
        else Description(path, content, text)
    )


def _broken(place: Place, found: str) -> Problem:
    fix = "mend the JSON at this line."
    return Problem("bad-json", place, found=found, expected="a JSON object", fix=fix)


def read_json_text(text: str, path: str = "") -> tuple[dict[str, Any] | None, Place, str]:
    """Read a JSON object; else the place and what is wrong.

    Examples
    --------
    >>> read_json_text('{"a": 1}')[0], read_json_text("[1]", "s.json")
    ({'a': 1}, (None, Place(path='s.json', line=1, column='', row=''), 'a list'))
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return None, Place(path, error.lineno, str(error.colno)), error.msg
    except (RecursionError, ValueError) as error:  # deep brackets, a number of too many digits
        return None, Place(path), str(error)
    if isinstance(content, dict):
        return content, Place(path), ""
    return None, Place(path), f"a {type(content).__name__}"


def _whole(content: dict[str, Any]) -> bool:
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _escapes(text: str, path: str) -> Iterator[Problem]:
    if "\\u" not in text:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        hidden = _ESCAPED.search(line)
        if hidden:
            place = Place(path, number, str(hidden.start() + 1))
            yield Problem(
                "hidden-character",
                place,
                found=f"the escape {hidden[0][-6:]}",
                expected="characters that a reader sees, in their order",
                fix="take the escape out.",
            )
        half = _SURROGATE.search(line)
        if half and not _whole({"": _value(line)}):
            yield _broken(
                Place(path, number, str(half.start() + 1)), f"half a character, {quoted(half[0])}"
            )


def _value(line: str) -> list[Any]:
    return [json.loads(part) for part in _TOKEN.findall(line) if part.startswith('"')]


def _twice(text: str, path: str) -> Iterator[Problem]:
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> None:
        if len(dict(items)) < len(items):
            counts = Counter(key for key, _ in items)
            repeated.extend(key for key, count in counts.items() if count > 1)

    json.loads(text, object_pairs_hook=pairs)
    first: dict[Keys, int] = {}
    for keys, line in _walk(text) if repeated else ():
        if keys in first and keys[-1] in repeated:
            yield Problem(
                "bad-schema",
                Place(path, line),
                found=f"the key {quoted(str(keys[-1]))}, which line {first[keys]} has too",
                expected="each key once in an object",
                fix="take one of the two out: JSON keeps the last and says nothing.",
            )
        first.setdefault(keys, line)


def _walk(text: str) -> Iterator[tuple[Keys, int]]:
    r"""List every key and every item of JSON text with its line.

    Examples
    --------
    >>> list(_walk('{"a": [1,\n {"b": 2}]}'))
    [(('a',), 1), (('a', 0), 1), (('a', 1), 2), (('a', 1, 'b'), 2)]
    """
    keys: list[str | int] = []
    named: list[bool] = []  # a frame: an object (True) or a list
    waiting = False  # the next string is a key
    line, before = 1, 0
    for found in _TOKEN.finditer(text):
        part = found[0]
        line, before = line + text.count("\n", before, found.start()), found.start()
        if part in "}]":
            named.pop()
            keys.pop()
            waiting = False
        elif part == ",":
            waiting = named[-1]
            if not waiting:
                keys[-1] = int(keys[-1]) + 1
        elif waiting and part != ":":
            keys[-1], waiting = json.loads(part), False
            yield tuple(keys), line
        elif part != ":":
            if named and not named[-1]:
                yield tuple(keys), line
            if part in "{[":
                named.append(part == "{")
                keys.append("" if part == "{" else 0)
                waiting = part == "{"
