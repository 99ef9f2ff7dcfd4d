"""Half-merged files: what git could not merge, and what can be computed anew instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from cartreview import _conflicts
from cartreview.claims.readme import without_sentences
from cartreview.claims.versions import VersionError, git

__all__ = [
    "conflict_lines",
    "edited_conflicts",
    "is_merging",
    "mark_resolved",
    "settled",
    "unmerged",
]

_EDITED = ("data/*.csv", "data/*.json", "data/schemas/*.json", "book/*.md", "*.bib", "*.yml")
_GENERATED = ("data/claims.csv",)


def conflict_lines(text: str) -> list[int]:
    r"""List the lines on which a conflict opens.

    Examples
    --------
    >>> conflict_lines("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n")
    [2]
    """
    return [found.opens for found in _conflicts.conflicts(text) if found.opens]


def edited_conflicts(root: Path) -> Iterator[tuple[str, int]]:
    """Find the conflicts in what people edit: no computation can settle those.

    Yields
    ------
    str, int
        Path from the root and the line of the opening marker.
    """
    for pattern in _EDITED:
        for file in sorted(root.glob(pattern)):
            path = file.relative_to(root).as_posix()
            if path not in _GENERATED:
                text = file.read_text(encoding="utf-8", errors="replace")
                yield from ((path, line) for line in conflict_lines(text))


def settled(readme: str) -> str:
    r"""Take one side of each conflict of which only accepted sentences differ.

    They are written anew from the pages; every other conflict stays.

    Parameters
    ----------
    readme : str
        Text with conflicts.

    Returns
    -------
    str
        Text with fewer of them.

    Examples
    --------
    >>> one, other = ("<!-- claim:a -->" + word + "<!-- /claim -->" for word in "xy")
    >>> settled(f"<<<<<<< HEAD\n{one}\n=======\n{other}\n>>>>>>> other\n")
    '<!-- claim:a -->x<!-- /claim -->\n'
    """

    def one(ours: str, theirs: str) -> str | None:
        return ours if without_sentences(ours) == without_sentences(theirs) else None

    return _conflicts.settled(readme, one)


def unmerged(root: Path) -> list[str]:
    """List the files that git holds to be in conflict; none outside a repository."""
    with suppress(VersionError):
        listed = git(root, "diff", "--name-only", "--diff-filter=U", "--relative") or ""
        return sorted(set(listed.splitlines()))
    return []


def is_merging(root: Path) -> bool:
    """Tell whether a merge, a rebase or the like waits to be finished."""
    with suppress(VersionError):
        heads = ("MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD")
        waits = any(git(root, "rev-parse", "--quiet", "--verify", head) for head in heads)
        return waits or bool(unmerged(root))
    return False


def mark_resolved(root: Path, paths: Sequence[str]) -> None:
    """Tell git that the conflicts in files are settled."""
    git(root, "add", "--", *paths)
