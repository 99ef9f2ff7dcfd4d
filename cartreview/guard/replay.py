"""Claims computed over and over on tables with one cell changed, without a kernel.

The mutation guard asks some thousand times whether a claim moves. So cells are compiled once, and
after a change only those claims are computed again that read what changed. Which ones do is found
out by taking a column, or a whole name, away: a claim that reads the same without it does not
depend on it.

Vocabulary
----------
step     a compiled ``setup`` or ``claim`` cell.
reading  what a claim's step gives: the claim's text, or the exception it raises.
part     a name that the setup makes and, if it is a frame, a column of it: what can change.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from cartreview._tables import key, load, overlay, tables
from cartreview.claims import cells
from cartreview.myst import Cell

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Replay"]

Namespace = dict[str, Any]
Part = tuple[str, str | None]
Places = frozenset[int]


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
        found = (list(_kept(cells(path))) for path in sorted(book.glob("*.md")))
        pages = [page for page in found if any("claim" in cell.tags for cell in page)]
        self._pages = [_Page(page) for page in pages]
        self._lean = _lean(self._pages, pages)
        with overlay(self._lean):
            for page in self._pages:
                page.open()

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
        columns = self._lean[table].columns
        if column not in columns:
            return False
        with overlay(self._lean):
            return any(page.moved(table, column, frame[columns], row) for page in self._pages)


def _kept(page: Iterable[Cell]) -> Iterator[Cell]:
    return (cell for cell in page if {"setup", "claim"} & set(cell.tags))


def _lean(pages: list[_Page], sources: list[list[Cell]]) -> dict[str, DataFrame]:
    """Give the tables without the columns that no claim reads: narrow frames are fast ones."""
    frames = dict(_loaded())
    words = {*_words(pages, sources), *map(key, frames)}  # evidence is named by its keys
    unsaid = [(name, column) for name in frames for column in frames[name] if column not in words]

    def dropped(parts: Collection[Part]) -> dict[str, DataFrame]:
        return {
            name: frame[[column for column in frame if (name, column) not in parts]]
            for name, frame in frames.items()
        }

    def unread(parts: list[Part], known: list[Part]) -> list[Part]:
        """Add the parts that no claim reads to those known; halve what holds one that is read."""
        with overlay(dropped({*known, *parts})):
            if all(page.reads_the_same() for page in pages):
                return [*known, *parts]
        if len(parts) < 2:
            return known
        half = len(parts) // 2
        return unread(parts[half:], unread(parts[:half], known))

    return dropped(set(unread(unsaid, [])))


def _words(pages: list[_Page], sources: list[list[Cell]]) -> Iterator[str]:
    """Give the words of the cells and of the modules whose functions they use.

    A column among them may well be read; any other most likely is not, which is then tried.
    """
    modules = {getattr(made, "__module__", "") for page in pages for made in page.before.values()}
    texts = [cell.source for page in sources for cell in page]
    texts += [
        inspect.getsource(sys.modules[name])
        for name in modules
        if str(name).startswith("cartreview.")
    ]
    yield from re.findall(r"\w+", "\n".join(texts))


def _loaded() -> Iterator[tuple[str, DataFrame]]:
    for name in tables():
        try:
            yield name, load(name)
        except FileNotFoundError:  # a generated table that was never written
            continue


@dataclass(frozen=True)
class _Step:
    """A compiled cell: what to execute, and the expression that gives the claim."""

    body: CodeType
    last: CodeType | None


def _step(cell: Cell) -> _Step:
    tree = ast.parse(cell.source)
    place = f"book/{cell.page}.md"
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    expression = ast.Expression(last.value) if isinstance(last, ast.Expr) else None
    made = compile(expression, place, "eval") if expression else None
    return _Step(compile(tree, place, "exec"), made)


def _run(step: _Step, namespace: Namespace) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(step.body, namespace)  # noqa: S102  the book's own code
        return str(eval(step.last, namespace)) if step.last else ""  # noqa: S307  as above


class _Page:
    """The cells of a page: setup once, then any of its claims."""

    def __init__(self, page_cells: list[Cell]) -> None:
        self.setup = [_step(cell) for cell in page_cells if "setup" in cell.tags]
        self.claims = [_step(cell) for cell in page_cells if "claim" in cell.tags]
        self._found: dict[tuple[str, str, str | None], Places] = {}
        self._through: dict[Part, frozenset[str] | None] = {}
        self.open()

    def open(self) -> None:
        """Take note of how the page reads now, while the tables are unchanged."""
        self.before = self.prepared()  # to compare with: no cell runs in it
        self.baseline = dict(self.readings(self.prepared(), range(len(self.claims))))

    def reads_the_same(self) -> bool:
        """Tell whether all claims read as they did when the page was opened."""
        try:
            namespace = self.prepared()
        except Exception:  # the setup reads what is gone
            return False
        found = self.readings(namespace, self.baseline)
        return all(reading == self.baseline[place] for place, reading in found)

    def prepared(self) -> Namespace:
        """Give the names that the setup makes from the tables as they are now."""
        namespace: Namespace = {"__name__": "__claims__"}
        for step in self.setup:
            _run(step, namespace)
        return namespace

    def readings(self, namespace: Namespace, wanted: Iterable[int]) -> Iterator[tuple[int, str]]:
        """Run claims, each in a fresh copy of the names of the set-up; give their readings."""
        for place in sorted(wanted):
            try:
                yield place, _run(self.claims[place], dict(namespace))
            except Exception as error:  # any failure of a cell is a reading
                yield place, repr(error)

    def differing(self, namespace: Namespace, wanted: Places) -> Iterator[int]:
        """Run claims; give those that read otherwise than the baseline."""
        for place, reading in self.readings(namespace, wanted):
            if reading != self.baseline[place]:
                yield place

    def moved(self, table: str, column: str, frame: DataFrame, row: str) -> bool:
        """Tell whether a claim of this page reads otherwise; see ``Replay.moved``."""
        direct = self._loading(table, column)
        through = self._passing(table, column)
        if through is not None and not (direct | self._reading((name, column) for name in through)):
            return False
        try:
            with overlay({table: frame}):
                after = self.prepared()
        except Exception:  # a setup that fails is noticed by every claim
            return True
        wanted = direct | self._reading(_changed(self.before, after))
        likely = frozenset(place for place in wanted if row and row in self.baseline[place])
        with overlay({table: frame}):
            found = (self.differing(after, some) for some in (likely, wanted - likely))
            return any(True for differing in found for _ in differing)

    def _passing(self, table: str, column: str) -> frozenset[str] | None:
        """Name the frames that the column passes into, if the setup itself does not read it."""
        if (table, column) not in self._through:
            with overlay({table: load(table).drop(columns=column)}):
                try:
                    found = _lacking(self.before, self.prepared(), column)
                except Exception:  # the setup reads the column
                    found = None
            self._through[table, column] = found
        return self._through[table, column]

    def _loading(self, table: str, column: str | None) -> Places:
        """Find the claims whose own cells load a table and read a column, or the table at all."""
        key = ("table", table, column)
        if key not in self._found:
            among = frozenset(self.baseline) if column is None else self._loading(table, None)
            frame = load(table)
            less = frame.loc[:, []] if column is None else frame.drop(columns=column)
            namespace = self.prepared() if among else {}
            with overlay({table: less}):
                self._found[key] = frozenset(self.differing(namespace, among))
        return self._found[key]

    def _reading(self, parts: Iterable[Part]) -> Places:
        return frozenset().union(*(self._reading_part(*part) for part in parts))

    def _reading_part(self, name: str, column: str | None) -> Places:
        """Find the claims that read a name that the setup makes, or a column of it."""
        key = ("name", name, column)
        if key not in self._found:
            among = frozenset(self.baseline) if column is None else self._reading_part(name, None)
            namespace = self.prepared() if among else {name: None}
            made: Any = namespace.pop(name, None)
            if column is not None and among:
                namespace[name] = made.drop(columns=column)
            self._found[key] = frozenset(self.differing(namespace, among))
        return self._found[key]


def _names(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in {**before, **after} if not name.startswith("__")]


def _changed(before: Namespace, after: Namespace) -> Iterator[Part]:
    """Give the parts in which two namespaces differ."""
    for name in _names(before, after):
        old: Any = before.get(name)
        new: Any = after.get(name)
        if _same(old, new):
            continue
        if not (_is_frame(old) and _is_frame(new) and _same_shape(old, new)):
            yield name, None
            continue
        yield from ((name, column) for column in old if not old[column].equals(new[column]))


def _lacking(before: Namespace, after: Namespace, column: str) -> frozenset[str] | None:
    """Name the frames that lack a column, or give None if anything else differs."""
    differing = [
        name for name in _names(before, after) if not _same(before.get(name), after.get(name))
    ]
    for name in differing:
        old: Any = before.get(name)
        new: Any = after.get(name)
        if not (_is_frame(old) and _is_frame(new) and column in old and column not in new):
            return None
        if not old.drop(columns=column).equals(new):
            return None
    return frozenset(differing)


def _is_frame(value: Any) -> bool:
    return type(value).__name__ == "DataFrame"


def _same_shape(old: DataFrame, new: DataFrame) -> bool:
    return old.columns.equals(new.columns) and old.index.equals(new.index)


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    if type(old) is not type(new):
        return False
    if isinstance(old, FunctionType):
        # What a function reads of other names counts where the names are compared.
        return (old.__code__, old.__defaults__) == (new.__code__, new.__defaults__)
    try:
        return bool(old.equals(new) if hasattr(old, "equals") else old == new)
    except Exception:  # what cannot be compared may have changed
        return False
