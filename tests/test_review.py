"""Pull requests, replayed: what the review says and offers, and what of it is posted."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_checkout
from hypothesis import given, settings
from hypothesis import strategies as st

REPO = Path(__file__).resolve().parent.parent
MORE = """
```{code-cell}
:tags: [claim]
claim("count-%d", "%s {n} patients.", values={"n": int(studies["n_patients"].sum())},
      evidence=studies)
```
"""
NEW_ROW = "own-26,CAR T,IT,false,,2,l2020,\n"


def _module():
    spec = importlib.util.spec_from_file_location("comment", REPO / ".ci" / "comment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


comment = _module()


@pytest.fixture
def main(tmp_path):
    """Make a repository of its own: the small review, the library, the script; all accepted."""
    root = small_checkout.write(tmp_path / "review")
    shutil.copytree(REPO / "cartreview", root / "cartreview", ignore=lambda *_: ["__pycache__"])
    (root / ".ci").mkdir()
    shutil.copy(REPO / ".ci" / "review", root / ".ci")
    shutil.copy(REPO / ".gitattributes", root)
    (root / ".gitignore").write_text("__pycache__\n_build\n", encoding="utf-8")
    page = root / "book" / "trials.md"
    more = "".join(MORE % (n, f"Way {'abcd'[n]} counts") for n in range(4))
    page.write_text(page.read_text(encoding="utf-8") + more, encoding="utf-8")
    (root / "README.md").write_text("# Small\n", encoding="utf-8")
    assert 0 == cartreview(root, "claims", "--accept").returncode
    small_checkout.commit(root)
    small_checkout.git(root, "branch", "-M", "main")
    return root


def cartreview(root, *words):
    """Run the library of that checkout."""
    return subprocess.run(
        [sys.executable, "-m", "cartreview.cli", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def branch(root, name, table, old, new):
    """Change a table on a branch of its own, and commit."""
    small_checkout.git(root, "switch", "--quiet", "main")
    small_checkout.git(root, "switch", "--quiet", "--create", name)
    small_checkout.edit(root, f"data/{table}.csv", old, new)
    small_checkout.commit(root)


def review(root):
    """Run the script as the workflow does; give status, comment and patch."""
    command = root / "cartreview.sh"
    command.write_text(
        f'#!/bin/sh\nexec {sys.executable} -m cartreview.cli "$@"\n', encoding="utf-8"
    )
    command.chmod(0o755)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and ".git/" not in str(p)}
    done = subprocess.run(
        [root / ".ci" / "review", "main", "_build/review"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "CARTREVIEW": str(command)},
        check=False,
    )
    after = {p: p.read_bytes() for p in before}
    assert before == after, "the review leaves the checkout as it was"
    folder = root / "_build" / "review"
    patch = folder / "accepted.patch"
    told = (folder / "comment.md").read_text(encoding="utf-8")
    return done.returncode, told, patch.read_text(encoding="utf-8") if patch.exists() else ""


def test_a_request_that_moves_no_claim(main):
    """A note was mended: no claim moved, nothing is to be accepted."""
    branch(main, "note", "studies", "first of its kind", "the first")
    status, told, patch = review(main)
    assert (0, "") == (status, patch)
    assert told.startswith("### No claim moved")


def test_a_request_that_moves_five(main):
    """A new study moves five claims; the patch, applied, is what acceptance would write."""
    branch(main, "five", "studies", "lin-20,", NEW_ROW + "lin-20,")
    status, told, patch = review(main)
    assert 1 == status
    assert told.startswith("### 5 claims moved")
    assert 4 == told.count("n: 8 → 10")
    assert "`own-26` added" in told
    file = main / "_build" / "review" / "accepted.patch"
    only = ["--include=data/claims.csv", "--include=README.md"]
    small_checkout.git(main, "apply", *only, str(file))
    assert "count-0" in patch
    assert 0 == cartreview(main, "claims", "--check").returncode
    assert 0 == review(main)[0]


def test_two_requests_that_conflict(main):
    """Both add a row: accepting settles the second, whose review shows its own rows."""
    for name in ("one", "two"):
        branch(main, name, "studies", "lin-20,", f"{name}-26,CAR T,IT,false,,2,l2020,\nlin-20,")
        assert 0 == cartreview(main, "claims", "--accept").returncode
        small_checkout.commit(main)
    small_checkout.git(main, "switch", "--quiet", "main")
    small_checkout.git(main, "merge", "--quiet", "one")
    small_checkout.git(main, "switch", "--quiet", "two")
    with pytest.raises(subprocess.CalledProcessError):
        small_checkout.git(main, "merge", "main")
    assert 0 == cartreview(main, "claims", "--accept").returncode
    small_checkout.git(main, "add", "--all")
    small_checkout.git(main, "commit", "--quiet", "--message", "merged")
    status, told, patch = review(main)
    assert (0, "") == (status, patch)
    assert "n: 10 → 12" in told
    assert "`two-26` added" in told
    assert "`one-26`" not in told


HOSTILE = (
    '"<script>alert(1)</script> @everyone [see](https://evil.example) ![x](//evil.example/x.png) '
    '::set-output name=a::b\n::error::owned #1 www.evil.example `| |` {claim}`x`"'
)


def test_a_fork_with_hostile_rows(main):
    """Nothing of a stranger's row acts: not in the log, not in the comment; each is a finding."""
    row = f'own-26,{HOSTILE},IT,false,,2,l2020,"=HYPERLINK(1)"\n'
    branch(main, "fork", "studies", "lin-20,", row + "lin-20,")
    log = cartreview(main, "check", "--format", "github")
    assert 1 == log.returncode
    *annotations, summary = log.stdout.splitlines()
    assert all(line.startswith("::error file=") for line in annotations)
    assert not summary.startswith("::")
    codes = {re.search(r"title=([a-z-]+)", line)[1] for line in annotations}
    assert {"formula", "stray-space"} <= codes
    status, _, _ = review(main)
    assert 1 == status
    folder = main / "_build" / "review"
    ours = "[the run](https://github.com/own/review/actions/runs/7)"
    text = comment.body(folder, "own/review", "7")
    assert 1 == text.count(ours)
    text = text.replace(ours, "")
    for acts in ("<script", "@everyone", "](http", "![", "://evil", "www.evil", "#1", "\n::"):
        assert acts not in text, acts
    assert "&lt;script" in text


