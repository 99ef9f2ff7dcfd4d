"""Text that deceives the eye: characters that nobody sees, letters written in two ways.

Vocabulary
----------
hidden   a character that leaves no mark, or turns the direction of what follows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cartreview.validation.problems import Place, Problem, quoted

__all__ = ["HIDDEN_IN_LINES", "check_lines", "check_text"]

# Control and format characters but white space, and the object characters by which a page's reader
# masks what is no prose. Odd spaces and those of no width in a cell are stray spaces.
_CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u180e\u200c-\u200f\u202a-\u202e\u2061-\u206f"
_HIDDEN = re.compile(f"[{_CONTROL}\ufff9-\ufffc\U000e0000-\U000e007f]")
HIDDEN_IN_LINES = re.compile(
    f"[{_CONTROL}\x0b-\x0d\x1c-\x1f\x85\u00ad\u200b\u2028\u2029\u2060\ufeff\ufff9-\ufffc"
    "\U000e0000-\U000e007f]"
)
_AROUND = 30  # characters of the text on each side


def check_text(text: str, hidden_signs: re.Pattern[str] = _HIDDEN) -> Iterator[Problem]:
    r"""Find what in a text deceives the eye.

    Parameters
    ----------
    text : str
        A cell, or a line of a page.
    hidden_signs : re.Pattern
        What is hidden there.

    Yields
    ------
    Problem
        Without its place.

    Examples
    --------
    >>> [problem.found for problem in check_text("17 of\u202e 58")]
    ["U+202E RIGHT-TO-LEFT OVERRIDE in '17 of\\u202e 58'"]
    """
    hidden = hidden_signs.search(text)
    if hidden:
        sign = hidden[0]
        start = max(0, hidden.start() - _AROUND)
        around = text[start : hidden.end() + _AROUND]
        name = unicodedata.name(sign, "a control character")
        yield Problem(
            "hidden-character",
            found=f"U+{ord(sign):04X} {name} in {quoted(around)}",
            expected="characters that a reader sees, in their order",
            fix="take the character out.",
        )
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        yield Problem(
            "not-composed",
            found=f"{_loose(text)} in {quoted(text)}",
            expected="letters with their accents in one character (Unicode NFC)",
            fix="type the letter again, so that equal words are equal.",
        )


def _loose(text: str) -> str:
    """Name the first character that composing would change."""
    composed = unicodedata.normalize("NFC", text)
    pairs = zip(text, composed, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(text), len(composed)) - 1)
    return f"{ascii(text[at : at + 2])[1:-1]} for {composed[at]}"


def check_lines(text: str, path: str) -> Iterator[Problem]:
    """Find what deceives the eye in a file, line by line.

    Yields
    ------
    Problem
        Its column is the position of the character, counted from 1.
    """
    if unicodedata.is_normalized("NFC", text) and not HIDDEN_IN_LINES.search(text):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for problem in check_text(line, HIDDEN_IN_LINES):
            hidden = HIDDEN_IN_LINES.search(line) if problem.code == "hidden-character" else None
            yield problem.at(Place(path, number, str(hidden.start() + 1) if hidden else ""))
