"""The difference between two ledgers: what it finds, says and refuses."""

from __future__ import annotations

import argparse
import json
import shutil

import pytest
import small_checkout
from small_checkout import PAGE, commit, edit

from cartreview import _tables as tables
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
    assert "no row of any table differs: the chapter does, or the library\n" in run()[1]


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
    """A claim that cannot be computed is one move with its reason and the rows that changed."""
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,,3")
    edit(checkout, "data/outcomes.csv", "lin-20,2,5", "lin-20,,5")
    edit(checkout, "book/trials.md", 'int(outcomes["events"].sum())', 'min(outcomes["events"])')
    edit(checkout, "book/trials.md", "{events} patients", "{events:d} patients")
    status, printed, _ = run()
    assert 0 == status
    assert printed.startswith("1 claim moved (1 cannot be computed) between")
    assert "responses (trials) cannot be computed\n    book/trials.md:" in printed
    assert "    accepted: 3 patients responded\n    verdict: holds\n" in printed
    assert "    rows that differ in the tables of its accepted evidence:\n" in printed
    assert "        data/outcomes.csv:2: brown-15-cr changed\n" in printed


def test_setup_that_raises(checkout, run):
    """A page whose set-up breaks is one line of the summary; other pages are still compared."""
    more = PAGE.replace('"responses"', '"patients"').replace('"local-trials"', '"local"')
    (checkout / "book" / "more.md").write_text(more, encoding="utf-8")
    small_checkout.accept(checkout)
    commit(checkout)
    edit(checkout, "book/more.md", 'load("studies")', 'load("studys")')
    edit(checkout, "data/outcomes.csv", "brown-15,1,3", "brown-15,2,3")
    printed = run()[1]
    assert printed.startswith("3 claims moved (2 cannot be computed) between")
    assert "cannot be computed\n    local, patients: book/more.md:" in printed
    assert "responses (trials) changed\n" in printed


def test_a_claim_made_twice(checkout, run):
    """Two cells that make one claim are one move with both pages; the rest is compared."""
    (checkout / "book" / "more.md").write_text(PAGE.replace("local-trials", "local"), "utf-8")
    printed = run()[1]
    assert "responses: book/more.md and book/trials.md: both make the claim 'responses'" in printed
    assert "new\n    local\n" in printed


def test_a_page_that_is_no_text(checkout, run):
    """A page in another encoding ends nothing: `check` says where."""
    page = checkout / "book" / "trials.md"
    page.write_bytes(page.read_bytes().replace(b"# Trials", b"# Pr\xfcfung"))
    assert (0, "No claim moved between HEAD and the working tree.\n", "") == run()


def test_rows_elsewhere(checkout, run):
    """A claim that counts rows of a table it does not name is told of rows added there."""
    edit(checkout, "book/trials.md", '{"events": events}', '{"events": events, "n": len(studies)}')
    small_checkout.accept(checkout)
    commit(checkout)
    with (checkout / "data" / "studies.csv").open("a", encoding="utf-8") as file:
        file.write("new-26,CAR T,IV,true,,5,l2020,\n")
    printed = run()[1]
    assert "    no row of the tables of its evidence differs; rows of other tables do: " in printed
    assert "studies (1):\n        data/studies.csv:4: new-26 added\n" in printed


def test_summary_comes_first(checkout, run):
    """Before the details: verdicts that turned, the largest moves, what is new and what is gone."""
    edit(checkout, "data/outcomes.csv", "lin-20,2,5", "lin-20,1,5")
    edit(checkout, "data/studies.csv", "brown-15,CAR T,IT;ICV", "brown-15,CAR T,IV")
    edit(checkout, "data/studies.csv", "lin-20,CAR NK,IV", "lin-20,CAR NK,IT")
    edit(checkout, "book/trials.md", '"local-trials",', '"local-studies",')
    expected = """3 claims moved (1 added, 1 removed) between HEAD and the working tree.

verdicts changed
    holds → does not hold: responses

largest moves
    responses: events 3 → 2 (-33%)

new
    local-studies

gone
    local-trials

local-studies (trials) added
"""
    assert run()[1].startswith(expected)


DAMAGES = {
    "emptied key": ("data/outcomes.csv", "brown-15-cr,brown", ",brown"),
    "a word for a number": ("data/outcomes.csv", "brown-15,1,3", "brown-15,one,3"),
    "a cell too few": ("data/outcomes.csv", "lin-20-cr,lin-20,2,5,", "lin-20-cr,lin-20"),
    "a cell too many": ("data/outcomes.csv", "lin-20,2,5,", "lin-20,2,5,,,"),
    "an open quote": ("data/outcomes.csv", "lin-20-cr,lin-20", 'lin-20-cr,"lin-20'),
    "a header lost": ("data/outcomes.csv", "outcome_id,study_id,events", "events"),
    "a key twice": ("data/outcomes.csv", "lin-20-cr,", "brown-15-cr,"),
    "a broken schema": (
        "data/schemas/outcomes.json",
        '"primaryKey": "outcome_id",',
        '"primaryKey"',
    ),
    "a list as key": ("data/schemas/outcomes.json", '"outcome_id", "missing', '["a"], "missing'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_edit_is_a_traceback(checkout, run, damage):
    """Whatever an edit does to a table, the difference names it and ends in its own words."""
    edit(checkout, *DAMAGES[damage])
    tables.schema.cache_clear()
    status, printed, said = run()
    assert status in (0, 2)
    assert "Traceback" not in printed + said
    assert printed or 1 == said.count("\n")
    assert ": changed" not in printed  # a row without a key is named by its line