def test_claims_that_cannot_be_computed(main):
    """A row that breaks a chapter is told, and no patch is offered."""
    branch(main, "broken", "studies", "IT;ICV", "")
    page = main / "book" / "trials.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("len(local)", "len(local) // (len(local))"), encoding="utf-8")
    status, told, patch = review(main)
    assert (2, "") == (status, patch)
    assert "cannot be computed" in told


# What is posted


@given(st.text(max_size=400))
@settings(max_examples=400, deadline=None)
def test_any_text_is_defused(text):
    """No text mentions, links, embeds or hides anything."""
    safe = comment.defused(text)
    for acts in ("<s", "](", "![", "]:", "://", "<a", "\u202e", "\x00", "\r"):
        assert acts not in safe
    assert all(after in (comment.GAP, "") for after in (p[:1] for p in safe.split("@")[1:]))
    assert safe.replace("<br>", "").count("<") == 0


def test_a_long_text_is_cut(tmp_path):
    """What is longer than GitHub takes is cut, and an open fence is closed."""
    assert len(comment.defused("```\n" + "@" * 10**6)) < 65_000
    assert comment.defused("```\n" + "x" * 10**6).endswith("```\n\nThe rest is cut off.")
    (tmp_path / "comment.md").write_bytes(b"\xff\xfe" + b"@" * 10**6)
    assert len(comment.body(tmp_path, "o/r", "1")) < 65_536


GH = """#!{python}
import json, pathlib, sys
log = pathlib.Path({folder!r}) / "log"
content = sys.stdin.read() if "--input" in sys.argv else ""
log.open("a").write(json.dumps([sys.argv[2:], content]) + "\\n")
answers = json.loads((pathlib.Path({folder!r}) / "answers").read_text())
path = sys.argv[2].split("?")[0]
print(json.dumps(answers.get(path, {{}}) if "POST" not in sys.argv else {{}}))
"""


@pytest.mark.parametrize(
    ("pulls", "comments", "last"),
    [
        ([], [], "repos/o/r/pulls"),
        ([("other", 4)], [], "repos/o/r/pulls"),
        ([("other", 4), ("abc", 5)], [], "repos/o/r/issues/5/comments"),
        ([("abc", 5)], [("somebody", 1)], "repos/o/r/issues/5/comments"),
        ([("abc", 5)], [("somebody", 1), (comment.BOT, 2)], "repos/o/r/issues/comments/2"),
    ],
)
def test_posting(pulls, comments, last, tmp_path, monkeypatch):
    """The pull request is found by its commit; our own comment is renewed, nobody else's."""
    answers = {
        "repos/o/r/pulls": [{"number": n, "head": {"sha": sha}} for sha, n in pulls],
        "repos/o/r/issues/5/comments": [
            {"id": n, "user": {"login": who}, "body": comment.MARK} for who, n in comments
        ],
    }
    (tmp_path / "answers").write_text(json.dumps(answers), encoding="utf-8")
    (tmp_path / "comment.md").write_text("### No claim moved\n", encoding="utf-8")
    gh = tmp_path / "gh"
    gh.write_text(GH.format(python=sys.executable, folder=str(tmp_path)), encoding="utf-8")
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    named = {"REPOSITORY": "o/r", "RUN": "1", "OWNER": "who", "BRANCH": "b;rm -rf", "HEAD": "abc"}
    for name, text in named.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setattr(sys, "argv", ["comment.py", str(tmp_path)])
    assert 0 == comment.main()
    calls = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert last == calls[-1][0][0]
    assert "head=who:b;rm -rf" in calls[0][0]
    posted = [content for _, content in calls if content]
    assert len(posted) == (0 if last == "repos/o/r/pulls" else 1)
    assert all(json.loads(content)["body"].startswith(comment.MARK) for content in posted)
