"""``cartreview claims``: compute the claims of the chapters, list, check or accept them."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cartreview._files import write_whole
from cartreview._words import count_of
from cartreview.commands import CheckoutError, own_checkout

if TYPE_CHECKING:
    from cartreview.claims.changes import Change
    from cartreview.claims.diff import Version

__all__ = ["register", "run"]

_AGREE = "Run 'make accept' when you agree."
_BROKEN = "A claim that cannot be computed is mended in its rows or its cell; nobody can accept it."
_CONFLICTS = (
    "Keep what is right between <<<<<<< and >>>>>>>, take the marker lines out, "
    "'git add' the file, and accept again."
)
_CHANGES = "data/changes.csv"
_EXPLAINED = (
    "Every row and every claim that differs from HEAD has its reason in data/changes.csv: "
    "take that line out to give another. Nothing was written."
)
_REMINDER = "No reason is kept ({}). Say why: make accept WHY='what was wrong, and who says so'"
_SLOW = {"data/guard.csv": "make guard", "data/simulation.csv": "make simulate"}
_GENERATED = ("data/claims.csv", "README.md", _CHANGES)


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "claims",
        help="compute the claims of the chapters, list, check or accept them",
        description="Without an option: list every claim with its verdict.",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--accept", action="store_true", help="write data/claims.csv and the README's sentences"
    )
    choice.add_argument(
        "--check", action="store_true", help="exit with 1 if a claim reads otherwise than accepted"
    )
    parser.add_argument(
        "--why", metavar="TEXT", help="with --accept: the reason, kept in data/changes.csv"
    )
    parser.set_defaults(run=run, error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Compute the claims and do what was asked.

    Returns
    -------
    int
        0, or 1 if ``--check`` finds a difference, or 2 if a claim cannot be computed and was to be
        listed or accepted.
    """
    # Claims bring pandas, which other subcommands do not pay for.
    from cartreview.claims import ClaimError
    from cartreview.claims.versions import VersionError, computed

    if arguments.why is not None and not (arguments.accept and arguments.why.strip()):
        arguments.error("--why 'the reason' stands with --accept")
    try:
        root = own_checkout()
        if arguments.accept and _refuse_conflicts(root):
            return 2
        now = computed(root)
        if arguments.accept:
            return _accept(now, root, arguments.why)
        return _check(now, root) if arguments.check else _list(now)
    except (CheckoutError, ClaimError, VersionError) as error:
        print(f"cartreview claims: {error}", file=sys.stderr)
        return 2


def _list(now: Version) -> int:
    claims, page = now.claims, ""
    for claim in claims.values():
        if claim.page != page:
            page = claim.page
            print(f"book/{page}.md")
        print(f"    {claim.claim_id}: {claim.verdict}\n        {claim.sentence}")
    verdicts = Counter(claim.verdict for claim in claims.values())
    print(
        f"{count_of(len(claims), 'claim')}: "
        + ", ".join(f"{verdict} {n}" for verdict, n in verdicts.items())
    )
    for name, error in now.failures.items():
        print(f"{name} cannot be computed: {error}", file=sys.stderr)
    return 2 if now.failures else 0


def _check(now: Version, root: Path) -> int:
    from cartreview.claims.diff import compare
    from cartreview.claims.readme import stale
    from cartreview.claims.report import as_text
    from cartreview.claims.versions import accepted

    old = accepted(root)
    moves = compare(old, now)
    if not moves:
        print(f"{count_of(len(now.claims), 'claim')} read as accepted.")
        return 0
    # The README against what is accepted is the business of `cartreview check`.
    moved = {move.claim_id: move.new for move in moves if move.new}
    lines = stale(_readme(root), moved)
    report = as_text(moves, old.name, now.name)
    print("\n".join([report, *lines, _BROKEN if now.failures else _AGREE]))
    return 1


