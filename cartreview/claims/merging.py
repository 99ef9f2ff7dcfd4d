"""Half-merged files: what git could not merge, and what can be computed anew instead.

Vocabulary
----------
marker     a line of seven ``<``, ``=`` or ``>`` that git writes around two versions of some lines.
conflict   the lines from one opening marker to the closing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from cartreview.claims.readme import without_sentences
from cartreview.claims.versions import VersionError, git

__all__ = ["edited_conflicts", "is_merging", "mark_resolved", "marked_lines", "settled", "unmerged"]

_OPENING = re.compile(r"(?m)^<{7}(?: .*)?$")
_CONFLICT = re.compile(
    r"^<{7}(?: [^\n]*)?\n(?P<ours>.*?)(?:^\|{7}(?: [^\n]*)?\n.*?)?^={7}\n"
    r"(?P<theirs>.*?)^>{7}(?: [^\n]*)?\n",
    re.DOTALL | re.MULTILINE,
)
_EDITED = ("data/*.csv", "data/*.json", "data/schemas/*.json", "book/*.md", "*.bib", "*.yml")
_GENERATED = ("data/claims.csv",)


def marked_lines(text: str) -> list[int]:
    r"""List the lines on which a conflict opens.

    Examples
    --------
    >>> marked_lines("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n")
    [2]
    """
    return [text.count("\n", 0, found.start()) + 1 for found in _OPENING.finditer(text)]


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
                yield from ((path, line) for line in marked_lines(text))


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

    def one(found: re.Match[str]) -> str:
        sides = {without_sentences(found[side]) for side in ("ours", "theirs")}
        return found["ours"] if len(sides) == 1 else found[0]

    return _CONFLICT.sub(one, readme)


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
