"""Released versions of the data: which there are, and the files of one.

Vocabulary
----------
release   a version of the data that can be cited: a tag ``data-2026.11.1`` of the checkout, or the
          zip file ``cartreview-2026.11.1.zip`` that ``make release`` wrote.
"""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

__all__ = [
    "FOLDER",
    "TAG",
    "VersionError",
    "archive_name",
    "git",
    "is_release",
    "order",
    "reader",
    "released_on",
    "releases",
]

TAG = "data-"
FOLDER = "CARTREVIEW_RELEASES"  # names another folder of release files than the checkout's
_VERSION = re.compile(r"([0-9]{4})\.([1-9]|1[0-2])\.([1-9][0-9]*)")
_MOST = 64_000_000  # bytes of one file of a release: a table has far fewer


class VersionError(Exception):
    """A version that cannot be read; the message is one sentence for the person who asked."""


def is_release(name: str) -> bool:
    """Say whether a name has the form of a release: year, month, number in the month.

    Examples
    --------
    >>> is_release("2026.11.1"), is_release("2026.13.1"), is_release("main")
    (True, False, False)
    """
    return _VERSION.fullmatch(name) is not None


def order(name: str) -> tuple[int, ...]:
    """Give what releases are sorted by.

    Examples
    --------
    >>> sorted(["2026.11.10", "2026.9.1", "2026.11.2"], key=order)
    ['2026.9.1', '2026.11.2', '2026.11.10']
    """
    return tuple(int(part) for part in name.split("."))


def archive_name(version: str) -> str:
    """Name the file of a release.

    Examples
    --------
    >>> archive_name("2026.11.1")
    'cartreview-2026.11.1.zip'
    """
    return f"cartreview-{version}.zip"


def releases(root: Path) -> list[str]:
    """List the releases that can be read from a checkout, the oldest first.

    Parameters
    ----------
    root : Path
        The folder that has ``data/`` in it, or would have.
    """
    tags = (_git_or_none(root, "tag", "--list", f"{TAG}*") or "").split()
    files = (path.stem.removeprefix("cartreview-") for path in _folder(root).glob("*.zip"))
    names = (*(tag.removeprefix(TAG) for tag in tags), *files)
    return sorted({name for name in names if is_release(name)}, key=order)


def released_on(version: str, root: Path) -> str:
    """Give the day of a release that is a tag, as ISO date; empty where there is no tag."""
    found = _git_or_none(root, "log", "-1", "--format=%cs", f"refs/tags/{TAG}{version}")
    return (found or "").strip()


def reader(version: str, root: Path) -> Callable[[str], str | None]:
    """Give a way to read the files below ``data/`` of a release.

    Parameters
    ----------
    version : str
        A release, or the path of a release file.
    root : Path
        The checkout whose tags, and whose folder of release files, are looked at.

    Returns
    -------
    callable
        Gives the text of a file, or None if the release does not have it.

    Raises
    ------
    VersionError
        If there is no such release; the message lists those there are.
    """
    if version.endswith(".zip"):
        return _zipped(Path(version))
    if not is_release(version):
        raise VersionError(
            f"{version!r} is no version of the data: year, month and number, such as 2026.11.1"
        )
    tag = f"refs/tags/{TAG}{version}"
    if _git_or_none(root, "rev-parse", "--verify", "--quiet", f"{tag}^{{commit}}"):
        return lambda path: git(root, "show", f"{tag}:./data/{path}")
    file = _folder(root) / archive_name(version)
    if file.is_file():
        return _zipped(file)
    known = ", ".join(releases(root)) or "none"
    raise VersionError(
        f"version {version} is not here: there is neither a tag {TAG}{version} (git fetch --tags "
        f"brings those of the repository) nor a file {file}; released versions here: {known}"
    )


def _folder(root: Path) -> Path:
    return Path(os.environ.get(FOLDER) or root / "releases")


def _zipped(file: Path) -> Callable[[str], str | None]:
    """Read a release file; its members stand below one folder that has its name."""
    try:
        with zipfile.ZipFile(file) as opened:
            sizes = {item.filename: item.file_size for item in opened.infolist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise VersionError(f"{file} cannot be read as a release: {error}") from error
    tops = {
        PurePosixPath(name).parts[0] for name in sizes if name.endswith("/data/datapackage.json")
    }
    if len(tops) != 1:
        raise VersionError(f"{file} is no release of the data: it has no data/datapackage.json")
    top = tops.pop()

    def read(path: str) -> str | None:
        member = f"{top}/data/{path}"
        if member not in sizes:
            return None
        if sizes[member] > _MOST:
            raise VersionError(f"{member} of {file} is larger than {_MOST // 1_000_000} MB")
        with zipfile.ZipFile(file) as opened:
            return opened.read(member).decode("utf-8", "replace")

    return read


def _git_or_none(root: Path, *arguments: str) -> str | None:
    try:
        return git(root, *arguments)
    except VersionError:
        return None


def git(root: Path, *arguments: str) -> str | None:
    """Give what git prints, or None if it refuses.

    Raises
    ------
    VersionError
        If git is not installed.
    """
    try:
        done = subprocess.run(  # noqa: S603  arguments are a list, no shell reads them
            ["git", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise VersionError("git is not installed: name two ledger files instead") from error
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
