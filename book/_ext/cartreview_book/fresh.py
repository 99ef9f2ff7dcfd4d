"""When what was built is still good.

Sphinx reads a page again when its text, or a file that it names, has changed. It does not see what
else a page is made of: tables, library, templates, styles, bibliography, licence. All of that is
digested; if it differs from what the last whole build was made of, pages are built from nothing.
The results of notebooks and the drawings stay: they have caches of their own.

A build that was killed, or that complained, leaves no digest: the next one begins anew and says
everything again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from myst_nb.sphinx_ext import add_global_html_resources
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from cartreview._files import write_whole

__all__ = ["digest", "digest_of", "setup", "stamp"]

TOP = ("_config.yml", "_toc.yml", "references.bib", "requirements.lock", "LICENSE", "LICENSE-DATA")
FOLDERS = ("book", "cartreview", "data")
MADE = ("__pycache__", ".ipynb_checkpoints")
_INDEX = ("Search.setIndex(", ")")
_CHART = re.compile(r'(?:src|href)="[^"]*_charts/([^"/]+)"')


def digest_of(paths: Iterable[Path], root: Path) -> str:
    """Digest names and contents of files below a folder."""
    found = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return found.hexdigest()[:16]


def digest(root: Path) -> str:
    """Digest what pages are made of besides their own text, and the names of the pages.

    Examples
    --------
    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> (root / "book").mkdir()
    >>> page = root / "book" / "index.md"
    >>> _ = page.write_text("A word.")
    >>> before = digest(root)
    >>> _ = page.write_text("Another word.")
    >>> digest(root) == before
    True
    >>> _ = (root / "book" / "page.css").write_text("p {}")
    >>> digest(root) == before
    False
    """
    pages = sorted((root / "book").glob("*.md"))
    names = hashlib.sha256("\n".join(page.name for page in pages).encode()).hexdigest()[:16]
    return f"{digest_of(_parts(root, set(pages)), root)}-{names}"


def _parts(root: Path, pages: set[Path]) -> list[Path]:
    top = [root / name for name in TOP]
    # Links are followed: a checkout may have its extension elsewhere.
    below = (path for name in FOLDERS for path in _files(root / name))
    return [path for path in (*top, *sorted(below)) if path.is_file() and path not in pages]


def _files(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and path.name not in MADE:
            yield from _files(path)
        elif path.suffix != ".pyc":
            yield path


def stamp(html: Path) -> Path:
    """Give the file that a whole build leaves beside its folder of pages, and no other does."""
    return html.parent / f".{html.name}-built-from"


def _begin(app: Sphinx, config: Config) -> None:
    """Remove what was built from something else; vouch for nothing until this build is whole."""
    html, made_of = Path(app.outdir), digest(Path(app.srcdir))
    built_from = stamp(html)
    if not built_from.is_file() or built_from.read_text(encoding="utf-8") != made_of:
        for folder in (html, Path(app.doctreedir)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
    built_from.unlink(missing_ok=True)
    config.cartreview_state = made_of


def _rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write every page again when a title or the contents changed: every page shows them."""
    titles = {name: title.astext() for name, title in env.titles.items()}
    shown = repr((sorted(titles.items()), sorted(env.toctree_includes.items())))
    before = getattr(env, "cartreview_shown", shown)
    env.cartreview_shown = shown  # type: ignore[attr-defined]  # kept with the environment
    return sorted(env.found_docs) if shown != before else []


def _bring_style(app: Sphinx, env: BuildEnvironment) -> None:
    """Copy MyST-NB's style before pages are written, not after.

    Pages name a style by its content; in a first build there would be none yet to name it by.
    """
    if app.builder.format == "html":
        (Path(app.outdir) / "_static").mkdir(exist_ok=True)
        add_global_html_resources(app, None)


def _finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None:
        return
    html = Path(app.outdir)
    if app.builder.format == "html":
        _drop_charts(html)
        _drop_words(html / "searchindex.js")
    if not app._warncount:  # a page that complained is read again, and complains again
        write_whole(stamp(html), app.config.cartreview_state)


def _drop_charts(html: Path) -> None:
    """Remove drawings and tables of charts that no page has any more."""
    pages = (page.read_text(encoding="utf-8") for page in html.rglob("*.html"))
    shown = {name for page in pages for name in _CHART.findall(page)}
    for path in (html / "_charts").glob("*"):
        if path.name not in shown:
            path.unlink()


def _drop_words(index: Path) -> None:
    """Remove words from the search index that no page has any more: Sphinx leaves them empty."""
    if not index.is_file():
        return
    text = index.read_text(encoding="utf-8").removeprefix(_INDEX[0]).removesuffix(_INDEX[1])
    found = json.loads(text)
    for name in ("terms", "titleterms"):
        found[name] = {word: pages for word, pages in found[name].items() if pages != []}
    content = json.dumps(found, separators=(",", ":"), sort_keys=True)
    write_whole(index, content.join(_INDEX))


def setup(app: Sphinx) -> None:
    """Begin anew where needed, and vouch for what was built at the very end."""
    app.add_config_value("cartreview_state", "", "", str)
    app.connect("config-inited", _begin, priority=100)
    app.connect("env-updated", _rewrite)
    app.connect("env-updated", _bring_style)
    app.connect("build-finished", _finish, priority=900)
