"""``cartreview new-chapter``: a chapter that passes the checks, from the text of CONTRIBUTING."""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from pathlib import Path

from cartreview._files import write_together
from cartreview.commands import found_upwards

__all__ = ["NAME", "register", "run"]

NAME = "new-chapter"
_KEBAB = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PAGE = re.compile(r"(?ms)^ *As `book/(?P<name>[a-z-]+)\.md`:\n+(?P<indent> *)(?P<fence>`{4,})md\n"
                   r"(?P<text>.*?)^(?P=indent)(?P=fence)$")  # fmt: skip


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        NAME,
        help="begin a chapter: a page that passes the checks, listed in the contents",
        description="Write book/NAME.md, the page that CONTRIBUTING.md explains with its cells "
        "for set-up, claim and chart, and list it last in _toc.yml. Then replace its rows, its "
        "words and its claim by your own.",
        epilog="Exit status: 0 if written, 1 if there is such a page, 2 if it cannot be written.",
    )
    parser.add_argument("name", metavar="NAME", help="name of the page, as intensive-care")
    parser.add_argument("--title", help="heading of the page; default: its name")
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="root of the checkout; default: found upwards"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the page and its line in the contents, both or none.

    Returns
    -------
    int
        0 if written, 1 if there is such a page, 2 if it cannot be written.
    """
    root = arguments.root or found_upwards(Path.cwd()) or Path.cwd()
    name = arguments.name
    title = " ".join((arguments.title or name.replace("-", " ").capitalize()).split())
    if not _KEBAB.fullmatch(name) or not title or not title.isprintable():
        return _complain("a page is named in small letters with hyphens, as intensive-care", 2)
    page, contents = root / "book" / f"{name}.md", root / "_toc.yml"
    if page.exists():
        return _complain(f"book/{name}.md is there already; nothing was written", 1)
    try:
        example = _example((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
        listed = contents.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, ValueError) as error:
        return _complain(f"{error}; nothing was written", 2)
    text = _renamed(example, name, title)
    write_together({page: text, contents: f"{listed}\n  - file: book/{name}\n"})
    print(
        f"book/{name}.md is written, and stands last in _toc.yml: move the line to where readers "
        "should find it.\nReplace its rows, its words and its claim by your own, then:\n"
        f"    make accept WHY='a chapter on {title[:1].lower()}{title[1:]}'\n    make check"
    )
    return 0


def _example(text: str) -> tuple[str, str]:
    """Find the page that CONTRIBUTING explains; give its name and its text."""
    found = _PAGE.search(text)
    if found is None:
        raise ValueError("CONTRIBUTING.md has no page under 'Write a chapter'")
    return found["name"], textwrap.dedent(found["text"])


def _renamed(example: tuple[str, str], name: str, title: str) -> str:
    """Give the example another heading, and its claims names of their own."""
    old, text = example
    return re.sub(r"(?m)^# .*$", lambda _: f"# {title}", text, count=1).replace(
        f"{old}-", f"{name}-"
    )


def _complain(words: str, status: int) -> int:
    print(f"cartreview {NAME}: {words}", file=sys.stderr)
    return status
