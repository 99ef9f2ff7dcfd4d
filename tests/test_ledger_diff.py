"""The difference between two ledgers: what it finds, says and refuses."""

from __future__ import annotations

import argparse
import json
import shutil

import pytest
import small_checkout
from small_checkout import commit, edit

from cartreview.commands import diff


@pytest.fixture
def checkout(tmp_path):
    """A small checkout whose claims were accepted and committed."""
    with small_checkout.in_use(small_checkout.write(tmp_path / "checkout")) as root:
        small_checkout.accept(root)
        commit(root)
        yield root


@pytest.fixture
def run(capsys):
    """Run the subcommand; give its exit status, what it prints and what it complains of."""
    parser = argparse.ArgumentParser()
    diff.register(parser.add_subparsers())

    def call(*words):
        arguments = parser.parse_args(["diff", *map(str, words)])
        status = arguments.run(arguments)
        return status, *capsys.readouterr()

    return call


def test_nothing_moved(checkout, run):
    """Without a change the report says so plainly."""
    assert (0, "No claim moved between HEAD and the working tree.\n", "") == run("--exit-code")


def test_changed_count(checkout, run):
    """A changed count gives the claim, old and new, and the row with its line."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    expected = """1 claim moved between HEAD and the working tree.

responses (trials) changed
    sentence: 3 patients responded
           →  4 patients responded
    events: 3 → 4
    rows responsible:
        data/outcomes.csv:2: brown-15-cr changed
            events: 1 → 2
"""
    assert (0, expected, "") == run()


def test_exit_code(checkout, run):
    """With --exit-code a moved claim gives exit status 1, as git diff does."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    assert 1 == run("--exit-code")[0]


def test_verdict(checkout, run):
    """A verdict that turns is named with both of its phrases."""
    edit(checkout, "data/outcomes.csv", "lin-20,2,5", "lin-20,1,5")
    assert "    verdict: holds → does not hold\n" in run()[1]


def test_added_row(checkout, run):
    """A row that came is responsible and is named as new evidence."""
    with (checkout / "data" / "outcomes.csv").open("a", encoding="utf-8") as file:
        file.write("brown-15-pr,brown-15,1,3,\n")
    printed = run()[1]
    assert "    evidence gained: outcomes:brown-15-pr\n" in printed
    assert "        data/outcomes.csv:4: brown-15-pr added\n" in printed


def test_removed_row(checkout, run):
    """A row that went is responsible and keeps the line it stood on."""
    edit(checkout, "data/outcomes.csv", "lin-20-cr,lin-20,2,5,\n", "")
    assert "        data/outcomes.csv:3: lin-20-cr removed\n" in run()[1]


def test_row_that_is_no_evidence(checkout, run):
    """If no row of the evidence differs, the rows of its tables that do are shown as such."""
    edit(checkout, "data/studies.csv", "CAR NK,IV", "CAR T,IV")
    edit(checkout, "book/trials.md", "In {n} trial ", "In {n} study ")
    printed = run()[1]
    assert "    no row of its evidence differs; rows that do in the same tables:\n" in printed
    assert "        data/studies.csv:3: lin-20 changed\n" in printed


def test_chapter_alone(checkout, run):
    """If no row differs, the report says that the chapter does."""
    edit(checkout, "book/trials.md", "In {n} trial ", "In {n} study ")
    assert "no row of its tables differs: the chapter does" in run()[1]


def test_claim_that_came_and_went(checkout, run):
    """A renamed claim is one that went and one that came."""
    edit(checkout, "book/trials.md", '"responses",', '"responders",')
    printed = run()[1]
    assert printed.startswith("2 claims moved (1 added, 1 removed) between")
    assert "responders (trials) added\n    sentence: 3 patients responded\n" in printed


def test_two_files(checkout, run, tmp_path):
    """Two ledger files are compared with the tables beside them."""
    before = tmp_path / "before"
    shutil.copytree(checkout / "data", before)
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    small_checkout.accept(checkout)
    printed = run(before / "claims.csv", checkout / "data" / "claims.csv")[1]
    assert "    events: 3 → 4\n" in printed
    assert "            events: 1 → 2\n" in printed


def test_two_revisions(checkout, run):
    """Two revisions are compared without a look at the working tree."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    small_checkout.accept(checkout)
    commit(checkout)
    edit(checkout, "data/outcomes.csv", "brown-15,2,3", "brown-15,3,3")
    printed = run("HEAD~1", "HEAD")[1]
    assert printed.startswith("1 claim moved between HEAD~1 and HEAD.")
    assert "            events: 1 → 2\n" in printed


def test_markdown(checkout, run):
    """The comment for a pull request has a headline, a table and the rows."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    before, after = (f"{count} patients responded<br>*holds*" for count in (3, 4))
    expected = f"""### 1 claim moved

From `HEAD` to `the working tree`.

| claim | page | | before | after |
|---|---|---|---|---|
| `responses` | trials | events: 3 → 4 | {before} | {after} |

**`responses`** — rows responsible:

- `data/outcomes.csv:2` `brown-15-cr` changed (events: 1 → 2)
"""
    assert expected == run("--format", "markdown")[1]


def test_json(checkout, run):
    """The report for machines carries the same facts."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    moved = json.loads(run("--format", "json")[1])["moved"]
    assert [{"events": [3, 4]}] == [move["values"] for move in moved]
    assert [{"events": ["1", "2"]}] == [row["fields"] for row in moved[0]["rows"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-branch"], "'no-such-branch' is no ledger file and no revision of this checkout"),
        (["data.csv"], "'data.csv' is no ledger file and no revision of this checkout"),
        (["HEAD~1"], "revision HEAD~1 has no data/claims.csv: no ledger was accepted there"),
    ],
)
def test_unknown_version(checkout, run, words, said):
    """A version that is not there is refused in one sentence."""
    shutil.rmtree(checkout / ".git")
    (checkout / "data" / "claims.csv").rename(checkout / "kept.csv")
    commit(checkout)
    (checkout / "kept.csv").rename(checkout / "data" / "claims.csv")
    commit(checkout)
    assert (2, "", f"cartreview diff: {said}\n") == run(*words)


def test_no_repository(checkout, run):
    """Outside git only ledger files can be named."""
    shutil.rmtree(checkout / ".git")
    status, _, said = run()
    assert 2 == status
    assert said.startswith("cartreview diff: 'HEAD' is no ledger file, and ")
    assert 1 == said.count("\n")


def test_file_that_is_no_ledger(checkout, run):
    """A table that is no ledger is refused with the columns that a ledger has."""
    status, _, said = run(checkout / "data" / "outcomes.csv")
    assert 2 == status
    assert "cannot be read as a ledger: a ledger has the columns claim_id, page" in said


def test_cell_that_raises(checkout, run):
    """A chapter that cannot be computed is named by file and line."""
    edit(checkout, "data/outcomes.csv", "study_id,events", "study_id,event_count")
    status, _, said = run()
    assert 2 == status
    assert said.startswith("cartreview diff: ")
    assert 1 == said.count("\n")
