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

from cartreview.validation.problems import Problem

__all__ = ["read_json_text", "read_text"]


def _at(path: str, line: int, code: str, found: str, expected: str, fix: str) -> Problem:
    return Problem(path, line, "", code, "", found, expected, fix)


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
        words = (error.strerror or "unreadable", "a file that can be read")
        findings.append(_at(path, 1, "missing-file", *words, "restore the file."))
        return None
    if not data.strip():
        words = (f"{len(data)} bytes, no text", "text")
        findings.append(_at(path, 1, "empty-file", *words, "restore the file from its history."))
        return None
    return _decoded(data, path, findings)


def _decoded(data: bytes, path: str, findings: list[Problem]) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        words = ("UTF-16", "UTF-8", "save the file as UTF-8.")
        findings.append(_at(path, 1, "not-utf8", *words))
        return None
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        words = ("a NUL byte: a binary file", "UTF-8 text", "restore the file from its history.")
        findings.append(_at(path, line, "not-text", *words))
        return None
    if data.startswith(codecs.BOM_UTF8):
        words = ("a byte order mark", "UTF-8 without it", "save the file as UTF-8 without BOM.")
        findings.append(_at(path, 1, "byte-order-mark", *words))
        data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return _lines(data.decode("utf-8"), path, findings)
    except UnicodeDecodeError as error:
        bad = data[error.start : error.start + 1]
        found = f"byte 0x{bad.hex().upper()}, {bad.decode('latin-1')!r} in Latin-1"
        line = data[: error.start].count(b"\n") + 1
        findings.append(_at(path, line, "not-utf8", found, "UTF-8", "save the file as UTF-8."))
        return None


def _lines(text: str, path: str, findings: list[Problem]) -> str:
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        name = "CRLF" if "\r\n" in text else "CR"
        words = (
            f"{name} at {text.count(chr(13))} line ends",
            "LF",
            "save the file with LF line ends.",
        )
        findings.append(_at(path, line, "line-ends", *words))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        words = ("no line end after the last line", "LF", "end the last line.")
        findings.append(_at(path, line, "line-ends", *words))
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
