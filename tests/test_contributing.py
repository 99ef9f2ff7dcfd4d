"""CONTRIBUTING, replayed: a chapter made from its text alone is a chapter without findings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cartreview.claims.ledger import read_ledger
from cartreview.validation import survey
from cartreview.validation.problems import CODES

REPO = Path(__file__).resolve().parent.parent
TEXT = (REPO / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = ("book", "cartreview", "data", "Makefile", "README.md", "_config.yml", "_toc.yml")
COPIED += ("CONTRIBUTING.md", "pyproject.toml", "references.bib", "requirements.lock")
PAGE = "book/intensive-care.md"


def block(info):
    """Give the only fenced block of "Write a chapter" with an info string, without its indent."""
    section = TEXT.split("\n## Write a chapter\n")[1].split("\n## ")[0]
    found = re.findall(rf"(?ms)^   (`{{3,}}){info}\n(.*?)^   \1$", section)
    assert 1 == len(found), f"one block {info} in CONTRIBUTING.md"
    return textwrap.dedent(found[0][1])


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
