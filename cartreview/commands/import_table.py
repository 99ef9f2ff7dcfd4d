"""``cartreview import``: take a table back from a spreadsheet."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from cartreview._files import write_whole
from cartreview._words import count_of, suggestion
from cartreview.commands import found_upwards

__all__ = ["NAME", "register", "run"]

NAME = "import"  # which no module can be called

_ANSWER = re.compile(r"([0-9]+):([a-z0-9_]+)=(.*)", re.DOTALL)


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        NAME,
        help="take a table back from a spreadsheet, and undo what the spreadsheet did to it",
        description="Compare a sheet with the table that it was made from, show what was edited, "
        "and write it when you agree. What a spreadsheet changed by itself stays as it was; where "
        "that cannot be known, row and column are named and nothing is written.",
        epilog="Exit status: 0 if written or nothing differs, 1 if not written, 2 if it cannot be "
        "read.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a workbook (.xlsx) or a CSV file")
    parser.add_argument("--table", required=True, metavar="NAME", help="the table it came from")
    parser.add_argument(
        "--take",
        action="append",
        default=[],
        metavar="ROW:COLUMN=TEXT",
        help="say what a cell is that the sheet cannot tell; may be given again",
    )
    parser.add_argument("--remove", action="store_true", help="rows that the sheet lacks go")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="root of the checkout; default: found upwards"
    )
    parser.set_defaults(run=run, error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Show what differs, ask, and write the table whole or not at all.

    Returns
    -------
    int
        0 if written or nothing differs, 1 if not written, 2 if sheet or table cannot be read.
    """
    # The checks and the reader of workbooks cost time that other subcommands do not pay.
    from cartreview.living.taking_back import SheetError, take_back
    from cartreview.validation import read_package

    answers = {}
    for told in arguments.take:
        if found := _ANSWER.fullmatch(told):
            answers[int(found[1]), found[2]] = found[3]
        else:
            arguments.error(f"--take {told!r}: write it as ROW:COLUMN=TEXT, as in 12:phase=1/2")
    root = arguments.root or found_upwards(Path.cwd()) or Path.cwd()
    package, _ = read_package(root)
    refused = _refused(root, arguments.table, list(package))
    if refused:
        print(f"cartreview import: {refused}", file=sys.stderr)
        return 2
    table = package[arguments.table]
    try:
        taken = take_back(arguments.file, table, answers=answers, remove=arguments.remove)
    except SheetError as error:
        print(f"cartreview import: {error}", file=sys.stderr)
        return 2
    print("\n".join(taken.told()) or f"{table.path}: nothing differs")
    if taken.doubts:
        print("\n".join(f"{arguments.file}: {doubt}" for doubt in taken.doubts), file=sys.stderr)
        print(
            f"{count_of(len(taken.doubts), 'cell')} in doubt: mend the sheet, or answer with "
            "--take ROW:COLUMN=TEXT. Nothing was written.",
            file=sys.stderr,
        )
        return 1
    if not taken.moves:
        return 0
    if not (arguments.yes or _agreed()):
        print("Nothing was written; --yes writes it.", file=sys.stderr)
        return 1
    write_whole(root / table.path, taken.text)
    print(f"{table.path} is written. 'cartreview check' says what is left to mend.")
    return 0


def _refused(root: Path, name: str, tables: list[str]) -> str:
    from cartreview._package import DESCRIPTOR, edited, json_object

    descriptor = root / "data" / DESCRIPTOR
    if not descriptor.is_file():
        return f"{root} has no data/{DESCRIPTOR}: name a checkout with --root DIR"
    listed = edited(json_object(descriptor.read_text(encoding="utf-8", errors="replace")))
    if name in listed and name in tables:
        return ""
    if name in listed or name not in tables:
        why = "cannot be read" if name in listed else "is no table"
        return f"{name} {why}{suggestion(name, listed)}; there are {', '.join(listed)}"
    return f"{name} is computed, and nobody edits it"


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Write this? [y/N] ").strip().lower() in ("y", "yes")
