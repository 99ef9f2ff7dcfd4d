"""Let nbval run the chapters: claim cells against the accepted ledger, the other cells to the end.

``pytest --nbval book`` starts a kernel for each chapter and runs its cells as a reader would. A
cell tagged ``claim`` gets its expected output from ``data/claims.csv`` and nbval compares; the
other cells must not raise. In parallel: ``-n 2 --dist loadfile``, a kernel for each chapter.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval import plugin

from cartreview.claims import cells
from cartreview.claims.ledger import Claim, read_ledger
from cartreview.myst import Cell

BOOK = Path(__file__).resolve().parent
LEDGER = BOOK.parent / "data" / "claims.csv"
AGREE = "Run 'make accept' when you agree; 'cartreview diff' names the rows responsible."
# What a claim is compared by is its text; a warning on stderr is no part of it.
NOISE = ("stdout", "stderr", "text/html")
ANSI = re.compile(r"\x1b\[[0-9;]*m")

collect_ignore = ["conftest.py"]  # it has no examples, and its name is not its own


def pytest_configure(config: pytest.Config) -> None:
    """Run the chapters in this Python unless a kernel is named."""
    if not config.option.nbval_kernel_name:
        config.option.nbval_current_env = True


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Chapter | None:
    """Collect the pages that are notebooks when ``--nbval`` is given."""
    wanted = parent.config.option.nbval and file_path.suffix == ".md"
    if wanted and _is_notebook(file_path):
        return Chapter.from_parent(parent, path=file_path)
    return None


def _is_notebook(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    front = text.split("\n---", 1)[0] if text.startswith("---\n") else ""
    return "format_name: myst" in front and "kernelspec:" in front


def _claim_id(cell: Cell) -> str | None:
    """Read the id, the first argument of the call that ends a claim cell."""
    try:
        last = ast.parse(cell.source).body[-1]
    except (SyntaxError, IndexError):
        return None
    call = last.value if isinstance(last, (ast.Expr, ast.Assign)) else None
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    named = isinstance(first, ast.Constant) and isinstance(last, ast.Expr)
    return str(first.value) if named else None


class Chapter(plugin.IPyNbFile):
    """A page whose cells are run in one kernel."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give an item for each code cell, and one for the claims that no cell makes any more."""
        self.nb = new_notebook()
        self.skip_compare += NOISE
        ledger = read_ledger(LEDGER) if LEDGER.is_file() else {}
        made = {}
        for number, cell in enumerate(cells(self.path)):
            claim_id = _claim_id(cell) if "claim" in cell.tags else None
            made[claim_id] = cell
            name = f"{claim_id or 'cell'} at line {cell.line}"
            accepted = ledger.get(claim_id or "")
            yield ChapterCell.from_parent(
                self, name=name, number=number, place=cell, claim_id=claim_id, accepted=accepted
            )
        orphans = _orphans(self.path, ledger, made)
        yield Ledger.from_parent(self, name="ledger", orphans=orphans)


class ChapterCell(plugin.IPyNbCell):
    """A code cell of a chapter; nbval compares it if it makes a claim that was accepted."""

    def __init__(
        self, *, number: int, place: Cell, claim_id: str | None, accepted: Claim | None, **more: Any
    ) -> None:
        self.place, self.claim_id, self.accepted = place, claim_id, accepted
        self.is_claim = "claim" in place.tags
        # No tag and no comment takes a claim out of the comparison.
        tags = () if self.is_claim else place.tags
        options = defaultdict(bool, plugin.find_metadata_tags({"tags": list(tags)}))
        options["check"] = accepted is not None
        cell = _with_expected(place, number, accepted)
        super().__init__(cell_num=number, cell=cell, options=options, **more)

    def runtest(self) -> None:
        """Run the cell; say of a claim what was accepted and what is computed now."""
        try:
            super().runtest()
        except plugin.NbCellError:
            if self.accepted is None or not self._computed():
                raise
            self.raise_cell_error(self._moved())
        if self.is_claim and self.accepted is None:
            self.raise_cell_error(self._not_accepted())

    def _computed(self) -> str:
        results = [out for out in self.test_outputs or () if out.output_type == "execute_result"]
        return str(results[-1]["data"].get("text/plain", "")) if results else ""

    def _moved(self) -> str:
        before, after = _parts(str(self.accepted)), _parts(self._computed())
        moved = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        lines = [f"claim {self.claim_id} moved"]
        for name in moved:
            lines.append(f"    {name}, accepted: {before.get(name, '(none)')}")
            lines.append(f"    {name}, computed: {after.get(name, '(none)')}")
        return "\n".join([*lines, AGREE])

    def _not_accepted(self) -> str:
        if self.claim_id is None:
            return "a cell tagged 'claim' ends in claim(\"some-id\", ...), the id written out"
        return f"claim {self.claim_id} is not in data/{LEDGER.name}\n{self._computed()}\n{AGREE}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        """Begin with what is wrong, so that pytest's summary says it too."""
        error = excinfo.value
        if not isinstance(error, plugin.NbCellError):
            return str(super().repr_failure(excinfo))
        trace = ANSI.sub("", error.inner_traceback or "").strip()
        return "\n\n".join(filter(None, (str(error), self.place.source, trace)))

    def reportinfo(self) -> tuple[Any, int, str]:
        """Name page and line instead of nbval's cell number."""
        return self.path, self.place.line - 1, f"book/{self.place.page}.md: {self.name}"


def _with_expected(place: Cell, number: int, accepted: Claim | None) -> NotebookNode:
    # Without an execution count nbval takes a cell for one that never ran and compares nothing.
    cell = new_code_cell(place.source, execution_count=number + 1)
    if accepted:
        text = {"text/plain": str(accepted)}
        cell.outputs = [new_output("execute_result", text, execution_count=number + 1)]
    return cell


def _parts(text: str) -> dict[str, str]:
    """Take a claim's text apart: verdict, sentence, and the lines that begin with their name."""
    first, _, rest = text.partition("\n")
    sentence, *lines = rest.split("\n")
    named = dict(line.split(": ", 1) for line in lines if ": " in line)
    return {"sentence": sentence, "verdict": first.rpartition(": ")[2], **named}


def _orphans(path: Path, ledger: dict[str, Claim], made: Container[str | None]) -> list[str]:
    """Name the accepted claims of this page that it does not make.

    Claims of pages that are gone have no item of their own: the first page speaks for them.
    """
    pages = [page.stem for page in sorted(BOOK.glob("*.md")) if _is_notebook(page)]
    spoken_for = {path.stem}
    if pages[:1] == [path.stem]:
        spoken_for |= {item.page for item in ledger.values()} - set(pages)
    mine = (item for item in ledger.values() if item.page in spoken_for)
    return [f"{item.claim_id} (book/{item.page}.md)" for item in mine if item.claim_id not in made]


class Ledger(pytest.Item):
    """The accepted claims of a page have their cells."""

    def __init__(self, *, orphans: list[str], **more: Any) -> None:
        super().__init__(**more)
        self.orphans = orphans

    def runtest(self) -> None:
        """Fail if a claim stands in the ledger and no cell makes it."""
        if self.orphans:
            names = ", ".join(self.orphans)
            pytest.fail(
                f"accepted in data/{LEDGER.name}, but no cell makes it: {names}\n{AGREE}", False
            )

    def reportinfo(self) -> tuple[Any, int, str]:
        """Name the page."""
        return self.path, 0, f"book/{self.path.name}: ledger"
