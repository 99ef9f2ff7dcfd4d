"""The directive ``api``: public functions and classes of a module, from their docstrings.

Autodoc and Napoleon come with Sphinx and read what ``help()`` reads, so that nothing is written
twice. Types are left to the text: references to classes of other libraries would lead nowhere in a
book that is read offline.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

from cartreview.myst import read_page

__all__ = ["Api", "public", "setup", "used_in"]

MOST_PAGES = 4  # a function that more chapters call is everywhere
OPTIONS = {
    "autodoc_typehints": "none",
    "autodoc_docstring_signature": False,
    "napoleon_google_docstring": False,
    # Several attributes may share a line, as in Parameters.
    "napoleon_custom_sections": [("Attributes", "params_style")],
    "napoleon_use_param": False,
    "napoleon_use_rtype": False,
}
_BIB = re.compile(r"^bib: (.+)$")


def public(module: Any) -> Iterator[tuple[str, Any]]:
    """Give the functions and classes that a module offers, and those of modules that it offers.

    Yields
    ------
    str, object
        The dotted path by which a reader imports it; what a package gives itself comes first.
    """
    inner = []
    for name in module.__all__:
        found = getattr(module, name)
        if inspect.ismodule(found):
            inner.append(found)
        elif inspect.isfunction(found) or inspect.isclass(found):
            yield f"{module.__name__}.{name}", found
    for one in inner:
        yield from public(one)


def once(module: Any) -> Iterator[tuple[str, Any]]:
    """Give each function and class under the first path that leads to it."""
    seen = set()
    for path, found in public(module):
        if found not in seen:
            seen.add(found)
            yield path, found


class Api(SphinxDirective):
    """Functions and classes of a module, in the order of the alphabet."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Let autodoc write each of them."""
        for page in (Path(self.env.srcdir) / "book").glob("*.md"):
            self.env.note_dependency(str(page))
        entries = [_entry(path, found) for path, found in once(import_module(self.arguments[0]))]
        holder = nodes.container()
        text = "\n".join(["````{eval-rst}", *entries, "````"])
        self.state.nested_parse(text.splitlines(), self.content_offset, holder)
        return holder.children


def _entry(path: str, found: Any) -> str:
    if inspect.isfunction(found):
        return f".. autofunction:: {path}\n"
    methods = [
        name
        for name, member in vars(found).items()
        if inspect.isfunction(member) and not name.startswith("_") and inspect.getdoc(member)
    ]
    members = f"   :members: {', '.join(methods)}\n" if methods else ""
    return f".. autoclass:: {path}\n{members}"


@cache
def _calls(folder: Path) -> dict[str, str]:
    """Give the code of each chapter."""
    pages = {}
    for path in sorted(folder.glob("*.md")):
        cells = read_page(str(path), path.read_text(encoding="utf-8")).cells
        pages[path.stem] = "\n".join(cell.source for cell in cells)
    return pages


def used_in(name: str, folder: Path) -> list[str]:
    """Name the chapters whose code calls a function; none where nearly all do.

    Parameters
    ----------
    name : str
        The function without its module.
    folder : Path
        The folder of the pages.

    Returns
    -------
    list of str
        Pages by file name without ending.
    """
    called = re.compile(rf"\b{re.escape(name)}\(")
    pages = [page for page, code in _calls(folder).items() if called.search(code)]
    return pages if len(pages) <= MOST_PAGES else []


def _finish(app: Sphinx, what: str, name: str, found: Any, _: Any, lines: list[str]) -> None:
    """Turn keys behind ``bib:`` into citations, and say which chapters use a function."""
    for place, line in enumerate(lines):
        keys = _BIB.match(line.strip())
        if keys:
            indent = line[: len(line) - len(line.lstrip())]
            lines[place] = f"{indent}:cite:t:`{keys[1].replace(' ', '')}`"
    if what != "function":
        return
    pages = used_in(name.rpartition(".")[2], Path(app.srcdir) / "book")
    if pages:
        links = ", ".join(f":doc:`/book/{page}`" for page in pages)
        lines += ["", f"Used in {links}.", ""]


def _bare(app: Sphinx, what: str, name: str, found: Any, *_: Any) -> tuple[str, str] | None:
    """Leave out the arguments of results: readers get them, they do not make them."""
    return ("", "") if what == "class" and is_dataclass(found) else None


def _configure(app: Sphinx, config: Config) -> None:
    for name, value in OPTIONS.items():
        setattr(config, name, value)
    config.nitpick_ignore_regex = [*config.nitpick_ignore_regex, (r"py:.*", r".*")]
    _calls.cache_clear()


def setup(app: Sphinx) -> None:
    """Register the directive, and autodoc behind it."""
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("config-inited", _configure)
    app.connect("autodoc-process-docstring", _finish)
    app.connect("autodoc-process-signature", _bare)
    app.add_directive("api", Api)
