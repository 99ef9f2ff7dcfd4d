"""Versions of the ledger: a release, a git revision, a file, or computed from the working tree."""

from __future__ import annotations

from pathlib import Path

from cartreview._releases import VersionError, git, is_release, reader
from cartreview.claims import attempt
from cartreview.claims.diff import Version
from cartreview.claims.ledger import Claim, read_ledger

__all__ = [
    "NOW",
    "VersionError",
    "accepted",
    "at_release",
    "at_revision",
    "computed",
    "git",
    "in_file",
    "version",
]

NOW = "the working tree"
_LEDGER = "claims.csv"


def version(name: str | None, root: Path) -> Version:
    """Find the version that a person named.

    Parameters
    ----------
    name : str or None
        A release (``2026.11.1`` or its zip file), a ledger file, a git revision, or None for the
        working tree with its claims computed.
    root : Path
        The checkout.

    Returns
    -------
    Version
        Its claims and a way to read its tables.

    Raises
    ------
    VersionError
        If there is no such file or revision, or no readable ledger in it.
    """
    if name is None:
        return computed(root)
    if is_release(name) or name.endswith(".zip"):
        return at_release(name, root)
    if Path(name).is_file():
        return in_file(Path(name))
    return at_revision(name, root)


def computed(root: Path) -> Version:
    """Compute the claims of the working tree; those that cannot be computed are its failures."""
    made, broken = attempt(root / "book")
    # A cell without a literal id is named by its page: `check` refuses it.
    failures = {error.claim_id or f"a claim of {error.page}": error for error in broken}
    claims = {item.claim_id: item for item in made if item.claim_id not in failures}
    return Version(NOW, claims, lambda path: _text_of(root / "data" / path), failures)


def accepted(root: Path) -> Version:
    """Read the accepted ledger of the working tree; its tables are taken from ``HEAD``.

    Which rows stood beside a claim when it was accepted is known to git alone: without a commit
    there is no table to compare with.
    """
    text = _text_of(root / "data" / _LEDGER)
    claims_by_id = _ledger(text, f"data/{_LEDGER}") if text else {}
    try:
        read = at_revision("HEAD", root).read
    except VersionError:
        return Version(f"data/{_LEDGER}", claims_by_id, lambda path: None)
    return Version(f"data/{_LEDGER}", claims_by_id, read)


def in_file(ledger: Path) -> Version:
    """Read a ledger file; its tables are the files beside it."""
    text = _text_of(ledger) or ""
    return Version(
        str(ledger), _ledger(text, str(ledger)), lambda path: _text_of(ledger.parent / path)
    )


def at_release(name: str, root: Path) -> Version:
    """Read the ledger and the tables of a release of the data."""
    read = reader(name, root)
    text = read(_LEDGER)
    if text is None:
        raise VersionError(f"version {name} has no data/{_LEDGER}: no ledger was accepted there")
    return Version(name, _ledger(text, f"data/{_LEDGER} of {name}"), read)


def at_revision(revision: str, root: Path) -> Version:
    """Read the ledger and the tables of a git revision."""
    commit = _commit(revision, root)

    def read(path: str) -> str | None:
        return git(root, "show", f"{commit}:./data/{path}")

    text = read(_LEDGER)
    if text is None:
        raise VersionError(
            f"revision {revision} has no data/{_LEDGER}: no ledger was accepted there"
        )
    return Version(revision, _ledger(text, f"data/{_LEDGER} of {revision}"), read)


def _commit(revision: str, root: Path) -> str:
    if git(root, "rev-parse", "--git-dir") is None:
        raise VersionError(
            f"{revision!r} is no ledger file, and {root} is no git checkout to have revisions"
        )
    found = git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if found is None:
        raise VersionError(f"{revision!r} is no ledger file and no revision of this checkout")
    return found.strip()


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


def _ledger(text: str, place: str) -> dict[str, Claim]:
    try:
        return read_ledger(text)
    except ValueError as error:
        reason = f"{place} cannot be read as a ledger: {error}; 'make accept' writes it"
        raise VersionError(reason) from error
