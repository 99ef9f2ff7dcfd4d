"""Data are a stranger's text: they run nothing, lead nowhere, and exhaust nobody who reads them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bad_checkouts import GOOD, good_checkout
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartreview._package import read_object, resources
from cartreview.claims.diff import Version, compare
from cartreview.claims.ledger import read_ledger
from cartreview.cli import main
from cartreview.validation import CODES, check, read_package
from cartreview.validation.bibliography import read_entries
from cartreview.validation.fields import check_cell
from cartreview.validation.files import LONGEST, read_text
from cartreview.validation.mending import mended
from cartreview.validation.problems import FORMATS
from cartreview.validation.schemas import Schema, as_pattern, read_schema

REPO = Path(__file__).resolve().parent.parent
SECONDS = 20  # what none of these may take, on a busy machine


def codes(root):
    """Give the codes of a checkout's findings."""
    return {problem.code for problem in check(root)}


# Nothing runs


RUNS = (
    "$(touch RAN)",
    "`touch RAN`",
    "__import__('os').system('touch RAN')",
    "{0.__class__}",
    "%(x)s",
    "{{ cycler.__init__ }}",
    "!!python/object/apply:os.system ['touch RAN']",
    "\\write18{touch RAN}",
    "<script>document.title='RAN'</script>",
    "{raw}`html <script>`",
    "{eval}`1`",
    "${{ github.token }}",
)


@pytest.mark.parametrize("text", RUNS)
def test_validation_runs_nothing(text, tmp_path, monkeypatch):
    """Commands, templates and code in every file that is read are text, and stay it."""
    monkeypatch.chdir(tmp_path)
    root = good_checkout(tmp_path)
    for file in ("data/outcomes.csv", "references.bib", "book/trials.md", "_toc.yml", "README.md"):
        old = (root / file).read_text(encoding="utf-8") if (root / file).exists() else ""
        quoted = '"' + text.replace('"', '""') + '"'
        new = old.replace("2/58 CR", text).replace("A review", text)
        new += f"{quoted}\n" if file.endswith(".csv") else f"\n{text}\n"
        (root / file).write_text(new, encoding="utf-8")
    found = check(root)
    for write in FORMATS.values():
        assert write(found, "")
    assert not list(tmp_path.rglob("RAN"))


def test_the_page_of_a_stranger_is_not_run_by_the_check(tmp_path):
    """The check reads the cells of a page; only the build and the claims run them."""
    root = good_checkout(tmp_path)
    page = root / "book" / "trials.md"
    cell = "```{code-cell}\n:tags: [setup]\nopen('RAN', 'w')\n```\n"
    page.write_text(page.read_text(encoding="utf-8") + cell, encoding="utf-8")
    command = [sys.executable, "-m", "cartreview.cli", "check", "--root", str(root)]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(REPO)}, check=False)
    assert not list(tmp_path.rglob("RAN"))


@pytest.mark.parametrize(
    "page",
    [
        "```{raw} html\n<b>\n```",
        "{raw}`x`",
        "{include}`x`",
        "<script>1</script>",
        "```{include} /etc/passwd\n```",
        "{nothing}`x`",
    ],
)
def test_a_page_shows_what_is_read(page, tmp_path):
    """Raw HTML, files of elsewhere and unknown roles are findings before anything is built."""
    root = good_checkout(tmp_path)
    file = root / "book" / "trials.md"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{page}\n", encoding="utf-8")
    assert codes(root) & {"unread-text", "unknown-role", "unknown-directive"}


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x0b", "\x85", "\u2028", "\u202e", "\r"])
def test_no_sign_acts_on_the_terminal(sign, tmp_path):
    """A header or a key that would clear a screen or begin a line is printed as numbers."""
    root = good_checkout(tmp_path)
    file = root / "data" / "outcomes.csv"
    file.write_bytes(f"{sign}::error::owned,".encode() + file.read_bytes())
    for name in ("text", "github"):
        told = FORMATS[name](check(root), "end")
        assert sign not in told
        assert "\n::error::owned" not in told


# Formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " ="])
def test_no_download_computes(start):
    """In every column of text of every table, generated ones too, a formula is refused."""
    for item in resources(read_object(REPO / "data" / "datapackage.json")):
        schema = read_schema(item.schema, read_object(REPO / "data" / item.schema))
        for field in schema.fields:
            assert list(check_cell(field, f"{start}HYPERLINK(1)")), (item.name, field.name)


