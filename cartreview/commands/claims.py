"""``cartreview claims``: compute the claims of the chapters, list, check or accept them."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from cartreview._files import write_whole
from cartreview.commands import CheckoutError, own_checkout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartreview.claims.diff import Version
    from cartreview.claims.ledger import Claim

__all__ = ["register", "run"]

_AGREE = "Run 'make accept' when you agree."


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
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compute the claims and do what was asked.

    Returns
    -------
    int
        0, or 1 if ``--check`` finds a difference, or 2 if a claim cannot be computed.
    """
    # Claims bring pandas, which other subcommands do not pay for.
    from cartreview.claims import ClaimError
    from cartreview.claims.versions import VersionError, computed

    try:
        root = own_checkout()
        now = computed(root)
        if arguments.accept:
            return _accept(now, root)
        return _check(now, root) if arguments.check else _list(now.claims)
    except (CheckoutError, ClaimError, VersionError) as error:
        print(f"cartreview claims: {error}", file=sys.stderr)
        return 2


def _list(claims: Mapping[str, Claim]) -> int:
    page = ""
    for claim in claims.values():
        if claim.page != page:
            page = claim.page
            print(f"book/{page}.md")
        print(f"    {claim.claim_id}: {claim.verdict}\n        {claim.sentence}")
    verdicts = Counter(claim.verdict for claim in claims.values())
    print(f"{_count(claims)}: " + ", ".join(f"{verdict} {n}" for verdict, n in verdicts.items()))
    return 0


def _count(claims: Mapping[str, Claim]) -> str:
    return f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'}"


def _check(now: Version, root: Path) -> int:
    from cartreview.claims.diff import compare
    from cartreview.claims.readme import stale, unknown
    from cartreview.claims.report import as_text
    from cartreview.claims.versions import accepted

    old = accepted(root)
    moves, readme = compare(old, now), _readme(root)
    lines = [*stale(readme, now.claims), *unknown(readme, now.claims)]
    if not moves and not lines:
        print(f"{_count(now.claims)} read as accepted.")
        return 0
    report = [as_text(moves, old.name, now.name)] if moves else []
    print("\n".join([*report, *lines, _AGREE]))
    return 1


def _accept(now: Version, root: Path) -> int:
    from cartreview.claims.diff import compare
    from cartreview.claims.ledger import write_ledger
    from cartreview.claims.readme import refreshed, unknown
    from cartreview.claims.report import as_text
    from cartreview.claims.versions import accepted

    readme = _readme(root)
    lines = unknown(readme, now.claims)
    if lines:
        print("\n".join([*lines, "Nothing was written."]), file=sys.stderr)
        return 2
    old = accepted(root)
    moves = compare(old, now)
    write_ledger(now.claims.values(), root / "data" / "claims.csv")
    new = refreshed(readme, now.claims)
    if new != readme:
        write_whole(root / "README.md", new)
    print(as_text(moves, old.name, now.name))
    print(f"{_count(now.claims)} accepted in data/claims.csv.")
    return 0


def _readme(root: Path) -> str:
    path = root / "README.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
