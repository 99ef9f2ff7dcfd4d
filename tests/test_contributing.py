"""CONTRIBUTING, replayed: each of its three readers comes to the end by its text alone."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from openpyxl import Workbook
from small_checkout import commit
from test_new_study import OUTCOME, STUDY

from cartreview.claims.ledger import read_ledger
from cartreview.validation import survey
from cartreview.validation.problems import CODES

REPO = Path(__file__).resolve().parent.parent
TEXT = (REPO / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = ("book", "cartreview", "data", "Makefile", "README.md", "_config.yml", "_toc.yml")
COPIED += ("CONTRIBUTING.md", "pyproject.toml", "references.bib", "requirements.lock")
PAGE = "book/intensive-care.md"


def blocks(title, info):
    """Give the fenced blocks of a section with an info string, without their indent."""
    section = TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]
    found = re.findall(rf"(?ms)^ *(`{{3,}}){info}\n(.*?)^ *\1$", section)
    return [textwrap.dedent(text) for _, text in found]


def block(info):
    """Give the only such block of "Write a chapter"."""
    (found,) = blocks("Write a chapter", info)
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the checkout."""
    root = tmp_path_factory.mktemp("copy")
    skip = shutil.ignore_patterns("__pycache__", "_build", ".ipynb_checkpoints")
    for name in COPIED:
        if (REPO / name).is_dir():
            shutil.copytree(REPO / name, root / name, ignore=skip)
        else:
            shutil.copy(REPO / name, root / name)
    return root