def test_downloads_are_the_checked_files():
    """What a reader downloads is the table that was checked: none of its cells starts a formula."""
    risky = re.compile(r"[=@\t\r]|[+-](?![0-9. ]|$|–)")
    for path in sorted((REPO / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            bad = [cell for row in csv.reader(file) for cell in row if risky.match(cell)]
        assert [] == bad, path.name


# Nothing leads elsewhere


@pytest.mark.parametrize(
    "path", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "C:\\x", "file:x"]
)
def test_a_description_names_no_other_file(path, tmp_path):
    """A path out of the data folder is neither read, nor shown, nor written by `--fix`."""
    root = good_checkout(tmp_path)
    secret = root / "secret.csv"
    secret.write_bytes(b"\xef\xbb\xbftoken\r\nhunter2\r\n")
    file = root / "data" / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    package["resources"][0]["path"] = path
    file.write_text(json.dumps(package), encoding="utf-8")
    before = secret.read_bytes()
    assert 1 == main(["check", "--fix", "--root", str(root)])
    told = "".join(map(str, check(root)))
    assert "hunter2" not in told
    assert "token" not in told
    assert before == secret.read_bytes()


@pytest.mark.parametrize(
    "file",
    [
        "data/outcomes.csv",
        "references.bib",
        "book/trials.md",
        "data/schemas/studies.json",
        "data/datapackage.json",
    ],
)
def test_links_and_pipes(file, tmp_path):
    """A link is not followed, and a pipe is not waited for."""
    root = good_checkout(tmp_path)
    (root / "outside").write_text("hunter2\n", encoding="utf-8")
    (root / file).unlink()
    (root / file).symlink_to(root / "outside")
    assert "not-text" in codes(root)
    assert "hunter2" not in "".join(map(str, check(root)))
    (root / file).unlink()
    os.mkfifo(root / file)
    started = time.monotonic()
    assert codes(root) & {"not-text", "missing-file"}
    assert time.monotonic() - started < SECONDS


# Nothing exhausts


@pytest.mark.parametrize("file", ["data/outcomes.csv", "references.bib", "book/trials.md"])
def test_a_file_that_is_too_large(file, tmp_path):
    """A file of a terabyte is refused by its first bytes, far fewer than a machine can hold."""
    assert LONGEST < 50_000_000
    root = good_checkout(tmp_path)
    with (root / file).open("wb") as opened:
        opened.truncate(10**12)  # it takes no room: nothing is written
    findings = []
    assert read_text(root / file, file, findings) is None
    assert [("too-large", f"more than {LONGEST:,} bytes")] == [(f.code, f.found) for f in findings]


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "^(a|a)*$",
        "(.*)*x",
        "^(?:a*)+$",
        "((a{1,9}){1,9}){1,9}",
        "^(a+-?)+$",
        "(-[a-z-]+)*$x",
        "a" * 500,
    ],
)
def test_a_pattern_that_never_ends(pattern, tmp_path):
    """A schema cannot make the check try for ever: such a pattern is a finding, and not applied."""
    assert as_pattern(pattern) is None
    root = good_checkout(tmp_path)
    file = root / "data" / "schemas" / "outcomes.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    schema["fields"][-1]["constraints"] = {"pattern": pattern}
    file.write_text(json.dumps(schema, indent=2), encoding="utf-8")
    table = root / "data" / "outcomes.csv"
    text = table.read_text(encoding="utf-8").replace("Table 1, row 1", "a" * 60 + "!")
    table.write_text(text, encoding="utf-8")
    started = time.monotonic()
    assert "bad-schema" in codes(root)
    assert time.monotonic() - started < SECONDS


LONG = 200_000
GROWS = {
    "roles": "{a}`" * 10_000,
    "ticks": "` " * LONG,
    "brackets": "[" * LONG,
    "links": "[a](" * 50_000,
    "comments": "<!-- " * 40_000,
    "fences": "```\n" * 50_000,
    "quotes": '"' * LONG,
    "braces": "{" * LONG,
    "names": "and " * 50_000,
    "numbers": "1 " * LONG,
    "strings": '@string{a = "b"}\n' * 5_000,
    "entries": "@misc{a,\n" * 10_000,
    "marks": "<!-- claim:a -->" * 5_000,
    "lists": "- " * LONG,
}