def _accept(now: Version, root: Path, why: str | None) -> int:
    from cartreview.claims.diff import compare
    from cartreview.claims.ledger import write_ledger
    from cartreview.claims.merging import settled
    from cartreview.claims.readme import refreshed, unknown
    from cartreview.claims.report import as_text

    old, readme = _before(root), _readme(root)
    moves = compare(old, now)
    if now.failures:
        print(as_text(moves, old.name, now.name))
        print(f"{_BROKEN} Nothing was written.", file=sys.stderr)
        return 2
    lines = unknown(readme, now.claims)
    if lines:
        print("\n".join([*lines, "Nothing was written."]), file=sys.stderr)
        return 2
    change = _unexplained(now, root, why or "(none yet)")
    if why and change is None:
        print(_EXPLAINED, file=sys.stderr)
        return 2
    write_ledger(now.claims.values(), root / "data" / "claims.csv")
    new = refreshed(settled(readme), now.claims)
    if new != readme:
        write_whole(root / "README.md", new)
    if why and change:
        _keep(change, root)
    print(as_text(moves, old.name, now.name))
    print(f"{count_of(len(now.claims), 'claim')} accepted in data/claims.csv.")
    if why and change:
        print(f"The reason is kept in {_CHANGES} as {change.change_id}.")
    elif change:
        print(_REMINDER.format(change.extent))
    _finish_merge(root)
    return 0


def _unexplained(now: Version, root: Path, why: str) -> Change | None:
    """Describe what differs from the last commit and has no reason yet."""
    from cartreview._tables import data_version
    from cartreview.claims.changes import describe, reasons
    from cartreview.claims.diff import all_changes, compare
    from cartreview.claims.versions import VersionError, at_revision

    try:
        head = at_revision("HEAD", root)
    except VersionError:
        head = _before(root)
    rows, moves, known = all_changes(head, now), compare(head, now), reasons(head, now)
    version, today = data_version(), date.today()
    return describe(why, rows, moves, known=known, data_version=version, day=today)


def _keep(change: Change, root: Path) -> None:
    from cartreview.claims.changes import with_change

    path = root / _CHANGES
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    write_whole(path, with_change(text, change))


def _before(root: Path) -> Version:
    """Give what was accepted so far: half-merged, the ledger is that of HEAD."""
    from cartreview.claims.diff import Version
    from cartreview.claims.versions import VersionError, accepted, at_revision

    try:
        return accepted(root)
    except VersionError as error:
        print(f"{error}; compared with that of HEAD.")
    try:
        return at_revision("HEAD", root)
    except VersionError:
        return Version("nothing accepted", {}, lambda path: None)


def _refuse_conflicts(root: Path) -> bool:
    """Name the conflicts that no computation can settle; say if there are any."""
    from cartreview.claims.merging import conflict_lines, edited_conflicts, settled

    found = [*edited_conflicts(root)]
    found += [("README.md", line) for line in conflict_lines(settled(_readme(root)))]
    if found:
        places = (f"{path}:{line}: a conflict that git could not merge" for path, line in found)
        print("\n".join([*places, _CONFLICTS, "Nothing was written."]), file=sys.stderr)
    return bool(found)


def _finish_merge(root: Path) -> None:
    """Tell git that what was written anew is in conflict no more."""
    from cartreview.claims.merging import is_merging, mark_resolved, unmerged

    if not is_merging(root):
        return
    # All of it, for git merges a sentence of the README that both sides changed alike by itself.
    mark_resolved(root, [path for path in _GENERATED if (root / path).is_file()])
    left = unmerged(root)
    for path in filter(_SLOW.get, left):
        print(f"{path} is that of your side: 'git add {path}', or first write it: {_SLOW[path]}.")
    by_hand = [path for path in left if path not in _SLOW]
    if by_hand:
        print(f"Still in conflict: {', '.join(by_hand)}. {_CONFLICTS}")
    if not left:
        print("The merge is settled: finish it with 'git commit' (or 'git rebase --continue').")


def _readme(root: Path) -> str:
    path = root / "README.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
