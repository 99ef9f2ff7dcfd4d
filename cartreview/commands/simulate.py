"""``cartreview simulate``: how often the intervals of pooled proportions cover the truth."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cartreview._files import write_whole
from cartreview.commands import CheckoutError, own_checkout

if TYPE_CHECKING:
    from cartreview.synthesis.coverage import Coverage

__all__ = ["COLUMNS", "register", "run"]

COLUMNS = (
    "simulation_id",
    "method",
    "share",
    "tau",
    "mean_share",
    "studies",
    "replicates",
    "answered",
    "covered",
    "coverage",
    "coverage_error",
    "covered_mean",
    "coverage_mean",
    "coverage_mean_error",
    "width",
    "bias",
)
# Below the Monte Carlo error by far, so that the table does not change with the processor.
_DIGITS = 4


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "simulate",
        help="count how often the intervals of pooled proportions cover the truth",
        description="Draws studies of the sizes of our own with known proportions. The seed is "
        "fixed: the same number of replicates gives the same table.",
    )
    parser.add_argument(
        "--replicates", metavar="N", type=int, help="sets of studies a scenario; default: 2000"
    )
    parser.add_argument("--write", action="store_true", help="write data/simulation.csv")
    parser.set_defaults(run=run, error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Simulate and print.

    Returns
    -------
    int
        0, or 2 if there is no checkout to write to.
    """
    # Brings numpy and scipy, which other subcommands do not pay for.
    from cartreview.synthesis import coverage

    replicates = coverage.REPLICATES if arguments.replicates is None else arguments.replicates
    if replicates < 1:
        arguments.error(f"--replicates must be 1 or more; found {replicates}")
    try:
        path = own_checkout() / "data" / "simulation.csv" if arguments.write else None
    except CheckoutError as error:
        print(f"cartreview simulate: {error}", file=sys.stderr)
        return 2
    rows = []
    for found in coverage.measure(replicates=replicates):
        rows.append(_row(found, len(coverage.SIZES)))
        print(f"{rows[-1][0]:<40}{found.coverage:8.1%} (± {found.error:.1%})", flush=True)
    if path:
        _write(rows, path)
    return 0


def _row(found: Coverage, studies: int) -> tuple[str | int | float, ...]:
    numbers = (found.width, found.bias)
    return (
        f"{found.method}:share-{found.share:g}:tau-{found.tau:g}",
        found.method,
        found.share,
        found.tau,
        round(found.mean_share, _DIGITS),
        studies,
        found.replicates,
        found.answered,
        found.covered,
        round(found.coverage, _DIGITS),
        round(found.error, _DIGITS),
        found.covered_mean,
        round(found.coverage_mean, _DIGITS),
        round(found.error_mean, _DIGITS),
        *(round(number, _DIGITS) for number in numbers),
    )


def _write(rows: list[tuple[str | int | float, ...]], path: Path) -> None:
    """Write the table whole or not at all."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    write_whole(path, text.getvalue())
