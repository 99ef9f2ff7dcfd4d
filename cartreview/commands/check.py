"""``cartreview check``: check everything in a checkout in one go."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from cartreview.commands import found_upwards
from cartreview.validation.problems import FORMATS

__all__ = ["register", "run"]


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "check",
        help="check the tables, the bibliography, the ledger and the prose",
        description="Check everything in the checkout and print what is to be mended.",
        epilog="Exit status: 0 without findings, 1 with findings, 2 if there is no checkout.",
    )
    parser.add_argument(
        "--format",
        choices=list(FORMATS),
        default="text",
        help="text for people, github for annotations of a workflow, json for machines",
    )
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="root of the checkout; default: found upwards"
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="first write tables without what a spreadsheet adds; no value is changed",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check a checkout and print the findings and their count.

    Returns
    -------
    int
        0 without findings, 1 with findings, 2 if there is no checkout.
    """
    # The checks cost time that other subcommands do not pay.
    from cartreview.validation import survey

    root = arguments.root or found_upwards(Path.cwd()) or Path.cwd()
    if not os.path.isdir(root / "data"):  # unlike Path.is_dir, false for what may not be read
        print(f"{root} has no folder data/: name a checkout with --root DIR", file=sys.stderr)
        return 2
    if arguments.fix:
        from cartreview.validation.mending import mend

        for path in mend(root):
            print(f"{path} is written without what a spreadsheet adds", file=sys.stderr)
    report = survey(root)
    print(FORMATS[arguments.format](report.findings, report.summary))
    return 1 if report.findings else 0
