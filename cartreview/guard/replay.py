"""Claims computed over and over on tables with one cell changed, without a kernel.

The mutation guard asks some thousand times whether a claim moves. A claim's cell runs alone on what
the set-up makes, so it can only move if a table that it asks for, or a name of the set-up that it
uses, is another. A set-up is therefore run statement by statement: after a change only statements
run again that ask for the table or use a name that came out otherwise, and then those claims.

Vocabulary
----------
step     a compiled statement of a set-up, or a claim's cell.
reading  what a claim's step gives: the claim's text, or the exception it raises.
reader   a claim that reads otherwise when a column is taken away, or when each of its cells is
         another; no other is asked when one cell changes. Taking away alone would miss a claim that
         names a source anyway, and a second one only after a change.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import pandas as pd

from cartreview._tables import asked, load, overlay
from cartreview.claims import cells
from cartreview.myst import Cell

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Replay"]

Namespace = dict[str, Any]
Names = frozenset[str]

_ABSENT = object()


class Replay:
    """The claims of a book, ready to be computed again on changed tables.

    Parameters
    ----------
    book : Path
        Folder of the pages. Its claims must compute.

    Examples
    --------
    >>> import tempfile
    >>> without_pages = Replay(Path(tempfile.mkdtemp()))
    >>> without_pages.moved("outcomes", "events", load("outcomes").assign(events=0))
    False
    """

    def __init__(self, book: Path) -> None:
        found = (cells(path) for path in sorted(book.glob("*.md")))
        self._pages = [_Page(page) for page in found if any("claim" in cell.tags for cell in page)]

    def moved(self, table: str, column: str, frame: DataFrame, row: str = "") -> bool:
        """Tell whether a claim reads otherwise when a table is replaced.

        Parameters
        ----------
        table, column : str
            The table, and the only column in which `frame` differs from it.
        frame : DataFrame
            The table to read instead.
        row : str
            Key of the only row in which they differ: claims that name it are computed first.

        Returns
        -------
        bool
            True also if a cell raises.
        """
        return any(page.moved(table, column, frame, row) for page in self._pages)


@dataclass(frozen=True)
class _Step:
    """A compiled statement or cell: what it uses, what it makes, and what it was found to ask for.

    Attributes
    ----------
    words : frozenset of str
        Every word of its source: the names that it uses, also those within the text of a query.
    gives, asks : frozenset of str
        Names that it makes, and tables that it asked for.
    """

    body: CodeType
    last: CodeType | None
    words: Names
    gives: Names = frozenset()
    asks: Names = frozenset()

    def run(self, namespace: Namespace) -> str:
        """Run it in a namespace; give the text of its last expression."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(self.body, namespace)  # noqa: S102  the book's own code
            return str(eval(self.last, namespace)) if self.last else ""  # noqa: S307  as above

    def reading(self, namespace: Namespace) -> str:
        """Run it in a copy of a namespace; any failure is a reading too."""
        try:
            return self.run(dict(namespace))
        except Exception as error:
            return repr(error)

    def concerned(self, table: str, changed: Iterable[str]) -> bool:
        """Tell whether a table or a name that changed can make a difference to it."""
        return table in self.asks or not self.words.isdisjoint(changed)


def _step(body: list[ast.stmt], place: str) -> _Step:
    words = frozenset(re.findall(r"\w+", "\n".join(map(ast.unparse, body))))
    *most, last = body or [ast.Pass(lineno=1, col_offset=0)]
    if isinstance(last, ast.Expr):
        value = compile(ast.Expression(last.value), place, "eval")
        return _Step(compile(ast.Module(most, []), place, "exec"), value, words)
    return _Step(compile(ast.Module([*most, last], []), place, "exec"), None, words)


def _setup(page_cells: Iterable[Cell]) -> list[_Step]:
    """Give the steps of a set-up, a statement each if no name or object is made in two of them."""
    cells_of = [cell for cell in page_cells if "setup" in cell.tags]
    body = [statement for cell in cells_of for statement in ast.parse(cell.source).body]
    place = f"book/{cells_of[0].page}.md" if cells_of else ""
    made = [name for statement in body for name in _made(statement)]
    if not all(map(_only_names, body)) or len(made) > len(set(made)):
        return [_step(body, place)]
    return [_step([statement], place) for statement in body]


def _only_names(statement: ast.stmt) -> bool:
    """Tell whether all that a statement does is to give names to what it makes."""
    if isinstance(statement, ast.Assign):
        flat = (node for target in statement.targets for node in ast.walk(target))
        return not any(isinstance(node, ast.Attribute | ast.Subscript) for node in flat)
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef)