def make(root, line):
    """Run a line of the text there, with this Python in the place of .venv."""
    tools = [f"BIN={Path(sys.executable).parent}", "--old-file=.venv/.ready"]
    shown = line.replace("make ", f"make {' '.join(tools)} ", 1)
    paths = os.pathsep.join([str(root), str(root / "book" / "_ext")])
    done = subprocess.run(  # the lines are those of our own text
        ["sh", "-c", shown],
        cwd=root,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_chapter_from_the_text(copy):
    """The page, the line and the commands, exactly as the text has them, and the check is green."""
    page, line = block("md"), block("yaml").strip()
    (copy / PAGE).write_text(page, encoding="utf-8")
    toc = (copy / "_toc.yml").read_text(encoding="utf-8").rstrip("\n")
    (copy / "_toc.yml").write_text(f"{toc}\n  {line}\n", encoding="utf-8")
    assert f"As `{PAGE}`:" in TEXT
    for command in block("sh").splitlines():
        status, printed = make(copy, command)
        assert 0 == status, printed
    claims = read_ledger(copy / "data" / "claims.csv")
    assert "intensive-care" == claims["intensive-care-admitted"].page
    assert "a chapter on intensive care" in (copy / "data" / "changes.csv").read_text("utf-8")


def test_a_chapter_from_the_command(copy):
    """`cartreview new-chapter` makes the page under another name, beside the first: still green."""
    command = [sys.executable, "-m", "cartreview.cli", "new-chapter"]

    def new(*words):
        done = subprocess.run(
            [*command, *words, "--root", str(copy)], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    status, printed = new("low-blood-counts", "--title", "Low: blood 'counts'")
    assert (0, True) == (status, "make accept WHY=" in printed)
    for words in ("make accept WHY='a chapter'", "make check"):
        assert 0 == make(copy, words)[0]
    claims = read_ledger(copy / "data" / "claims.csv")
    assert "low-blood-counts" == claims["low-blood-counts-admitted"].page
    toc = (copy / "_toc.yml").read_bytes()
    assert 1 == new("low-blood-counts")[0]
    assert 2 == new("../README")[0]
    assert 2 == new("Low counts")[0]
    assert toc == (copy / "_toc.yml").read_bytes()


def test_a_chapter_without_the_theme_is_told_within_seconds(copy):
    """What the text says of charts is what the check asks for."""
    page = block("md")
    plain = page.split("charts.theme.finish(")[0] + "bars\n```\n"
    (copy / PAGE).write_text(plain, encoding="utf-8")
    assert "plain-chart" in {found.code for found in survey(copy).findings if PAGE == found.path}
    empty = re.sub(r"caption=f.*", 'caption="",', page)
    (copy / PAGE).write_text(empty, encoding="utf-8")
    codes = {found.code for found in survey(copy).findings if PAGE == found.path}
    assert {"plain-chart", "missing-caption"} & codes == {"missing-caption"}


# The three readers


@pytest.fixture(scope="module")
def clone(copy):
    """Make the copy a repository, with the scripts of the workflows."""
    shutil.copytree(REPO / ".ci", copy / ".ci", dirs_exist_ok=True)
    for page in ("intensive-care", "low-blood-counts"):  # the chapters above, unfinished
        (copy / "book" / f"{page}.md").unlink(missing_ok=True)
    shutil.copy(REPO / "_toc.yml", copy)
    for name in ("claims", "changes"):
        shutil.copy(REPO / "data" / f"{name}.csv", copy / "data")
    (copy / ".gitignore").write_text("__pycache__\n_build\n", encoding="utf-8")
    commit(copy)
    return copy


def cartreview(root, *words):
    """Run the command there."""
    done = subprocess.run(
        [sys.executable, "-m", "cartreview.cli", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_clinician_mends_a_cell_in_the_browser(clone):
    """A slip is a note at its line; what the right value moves is offered as a patch."""
    file = clone / "data" / "studies.csv"
    before = file.read_text(encoding="utf-8")
    head, first, rest = before.split("\n", 2)
    at = head.split(",").index("n_treated")
    cells = next(csv.reader([first]))

    def edit(text):
        cells[at] = text
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cells)
        file.write_text("\n".join([head, line.getvalue(), rest]), encoding="utf-8")

    edit("60 patients")
    status, printed = cartreview(clone, "check", "--format", "github")
    assert 1 == status
    assert "::error file=data/studies.csv,line=2,title=number-with-unit::n_treated" in printed
    edit("60")
    wrapper = clone / "_build" / "cartreview"
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(
        f'#!/bin/sh\nexec {sys.executable} -m cartreview.cli "$@"\n', encoding="utf-8"
    )
    wrapper.chmod(0o755)
    done = subprocess.run(
        [clone / ".ci" / "review", "HEAD", "_build/review"],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone), "CARTREVIEW": str(wrapper)},
        check=False,
    )
    told = (clone / "_build" / "review" / "comment.md").read_text(encoding="utf-8")
    assert 1 == done.returncode
    assert "data/studies.csv:2" in told
    assert (clone / "_build" / "review" / "accepted.patch").stat().st_size
    file.write_text(before, encoding="utf-8")


def test_a_researcher_adds_a_study(clone):
    """From the identifier by way of a spreadsheet to a green check, with the words of the text."""
    added, taken = (text.strip() for text in blocks("Add a study", "sh"))
    key = ("--offline", "--key", "own2026")
    status, printed = cartreview(clone, *added.split()[1:], *key)
    assert (0, True) == (status, "to fill: name, design, locator, verification" in printed)
    bib = clone / "references.bib"
    entry = "author = {Own, A.}, title = {{Own}}, year = {2026}, doi"
    text = bib.read_text(encoding="utf-8")
    bib.write_text(text.replace("  doi = {10.1000/x", f"  {entry} = {{10.1000/x"), "utf-8")
    rows = {
        "sources": {"source_id": "own2026", "year": 2026, "verification": "full-text"},
        "studies": {**STUDY, "source_id": "own2026", "verification": "full-text"},
        "reports": {"report_id": "own-2026-own2026", "kind": "paper", "scope": "whole study"},
        "screening": {"candidate_id": "own-2026", "title": "Own", "year": 2026},
        "outcomes": {**OUTCOME, "source_id": "own2026", "verification": "full-text"},
    }
    for table, cells in rows.items():
        book = Workbook()
        book.active.append(list(cells))
        book.active.append([int(v) if str(v).isdigit() else v for v in cells.values()])
        book.save(clone / "_build" / "outcomes.xlsx")
        words = taken.replace("--table outcomes", f"--table {table}").split()[1:]
        words[1] = f"_build/{words[1]}"
        status, printed = cartreview(clone, *words, "--yes")
        assert 0 == status, printed
    status, printed = cartreview(clone, "check")
    assert 0 == status, printed
    assert "own-2026" in cartreview(clone, "diff")[1]
    assert 0 == make(clone, 'make accept WHY="the reason"')[0]
    assert 0 == make(clone, "make check")[0]


def test_a_developer_runs_the_commands():
    """What the text runs is there: targets of make, and a test."""
    (text,) = blocks("Change the code", "sh")
    *made, tested = text.splitlines()
    targets = (REPO / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"(?m)^{line.removeprefix('make ')}:", targets) for line in made)
    assert (REPO / tested.split()[-1]).is_file()


def test_every_code_is_explained():
    """The table of codes is that of the library, word for word."""
    rows = re.findall(r"(?m)^\| `([a-z0-9-]+)` \| (.*) \|$", TEXT)
    assert CODES == dict(rows)
    assert len(CODES) == len(rows)


def test_every_target_is_there():
    """Each `make` target that the text names exists."""
    targets = set(re.findall(r"(?m)^([a-z]+):", (REPO / "Makefile").read_text(encoding="utf-8")))
    assert set(re.findall(r"(?:`|^ +|&& )make ([a-z]+)", TEXT, re.MULTILINE)) <= targets


def test_a_reason_reaches_the_command_as_it_was_written(tmp_path):
    """Quotes, dollars and brackets of a reason mean nothing to make or to the shell."""
    shown = tmp_path / "cartreview"
    shown.write_text('#!/bin/sh\nprintf "[%s]" "$@"\n', encoding="utf-8")
    shown.chmod(0o755)
    make_ = ["make", "--silent", "--old-file=.venv/.ready", f"BIN={tmp_path}", "accept"]
    why = """it's "read" anew: $5 (`one`) \\ & more"""

    def printed(*words):
        done = subprocess.run([*make_, *words], cwd=REPO, capture_output=True, check=True)
        return done.stdout.decode("utf-8")

    assert f"[claims][--accept][--why][{why}]" == printed(f"WHY={why}")
    assert "[claims][--accept]" == printed()
