"""After any kind of change a build gives what a clean build gives, file by file.

Slow, so outside the default run: ``pytest -m slow``; CI runs it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cartreview_book.fresh import stamp
from toy_book import BIB, CELLS, CHAPTER, INDEX, JUPYTER_BOOK, Book, make_book, write_table
from toy_book import PAGES as TOY

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
PAGES = {name: TOY[name] for name in ("index", "chapter", "claims", "data", "bibliography")}
CACHES = (".charts", ".jupyter_cache")
WITHOUT_CHART = CHAPTER[: CHAPTER.rindex("```{code-cell}")]


def own(root: Path) -> Book:
    """Make a book that has its extension and styles for itself, to change them."""
    made = make_book(root, PAGES)
    for name in ("_ext", "assets"):
        place = made.root / "book" / name
        there = place.resolve()
        place.unlink()
        shutil.copytree(there, place, ignore=shutil.ignore_patterns("__pycache__"))
    (made.root / "LICENSE-DATA").write_text("Free.\n", encoding="utf-8")
    (made.root / "cartreview").mkdir()
    return made


def build(book: Book) -> None:
    """Build with the book's own extension and with this checkout's library."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [JUPYTER_BOOK, "build", "-W", "-n", "--keep-going", "."]
    done = subprocess.run(
        command, cwd=book.root, env=environment, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr


def pages(book: Book) -> dict[str, bytes]:
    """Read every file of a built book but Sphinx's note to itself, which digests paths."""
    files = (p for p in book.html.rglob("*") if p.is_file() and p.name != ".buildinfo")
    return {path.relative_to(book.html).as_posix(): path.read_bytes() for path in files}


def clean(book: Book, root: Path) -> dict[str, bytes]:
    """Build a copy from nothing but its sources; drawings and results are taken along."""
    shutil.copytree(book.root, root, ignore=shutil.ignore_patterns("_build"))
    for name in CACHES:
        shutil.copytree(book.root / "_build" / name, root / "_build" / name)
    build(Book(root))
    return pages(Book(root))


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Name the files that differ, or that only one has."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _add(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def _write(name: str, text: str) -> Callable[[Path], None]:
    return lambda root: (root / name).write_text(text, encoding="utf-8") and None


def _swap(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / name).read_text(encoding="utf-8")
        assert old in text
        (root / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def _row(root: Path) -> None:
    changed = [{**CELLS["outcomes"][0], "events": "5"}, *CELLS["outcomes"][1:]]
    write_table(root, "outcomes", changed)


def _page_gone(root: Path) -> None:
    (root / "book" / "data.md").unlink()
    _swap("_toc.yml", "  - file: book/data\n", "")(root)


CHANGES: dict[str, Callable[[Path], None]] = {
    "prose": _swap("book/index.md", "of patients", "of all patients"),
    "heading": _swap("book/claims.md", "# Claims", "# Every claim"),
    "heading within a page": _write("book/index.md", INDEX + "\n## More\n\nWords.\n"),
    "style": _add("book/assets/page.css", "p { color: red; }\n"),
    "script": _add("book/assets/charts.js", "void 0;\n"),
    "bibliography": _write("references.bib", BIB.replace("Brown, A", "Braun, A")),
    "data file of the library": _write("cartreview/shapes.json", "{}"),
    "licence": _add("LICENSE-DATA", "Freer.\n"),
    "row": _row,
    "accepted sentence": _swap("data/claims.csv", "In 4 of 6", "In 5 of 6"),
    "description of a field": _swap("data/schemas/outcomes.json", "Outcomes", "All outcomes"),
    "template": _swap("book/_ext/cartreview_book/templates/card.html", "Calculation", "Code"),
    "configuration": _swap("_config.yml", "author: Cartreview contributors", "author: Others"),
    "chart gone": _write("book/chapter.md", WITHOUT_CHART),
    "page gone": _page_gone,
}


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Book:
    """Build a book that the changes then happen to, one after another."""
    made = own(tmp_path_factory.mktemp("grown"))
    build(made)
    return made


@pytest.mark.parametrize("name", CHANGES)
def test_a_build_after_a_change_is_a_clean_build(grown, tmp_path, name):
    """Nothing of the older build is left, and nothing is missing."""
    before = pages(grown)
    CHANGES[name](grown.root)
    build(grown)
    after = pages(grown)
    assert before != after or name == "data file of the library"
    assert [] == differing(clean(grown, tmp_path / "clean"), after)


def test_two_builds_from_nothing_are_equal(grown, tmp_path):
    """Also where a chapter is run, and a chart drawn, anew."""
    first = pages(grown)
    shutil.copytree(grown.root, tmp_path / "again", ignore=shutil.ignore_patterns("_build"))
    build(Book(tmp_path / "again"))
    assert [] == differing(first, pages(Book(tmp_path / "again")))


def test_a_build_that_was_killed_is_begun_anew(grown, tmp_path):
    """Whenever it is killed, the next build gives what it would have given."""
    expected = pages(grown)
    for seconds in (0.8, 1.6, 2.4, 3.2):
        grown.root.joinpath("book", "assets", "page.css").touch()
        stamp(grown.html).unlink(missing_ok=True)
        with subprocess.Popen(
            [JUPYTER_BOOK, "build", "-W", "-n", "--keep-going", "."],
            cwd=grown.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as running:
            time.sleep(seconds)
            running.kill()
    build(grown)
    assert [] == differing(expected, pages(grown))


def _kernels() -> set[int]:
    """Find the kernels that our starter started, by their command lines."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes()
        except OSError:
            continue
        if b"kernel.py" in words and b"-f" in words:
            found.add(int(place.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("seconds", [1.0, 1.5, 2.0, 3.0])
def test_no_kernel_stays_behind(tmp_path, seconds):
    """Kernels end with the run that started them, even one that is killed while they start."""
    slow = CHAPTER.replace("import csv\n", "import csv, time\ntime.sleep(60)\n")
    made = make_book(tmp_path, {**PAGES, "chapter": slow})
    before = _kernels()
    script = str(ROOT / "book" / "_ext" / "execute.py")
    command = [sys.executable, script, "--root", str(made.root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while _kernels() - before and time.monotonic() < deadline:
        time.sleep(0.2)
    assert set() == _kernels() - before