def _made(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    flat = (node for target in targets for node in ast.walk(target))
    walrus = (node.target for node in ast.walk(statement) if isinstance(node, ast.NamedExpr))
    return {node.id for node in (*flat, *walrus) if isinstance(node, ast.Name)}


@dataclass
class _After:
    """The names of a set-up after a change: which came out otherwise, which not at all."""

    names: Namespace
    changed: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    failed: bool = False


class _Page:
    """The cells of a page as steps, with what they read while the tables are unchanged."""

    def __init__(self, page_cells: list[Cell]) -> None:
        self._names: Namespace = {"__name__": "__claims__"}
        self._setup = [self._known(step) for step in _setup(page_cells)]
        claims = (cell for cell in page_cells if "claim" in cell.tags)
        steps = [_step(ast.parse(cell.source).body, f"book/{cell.page}.md") for cell in claims]
        self._readings: dict[_Step, str] = dict(map(self._read, steps))
        self._readers: dict[tuple[str, str], frozenset[_Step]] = {}

    def _known(self, step: _Step) -> _Step:
        before = dict(self._names)
        with asked() as tables:
            step.run(self._names)
        gives = (n for n, made in self._names.items() if before.get(n, _ABSENT) is not made)
        return replace(step, gives=frozenset(gives) - {"__builtins__"}, asks=frozenset(tables))

    def _read(self, step: _Step) -> tuple[_Step, str]:
        with asked() as tables:
            reading = step.reading(self._names)
        return replace(step, asks=frozenset(tables)), reading

    def moved(self, table: str, column: str, frame: DataFrame, row: str) -> bool:
        """Tell whether a claim of this page reads otherwise; see ``Replay.moved``."""
        readers = self._reading(table, column)
        if not readers:
            return False
        with overlay({table: frame}):
            after = self._again(table)
            if after.failed:  # a set-up that fails is noticed by every claim
                return True
            wanted = [step for step in readers if step.concerned(table, after.changed)]
            wanted.sort(key=lambda step: not (row and row in self._readings[step]))
            return any(True for _ in self._differing(wanted, after.names))

    def _reading(self, table: str, column: str) -> frozenset[_Step]:
        """Find the claims that read a column: where it is gone or other they differ, or fail."""
        if (table, column) not in self._readers:
            found: set[_Step] = set()
            if any(table in step.asks for step in (*self._setup, *self._readings)):
                frame = load(table)
                for other in (frame.drop(columns=column), _all_other(frame, column)):
                    with overlay({table: other}):
                        found.update(self._moving(table, found))
            self._readers[table, column] = frozenset(found)
        return self._readers[table, column]

    def _moving(self, table: str, known: set[_Step]) -> list[_Step]:
        """Find the claims, but for those known, that the table as it is now could move."""
        after = self._again(table)
        rest = [step for step in self._readings if step not in known]
        lost = [step for step in rest if not step.words.isdisjoint(after.broken)]
        if after.failed and not lost:  # it would be noticed though no claim uses what is broken
            return rest
        asked_again = [s for s in rest if s not in lost and s.concerned(table, after.changed)]
        return [*lost, *self._differing(asked_again, after.names)]

    def _again(self, table: str) -> _After:
        """Run the steps of the set-up that a change of a table concerns."""
        after = _After(dict(self._names))
        for step in self._setup:
            if not step.words.isdisjoint(after.broken):
                after.broken |= step.gives
            elif step.concerned(table, after.changed):
                try:
                    step.run(after.names)
                except Exception:  # the set-up cannot do with the table as it is now
                    after.failed = True
                    after.broken |= step.gives
                else:
                    after.changed |= {n for n in step.gives if not self._stands(n, after.names)}
        return after

    def _stands(self, name: str, names: Namespace) -> bool:
        return _same(self._names[name], names[name])

    def _differing(self, steps: Iterable[_Step], names: Namespace) -> Iterator[_Step]:
        return (step for step in steps if step.reading(names) != self._readings[step])


def _all_other(frame: DataFrame, column: str) -> DataFrame:
    """Change every filled cell of a column."""
    old: Any = frame[column]
    kind = str(old.dtype)
    if kind == "boolean":
        new = ~old
    elif kind.startswith("datetime"):
        new = old - pd.Timedelta(days=1)
    else:
        new = old + ("x" if kind not in ("Int64", "Float64") else 1)
    return frame.assign(**{column: new.astype(old.dtype)})


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    # A function made anew reads other names than the one before.
    if type(old) is not type(new) or isinstance(old, FunctionType):
        return False
    try:
        return bool(old.equals(new) if hasattr(old, "equals") else old == new)
    except Exception:  # what cannot be compared may have changed
        return False
