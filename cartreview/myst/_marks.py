"""Marks: comment pairs in the README around the accepted sentences of claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Mark", "marks", "with_marks", "without_marks"]

_MARK = re.compile(
    r"(?P<opening><!--\s*claim:(?P<id>[\w-]+)\s*-->)"
    r"(?P<text>(?:(?!<!--\s*claim:).)*?)"
    r"(?P<closing><!--\s*/claim\s*-->)",
    re.DOTALL,
)
_OPEN_MARK = re.compile(r"<!--\s*claim:(?P<id>[\w-]+)\s*-->")


@dataclass(frozen=True)
class Mark:
    """A claim in the README; ``text`` is None where the closing comment is missing.

    Line breaks within a sentence do not count: ``text`` has none.
    """

    claim_id: str
    text: str | None
    line: int

    def reads(self, sentence: str) -> bool:
        """Say whether the text is a sentence, wherever its lines break."""
        return self.text == " ".join(sentence.split())


def marks(text: str) -> Iterator[Mark]:
    """Find the claims in a text.

    Examples
    --------
    >>> list(marks("<!-- claim:a -->There is 1.<!-- /claim -->"))
    [Mark(claim_id='a', text='There is 1.', line=1)]
    """
    closed = {found.start(): found for found in _MARK.finditer(text)}
    for opening in _OPEN_MARK.finditer(text):
        found = closed.get(opening.start())
        yield _mark(found) if found else Mark(opening["id"], None, _line(opening))


def _mark(found: re.Match[str]) -> Mark:
    return Mark(found["id"], " ".join(found["text"].split()), _line(found))


def _line(found: re.Match[str]) -> int:
    return found.string.count("\n", 0, found.start()) + 1


def with_marks(text: str, sentence: Callable[[Mark], str | None]) -> str:
    """Put other sentences between the marks of a text.

    Parameters
    ----------
    text : str
        The README.
    sentence : callable
        Takes a mark that is closed; gives what stands in it, or None to leave it as it is.

    Returns
    -------
    str
        The README, what is outside the marks as it was.

    Examples
    --------
    >>> with_marks("<!-- claim:a -->There is 1.<!-- /claim --> So.", lambda mark: "One.")
    '<!-- claim:a -->One.<!-- /claim --> So.'
    """

    def replaced(found: re.Match[str]) -> str:
        new = sentence(_mark(found))
        return found[0] if new is None else f"{found['opening']}{new}{found['closing']}"

    return _MARK.sub(replaced, text)


def without_marks(text: str, mask: Callable[[str], str]) -> str:
    """Put something else in the place of marks and what is between them."""
    return _MARK.sub(lambda found: mask(found[0]), text)
