"""The mutation guard: change every cell of the tables in turn and see who notices.

A rule notices if the checks of the tables refuse the changed cell; a claim notices if it reads
otherwise. What neither notices could be wrong without anybody learning of it.

Vocabulary
----------
change   one wrong value for one cell; a list has one for each item.
mutant   a cell with what noticed its changes: ``rule``, ``claim`` or nothing. A list counts as
         noticed if each of its changes was.
sample   cells drawn at random over all tables instead of every cell. A cell's lot comes from the
         seed and its place (table, key, column) alone, so rows that are added or taken out leave
         most of the sample as it was.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cartreview import _package
from cartreview._files import write_whole
from cartreview._tables import load
from cartreview.guard.mutations import KINDS, mutations, references
from cartreview.guard.replay import Replay
from cartreview.validation import Package, check_records, read_package
from cartreview.validation.package import Table
from cartreview.validation.problems import Problem

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "COLUMNS",
    "SEED",
    "GuardError",
    "Mutant",
    "MutationScore",
    "cell_counts",
    "edited",
    "measure",
    "mutation_scores",
    "write",
]

COLUMNS = (
    "guard_id",
    "table",
    "change",
    "cells",
    "by_rule",
    "by_claim",
    "unguarded",
    "table_drawn",
    "table_cells",
)
SEED = 1  # fixed, so that a sample drawn again is the same
_BY = ("", "claim", "rule")  # from the weakest on: a list is as guarded as its weakest item
_BOOLEANS = {"true": True, "false": False}


class GuardError(Exception):
    """Tables that cannot be measured; the message is one sentence."""


@dataclass(frozen=True)
class Mutant:
    """A cell that was changed: where it stands, how it was changed, and who noticed.

    Attributes
    ----------
    table, column : str
        The cell's place, with `line` in ``data/TABLE.csv``.
    kind : str
        ``number``, ``category``, ``reference`` or ``text``.
    old, new : str
        The cell, and the change that was noticed least.
    by : str
        ``rule``, ``claim``, or empty if nothing noticed.
    """

    table: str
    line: int
    column: str
    kind: str
    old: str
    new: str
    by: str

    def __str__(self) -> str:
        return f"data/{self.table}.csv:{self.line}:{self.column}: {self.old!r} → {self.new!r}"


@dataclass(frozen=True)
class MutationScore:
    """How many cells of a table are guarded against one kind of change."""

    table: str
    change: str
    cells: int
    by_rule: int
    by_claim: int
    unguarded: int

    @property
    def guarded(self) -> float:
        """Give the share of cells that a rule or a claim guards."""
        return (self.by_rule + self.by_claim) / self.cells


def edited(root: Path) -> list[str]:
    """Name the tables that people edit, in the order of the data package."""
    return _package.edited(_package.read_object(root / "data" / _package.DESCRIPTOR))


def cell_counts(root: Path) -> dict[str, int]:
    """Count the filled cells of each table that people edit."""
    package, _ = read_package(root)
    return {name: len(_filled(package[name])) for name in edited(root) if name in package}


def _filled(table: Table) -> list[tuple[str, int]]:
    """Give column and row, counted from 0, of every cell that is not empty."""
    return [
        (column, at)
        for column in table.header
        for at, row in enumerate(table.rows)
        if row.cells[column]
    ]


def _drawn(
    tables: Mapping[str, Table], sample: int | None, seed: int
) -> dict[tuple[str, str], list[int]]:
    """Give the rows to change by table and column: all that are filled, or a sample of them."""
    every = [(name, *cell) for name, table in tables.items() for cell in _filled(table)]
    if sample is not None:
        every = sorted(every, key=lambda cell: _lot(tables[cell[0]], cell[1], cell[2], seed))[
            :sample
        ]
    found: dict[tuple[str, str], list[int]] = {}
    for name, column, at in sorted(every):
        found.setdefault((name, column), []).append(at)
    return found


def _lot(table: Table, column: str, at: int, seed: int) -> bytes:
    key = table.rows[at].cells[table.schema["primaryKey"]]
    place = json.dumps([seed, table.name, key, column]).encode()
    return hashlib.blake2b(place, digest_size=16).digest()


def measure(
    root: Path,
    *,
    names: Collection[str] | None = None,
    sample: int | None = None,
    seed: int = SEED,
    jobs: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Mutant]:
    """Change every filled cell in turn, or a sample of them, and see who notices.

    Parameters
    ----------
    root : Path
        The checkout whose ``data`` the library reads.
    names : collection of str, optional
        Tables to change; all that people edit if None.
    sample, seed : int, optional
        How many cells of these tables to draw, and the seed of the draw; every cell if None.
    jobs : int
        Processes to use.
    progress : callable
        Called with the number of cells done and to do.

    Returns
    -------
    list of Mutant
        In the order of tables, lines and columns.

    Raises
    ------
    GuardError
        If a table cannot be read whole.
    """
    package, _ = read_package(root)
    wanted = [name for name in edited(root) if names is None or name in names]
    frames = {name: _frame(name, package) for name in wanted}
    bench = _Bench(package, frames, Replay(root / "book"))
    tasks = _drawn({name: package[name] for name in wanted}, sample, seed)
    total = sum(map(len, tasks.values()))
    trials: list[Mutant] = []
    for found in _each(bench, tasks, jobs):
        trials += found
        progress(len(trials), total)
    order = {name: place for place, name in enumerate(wanted)}
    return sorted(trials, key=lambda trial: (order[trial.table], trial.line, trial.column))


def _frame(name: str, package: Package) -> DataFrame:
    reason = f"data/{name}.csv cannot be read whole: run 'cartreview check' first"
    if name not in package:
        raise GuardError(reason)
    try:
        frame = load(name)
    except (OSError, ValueError, KeyError) as error:
        raise GuardError(reason) from error
    if len(frame) != len(package[name].rows):
        raise GuardError(reason)
    return frame


@dataclass
class _Bench:
    """What a trial needs: raw tables for the rules, frames and a replay for the claims."""

    package: Package
    frames: dict[str, DataFrame]
    replay: Replay

    def try_column(self, table: str, column: str, rows: Iterable[int]) -> list[Mutant]:
        """Try cells of a column, none of them empty."""
        fields = {field["name"]: field for field in self.package[table].schema["fields"]}
        notice = partial(self._notice, table, column, self._known(table, column))
        change = partial(mutations, field=fields.get(column, {}), keys=self._keys(table, column))
        found = []
        for at in rows:
            row = self.package[table].rows[at]
            text = row.cells[column]
            tried = [(*one, notice(at, one[1])) for one in change(text)]
            found.append(_trial(table, column, row.line, text, tried))
        return found

    def _keys(self, table: str, column: str) -> list[str] | None:
        target = references(self.package[table].schema).get(column, "").split(".")
        other = self.package.get(target[0])
        return [row.cells[target[1]] for row in other.rows] if other else None

    def _known(self, table: str, column: str) -> set[tuple[str, ...]]:
        return {_place(bad) for bad in check_records(self.package, [f"{table}.{column}"])}

    def _notice(
        self, table: str, column: str, known: set[tuple[str, ...]], at: int, new: str
    ) -> str:
        changed = self.package.with_cell(table, at, column, new)
        findings = check_records(changed, [f"{table}.{column}"])
        if any(_place(bad) not in known for bad in findings):
            return "rule"
        return "claim" if self._moves(table, column, at, new) else ""

    def _moves(self, table: str, column: str, at: int, new: str) -> bool:
        frame = self.frames[table]
        cells = frame[column].copy()
        cells.iloc[at] = _typed(new, str(cells.dtype))
        key = self.package[table].rows[at].cells[self.package[table].schema["primaryKey"]]
        return self.replay.moved(table, column, frame.assign(**{column: cells}), key)


def _place(finding: Problem) -> tuple[str, ...]:
    return (finding.path, str(finding.line), finding.column, finding.code)


def _typed(text: str, dtype: str) -> Any:
    if not text:
        return None
    kinds: dict[str, Callable[[str], Any]] = {
        "Int64": int,
        "Float64": float,
        "datetime64[s]": datetime.fromisoformat,
    }
    return _BOOLEANS[text] if dtype == "boolean" else kinds.get(dtype, str)(text)


def _trial(
    table: str, column: str, line: int, old: str, tried: Sequence[tuple[str, str, str]]
) -> Mutant:
    kind, new, by = min(tried, key=lambda one: _BY.index(one[2]))
    return Mutant(table, line, column, kind, old, new, by)


_shared: dict[str, _Bench] = {}


def _try(task: tuple[tuple[str, str], list[int]]) -> list[Mutant]:
    (table, column), rows = task
    return _shared["bench"].try_column(table, column, rows)


def _each(
    bench: _Bench, drawn: Mapping[tuple[str, str], list[int]], jobs: int
) -> Iterator[list[Mutant]]:
    _shared["bench"] = bench  # a fork shares it; sending it to another process would cost more
    tasks = list(drawn.items())
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(_try, tasks)
        return
    with warnings.catch_warnings():
        # Python 3.12 warns of threads that a fork leaves behind; numpy's pause at a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        pool = multiprocessing.get_context("fork").Pool(jobs)
    with pool:
        yield from pool.imap_unordered(_try, tasks)


def mutation_scores(trials: Iterable[Mutant]) -> list[MutationScore]:
    """Count the trials by table and kind of change.

    Examples
    --------
    >>> mutation_scores([Mutant("outcomes", 2, "events", "number", "1", "2", "rule")])[0].guarded
    1.0
    """
    counts = Counter((trial.table, trial.kind, trial.by) for trial in trials)
    groups = sorted({(table, kind) for table, kind, _ in counts}, key=_by_table_and_kind)
    return [_share(table, kind, counts) for table, kind in groups]


def _by_table_and_kind(group: tuple[str, str]) -> tuple[str, int]:
    return group[0], KINDS.index(group[1])


def _share(table: str, kind: str, counts: Counter[tuple[str, str, str]]) -> MutationScore:
    rule, claim, nothing = (counts[table, kind, by] for by in ("rule", "claim", ""))
    return MutationScore(table, kind, rule + claim + nothing, rule, claim, nothing)


def write(found: Iterable[MutationScore], path: Path, every: Mapping[str, int]) -> None:
    """Write the table ``guard``, whole or not at all.

    Parameters
    ----------
    found : iterable of MutationScore
        What was measured.
    path : Path
        The file.
    every : mapping of str to int
        How many filled cells each table has, as ``cell_counts`` gives them.
    """
    shares = list(found)
    drawn: Counter[str] = Counter()
    for share in shares:
        drawn[share.table] += share.cells
    rows = [(f"{s.table}:{s.change}", *_counts(s), drawn[s.table], every[s.table]) for s in shares]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *sorted(rows)])
    write_whole(path, text.getvalue())


def _counts(share: MutationScore) -> tuple[str, str, int, int, int, int]:
    return (
        share.table,
        share.change,
        share.cells,
        share.by_rule,
        share.by_claim,
        share.unguarded,
    )
