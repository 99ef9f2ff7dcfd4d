"""``cartreview diff``: which claims moved between two versions, and because of which rows."""

from __future__ import annotations

import argparse
import sys

from cartreview.commands import CheckoutError, own_checkout

__all__ = ["register", "run"]

_FORMATS = ("text", "markdown", "json")


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "diff",
        help="show the claims that moved between two versions, and the rows responsible",
        description="A version is a release of the data (2026.11.1, or its zip file), a git "
        "revision or a ledger file. Without A, the claims of HEAD; without B, those of the "
        "working tree, computed now.",
    )
    parser.add_argument(
        "a",
        metavar="A",
        nargs="?",
        default="HEAD",
        help="a release, revision or ledger; default: HEAD",
    )
    parser.add_argument("b", metavar="B", nargs="?", help="default: the working tree")
    parser.add_argument(
        "--format", choices=_FORMATS, default="text", help="markdown is for a pull request"
    )
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if a claim moved")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the difference.

    Returns
    -------
    int
        0, or 1 if a claim moved and ``--exit-code`` was given, or 2 if a version cannot be read.
    """
    # Claims and git cost time that other subcommands do not pay.
    from cartreview.claims import ClaimError
    from cartreview.claims.changes import reasons
    from cartreview.claims.diff import compare
    from cartreview.claims.report import FORMATS
    from cartreview.claims.versions import VersionError, version

    try:
        root = own_checkout()
        old, new = version(arguments.a, root), version(arguments.b, root)
    except (CheckoutError, VersionError, ClaimError) as error:
        print(f"cartreview diff: {error}", file=sys.stderr)
        return 2
    moves = compare(old, new)
    print(FORMATS[arguments.format](moves, old.name, new.name, reasons(old, new)))
    return 1 if moves and arguments.exit_code else 0