@pytest.mark.parametrize("text", GROWS.values(), ids=GROWS)
def test_time_grows_with_the_text(text, tmp_path):
    """What is long or nested in any file is read in time that its length explains."""
    root = good_checkout(tmp_path)
    for file in ("references.bib", "book/trials.md", "_toc.yml"):
        old = (root / file).read_text(encoding="utf-8") if (root / file).exists() else ""
        (root / file).write_text(f"{old}\n{text}\n", encoding="utf-8")
    started = time.monotonic()
    assert check(root)
    assert time.monotonic() - started < SECONDS


# Fuzzed


FILES = [
    "data/outcomes.csv",
    "data/studies.csv",
    "data/datapackage.json",
    "data/schemas/outcomes.json",
    "references.bib",
    "book/trials.md",
]
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            b"\n",
            b'"',
            b",",
            b"{",
            b"}",
            b"@misc{a,",
            b"```",
            b"null",
            b"1e999",
            b"\xff",
            b"<<<<<<< a\n",
            b"\xef\xbb\xbf",
            b"\x00",
            b"---\n",
            b"{claim}`",
            b"=1",
        ]
    ),
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Copy the checkout without findings, once."""
    return good_checkout(tmp_path_factory.mktemp("fuzz"))


@given(file=st.sampled_from(FILES), at=st.floats(0, 1), cut=st.integers(0, 40), piece=PIECES)
@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_check_never_raises(checkout, file, at, cut, piece):
    """Bytes put in or taken out anywhere give findings of known codes, and no traceback."""
    whole = (GOOD / file).read_bytes()
    place = int(at * len(whole))
    (checkout / file).write_bytes(whole[:place] + piece + whole[place + cut :])
    try:
        found = check(checkout)
    finally:
        (checkout / file).write_bytes(whole)
    assert {problem.code for problem in found} <= set(CODES)
    lines = FORMATS["github"](found, "end").splitlines()
    assert all(line.startswith("::error file=") for line in lines[:-1])


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bibliography_is_read(tmp_path_factory, text):
    """Any text behind an entry leaves that entry readable or gives a finding."""
    root = tmp_path_factory.mktemp("bib")
    good = (GOOD / "references.bib").read_text(encoding="utf-8")
    (root / "references.bib").write_text(good + text, encoding="utf-8", errors="replace")
    entries, problems = read_entries(root)
    shutil.rmtree(root)
    assert problems or {"kaminskiy2025", "brown2024", "hayes1995"} <= set(entries)


LEDGER = (REPO / "data" / "claims.csv").read_text(encoding="utf-8").split("\n")
SMALL = "\n".join(LEDGER[:6]) + "\n"


@given(at=st.floats(0, 1), cut=st.integers(0, 30), piece=st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_ledger_and_table_is_compared(at, cut, piece):
    """A ledger is read or refused in a sentence, and compared with tables of any text."""
    place = int(at * len(SMALL))
    changed = SMALL[:place] + piece + SMALL[place + cut :]
    try:
        new = read_ledger(changed)
    except ValueError:
        return
    old = Version("old", read_ledger(SMALL), lambda path: SMALL)
    for move in compare(old, Version("new", new, lambda path: changed)):
        assert move.claim_id


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_mending_changes_no_value(data):
    """Whatever the bytes, mending twice is mending once, and csv reads the same cells."""
    once = mended(data, Schema("s.json"))
    assert once == mended(once, Schema("s.json"))


SCREENING = read_package(REPO)[0]["screening"]


@given(st.lists(st.lists(st.text(max_size=15), min_size=3, max_size=14), max_size=4))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_screening_log_is_checked(tmp_path_factory, rows):
    """Rows of any cells, too long and too short, give findings and no traceback."""
    root = tmp_path_factory.mktemp("log")
    (root / "data" / "schemas").mkdir(parents=True)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(SCREENING.header)
    writer.writerows(rows)
    (root / "data" / "screening.csv").write_text(out.getvalue(), encoding="utf-8", errors="replace")
    shutil.copy(REPO / "data/schemas/screening.json", root / "data/schemas")
    about = {"name": "screening", "path": "screening.csv", "schema": "schemas/screening.json"}
    package = {"version": "0", "resources": [about]}
    (root / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    found = check(root)
    shutil.rmtree(root)
    assert found
    assert {problem.code for problem in found} <= set(CODES)
