"""``cartreview release``: the steps of ``make release VERSION=2026.11.1``."""

from __future__ import annotations

import argparse
import difflib
import sys
from datetime import date
from pathlib import Path

from cartreview._files import write_whole
from cartreview.commands import CheckoutError, check, claims, own_checkout

__all__ = ["register", "run"]


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "release",
        help="release the data: write the version, tag it, pack it",
        description="The steps of 'make release VERSION=…', which builds the book between them. "
        "Without an option: check everything and write the version into the files that name it.",
        epilog="Exit status: 0, or 2 if it must not be released; nothing is written then.",
    )
    parser.add_argument("version", metavar="VERSION", help="year, month, number: 2026.11.1")
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--dry-run", action="store_true", help="say what would be written, and stop")
    step.add_argument("--tag", action="store_true", help="commit these files and tag the commit")
    step.add_argument("--pack", action="store_true", help="pack book and data into releases/")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do one step of a release.

    Returns
    -------
    int
        0, or 2 if the data must not be released.
    """
    # Claims and git cost time that other subcommands do not pay.
    from cartreview.claims.versions import VersionError
    from cartreview.living.release import ReleaseError, pack, tag

    version: str = arguments.version
    try:
        root = own_checkout()
        if arguments.tag:
            tag(version, root)
            print(f"committed and tagged data-{version}; undo: git tag -d data-{version}")
        elif arguments.pack:
            print(f"{pack(version, root)} is written; publish: git push --follow-tags")
        else:
            return _write(version, root, dry=arguments.dry_run)
    except (CheckoutError, ReleaseError, VersionError, ValueError) as error:
        print(f"cartreview release: {error}", file=sys.stderr)
        return 2
    return 0


def _write(version: str, root: Path, *, dry: bool) -> int:
    from cartreview.living.release import ready, stamped

    today = date.today()
    ready(version, root, today)
    if not _checked(root):
        print("cartreview release: mend or accept that first", file=sys.stderr)
        return 2
    for name, text in stamped(version, root, today).items():
        path = root / name
        before = path.read_text("utf-8") if path.is_file() else ""
        if dry:
            lines = (before.splitlines(), text.splitlines(), name, name)
            print("\n".join(difflib.unified_diff(*lines, lineterm="", n=0)) or f"{name}: as it is")
        else:
            write_whole(path, text)
    if dry:
        print(f"then: build the book, commit, tag data-{version}, pack; nothing was written")
    else:
        print(f"the files say {version}; take it back with: git restore .")
    return 0


def _checked(root: Path) -> bool:
    """Run `cartreview check` and `cartreview claims --check`."""
    wanted = argparse.Namespace(format="text", root=root, fix=False)
    accepted = argparse.Namespace(accept=False, check=True, why=None)
    return check.run(wanted) == 0 and claims.run(accepted) == 0
