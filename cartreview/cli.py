"""The ``cartreview`` command: a thin face over the library.

A subcommand is a module of ``cartreview.commands`` with ``register(subparsers)``, which adds its
parser and sets ``run``, a function of the arguments that gives the exit status. It imports what it
needs when it runs, so that help and ``check`` stay fast.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from cartreview._files import NotWritten
from cartreview.commands import (
    add,
    check,
    claims,
    diff,
    guard,
    import_table,
    new_chapter,
    release,
    screen,
    search,
    simulate,
    status,
)

__all__ = ["SUBCOMMANDS", "main", "parser"]

SUBCOMMANDS = (
    add,
    check,
    claims,
    diff,
    guard,
    import_table,
    new_chapter,
    release,
    screen,
    search,
    simulate,
    status,
)
_PIPE = 141  # what a shell reports of a program that a closed pipe ends


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command with all its subcommands.

    Examples
    --------
    >>> parser().parse_args(["check", "--format", "json"]).format
    'json'
    """
    command = argparse.ArgumentParser(
        prog="cartreview", description="Check, compute and compare a living review."
    )
    subparsers = command.add_subparsers(title="subcommands", required=True, metavar="SUBCOMMAND")
    for module in SUBCOMMANDS:
        module.register(subparsers)
    return command


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the name of the program; those of the process if None.

    Returns
    -------
    int
        0 if all is well, 1 if there is something to mend, 2 if the command was used wrongly, 141
        if who reads the output stopped reading.
    """
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()  # here, where a closed pipe can be caught, and not as Python ends
    except BrokenPipeError:
        # Whoever read had enough, as `head` does. What Python still flushes goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE


def _run(argv: Sequence[str] | None) -> int:
    arguments = parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except NotWritten as error:
        print(f"cartreview: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
