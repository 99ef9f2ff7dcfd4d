"""Read text files: encoding, byte order mark, line ends, conflicts. No file makes it raise.

Vocabulary
----------
text   the content of a file as lines that end with LF.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from cartreview._conflicts import Conflict, conflicts
from cartreview.validation.problems import Place, Problem

__all__ = ["COLUMNS", "LONGEST", "conflict_problems", "read_text", "too_large"]

# Ten times what the largest file has: more is a mistake, or meant to exhaust who reads it.
LONGEST = 20_000_000  # bytes
COLUMNS = 300


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
        strange = _strange(file, path)
        data = b"" if strange else _bytes(file)
    except OSError as error:
        findings.append(unreadable(path, error))
        return None
    if strange or len(data) > LONGEST:
        findings.append(strange or too_large(Place(path), f"more than {LONGEST:,} bytes"))
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


def _strange(file: Path, path: str) -> Problem | None:
    """Refuse what is no file of its own: a link may lead anywhere, a pipe never ends."""
    link = file.is_symlink()
    if not link and (file.is_file() or file.is_dir() or not file.exists()):
        return None
    return Problem(
        "not-text",
        Place(path),
        found="a link to another file" if link else "no file, but a pipe or a device",
        expected="a file of its own",
        fix="put the file itself there.",
    )


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LONGEST + 1)


def too_large(place: Place, found: str) -> Problem:
    """Say that a file is larger than any that people keep by hand."""
    return Problem(
        "too-large",
        place,
        found=found,
        expected=f"at most {LONGEST:,} bytes and {COLUMNS} columns",
        fix="restore the file from its history, or keep what is so large elsewhere.",
    )


def unreadable(path: str, error: OSError) -> Problem:
    """Say that a file cannot be read, and why."""
    denied = isinstance(error, PermissionError)
    return Problem(
        "missing-file",
        Place(path),
        found=error.strerror or "unreadable",
        expected="a file that can be read",
        fix="allow yourself to read it: chmod u+r." if denied else "restore the file.",
    )


def conflict_problems(text: str, path: str, fix: str) -> Iterator[Problem]:
    """Find the conflicts that a merge left in a file.

    Parameters
    ----------
    text, path : str
        Content of the file; path from the root.
    fix : str
        How this file is brought out of a conflict.

    Yields
    ------
    Problem
        One a conflict; a marker whose partner is gone is one too.
    """
    for found in conflicts(text):
        yield Problem(
            "conflict-marker",
            Place(path, found.opens or found.closes),
            found=_extent(found),
            expected="a merge that is finished",
            fix=fix,
        )


def _extent(found: Conflict) -> str:
    if not found.opens:
        return "'>>>>>>>', whose '<<<<<<<' is gone"
    if not found.closes:
        return "'<<<<<<<', whose '>>>>>>>' is gone"
    sides = f" of {found.ours or 'one branch'} and {found.theirs}" if found.theirs else ""
    return f"lines {found.opens} to {found.closes}{sides}"


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
