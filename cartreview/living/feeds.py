"""What changed as feeds that a reader follows: Atom (RFC 4287) and JSON Feed 1.1.

Vocabulary
----------
scope     what a feed tells of: everything, one page, or one study.
entry     a step of the history, as far as it is in the scope.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from xml.etree import ElementTree

from cartreview.living.history import Moved, Step

__all__ = ["Feed", "as_atom", "as_json", "content", "for_page", "for_study"]

ATOM = "http://www.w3.org/2005/Atom"
JSON = "https://jsonfeed.org/version/1.1"
RIGHTS = "CC BY 4.0"
_LONGEST = 120  # characters of a title
_ROWS = 30  # rows that an entry names
# What XML 1.0 cannot hold at all; the checks refuse it in tables, a git history may have it.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Feed:
    """A feed.

    Attributes
    ----------
    name : str
        Of its files, without extension: ``all``, ``chapter-imaging``, ``study-brown-2024``.
    title : str
        What readers call it.
    page : str
        Address of the page that tells the same, seen from the feed.
    steps : tuple of Step
        Its entries, the newest first.
    made : str
        ISO date of the newest change, or of the version of the data where there is none.
    author : str
        Who is cited.
    base : str
        Address under which the book is published, with a slash at its end; empty where that is
        not known.
    """

    name: str
    title: str
    page: str
    steps: tuple[Step, ...]
    made: str
    author: str
    base: str = ""

    @property
    def updated(self) -> str:
        """Give the day of the newest entry, as a time."""
        return _time(max((step.day for step in self.steps if step.day), default=self.made))

    def identity(self, part: str = "") -> str:
        """Give an identifier that is the same wherever and whenever the book is built.

        Examples
        --------
        >>> Feed("all", "", "", (), "2026-11-21", "").identity()[:9]
        'urn:uuid:'
        """
        return uuid.uuid5(uuid.NAMESPACE_OID, f"cartreview/{self.name}/{part}").urn


def for_page(steps: Iterable[Step], page: str) -> tuple[Step, ...]:
    """Keep what moved claims of a page, and of it the claims of that page."""
    kept = (
        replace(step, moves=tuple(move for move in step.moves if move.page == page))
        for step in steps
    )
    return tuple(step for step in kept if step.moves)


def for_study(
    steps: Iterable[Step], study: str, studies: dict[str, frozenset[str]]
) -> tuple[Step, ...]:
    """Keep what changed rows of a study.

    Parameters
    ----------
    steps : iterable of Step
        What changed.
    study : str
        A study.
    studies : dict of str to frozenset of str
        Studies that the rows of a step tell of, by its id.
    """
    return tuple(step for step in steps if study in studies.get(step.step_id, frozenset()))


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"


def content(step: Step) -> str:
    """Write an entry as HTML.

    Examples
    --------
    >>> content(Step("a", "2026-11-21", "Read <anew>"))
    '<p>Read &lt;anew&gt;</p>'
    """
    parts = [f"<p>{escape(step.title)}</p>"]
    if step.moves:
        parts.append(_listed("Claims that moved", [_move(move) for move in step.moves]))
    if step.disagreements:
        items = [f"{one.topic}: {one.stated} / {one.found}" for one in step.disagreements]
        parts.append(_listed("New disagreements", map(escape, items)))
    if step.counts:
        items = [f"{table}: {number} {change}" for table, change, number in step.counts]
        parts.append(_listed("Rows", map(escape, items)))
    elif step.rows:
        more = [f"and {len(step.rows) - _ROWS} more"] if len(step.rows) > _ROWS else []
        parts.append(_listed("Rows", map(escape, [*step.rows[:_ROWS], *more])))
    return _ILLEGAL.sub("", "".join(parts))


def _move(move: Moved) -> str:
    sides = [f"<del>{escape(move.old)}</del>"] if move.old else []
    sides += [f"<ins>{escape(move.new)}</ins>"] if move.new else []
    why = "".join(f" Why: {escape(reason)}." for reason in move.why)
    return f"<b>{escape(move.claim_id)}</b> ({move.change}): {' → '.join(sides)}{why}"


def _listed(title: str, items: Iterable[str]) -> str:
    return f"<p>{title}</p><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def as_atom(feed: Feed) -> bytes:
    """Write a feed as Atom.

    Examples
    --------
    >>> as_atom(Feed("all", "All", "changes.html", (), "2026-11-21", "Us"))[:38]
    b"<?xml version='1.0' encoding='utf-8'?>"
    """
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(
        f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en"}
    )
    _add(root, "id", feed.identity())
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(root, "rights", RIGHTS)
    _add(_add(root, "author"), "name", feed.author)
    here = f"{feed.base}feeds/{feed.name}.atom" if feed.base else f"{feed.name}.atom"
    _add(root, "link", rel="self", type="application/atom+xml", href=here)
    _add(root, "link", rel="alternate", type="text/html", href=_page(feed))
    for step in _dated(feed):
        entry = _add(root, "entry")
        _add(entry, "id", feed.identity(step.step_id))
        _add(entry, "title", _short(step.title))
        _add(entry, "updated", _time(step.day))
        href = f"{_page(feed)}#{step.step_id}"
        _add(entry, "link", rel="alternate", type="text/html", href=href)
        _add(entry, "content", content(step), type="html")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = _ILLEGAL.sub("", text) or None
    return made


def _page(feed: Feed) -> str:
    return f"{feed.base}{feed.page}" if feed.base else f"../{feed.page}"


def _dated(feed: Feed) -> Sequence[Step]:
    """Leave out what has no day yet: an entry without a time is none."""
    return [step for step in feed.steps if step.day]


def as_json(feed: Feed) -> str:
    """Write a feed as JSON Feed; addresses stand in it where they are known in full.

    Examples
    --------
    >>> json.loads(as_json(Feed("all", "All", "a.html", (), "2026-11-21", "Us")))["items"]
    []
    """
    known = {"home_page_url": _page(feed), "feed_url": f"{feed.base}feeds/{feed.name}.json"}
    made = {
        "version": JSON,
        "title": feed.title,
        **(known if feed.base else {}),
        "authors": [{"name": feed.author}],
        "language": "en",
        "items": [_item(feed, step) for step in _dated(feed)],
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _item(feed: Feed, step: Step) -> dict[str, object]:
    url = {"url": f"{_page(feed)}#{step.step_id}"} if feed.base else {}
    return {
        "id": feed.identity(step.step_id),
        **url,
        "title": _ILLEGAL.sub("", _short(step.title)),
        "content_html": content(step),
        "date_published": _time(step.day),
        "tags": step.pages,
    }
