"""``cartreview status``: how current the review is, and which of its sources were corrected."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cartreview._words import count_of
from cartreview.commands import CheckoutError, own_checkout

if TYPE_CHECKING:
    from cartreview.living.corrections import Notice
    from cartreview.living.notices import Answers

__all__ = ["register", "run"]


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "status",
        help="say how current the review is, and which of its sources were corrected",
        description="Say which version the data are of, when was searched last, what is due, and "
        "which job has missed a run.",
        epilog="Exit status: 0; with --exit-code 1 if a search is overdue or a job has missed a "
        "run, with --corrections 1 if a notice is new or a service did not answer; 2 without a "
        "checkout.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--corrections",
        action="store_true",
        help="ask Crossref and Europe PMC about every DOI and PMID of the bibliography",
    )
    what.add_argument(
        "--done", metavar="JOB", help="note that a scheduled job ended well today: search, …"
    )
    parser.add_argument(
        "--write", action="store_true", help="with --corrections: append what is new to the table"
    )
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if anything is late")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print how current the review is, or ask about corrections.

    Returns
    -------
    int
        0, or 1 if something is late, new or unanswered and was asked for, or 2 without a checkout.
    """
    from cartreview._tables import DATA, data_version
    from cartreview.living.currency import currency

    try:
        if arguments.corrections:
            return _corrections(own_checkout(), write=arguments.write)
        if arguments.done:
            return _done(arguments.done, own_checkout() / "data")
        now, today = currency(DATA), date.today()
    except (CheckoutError, ValueError) as error:
        print(f"cartreview status: {error}", file=sys.stderr)
        return 2
    print(now.told(today))
    print(f"state of the tables: {data_version()}")
    _print_known(DATA)
    late = now.overdue(today) or now.silent(today)
    return 1 if late and arguments.exit_code else 0


def _done(job: str, data: Path) -> int:
    from cartreview.living.currency import succeeded

    succeeded(job, data, date.today())
    print(f"{job} succeeded on {date.today():%Y-%m-%d}; data/runs.csv says so")
    return 0


def _print_known(data: Path) -> None:
    """Say what rests on sources that are known to be corrected."""
    from cartreview.living.corrections import GRAVE, marked, resting

    notices = marked(data, _dois(data.parent))
    for source, rest in resting(data, notices).items():
        for notice in notices[source]:
            print(f"{source}: {_said(notice)}")
        counts = f"{count_of(len(rest.rows), 'row')}, {count_of(len(rest.claims), 'claim')}"
        print(f"    {counts}; pages: {', '.join(rest.pages) or 'none'}")
        if rest.claims:
            print(f"    claims: {', '.join(rest.claims)}")
        if any(notice.kind in GRAVE for notice in notices[source]):
            print(f"    rows: {', '.join(rest.rows) or 'none'}")


def _said(notice: Notice) -> str:
    parts = (notice.kind, notice.date, notice.notice, f"by {notice.asserted_by}")
    return ", ".join(filter(None, parts))


def _dois(root: Path) -> dict[str, str]:
    from cartreview.validation.bibliography import read_entries

    entries, _ = read_entries(root)
    return {key: entry.fields.get("doi", "") for key, entry in (entries or {}).items()}


def _corrections(root: Path, *, write: bool) -> int:
    # Only who asks services pays for the libraries that ask them.
    try:
        from tqdm import tqdm

        from cartreview.living.notices import ask
        from cartreview.living.web import CONTACT, Web
    except ModuleNotFoundError as error:
        print(
            f"cartreview status: {error.name} is not installed: pip install 'cartreview[living]'",
            file=sys.stderr,
        )
        return 2
    from cartreview.living.corrections import append, known, new
    from cartreview.validation.bibliography import read_entries

    contact = os.environ.get(CONTACT, "")
    if "@" not in contact:
        print(
            f"cartreview status: set {CONTACT} to your address of mail: the services ask for one",
            file=sys.stderr,
        )
        return 2
    entries, _ = read_entries(root)
    answers = ask(
        entries or {}, Web(contact), today=date.today(), shown=lambda keys: tqdm(keys, unit="entry")
    )
    fresh = new(answers.notices, known(root / "data"))
    _tell(answers, fresh)
    if write:
        append(fresh, root / "data")
        print(f"{len(fresh)} written to data/corrections.csv: read each before you commit it")
    _print_known(root / "data")
    return 1 if fresh or answers.failed else 0


def _tell(answers: Answers, fresh: list[Notice]) -> None:
    for service, count in answers.asked.items():
        missing = len(answers.unknown.get(service, []))
        print(f"{service} knew {count} publications, {missing} it did not know")
    bare = count_of(len(answers.bare), "entry", "entries")
    print(f"{bare} without DOI and PMID: about these nobody could be asked")
    for failure in answers.failed:
        print(f"not answered: {failure}")
    print(f"{len(answers.notices)} notices, {len(fresh)} of them new")
    for notice in fresh:
        print(f"new: {notice.source_id}: {_said(notice)}")
