"""Run ruff over the code cells of the pages, at the lines that they have there.

Ruff reads Python files, not pages. So each page becomes a Python file of the same lines, blank but
for its cells, and what ruff says of it is said of the page.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from cartreview.claims import cells

BOOK = Path(__file__).resolve().parents[1]
# A cell ends in the value that it shows, and stands between paragraphs: rules of a file's shape
# (imports on top, docstrings, blank lines) say nothing of it.
IGNORED = ("ANN", "B018", "D", "E30", "E402", "I001", "W291", "W391")


def as_python(page: Path) -> str:
    """Give the cells of a page as a file whose lines are those of the page."""
    lines = [""] * page.read_text(encoding="utf-8").count("\n")
    for cell in cells(page):
        code = cell.source.split("\n")
        lines[cell.line - 1 : cell.line - 1 + len(code)] = code
    return "\n".join(lines) + "\n"


def main() -> int:
    """Lint every page; give ruff's own exit status."""
    with tempfile.TemporaryDirectory() as folder:
        for page in sorted(BOOK.glob("*.md")):
            (Path(folder) / f"{page.stem}.py").write_text(as_python(page), encoding="utf-8")
        ruff = str(Path(sys.executable).parent / "ruff")
        config = str(BOOK.parent / "pyproject.toml")
        shape = ["--quiet", "--output-format", "concise", "--config", config]
        done = subprocess.run(  # noqa: S603  our own cells, named by us
            [ruff, "check", *shape, "--extend-ignore", ",".join(IGNORED), "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    print(done.stdout.replace(".py:", ".md:"), done.stderr, sep="", end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
