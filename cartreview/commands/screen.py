"""``cartreview screen``: decide on candidates, in the terminal or by spreadsheet, and compare."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cartreview._words import count_of, enumeration
from cartreview.commands import CheckoutError, own_checkout

if TYPE_CHECKING:
    from pandas import DataFrame

    from cartreview.living.decisions import Log
    from cartreview.synthesis.agreement import Agreement

__all__ = ["register", "run"]

_EXTRA = "screening needs what pyproject.toml lists under 'living': pip install '.[living]'"


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "screen",
        help="decide on candidates that searches found, one reader apart from another",
        description="Without an option: walk a reader through the candidates that wait, in the "
        "terminal. A reader never sees what another decided, until both differ and settle it.",
    )
    parser.add_argument("--reader", metavar="NAME", help="who decides; the same name each time")
    parser.add_argument(
        "--all", action="store_true", help="also candidates that are settled: a second reading"
    )
    parser.add_argument("--candidate", metavar="ID", help="this candidate, decided on or not")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--conflicts", action="store_true", help="list where readers differ, and their agreement"
    )
    what.add_argument(
        "--consensus", action="store_true", help="walk through the conflicts and settle them"
    )
    what.add_argument(
        "--settle",
        action="store_true",
        help="write into data/screening.csv what two readers exclude, list what both include",
    )
    what.add_argument(
        "--export", metavar="FILE", type=Path, help="write the candidates as .xlsx or .csv"
    )
    what.add_argument(
        "--import",
        dest="import_",
        metavar="FILE",
        type=Path,
        help="take decisions from a sheet: all of them, or none if a cell cannot be taken",
    )
    parser.set_defaults(run=run, error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked.

    Returns
    -------
    int
        0; 1 if there are conflicts to settle or cells to mend; 2 if there is no checkout, no
        terminal, no such file or no such candidate.
    """
    try:
        from cartreview.living.decisions import DecisionError, Log
        from cartreview.living.keys import NoTerminal
        from cartreview.living.workbook import SheetError
    except ImportError as error:
        print(f"cartreview screen: {_EXTRA} ({error})", file=sys.stderr)
        return 2
    shared = arguments.conflicts or arguments.settle
    if not arguments.reader and not shared:
        arguments.error("--reader NAME says who decides")
    try:
        log = Log(own_checkout() / "data")
        if arguments.conflicts:
            return _conflicts(log)
        if arguments.settle:
            return _settle(log)
        if arguments.import_:
            return _import(log, arguments)
        return _export(log, arguments) if arguments.export else _walk(log, arguments)
    except (CheckoutError, DecisionError, NoTerminal, SheetError, ImportError) as error:
        said = _EXTRA if isinstance(error, ImportError) else error
        print(f"cartreview screen: {said}", file=sys.stderr)
        return 2


def _today() -> str:
    return date.today().isoformat()


def _walk(log: Log, arguments: argparse.Namespace) -> int:
    from cartreview.living.candidates import contested, queue
    from cartreview.living.keys import Terminal

    keys = Terminal()
    from rich.console import Console

    from cartreview.living.walk import walk

    if arguments.consensus:
        steps = contested(log, _contested(log))
    else:
        every, only = arguments.all, arguments.candidate
        steps = [(row, []) for row in queue(log, arguments.reader, every=every, only=only)]
    if not steps:
        print("No candidate waits.")
        return 0
    with keys:
        done = walk(
            log, arguments.reader, steps, keys, Console(), _today, consensus=arguments.consensus
        )
    print(
        f"{count_of(done.decided, 'candidate')} decided, {done.later} left for later, "
        f"{done.left} not come to. All of it is in data/screening_decisions.csv."
    )
    return 0


def _contested(log: Log) -> list[str]:
    from cartreview.evidence.readers import conflicts

    return list(dict.fromkeys(conflicts(_frame(log))["candidate_id"]))


def _frame(log: Log) -> DataFrame:
    from pandas import DataFrame  # half a second: only who compares readers pays for it

    return DataFrame(log.decisions())


def _conflicts(log: Log) -> int:
    from cartreview.evidence.readers import agreement, conflicts, read_twice

    decisions = _frame(log)
    found, twice = conflicts(decisions), read_twice(decisions)
    for key, rows in found.groupby("candidate_id"):
        print(f"{key}: they differ in {rows['kind'].iloc[0]}")
        for row in rows.to_dict("records"):
            why = f" ({row['reason']})" if row["reason"] else ""
            note = f": {row['note']}" if row.get("note") else ""
            print(f"    {row['reader']}, {row['day']}: {row['decision']}{why}{note}")
    number = found["candidate_id"].nunique()
    print(f"{count_of(number, 'conflict')} in {count_of(len(twice), 'candidate')} read twice")
    for readers, measured in agreement(decisions).items():
        print(f"{enumeration(readers)}: {_agreement(measured)}")
    return 1 if number else 0


def _agreement(measured: Agreement) -> str:
    alike = f"alike on {measured.agreed:.0%} of {count_of(measured.items, 'candidate')}"
    if measured.kappa is None or measured.low is None or measured.high is None:
        return f"{alike}; no kappa, since all of them have one and the same answer"
    return (
        f"{alike}, Cohen's kappa {measured.kappa:.2f} "
        f"(95% interval {measured.low:.2f} to {measured.high:.2f})"
    )


def _settle(log: Log) -> int:
    from cartreview.evidence.readers import settlement

    settled = settlement(_frame(log))
    waiting = {
        row["candidate_id"]: row for row in log.candidates() if row["decision"] == "awaiting"
    }
    out = {
        key: {
            "decision": "excluded",
            "reason": found["reason"],
            "reader": enumeration(found["readers"]),
            "day": found["day"],
        }
        for key, found in settled.items()
        if key in waiting and found["decision"] == "exclude"
    }
    if out:
        log.settle(out)
    print(f"{count_of(len(out), 'candidate')} excluded in data/screening.csv")
    entering = [key for key in waiting if settled.get(key, {}).get("decision") == "include"]
    for key in entering:
        print(f"to be entered as a study or a report of one: {key} {waiting[key]['title'][:80]}")
    return 0


def _export(log: Log, arguments: argparse.Namespace) -> int:
    from cartreview.living.candidates import queue
    from cartreview.living.sheets import export

    every, only = arguments.all, arguments.candidate
    rows = queue(log, arguments.reader, every=every, only=only)
    export(log, arguments.reader, rows, arguments.export)
    print(f"{count_of(len(rows), 'candidate')} in {arguments.export}")
    return 0


def _import(log: Log, arguments: argparse.Namespace) -> int:
    from cartreview.living.sheets import decisions_of

    made, faults = decisions_of(log, arguments.reader, arguments.import_, _today())
    for fault in faults:
        print(f"{arguments.import_.name}: {fault}")
    if faults:
        print(f"{count_of(len(faults), 'cell')} to mend; nothing was written")
        return 1
    if made:
        log.record(*made)
    print(f"{count_of(len(made), 'decision')} taken from {arguments.import_}")
    return 0
