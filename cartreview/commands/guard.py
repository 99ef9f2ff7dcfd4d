"""``cartreview guard``: change cells in turn, every one or a sample, and count who notices."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cartreview.commands import CheckoutError, own_checkout

if TYPE_CHECKING:
    from cartreview.guard import Mutant, MutationScore

__all__ = ["register", "run"]

_HEADER = ("table", "change", "cells", "by rule", "by claim", "unguarded", "guarded")


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "guard",
        help="change data cells in turn; count what a rule or a claim notices",
        description="The tables on disk stay as they are. What neither a rule nor a claim notices "
        "could be wrong without anybody learning of it. Every cell is changed unless --sample "
        "says how many to draw.",
    )
    parser.add_argument("--sample", metavar="N", type=_count, help="draw N cells of all tables")
    parser.add_argument("--seed", metavar="S", type=int, help="of the sample (default: 1)")
    parser.add_argument("--table", metavar="T", action="append", help="only this table")
    parser.add_argument("--write", action="store_true", help="write data/guard.csv")
    parser.add_argument("--list", action="store_true", help="name every unguarded cell")
    jobs = os.cpu_count() or 1
    parser.add_argument("--jobs", metavar="N", type=int, default=jobs, help=f"default: {jobs}")
    parser.set_defaults(run=run, error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print.

    Returns
    -------
    int
        0, or 2 if the tables or the claims cannot be read.
    """
    # The guard brings pandas, which other subcommands do not pay for.
    from cartreview import guard
    from cartreview.claims import ClaimError, compute

    try:
        root = own_checkout()
        _refuse_wrong_use(arguments, guard.edited(root))
        compute(root / "book")  # a cell that raises would notice every change
        every = guard.cell_counts(root)
        trials = guard.measure(
            root,
            names=arguments.table,
            sample=arguments.sample,
            seed=guard.SEED if arguments.seed is None else arguments.seed,
            jobs=arguments.jobs,
            progress=_progress,
        )
    except (CheckoutError, guard.GuardError, ClaimError) as error:
        print(f"cartreview guard: {error}", file=sys.stderr)
        return 2
    if arguments.list:
        print("\n".join(str(trial) for trial in trials if not trial.by))
    found = guard.mutation_scores(trials)
    print("\n".join(_lines(found)))
    in_all = sum(every[name] for name in arguments.table or every)
    if trials and len(trials) < in_all:
        print(_estimate(trials, in_all))
    if arguments.write:
        guard.write(found, root / "data" / "guard.csv", every)
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)  # argparse says which option
    return number


def _estimate(trials: list[Mutant], in_all: int) -> str:
    from cartreview.synthesis import exact_interval  # numpy and scipy, as above

    low, high = exact_interval(sum(bool(trial.by) for trial in trials), len(trials))
    drawn = f"{len(trials):,} of {in_all:,} cells drawn"
    return f"{drawn}; guarded, exact 95% interval: {low:.1%} to {high:.1%}"


def _refuse_wrong_use(arguments: argparse.Namespace, known: list[str]) -> None:
    for name in arguments.table or ():
        if name not in known:
            arguments.error(f"no table {name!r} that people edit; there are {', '.join(known)}")
    if arguments.write and arguments.table:
        arguments.error("--write counts all tables: leave --table out")
    if arguments.seed is not None and arguments.sample is None:
        arguments.error("--seed is that of a sample: give --sample too")


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    if sys.stderr.isatty():
        print(f"\r{done:,} of {total:,} cells", end=end, file=sys.stderr, flush=True)
    elif end:
        print(f"{total:,} cells changed", file=sys.stderr)


def _lines(found: Iterable[MutationScore]) -> list[str]:
    rows = [(share.table, share.change, *_numbers([share])) for share in found]
    rows = [_HEADER, *rows, ("all", "", *_numbers(found))]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADER))]
    return ["  ".join(_aligned(row, widths)).rstrip() for row in rows]


def _numbers(found: Iterable[MutationScore]) -> tuple[str, ...]:
    counts = [(share.cells, share.by_rule, share.by_claim, share.unguarded) for share in found]
    sums = [sum(column) for column in zip(*counts, strict=True)] or [0, 0, 0, 0]
    share = f"{1 - sums[3] / sums[0]:.1%}" if sums[0] else "none"
    return (*(f"{number:,}" for number in sums), share)


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    return [
        text.ljust(width) if place < 2 else text.rjust(width)
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
