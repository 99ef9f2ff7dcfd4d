"""Downloads of the tables: each as CSV, all as a zip, and their description.

The files stand in the built book as they stand in the repository, so that ``datapackage.json``
finds its tables and schemas there too.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cartreview._package import DESCRIPTOR, Resource
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["archive", "setup", "size"]

FOLDER = "data"
ARCHIVE = "cartreview-data.zip"
EPOCH = (2020, 1, 1, 0, 0, 0)  # one date for all members, so that equal tables make equal archives


def size(count: int) -> str:
    """Write a file's size as a reader would.

    Examples
    --------
    >>> size(312), size(48_211), size(2_400_000)
    ('312 bytes', '48 kB', '2.4 MB')
    """
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def _files(root: Path) -> list[Path]:
    names = [DESCRIPTOR, *(found.path for found in data.resources(root))]
    schemas = [f"schemas/{path.name}" for path in sorted((root / "schemas").glob("*.json"))]
    return [root / name for name in (*names, *schemas) if (root / name).is_file()]


def _licences(root: Path) -> list[Path]:
    return [path for path in (root.parent / "LICENSE-DATA",) if path.is_file()]


def archive(root: Path) -> bytes:
    """Zip the tables with their description, schemas and licence."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for path in (*_files(root), *_licences(root)):
            name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
            member = zipfile.ZipInfo(f"cartreview-data/{name}", EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(member, path.read_bytes())
    return content.getvalue()


class DataDownloads(TablesDirective):
    """A list of files to download, with rows and sizes."""

    def run(self) -> list[nodes.Node]:
        """Give the list as one fragment."""
        files = [found for found in data.resources(self.root) if self._file(found).is_file()]
        context = {
            "tables": [self._table(found) for found in files],
            "archive": _file(ARCHIVE, len(archive(self.root))),
            "description": _file(DESCRIPTOR, (self.root / DESCRIPTOR).stat().st_size),
        }
        return [Fragment(template="downloads.html", context=context)]

    def _file(self, found: Resource) -> Path:
        return self.root / found.path

    def _table(self, found: Resource) -> dict[str, Any]:
        table = self.read(found.name)
        file = _file(found.path, self._file(found).stat().st_size)
        return {**file, "title": found.about["title"], "table": table.name, "rows": len(table.rows)}


def _file(name: str, count: int) -> dict[str, str]:
    return {"name": name, "path": f"{FOLDER}/{name}", "size": size(count)}


def _write(app: Sphinx, exception: Exception | None) -> None:
    root = Path(app.srcdir) / "data"
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / FOLDER
    for path in _files(root):
        there = folder / path.relative_to(root)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, there)
    (folder / ARCHIVE).write_bytes(archive(root))


def setup(app: Sphinx) -> None:
    """Register the directive, and the copying when the book is written."""
    app.add_directive("data-downloads", DataDownloads)
    app.connect("build-finished", _write)
