"""Read text files: encoding, byte order mark, line ends, JSON. No file makes it raise.

Vocabulary
----------
text   the content of a file as lines that end with LF.
"""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

from cartreview.validation.problems import Place, Problem

__all__ = ["line_of", "read_json_text", "read_text"]


def read_text(file: Path, path: str, findings: list[Problem]) -> str | None:
    """Read a file of UTF-8 text; what is wrong with its bytes is added to `findings`.

    Parameters
    ----------
    file : Path
        The file.
    path : str
        Its path from the root, for findings.
    findings : list of Problem
        Grows by what is wrong.

    Returns
    -------
    str or None
        Its text with LF line ends; None where it has none.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        problem = Problem(
            "missing-file",
            Place(path),
            found=error.strerror or "unreadable",
            expected="a file that can be read",
            fix="restore the file.",
        )
        findings.append(problem)
        return None
    if not data.strip():
        problem = Problem(
            "empty-file",
            Place(path),
            found=f"{len(data)} bytes, no text",
            expected="text",
            fix="restore the file from its history.",
        )
        findings.append(problem)
        return None
    return _decoded(data, path, findings)


def _decoded(data: bytes, path: str, findings: list[Problem]) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        findings.append(_not_utf8(Place(path), "UTF-16"))
        return None
    if b"\0" in data:
        problem = Problem(
            "not-text",
            Place(path, data[: data.index(b"\0")].count(b"\n") + 1),
            found="a NUL byte: a binary file",
            expected="UTF-8 text",
            fix="restore the file from its history.",
        )
        findings.append(problem)
        return None
    if data.startswith(codecs.BOM_UTF8):
        problem = Problem(
            "byte-order-mark",
            Place(path),
            found="a byte order mark",
            expected="UTF-8 without it",
            fix="save the file as UTF-8 without BOM.",
        )
        findings.append(problem)
        data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return _lines(data.decode("utf-8"), path, findings)
    except UnicodeDecodeError as error:
        bad = data[error.start : error.start + 1]
        found = f"byte 0x{bad.hex().upper()}, {bad.decode('latin-1')!r} in Latin-1"
        findings.append(_not_utf8(Place(path, data[: error.start].count(b"\n") + 1), found))
        return None


def _not_utf8(place: Place, found: str) -> Problem:
    return Problem("not-utf8", place, found=found, expected="UTF-8", fix="save the file as UTF-8.")


def _lines(text: str, path: str, findings: list[Problem]) -> str:
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        name = "CRLF" if "\r\n" in text else "CR"
        problem = Problem(
            "line-ends",
            Place(path, line),
            found=f"{name} at {text.count(chr(13))} line ends",
            expected="LF",
            fix="save the file with LF line ends.",
        )
        findings.append(problem)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        problem = Problem(
            "line-ends",
            Place(path, text.count("\n") + 1),
            found="no line end after the last line",
            expected="LF",
            fix="end the last line.",
        )
        findings.append(problem)
    return text


def read_json_text(text: str) -> tuple[dict[str, Any] | None, int, str]:
    """Read a JSON object; else the line and what is wrong.

    Examples
    --------
    >>> read_json_text('{"a": 1}')
    ({'a': 1}, 1, '')
    >>> read_json_text("[1]")
    (None, 1, 'a list')
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return None, error.lineno, f"{error.msg}, character {error.colno}"
    except (RecursionError, ValueError) as error:  # deep brackets, a number of too many digits
        return None, 1, str(error)
    if isinstance(content, dict):
        return content, 1, ""
    return None, 1, f"a {type(content).__name__}"


def line_of(text: str, name: str) -> int:
    r"""Give the first line that has a name as a JSON string, else the first line.

    Examples
    --------
    >>> line_of('{"fields": [\n{"name": "a"}]}', "a")
    2
    """
    at = text.find(json.dumps(name, ensure_ascii=False)) if name else -1
    return text[:at].count("\n") + 1 if at >= 0 else 1
