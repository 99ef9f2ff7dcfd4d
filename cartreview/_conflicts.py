"""What git leaves in a file that two branches changed, from ``<<<<<<<`` to ``>>>>>>>``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Conflict", "conflicts", "settled"]

_OPENS = re.compile(r"<{7}(?: (?P<name>.*))?")
_CLOSES = re.compile(r">{7}(?: (?P<name>.*))?")
_WHOLE = re.compile(
    r"^<{7}(?: [^\n]*)?\n(?P<ours>.*?)(?:^\|{7}(?: [^\n]*)?\n.*?)?^={7}\n"
    r"(?P<theirs>.*?)^>{7}(?: [^\n]*)?\n",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Conflict:
    """A conflict.

    Attributes
    ----------
    opens, closes : int
        Lines of its markers, 0 for one that is gone; a second opening closes the first.
    ours, theirs : str
        Names of the two sides, as far as they are written.
    """

    opens: int
    closes: int = 0
    ours: str = ""
    theirs: str = ""


def conflicts(text: str) -> Iterator[Conflict]:
    r"""Find the conflicts in a text; a marker whose partner is gone is one too.

    Examples
    --------
    >>> list(conflicts("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n"))
    [Conflict(opens=2, closes=6, ours='HEAD', theirs='other')]
    """
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    opened: Conflict | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        opens, closes = _OPENS.fullmatch(line), _CLOSES.fullmatch(line)
        if not opens and not closes:
            continue
        theirs = (closes["name"] or "") if closes else ""
        if opened:
            yield Conflict(opened.opens, number, opened.ours, theirs)
        elif closes:
            yield Conflict(0, number, theirs=theirs)
        opened = Conflict(number, ours=opens["name"] or "") if opens else None
    if opened:
        yield opened


def settled(text: str, choose: Callable[[str, str], str | None]) -> str:
    r"""Replace the conflicts for which one text is known; every other conflict stays.

    Parameters
    ----------
    text : str
        Text with conflicts.
    choose : callable
        Takes the two sides; gives what stands instead, or None.

    Returns
    -------
    str
        Text with fewer of them.

    Examples
    --------
    >>> settled("<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n", lambda ours, theirs: ours)
    'x\n'
    """

    def one(found: re.Match[str]) -> str:
        chosen = choose(found["ours"], found["theirs"])
        return found[0] if chosen is None else chosen

    return _WHOLE.sub(one, text)
