"""``cartreview claims``: list, check and accept."""

from __future__ import annotations

import argparse

import pytest
import small_checkout
from small_checkout import commit, edit

from cartreview.claims.ledger import read_ledger
from cartreview.commands import claims as command
from cartreview.validation import check

README = "# Small\n\n<!-- claim:responses -->nothing yet<!-- /claim -->, they say.\n"


@pytest.fixture
def checkout(tmp_path):
    """A small checkout in use, whose claims were never accepted."""
    with small_checkout.in_use(small_checkout.write(tmp_path)) as root:
        (root / "README.md").write_text(README, encoding="utf-8")
        yield root


@pytest.fixture
def run(capsys):
    """Run the subcommand; give its exit status, what it prints and what it complains of."""
    parser = argparse.ArgumentParser(prog="cartreview")
    command.register(parser.add_subparsers())

    def call(*words):
        arguments = parser.parse_args(["claims", *words])
        status = arguments.run(arguments)
        return status, *capsys.readouterr()

    return call


def test_list(checkout, run):
    """Without an option every claim is listed with its verdict."""
    expected = """book/trials.md
    responses: holds
        3 patients responded
    local-trials: holds
        In 1 trial the cells were given locally: CAR T
2 claims: holds 2
"""
    assert (0, expected, "") == run()


def test_accept(checkout, run):
    """Accepting writes the ledger and the README, and says what came."""
    status, printed, _ = run("--accept")
    ledger = read_ledger(checkout / "data" / "claims.csv")
    assert 0 == status
    assert ["responses", "local-trials"] == list(ledger)
    assert README.replace("nothing yet", "3 patients responded") == _readme(checkout)
    assert printed.startswith("2 claims moved (2 added) between data/claims.csv and the working")
    assert (
        "2 claims accepted in data/claims.csv.\nNo reason is kept (0 rows, 2 claims). " in printed
    )


def _readme(checkout):
    return (checkout / "README.md").read_text("utf-8")


def test_accepted(checkout, run):
    """After accepting, the check finds nothing and a second acceptance changes nothing."""
    run("--accept")
    before = (checkout / "data" / "claims.csv").read_bytes()
    assert (0, "2 claims read as accepted.\n", "") == run("--check")
    assert "No claim moved" in run("--accept")[1]
    assert before == (checkout / "data" / "claims.csv").read_bytes()


def test_check(checkout, run):
    """The check names what moved, the row since the last commit, and how to agree."""
    run("--accept")
    commit(checkout)
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    status, printed, _ = run("--check")
    assert 1 == status
    assert "    events: 3 → 4\n" in printed
    assert "        data/outcomes.csv:2: brown-15-cr changed\n" in printed
    assert "README.md:3: claim responses reads otherwise than accepted\n" in printed
    assert printed.endswith("Run 'make accept' when you agree.\n")


def test_a_readme_that_is_not_as_accepted_is_said_once(checkout, run):
    """It is a problem of the checkout; no claim moved."""
    run("--accept")
    edit(checkout, "README.md", "3 patients responded", "4 patients responded")
    assert (0, "2 claims read as accepted.\n", "") == run("--check")
    assert "stale-readme-claim" in [problem.code for problem in check(checkout)]


def test_check_outside_git(checkout, run):
    """Without a commit to compare with, the check says that rows cannot be compared."""
    run("--accept")
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    assert "rows cannot be compared: only one of the two has its tables" in run("--check")[1]


def test_unknown_claim_in_readme(checkout, run):
    """A mark of a claim that no chapter makes stops the acceptance before anything is written."""
    edit(checkout, "README.md", "claim:responses", "claim:responders")
    said = "README.md:3: no chapter makes the claim responders\nNothing was written.\n"
    assert (2, "", said) == run("--accept")
    assert not (checkout / "data" / "claims.csv").exists()


def test_cell_that_raises(checkout, run):
    """A cell that raises is named by file and line with its exception; nothing is written."""
    edit(checkout, "book/trials.md", "holds=events > 2", "holds=event > 2")
    status, printed, said = run("--accept")
    assert 2 == status
    assert "responses (trials) cannot be computed\n    book/trials.md:29: NameError(" in printed
    assert said.endswith("nobody can accept it. Nothing was written.\n")
    assert not (checkout / "data" / "claims.csv").exists()
