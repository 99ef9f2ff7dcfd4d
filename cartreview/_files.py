"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

__all__ = ["NotWritten", "write_together", "write_whole"]


class NotWritten(Exception):
    """A file could not be written; the message says which, why, and that it is as it was."""


def write_whole(path: Path, content: str | bytes, *, by_way_of: Path | None = None) -> None:
    """Write a file, or leave it as it was.

    Parameters
    ----------
    path : Path
        The file to make or to replace; its folder is there.
    content : str or bytes
        All of it. Text is written as UTF-8, its line ends as they are.
    by_way_of : Path, optional
        Folder on the same disk in which the file stands until it is whole, where a program that
        is killed may leave it; beside the file if None.

    Raises
    ------
    NotWritten
        If the disk is full, or file or folder may not be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> write_whole(path, "a,b")
    >>> path.read_text(), [other.name for other in path.parent.iterdir()]
    ('a,b', ['a.csv'])
    """
    # Another process may write the same file: each has a name of its own until it is whole.
    partial = (by_way_of or path.parent) / f"{path.name}.{os.getpid()}.partial"
    try:
        partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(partial, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotWritten(f"{path} was not written: {reason}; nothing in it was changed") from error
    finally:
        _drop(partial)


def write_together(contents: Mapping[Path, str]) -> None:
    """Write several files, or leave all of them as they were.

    Raises
    ------
    NotWritten
        If one could not be written; those before it have their old content again.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_together({folder / "a": "1", folder / "b": "2"})
    >>> sorted(path.name for path in folder.iterdir())
    ['a', 'b']
    """
    before = {path: path.read_bytes() if path.is_file() else None for path in contents}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            write_whole(path, content)
            done.append(path)
    except NotWritten:
        for path in done:
            old = before[path]
            if old is None:
                _drop(path)
            else:
                write_whole(path, old)
        raise


def _drop(partial: Path) -> None:
    """Remove what is left of a file that was not finished, as far as that can be done."""
    try:
        partial.unlink(missing_ok=True)
    except OSError:
        return  # the folder itself is locked: nothing was written there
