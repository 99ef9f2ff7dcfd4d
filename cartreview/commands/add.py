"""``cartreview add``: begin a source, a study or a registered trial from its identifier."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cartreview._files import write_together
from cartreview.commands import found_upwards

if TYPE_CHECKING:
    from cartreview.living._identifier import Identifier
    from cartreview.living._known import Known
    from cartreview.living._lookup import Publication, Trial

__all__ = ["register", "run"]


def register(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "add",
        help="begin a source, a study or a registered trial from its DOI, PMID or registration",
        description="Say whether the study or the source is there already; if not, look it up "
        "(Crossref, Europe PMC, ClinicalTrials.gov) and append the bibliography entry and rows "
        "with what the record states. What it does not state stays empty; 'cartreview check' then "
        "asks for it.",
        epilog="Exit status: 0 if added, 1 if it is there already or nobody knows it, 2 if a "
        "service or a file fails.",
    )
    parser.add_argument("identifier", metavar="ID", help="DOI, PMID, PMCID or NCT number")
    parser.add_argument(
        "--study",
        default="",
        metavar="NAME",
        help="the study that the source reports, as brown-2024; a new one gets a row",
    )
    parser.add_argument(
        "--search", default="", metavar="NAME", help="the search that found it (table searches)"
    )
    parser.add_argument(
        "--key", default="", metavar="KEY", help="key of the source; default: author and year"
    )
    parser.add_argument(
        "--offline", action="store_true", help="ask no service: a skeleton with empty cells"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be written")
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="root of the checkout; default: found upwards"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say what is known, look up the rest, and append it.

    Returns
    -------
    int
        0 if added, 1 if there already or unknown everywhere, 2 if something failed.
    """
    # Only who adds pays for the checks and for what speaks to services.
    from cartreview.living._identifier import identified
    from cartreview.living._known import is_there, where_known
    from cartreview.living.adding import NotAdded, Wish, plan
    from cartreview.validation import read_package

    asked = identified(arguments.identifier)
    if asked is None:
        return _complain(f"{arguments.identifier!r:.80} is no DOI, PMID, PMCID or NCT number", 2)
    root = arguments.root or found_upwards(Path.cwd()) or Path.cwd()
    package, _ = read_package(root)
    if not {"sources", "studies", "screening", "reports", "ongoing_trials"} <= set(package):
        return _complain(f"{root} lacks tables that can be read; 'cartreview check' says why", 2)
    wish = Wish(arguments.study, arguments.key, arguments.search)
    try:
        # What is there already is told before anybody waits for a service.
        there = is_there(where_known(package, [asked]), asked)
        found = None if there or arguments.offline else _asked(asked)
        if not (there or arguments.offline or found):
            return _complain(f"no service knows {asked.text}; nothing was written", 1)
        known, made = plan(package, asked, found, wish)
    except (NotAdded, ConnectionError) as error:
        return _complain(f"{error}; nothing was written", 2)
    _tell(known)
    if is_there(known, asked):
        return _complain("it is there already; nothing was written", 1)
    print("\n".join(made.told(package)))
    if not arguments.dry_run:
        write_together(made.contents(root, package))
        print("Written. 'cartreview check' names the cells that are left to fill.")
    return 0


def _asked(identifier: Identifier) -> Publication | Trial | None:
    from cartreview.living._lookup import look_up
    from cartreview.living.web import CONTACT, ServiceError, Web

    contact = os.environ.get(CONTACT, "")
    if "@" not in contact:
        raise ConnectionError(
            f"services are asked with an address by which they can reach you: set {CONTACT}, "
            "or give --offline"
        )
    try:
        return look_up(identifier, Web(contact))
    except ServiceError as error:
        raise ConnectionError(f"{error}; --offline begins with empty cells") from error


def _tell(known: list[Known]) -> None:
    for one in known:
        print(one.told)
    studies = [one.key for one in known if one.what == "study"]
    if studies and not any(one.what == "source" for one in known):
        print(f"A further report of it is added with --study {studies[0]}.")


def _complain(words: str, status: int) -> int:
    print(f"cartreview add: {words}", file=sys.stderr)
    return status
