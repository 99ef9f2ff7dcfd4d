"""Two branches that each add a row: merged by git, settled by one command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import small_checkout
from small_checkout import commit, edit, git

from cartreview.claims.ledger import read_ledger
from cartreview.cli import main

REPO = Path(__file__).resolve().parent.parent
README = "# Small\n\n<!-- claim:responses -->nothing yet<!-- /claim --> That is all.\n"
ROWS = {
    "ours": ("brown-15-pr,brown-15,1,3,\n", "one more response, in the supplement"),
    "theirs": ("lin-20-pr,lin-20,2,5,\n", "two more responses, in the later report"),
}


@pytest.fixture
def checkout(tmp_path):
    """A small checkout, accepted and committed, with the merge rules of this repository."""
    with small_checkout.in_use(small_checkout.write(tmp_path / "checkout")) as root:
        shutil.copy(REPO / ".gitattributes", root)
        (root / "README.md").write_text(README, encoding="utf-8")
        main(["claims", "--accept", "--why", "the first claims"])
        commit(root)
        git(root, "branch", "--move", "ours")
        git(root, "branch", "theirs")
        yield root


def branch(root, name):
    """Add a row on a branch, accept and commit."""
    git(root, "checkout", "--quiet", name)
    row, why = ROWS[name]
    with (root / "data" / "outcomes.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    assert 0 == main(["claims", "--accept", "--why", why])
    commit(root)


def merge(root):
    """Merge the one branch into the other: it must stop, for the ledger is computed."""
    for name in ("theirs", "ours"):
        branch(root, name)
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "theirs")


def left(root):
    """Say what git would not have committed."""
    status = ["git", "-C", str(root), "status", "--short"]
    return subprocess.run(status, check=True, capture_output=True, text=True).stdout


def read(root, path):
    """Read a file."""
    return (root / path).read_text(encoding="utf-8")


def test_one_command_settles_a_merge(checkout, capsys):
    """Both rows, both reasons, the sum of both in ledger and README; then git commits."""
    merge(checkout)
    capsys.readouterr()
    assert 0 == main(["claims", "--accept"])
    printed = capsys.readouterr().out
    assert "The merge is settled: finish it with 'git commit'" in printed
    assert "No reason is kept" not in printed
    assert all(row in read(checkout, "data/outcomes.csv") for row, _ in ROWS.values())
    assert all(why in read(checkout, "data/changes.csv") for _, why in ROWS.values())
    assert "<!-- claim:responses -->6 patients responded<!-- /claim --> That is all.\n" in (
        read(checkout, "README.md")
    )
    assert "<<<<" not in read(checkout, "README.md")
    assert 6 == read_ledger(checkout / "data" / "claims.csv")["responses"].values["events"]
    git(checkout, "commit", "--no-edit")
    assert "" == left(checkout)
    assert 0 == main(["claims", "--check"])


def test_a_sentence_that_both_sides_changed_alike(checkout):
    """Git merges it to a stale count by itself; the settled merge carries the right one."""
    for name in ("theirs", "ours"):
        git(checkout, "checkout", "--quiet", name)
        with (checkout / "data" / "outcomes.csv").open("a", encoding="utf-8") as file:
            file.write(f"brown-15-{name},brown-15,1,3,\n")
        main(["claims", "--accept"])
        commit(checkout)
    with pytest.raises(subprocess.CalledProcessError):
        git(checkout, "merge", "theirs")
    assert "4 patients responded" in read(checkout, "README.md")
    main(["claims", "--accept"])
    git(checkout, "commit", "--no-edit")
    assert "5 patients responded" in read(checkout, "README.md")
    assert "" == left(checkout)


def test_a_slow_table_in_conflict(checkout, capsys):
    """What takes hours to write stays as it is, and the person decides."""
    for name in ("theirs", "ours"):
        git(checkout, "checkout", "--quiet", name)
        (checkout / "data" / "guard.csv").write_text(f"table\n{name}\n", encoding="utf-8")
        commit(checkout)
    with pytest.raises(subprocess.CalledProcessError):
        git(checkout, "merge", "theirs")
    capsys.readouterr()
    main(["claims", "--accept"])
    said = "data/guard.csv is that of your side: 'git add data/guard.csv', or first write it: make"
    assert said in capsys.readouterr().out
    assert "table\nours\n" == read(checkout, "data/guard.csv")


def test_a_ledger_with_markers(checkout, capsys):
    """Where git wrote markers into the ledger, as without our rules, it is written anew."""
    (checkout / ".gitattributes").unlink()
    commit(checkout)
    git(checkout, "branch", "--force", "theirs")
    for name in ("theirs", "ours"):
        branch(checkout, name)
    with pytest.raises(subprocess.CalledProcessError):
        git(checkout, "merge", "theirs")
    assert "<<<<<<<" in read(checkout, "data/claims.csv")
    capsys.readouterr()
    assert 2 == main(["claims", "--check"])
    assert 1 == capsys.readouterr().err.count("\n")
    assert 2 == main(["claims", "--accept"])
    said = capsys.readouterr().err
    assert "data/outcomes.csv:4: a conflict that git could not merge\n" in said
    assert said.endswith("Nothing was written.\n")
    for path in ("data/outcomes.csv", "data/changes.csv"):
        kept = [line for line in read(checkout, path).splitlines() if line[:4] not in MARKERS]
        (checkout / path).write_text("\n".join([*kept, ""]), encoding="utf-8")
    assert 0 == main(["claims", "--accept"])
    printed = capsys.readouterr().out
    assert "a conflict in line 2; 'make accept' writes it; compared with that of HEAD." in printed
    assert "Still in conflict: data/outcomes.csv. " in printed
    assert 0 == main(["claims", "--check"])


MARKERS = ("<<<<", "====", ">>>>")


@pytest.mark.parametrize("ledger", ["", "a,b\n1,2\n", "claim_id\n", "\ufffd\x00", "<<<<<<< HEAD\n"])
def test_no_ledger_stops_an_acceptance(checkout, ledger):
    """Whatever stands in the ledger, accepting writes it whole."""
    before = read(checkout, "data/claims.csv")
    (checkout / "data" / "claims.csv").write_text(ledger, encoding="utf-8")
    assert 0 == main(["claims", "--accept"])
    assert before == read(checkout, "data/claims.csv")


@pytest.mark.parametrize(
    "cells",
    [
        "responses,trials,holds,There is 1,not json,,,outcomes:a,b",
        "responses,trials,holds,There is 1,[1],,,outcomes:a,b",
        "responses,trials,holds",
        'responses,"trials',
        "responses,trials,holds,There is 1,{},,,no-colon,b",
        f"responses,trials,holds,{'x' * 140_000},{{}},,,outcomes:a,b",
    ],
)
def test_a_damaged_ledger_is_one_sentence(checkout, capsys, cells):
    """A ledger that cannot be read is named in one sentence, and accepting writes it anew."""
    header = read(checkout, "data/claims.csv").splitlines()[0]
    (checkout / "data" / "claims.csv").write_text(f"{header}\n{cells}\n", encoding="utf-8")
    capsys.readouterr()
    status = main(["claims", "--check"])
    printed = capsys.readouterr()
    assert status in (1, 2)
    assert 1 == status or 1 == printed.err.count("\n")
    assert 0 == main(["claims", "--accept"])
    assert 0 == main(["claims", "--check"])


def test_other_conflicts_in_the_readme_are_refused(checkout, capsys):
    """What people wrote on both sides is theirs to settle."""
    one = "<<<<<<< HEAD\nThis is all.\n=======\nThat was all.\n>>>>>>> theirs"
    edit(checkout, "README.md", " That is all.", f"\n{one}")
    assert 2 == main(["claims", "--accept"])
    assert "README.md:4: a conflict that git could not merge\n" in capsys.readouterr().err


def test_a_conflict_in_a_page_is_refused(checkout, capsys):
    """A page with markers is named by its line before anything is computed."""
    edit(checkout, "book/trials.md", "# Trials", "<<<<<<< HEAD\n# Trials\n=======\n# T\n>>>>>>> b")
    assert 2 == main(["claims", "--accept"])
    assert "book/trials.md:11: a conflict that git could not merge\n" in capsys.readouterr().err


def test_rows_changed_by_both_are_told(checkout):
    """If both sides change one row, both stand there, and the check names the key."""
    for name, count in (("theirs", 2), ("ours", 3)):
        git(checkout, "checkout", "--quiet", name)
        edit(checkout, "data/outcomes.csv", "brown-15,1,3", f"brown-15,{count},3")
        main(["claims", "--accept"])
        commit(checkout)
    with pytest.raises(subprocess.CalledProcessError):
        git(checkout, "merge", "theirs")
    assert 2 == read(checkout, "data/outcomes.csv").count("brown-15-cr")
    assert 1 == main(["check"])
