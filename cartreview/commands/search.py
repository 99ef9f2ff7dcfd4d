"""``cartreview search``: ask services what is new, and put it before those who screen."""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cartreview.commands import found_upwards

if TYPE_CHECKING:
    from cartreview.living.journal import Run
    from cartreview.living.search import Outcome
    from cartreview.living.strategies import Strategy

__all__ = ["register", "run"]

_SHOWN = 20  # candidates; the others stand in the tables


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "search",
        help="ask services what is new, and put it before those who screen",
        description="Run the saved strategies of data/strategies.csv. Records that are new become "
        "candidates in data/screening.csv, the searches are logged in data/searches.csv, and "
        "data/candidates.csv says what each belongs to and why to read it sooner or later. What "
        "was interrupted, or failed, goes on where it stopped when the command is run again.",
        epilog="Exit status: 0 if every strategy was run to its end, 1 if one was not, or a "
        "report was missed, 2 if the command was used wrongly or a file could not be written.",
    )
    parser.add_argument(
        "--contact",
        metavar="MAIL",
        help="your address of mail, which the services ask for; default: $CARTREVIEW_CONTACT",
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        default=[],
        help="only this strategy, or this service; may be given again",
    )
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--since",
        metavar="DAY",
        type=date.fromisoformat,
        help="records that are new since YYYY-MM-DD; default: two weeks before the last search",
    )
    when.add_argument("--everything", action="store_true", help="records of any day")
    parser.add_argument(
        "--dry-run", action="store_true", help="search and show what is new; change no table"
    )
    parser.add_argument(
        "--list", action="store_true", help="show the strategies and their last search; ask nobody"
    )
    parser.add_argument(
        "--recall",
        action="store_true",
        help="search for records of any day and show which included reports were not found; "
        "change no table",
    )
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="root of the checkout; default: found upwards"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Search, show what came of it, and write it.

    Returns
    -------
    int
        0, or 1 if a strategy was not run to its end or a report was missed, 2 if there is no
        checkout, no address of mail, no such strategy, or a library is missing.
    """
    root = arguments.root or found_upwards(Path.cwd()) or Path.cwd()
    if not os.path.isfile(root / "data" / "strategies.csv"):
        return _wrong(f"{root} has no data/strategies.csv: name a checkout with --root DIR")
    try:
        from cartreview.living import log, strategies
    except ModuleNotFoundError as error:
        return _wrong(f"{error.name} is missing: pip install 'cartreview[living]'")
    try:
        saved = strategies.in_use(log.rows(root, "strategies"))
        wanted = strategies.chosen(saved, arguments.only)
    except strategies.StrategyError as error:
        return _wrong(str(error))
    if arguments.list:
        print("\n".join(_listed(wanted, log.rows(root, "searches"))))
        return 0
    contact = arguments.contact or os.environ.get("CARTREVIEW_CONTACT", "")
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", contact):
        return _wrong("services ask who searches: give --contact MAIL or set CARTREVIEW_CONTACT")
    with log.one_at_a_time(root):
        return _searched(root, wanted, contact, arguments)


def _searched(
    root: Path, wanted: list[Strategy], contact: str, arguments: argparse.Namespace
) -> int:
    from cartreview.living import log, recall
    from cartreview.living.search import search, write

    if done := log.finish(root):
        # That search is this one: it was interrupted as it wrote, and is not run a second time.
        print(f"finished what an interrupted search had begun: {', '.join(done)}", file=sys.stderr)
        wanted = [one for one in wanted if one.strategy_id not in done]
    bars = _Bars()
    try:
        outcome = search(
            root,
            wanted,
            contact,
            since=arguments.since,
            everything=arguments.everything or arguments.recall,
            told=bars,
        )
    finally:
        bars.close()
    print("\n".join(_summary(outcome)))
    missed = False
    if arguments.recall:
        lines, missed = recall.report(root, outcome.runs)
        print("\n".join(lines))
    elif not arguments.dry_run:
        write(root, outcome)
    for name, why in outcome.failed.items():
        print(f"{name} was not finished: {why}", file=sys.stderr)
    if outcome.failed:
        print("run the command again: it goes on where it stopped", file=sys.stderr)
    return 1 if outcome.failed or missed else 0


def _wrong(why: str) -> int:
    print(f"cartreview search: {why}", file=sys.stderr)
    return 2


def _listed(wanted: list[Strategy], searches: list[dict[str, str]]) -> list[str]:
    lines = []
    for one in wanted:
        days = [row["day"] for row in searches if row["saved_strategy_id"] == one.strategy_id]
        last = f"last on {max(days)}" if days else "never run"
        lines.append(f"{one.strategy_id}: {one.service}, {one.schedule}, {last}")
        lines.append(f"    {one.query}")
        lines += [f"    {name}={value}" for name, value in one.filters]
    return lines


def _summary(outcome: Outcome) -> list[str]:
    lines = []
    for run in outcome.runs:
        name = outcome.names[run.strategy.strategy_id]
        since = f" since {run.since.isoformat()}" if run.since else ""
        lines.append(
            f"{run.strategy.strategy_id}: {len(run.records):,} records{since}, "
            f"{outcome.new[name]:,} new, {outcome.known[name]:,} known"
        )
        lines += [f"    {run.strategy.service} remarks: {remark}" for remark in run.remarks]
    found = outcome.candidates
    lines.append(f"{len(found):,} new candidates" + (", to be read in this order:" * bool(found)))
    for one in found[:_SHOWN]:
        year = f" ({one.record.year})" if one.record.year else ""
        lines.append(f"{one.points:3}  {one.record.title or one.name}{year}")
        lines.append(f"     {one.record.address}; {', '.join(one.reasons) or 'no reason'}")
    if len(found) > _SHOWN:
        lines.append(f"     and {len(found) - _SHOWN:,} more")
    return lines


class _Bars:
    """A bar of progress for each strategy; nothing where nobody looks at a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._name = ""

    def __call__(self, run: Run) -> None:
        """Show how many records of a run are there."""
        from tqdm import tqdm

        if run.strategy.strategy_id != self._name:
            self.close()
            self._name = run.strategy.strategy_id
            self._bar = tqdm(desc=self._name, unit=" records", disable=None)
        most = run.strategy.read_at_most
        self._bar.total = min(filter(None, (run.total, most)), default=None)
        self._bar.update(len(run.records) - self._bar.n)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.close()
