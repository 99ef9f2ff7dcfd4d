"""Release the data: raise the version, say so in every file that names it, tag it, pack it.

The rule: a version is year, month and number in the month, ``2026.11.1``. It rises when a state of
the tables is to be cited, after rows were added or corrected and what they move was accepted; a
change of code or words alone raises nothing. It is never given twice, and never to a past month.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cartreview._files import write_whole
from cartreview._package import DESCRIPTOR, read_object
from cartreview._releases import (
    TAG,
    VersionError,
    archive_name,
    git,
    is_release,
    order,
    reader,
    releases,
)
from cartreview.claims.diff import all_changes
from cartreview.claims.versions import at_release, in_file

__all__ = ["NAMED_IN", "ReleaseError", "next_version", "pack", "ready", "stamped", "tag", "zenodo"]

NAMED_IN = ("data/datapackage.json", "CITATION.cff", "CHANGELOG.md", ".zenodo.json")
_BESIDE = ("references.bib", "LICENSE", "LICENSE-DATA", "README.md", *NAMED_IN[1:])
_UNRELEASED = "## [Unreleased]\n"


class ReleaseError(Exception):
    """The data cannot be released; the message is one sentence that says what to do."""


def next_version(root: Path, today: date) -> str:
    """Give the version that comes next.

    Parameters
    ----------
    root : Path
        The checkout.
    today : datetime.date
        Day of the release.

    Examples
    --------
    >>> import tempfile
    >>> next_version(Path(tempfile.mkdtemp()), date(2026, 11, 21))
    '2026.11.1'
    """
    month = (today.year, today.month)
    taken = [order(name)[2] for name in releases(root) if order(name)[:2] == month]
    return f"{today.year}.{today.month}.{max(taken, default=0) + 1}"


def ready(version: str, root: Path, today: date) -> None:
    """Refuse what must not be released.

    Raises
    ------
    ReleaseError
        If the version is not the next one, the checkout has changes that are not committed, or no
        row differs from the last release.
    """
    if not is_release(version):
        raise ReleaseError(f"{version!r} is no version: year, month and number, such as 2026.11.1")
    following = next_version(root, today)
    if version != following:
        raise ReleaseError(f"{version} is not the next version: that is {following}")
    _clean(root, ())
    before = releases(root)
    if before and not all_changes(at_release(before[-1], root), _now(root)):
        raise ReleaseError(f"no row differs from version {before[-1]}: there is nothing to release")


def _now(root: Path) -> Any:
    return in_file(root / "data" / "claims.csv")


def _clean(root: Path, but: Iterable[str]) -> None:
    status = git(root, "status", "--porcelain", "--untracked-files=all")
    if status is None:
        raise ReleaseError(f"{root} is no git checkout: there is nothing to tag")
    changed = {line[3:].strip('"') for line in status.splitlines()} - set(but)
    if changed:
        names = ", ".join(sorted(changed)[:5])
        raise ReleaseError(f"commit or put away first what differs from the last commit: {names}")


def stamped(version: str, root: Path, day: date) -> dict[str, str]:
    """Write the version and its day into the files that name them.

    Parameters
    ----------
    version : str
        The version to be.
    root : Path
        The checkout.
    day : datetime.date
        Day of the release.

    Returns
    -------
    dict of str to str
        The new content of each file, by its path from the root; nothing is written.

    Raises
    ------
    ReleaseError
        If a file does not have the line that is to change.
    """
    texts = {name: _read(root / name) for name in NAMED_IN[:3]}
    package = texts["data/datapackage.json"]
    package = _put(package, r'^(  "version": )".*"', rf'\g<1>"{version}"', "version")
    stamp = f"{day.isoformat()}T00:00:00Z"
    package = _put(package, r'^(  "created": )".*"', rf'\g<1>"{stamp}"', "created")
    citation = _put(texts["CITATION.cff"], r"^(version: ).*$", rf"\g<1>{version}", "version")
    citation = _put(
        citation, r"^(date-released: ).*$", rf'\g<1>"{day.isoformat()}"', "date-released"
    )
    log = texts["CHANGELOG.md"]
    if log.count(_UNRELEASED) != 1:
        raise ReleaseError("CHANGELOG.md has no heading '## [Unreleased]', or more than one")
    heading = f"{_UNRELEASED}\n## [{version}] - {day.isoformat()}\n"
    made = {
        "data/datapackage.json": package,
        "CITATION.cff": citation,
        "CHANGELOG.md": log.replace(_UNRELEASED, heading),
    }
    return {**made, ".zenodo.json": zenodo(json.loads(package))}


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read: {error.strerror}") from error


def _put(text: str, pattern: str, new: str, name: str) -> str:
    found, count = re.subn(pattern, new, text, flags=re.MULTILINE)
    if count != 1:
        raise ReleaseError(f"{count} lines say {name!r} where one should")
    return found


def zenodo(package: dict[str, Any]) -> str:
    """Write what Zenodo is to say of a release, from the data package.

    Parameters
    ----------
    package : dict
        What ``datapackage.json`` says.

    Returns
    -------
    str
        The content of ``.zenodo.json``.

    Notes
    -----
    The fields are those of help.zenodo.org/docs/github/describe-software/zenodo-json. Zenodo takes
    one licence: that of text and data; the code's stands in the notes.
    """
    made = {
        "title": package["title"],
        "description": package["description"],
        "upload_type": "dataset",
        "access_right": "open",
        "creators": [{"name": one["title"]} for one in package["contributors"]],
        "version": package["version"],
        "publication_date": package["created"][:10],
        "license": package["licenses"][0]["name"].lower(),
        "notes": "Text and data: CC BY 4.0. Code: BSD-3-Clause.",
        "keywords": ["living review", "CAR T-cell therapy", "glioma", "neurotoxicity"],
        "language": "eng",
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def tag(version: str, root: Path) -> None:
    """Commit the files that name the version, and tag the commit.

    Raises
    ------
    ReleaseError
        If the tables are not of that version, other files differ from the last commit, the book was
        not built from these tables, or git refuses.
    """
    _clean(root, NAMED_IN)
    for folder, made in ((root / "data", "written"), (root / "_build/html/data", "built")):
        if not (folder / DESCRIPTOR).is_file():
            raise ReleaseError(f"{folder / DESCRIPTOR} is not there: the book is not built")
        found = read_object(folder / DESCRIPTOR).get("version")
        if found != version:
            raise ReleaseError(f"what is {made} is version {found}, not {version}: begin again")
    name = f"{TAG}{version}"
    _git(root, "add", "--", *NAMED_IN)
    if git(root, "diff", "--cached", "--quiet") is None:  # the first release may change nothing
        _git(root, "commit", "--quiet", "-m", f"Data version {version}")
    _git(root, "tag", "--annotate", name, "-m", f"Data version {version}")


def _git(root: Path, *arguments: str) -> None:
    if git(root, *arguments) is None:
        words = " ".join(arguments[:2])
        raise ReleaseError(f"git {words} was refused: try it by hand; nothing else was done")


def pack(version: str, root: Path) -> Path:
    """Pack book and data of a tagged version into one file.

    Parameters
    ----------
    version : str
        A version that is tagged; the tables must be as they were tagged.
    root : Path
        The checkout.

    Returns
    -------
    Path
        ``releases/cartreview-VERSION.zip``; equal contents make an equal file.

    Raises
    ------
    ReleaseError
        If the tables or the book are not those of the version.
    """
    data = root / "data"
    try:
        tagged = reader(version, root)
    except VersionError as error:
        raise ReleaseError(f"tag it first: {error}") from error
    differing = [path for path in _below(data) if tagged(_name(path, data)) != _read(path)]
    if differing:
        raise ReleaseError(f"{differing[0]} is not as it was tagged: check out {TAG}{version}")
    html = root / "_build" / "html"
    if read_object(html / "data" / DESCRIPTOR).get("version") != version:
        raise ReleaseError("the book is of another version: make book")
    there = root / "releases" / archive_name(version)
    there.parent.mkdir(exist_ok=True)
    write_whole(there, _zipped(version, root))
    return there


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _members(root: Path) -> Iterator[tuple[str, Path]]:
    html = root / "_build" / "html"
    yield from ((name, root / name) for name in _BESIDE if (root / name).is_file())
    yield from ((f"data/{_name(path, root / 'data')}", path) for path in _below(root / "data"))
    yield from ((f"book/{_name(path, html)}", path) for path in _below(html))


def _zipped(version: str, root: Path) -> bytes:
    created = read_object(root / "data" / DESCRIPTOR)["created"]
    day = date.fromisoformat(created[:10])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, path in _members(root):
            stamp = (day.year, day.month, day.day, 0, 0, 0)
            member = zipfile.ZipInfo(f"{Path(archive_name(version)).stem}/{name}", stamp)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            made.writestr(member, path.read_bytes())
    return content.getvalue()
