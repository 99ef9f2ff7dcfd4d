"""What changed: from reason to reason, and from one released version to the next.

Sentences as they stood before are in git alone. Where it is not there, or a copy has only its last
commit, the reasons are told all the same, without what the claims said before.

Vocabulary
----------
step      what one reason of the table ``changes`` stands for, or what lies between two versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cartreview._releases import VersionError, git, released_on, releases
from cartreview.claims.changes import Change, read_changes, reasons
from cartreview.claims.diff import RowChange, Version, all_changes, changed_rows, compare
from cartreview.claims.ledger import Claim
from cartreview.claims.versions import at_release, at_revision, in_file

__all__ = ["Disagreement", "Moved", "Step", "steps", "studies_of", "versions"]

DISAGREEMENTS = "disagreements"


@dataclass(frozen=True)
class Moved:
    """A claim that came, went or changed.

    Attributes
    ----------
    claim_id, page : str
        The claim, and the page that makes it or made it.
    old, new : str or None
        Its sentence before and after; None where it was not there, or where nobody knows it.
    change : str
        ``new``, ``changed``, ``gone``, or ``moved`` where what it said before is not known.
    why : tuple of str
        Reasons that name it.
    rows : tuple of str
        Rows responsible, as ``table:key``.
    """

    claim_id: str
    page: str
    old: str | None
    new: str | None
    change: str
    why: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disagreement:
    """A disagreement that came: which, and what is said on the two sides."""

    key: str
    topic: str
    stated: str
    found: str


@dataclass(frozen=True)
class Step:
    """What changed at once.

    Attributes
    ----------
    step_id : str
        Id of the reason, or ``version-2026.11.1``, or ``since-2026.11.1``.
    day : str
        ISO date; empty for what is not released yet.
    title : str
        The reason, or the name of the version.
    moves : tuple of Moved
        By page and claim.
    rows : tuple of str
        Rows as ``table:key``, or ``table:*`` where a table changed as a whole.
    counts : tuple of (str, str, int)
        Table, ``added``, ``changed`` or ``removed``, and how many rows; of versions alone.
    disagreements : tuple of Disagreement
        Those that came.
    """

    step_id: str
    day: str
    title: str
    moves: tuple[Moved, ...] = ()
    rows: tuple[str, ...] = ()
    counts: tuple[tuple[str, str, int], ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def pages(self) -> list[str]:
        """Name the pages whose claims moved."""
        return list(dict.fromkeys(move.page for move in self.moves))


def steps(root: Path) -> list[Step]:
    """Tell each reason with what it stands for, the newest first.

    Parameters
    ----------
    root : Path
        The checkout; its ``data/changes.csv`` and ``data/claims.csv`` are read as they are.
    """
    told = read_changes(_text(root / "data" / "changes.csv"))
    if not told:
        return []
    now = in_file(root / "data" / "claims.csv")
    commits = _commits(root)

    @cache
    def states(commit: str) -> tuple[Version | None, Version]:
        if not commit:  # not committed yet
            return _at("HEAD", root), now
        return _at(f"{commit}^", root), _at(commit, root) or now

    found = [_of_reason(change, *states(commits.get(change.change_id, ""))) for change in told]
    found.reverse()  # of one day the last line is the newest
    return sorted(found, key=lambda step: step.day, reverse=True)


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def _commits(root: Path) -> dict[str, str]:
    """Give the commit that first had each line of the table of reasons."""
    found: dict[str, str] = {}
    commit = ""
    for line in _log(root):
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.startswith("+") and not line.startswith("+++"):
            found[line[1:].partition(",")[0]] = commit  # the log begins with the newest
    return found


def _log(root: Path) -> list[str]:
    words = ("log", "--format=commit %H", "-p", "--unified=0", "--no-color", "--no-ext-diff")
    try:
        return (git(root, *words, "--", "data/changes.csv") or "").splitlines()
    except VersionError:
        return []


def _at(revision: str, root: Path) -> Version | None:
    try:
        return at_revision(revision, root)
    except VersionError:
        return None


def _of_reason(change: Change, old: Version | None, new: Version) -> Step:
    before, after = old.claims if old else {}, new.claims
    moves = (
        _moved(name, before.get(name), after.get(name), known=old is not None)
        for name in change.claims
    )
    named = [row for row in change.rows if row.startswith(f"{DISAGREEMENTS}:")]
    return Step(
        step_id=change.change_id,
        day=change.date,
        title=change.why,
        moves=_sorted(filter(None, moves)),
        rows=change.rows,
        disagreements=tuple(_came(old, new, named)) if old and named else (),
    )


def _moved(name: str, old: Claim | None, new: Claim | None, *, known: bool) -> Moved | None:
    claim = new or old
    if claim is None:  # it came and went between two commits
        return None
    before, after = (item.sentence if item else None for item in (old, new))
    if not known:
        return Moved(name, claim.page, None, after, "moved")
    change = "gone" if new is None else "new" if old is None else "changed"
    return Moved(name, claim.page, before, after, change)


def _sorted(moves: Iterable[Moved]) -> tuple[Moved, ...]:
    return tuple(sorted(moves, key=lambda move: (move.page, move.claim_id)))


def _came(old: Version, new: Version, named: list[str]) -> Iterator[Disagreement]:
    before, after = old.rows(DISAGREEMENTS) or {}, new.rows(DISAGREEMENTS) or {}
    for row in changed_rows(before, after, DISAGREEMENTS):
        wanted = {f"{DISAGREEMENTS}:{row.key}", f"{DISAGREEMENTS}:*"}
        if row.change == "added" and wanted & set(named):
            yield _disagreement(row.key, after[row.key].cells)


def _disagreement(key: str, cells: Mapping[str, str]) -> Disagreement:
    topic, stated, found = (cells.get(name, "") for name in ("topic", "stated", "found"))
    return Disagreement(key, topic, stated, found)


def versions(root: Path) -> list[Step]:
    """Tell what lies between released versions, and since the last one, the newest first.

    Parameters
    ----------
    root : Path
        The checkout.

    Returns
    -------
    list of Step
        One a version, and one for what is not released yet if anything is; none as long as nothing
        was released.
    """
    names = releases(root)
    states = [at_release(name, root) for name in names]
    found = [
        Step(f"version-{name}", released_on(name, root), f"Version {name}, the first")
        for name in names[:1]
    ]
    found += [
        _between(a, b, f"version-{name}", released_on(name, root), f"Version {name}")
        for name, a, b in zip(names[1:], states, states[1:], strict=False)
    ]
    if states:
        now = in_file(root / "data" / "claims.csv")
        since = _between(states[-1], now, f"since-{names[-1]}", "", f"Since {names[-1]}")
        found += [since] if since.moves or since.rows else []
    return found[::-1]


def _between(old: Version, new: Version, step_id: str, day: str, title: str) -> Step:
    rows = all_changes(old, new)
    told = reasons(old, new)
    moves = (
        Moved(
            move.claim_id,
            move.page,
            move.old.sentence if move.old else None,
            move.new.sentence if move.new else None,
            {"added": "new", "removed": "gone"}.get(move.change, "changed"),
            why=tuple(change.why for change in told if move.claim_id in change.claims),
            rows=tuple(f"{row.table}:{row.key}" for row in move.rows),
        )
        for move in compare(old, new)
    )
    counts = Counter((row.table, row.change) for row in rows)
    came = (row for row in rows if row.table == DISAGREEMENTS and row.change == "added")
    return Step(
        step_id=step_id,
        day=day,
        title=title,
        moves=_sorted(moves),
        rows=tuple(f"{row.table}:{row.key}" for row in rows),
        counts=tuple((table, change, number) for (table, change), number in counts.items()),
        disagreements=tuple(_disagreement(row.key, _new_cells(row)) for row in came),
    )


def _new_cells(row: RowChange) -> dict[str, str]:
    return {name: after for name, (_, after) in row.fields.items()}


def studies_of(rows: Iterable[str], study: Callable[[str], str | None]) -> set[str]:
    """Name the studies that rows tell of.

    Examples
    --------
    >>> found = studies_of(["studies:a", "outcomes:b-cr", "nodes:x"], {"outcomes:b-cr": "b"}.get)
    >>> sorted(found)
    ['a', 'b']
    """
    found = set()
    for row in rows:
        table, _, key = row.partition(":")
        found.add(key if table == "studies" else study(row) or "")
    return found - {"", "*"}
