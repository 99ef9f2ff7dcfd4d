"""When an executed notebook is still good.

MyST-NB finds an executed notebook by its code alone; a changed row or library would be served
stale. So each state of tables, library and lock file has a cache folder of its own. The ledger of
claims is an output: the book says what was accepted, so accepting runs no notebook.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from cartreview_book.fresh import MADE, digest_of

__all__ = ["digest", "folder", "inputs", "prune", "setup"]

LOCK = "requirements.lock"
OUTPUTS = ("claims.csv",)
KEPT = 3  # states whose results stay, so that going back and forth between branches costs nothing


def inputs(root: Path) -> list[Path]:
    """List the files, besides its own text, that a notebook's result depends on."""
    tables = [path for path in (root / "data").rglob("*") if path.name not in OUTPUTS]
    library = (path for path in (root / "cartreview").rglob("*") if path.parent.name not in MADE)
    return sorted(path for path in (*tables, *library, root / LOCK) if path.is_file())


def digest(root: Path) -> str:
    """Digest the state of tables, library and lock file of a checkout.

    Examples
    --------
    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> (root / "data").mkdir()
    >>> before = digest(root)
    >>> _ = (root / "data" / "claims.csv").write_text("an output")
    >>> digest(root) == before
    True
    """
    return digest_of(inputs(root), root)


def folder(root: Path, build: Path) -> Path:
    """Give the cache folder for the present state; `build` is the book's ``_build``."""
    return build / ".jupyter_cache" / digest(root)


def prune(kept: Path) -> None:
    """Remove the caches of all but the latest states."""
    kept.mkdir(parents=True, exist_ok=True)
    kept.touch()
    states = (path for path in kept.parent.iterdir() if path.is_dir())
    latest_first = sorted(states, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in latest_first[KEPT:]:
        shutil.rmtree(path)


def _choose(app: Sphinx, config: Config) -> None:
    cache = folder(Path(app.srcdir), Path(app.outdir).parent)
    prune(cache)
    config.nb_execution_cache_path = str(cache)


def setup(app: Sphinx) -> None:
    """Choose the cache of the present state."""
    app.connect("config-inited", _choose)
