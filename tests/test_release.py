"""A release of the data, made in a copy of the checkout: written, tagged, packed, read again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from small_checkout import git

from cartreview.living.release import NAMED_IN, next_version, zenodo

REPO = Path(__file__).resolve().parents[1]
COPIED = ("book", "cartreview", "data", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-DATA")
COPIED += ("README.md", "_config.yml", "_toc.yml", "references.bib", ".zenodo.json", ".gitignore")
TODAY = date.today()
MAIN = "import sys; from cartreview.cli import main; sys.exit(main())"
FIRST, SECOND = (f"{TODAY.year}.{TODAY.month}.{number}" for number in (1, 2))


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the checkout and commit it; its history begins there, without any release."""
    root = tmp_path_factory.mktemp("copy")
    skip = shutil.ignore_patterns("__pycache__", "_build", ".ipynb_checkpoints")
    for name in COPIED:
        if (REPO / name).is_dir():
            shutil.copytree(REPO / name, root / name, ignore=skip)
        else:
            shutil.copy(REPO / name, root / name)
    git(root, "init", "--quiet")
    git(root, "config", "user.name", "Nobody")
    git(root, "config", "user.email", "nobody@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "state")
    return root


def run(root, *words):
    """Run the command of the copy."""
    env = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        cwd=root, capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip


def build(root):
    """Stand in for the build of the book: what of it a release looks at."""
    html = root / "_build" / "html"
    html.mkdir(parents=True, exist_ok=True)
    (html / "index.html").write_text("<p>the book</p>", encoding="utf-8")
    shutil.copytree(root / "data", html / "data", dirs_exist_ok=True)


def changed(root):
    """Name the files that differ from the last commit."""
    done = subprocess.run(
        ["git", "-C", str(root), "status", "--porcelain"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {line[3:] for line in done.stdout.splitlines()}


@pytest.fixture
def clean(copy):
    """Give the copy as it was committed, and take back what a test leaves."""
    yield copy
    git(copy, "checkout", "--quiet", "--", ".")
    git(copy, "clean", "--quiet", "--force")


def test_a_dry_run_writes_nothing(clean):
    """It checks, says each line that would change, and leaves every file as it was."""
    done = run(clean, "release", FIRST, "--dry-run")
    assert (0, "") == (done.returncode, done.stderr)
    assert f"+## [{FIRST}] - {TODAY}" in done.stdout
    assert "nothing was written" in done.stdout
    assert not changed(clean)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (SECOND, f"{SECOND} is not the next version: that is {FIRST}"),
        ("2020.1.1", f"2020.1.1 is not the next version: that is {FIRST}"),
        ("soon", "'soon' is no version"),
    ],
)
def test_only_the_next_version_is_taken(clean, version, words):
    """Neither a gap nor a past month."""
    done = run(clean, "release", version)
    assert 2 == done.returncode
    assert words in done.stderr
    assert not changed(clean)


def test_a_dirty_checkout_is_refused(clean):
    """What is released is what was committed."""
    (clean / "README.md").write_text("x", encoding="utf-8")
    done = run(clean, "release", FIRST)
    assert 2 == done.returncode
    assert "commit or put away first what differs from the last commit: README.md" in done.stderr


def test_what_the_checks_find_is_not_released(clean):
    """A finding that was committed stops it; so would a claim that moved."""
    path = clean / "data" / "runs.csv"
    before = path.read_text("utf-8")
    path.write_text(f"{before}search,\n", encoding="utf-8")
    git(clean, "commit", "--quiet", "--all", "--message", "twice")
    done = run(clean, "release", FIRST)
    git(clean, "reset", "--quiet", "--hard", "HEAD~1")
    assert 2 == done.returncode
    assert "duplicate-key" in done.stdout
    assert "mend or accept that first" in done.stderr


def test_a_release_from_end_to_end(copy):
    """Written, tagged with the book that was built from it, packed twice to the same bytes."""
    assert 0 == run(copy, "release", FIRST).returncode
    assert changed(copy) <= set(NAMED_IN)
    refused = run(copy, "release", FIRST, "--tag")
    assert "the book is not built" in refused.stderr
    build(copy)
    built = copy / "_build" / "html" / "data" / "datapackage.json"
    whole = built.read_text("utf-8")
    built.write_text(whole.replace(FIRST, "2020.1.1"), encoding="utf-8")
    refused = run(copy, "release", FIRST, "--tag")
    assert f"what is built is version 2020.1.1, not {FIRST}: begin again" in refused.stderr
    built.write_text(whole, encoding="utf-8")
    assert 0 == run(copy, "release", FIRST, "--tag").returncode
    package = json.loads((copy / "data" / "datapackage.json").read_text("utf-8"))
    assert (FIRST, TODAY.isoformat()) == (package["version"], package["created"][:10])
    assert f'date-released: "{TODAY}"' in (copy / "CITATION.cff").read_text("utf-8")
    assert zenodo(package) == (copy / ".zenodo.json").read_text("utf-8")
    assert not changed(copy)
    packed = run(copy, "release", FIRST, "--pack")
    file = copy / "releases" / f"cartreview-{FIRST}.zip"
    assert 0 == packed.returncode, packed.stderr
    once = hashlib.sha256(file.read_bytes()).hexdigest()
    run(copy, "release", FIRST, "--pack")
    assert once == hashlib.sha256(file.read_bytes()).hexdigest()
    names = set(zipfile.ZipFile(file).namelist())
    top = file.stem
    assert {f"{top}/data/outcomes.csv", f"{top}/book/index.html", f"{top}/CITATION.cff"} <= names
    assert {f"{top}/LICENSE", f"{top}/LICENSE-DATA", f"{top}/references.bib"} <= names
    assert not changed(copy)


def test_a_release_is_read_again(copy):
    """The next one needs a changed row; tag and file give the old one, and the difference."""
    assert SECOND == next_version(copy, TODAY)
    nothing = run(copy, "release", SECOND)
    assert f"no row differs from version {FIRST}" in nothing.stderr
    table = copy / "data" / "corrections.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:-1]), encoding="utf-8")
    git(copy, "commit", "--quiet", "--all", "--message", "a row less")
    assert 0 == run(copy, "release", SECOND).returncode
    build(copy)
    assert 0 == run(copy, "release", SECOND, "--tag").returncode
    code = "import cartreview as c; print(*(len(c.load('corrections', version=v)) for v in {}))"
    env = {**os.environ, "PYTHONPATH": str(copy)}
    asked = [FIRST, SECOND, str(copy / "releases" / f"cartreview-{FIRST}.zip")]
    done = subprocess.run(
        [sys.executable, "-c", code.format(asked)],
        capture_output=True, text=True, env=env, cwd=copy, check=True,
    )  # fmt: skip
    n = len(lines) - 1
    assert f"{n} {n - 1} {n}" == done.stdout.strip()
    told = run(copy, "diff", FIRST, SECOND)
    assert f"No claim moved between {FIRST} and {SECOND}." in told.stdout


def test_tables_that_were_changed_are_not_packed(copy):
    """The file of a version has the rows of its tag."""
    path = copy / "data" / "runs.csv"
    before = path.read_text("utf-8")
    path.write_text(before.replace("search,", "search,2026-01-01"), encoding="utf-8")
    done = run(copy, "release", SECOND, "--pack")
    path.write_text(before, encoding="utf-8")
    assert 2 == done.returncode
    assert f"runs.csv is not as it was tagged: check out data-{SECOND}" in done.stderr


def test_what_zenodo_is_told_follows_the_data_package():
    """The file in the repository is the one that a release would write."""
    package = json.loads((REPO / "data" / "datapackage.json").read_text("utf-8"))
    assert zenodo(package) == (REPO / ".zenodo.json").read_text("utf-8")


def test_make_says_its_steps():
    """The book is built before the tag, and again after it; a dry run does neither."""

    def steps(*more):
        done = subprocess.run(
            ["make", "--dry-run", "release", f"VERSION={FIRST}", *more],
            cwd=REPO, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return [line for line in done.stdout.splitlines() if "release" in line or "book" in line]

    told = "\n".join(steps())
    assert told.index("--tag") < told.rindex("jupyter-book") < told.index("--pack")
    assert told.index("jupyter-book") < told.index("--tag")
    dry = "\n".join(steps("DRY=1"))
    assert "--dry-run" in dry
    assert "--tag" not in dry
