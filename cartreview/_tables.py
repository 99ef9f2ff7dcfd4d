"""Curated tables as typed data frames, described once by their Table Schemas.

Vocabulary
----------
table    one CSV file of ``data/`` with its schema in ``data/schemas/``.
key      the one column that names a row of the table.
list     a column whose cells hold several items, parted by the schema's ``separator``.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cartreview._package import ASK, DESCRIPTOR, Resource, json_object, read_object, resources

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "DATA",
    "asked",
    "data_version",
    "key",
    "load",
    "load_file",
    "overlay",
    "package",
    "require",
    "resource",
    "schema",
    "split",
    "state",
    "tables",
]

_HERE = Path(__file__).resolve().parent
# A checkout comes first: an editable install leaves a frozen copy of the tables in site-packages.
_CHECKOUT = _HERE.parent / "data"
DATA = _CHECKOUT if (_CHECKOUT / DESCRIPTOR).is_file() else _HERE / "_data"

_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}

_overlaid: ContextVar[Mapping[str, DataFrame]] = ContextVar("overlaid")
_asked: ContextVar[set[str]] = ContextVar("asked")


@cache
def _package() -> tuple[dict[str, Any], tuple[Resource, ...]]:
    content = read_object(DATA / DESCRIPTOR)
    listed, found = content.get("resources"), tuple(resources(content))
    whole = isinstance(listed, list) and len(listed) == len(found)
    if not whole or not isinstance(content.get("version"), str):
        raise ValueError(f"{DATA / DESCRIPTOR} lacks version, tables or paths; {ASK}")
    return content, found


def package() -> dict[str, Any]:
    """Give what ``data/datapackage.json`` says of the tables as a whole.

    Examples
    --------
    >>> package()["name"]
    'cartreview'
    """
    return {name: value for name, value in _package()[0].items() if name != "resources"}


def tables() -> list[str]:
    """List the names of the tables.

    Returns
    -------
    list of str
        Names, in the order of ``data/datapackage.json``.

    Examples
    --------
    >>> "outcomes" in tables()
    True
    """
    return [described.name for described in _package()[1]]


def resource(name: str) -> dict[str, Any]:
    """Give what ``data/datapackage.json`` says of one table: path, title, description.

    Raises
    ------
    KeyError
        If there is no such table; the message lists those there are.

    Examples
    --------
    >>> resource("outcomes")["path"]
    'outcomes.csv'
    """
    for described in _package()[1]:
        if described.name == name:
            return dict(described.about)
    raise KeyError(f"no table {name!r}; there are {', '.join(tables())}")


@cache
def schema(name: str) -> dict[str, Any]:
    """Give the Table Schema of a table.

    Parameters
    ----------
    name : str
        Name of a table.

    Returns
    -------
    dict
        The content of ``data/schemas/NAME.json`` with ``name`` and ``path`` added.

    Raises
    ------
    KeyError
        If there is no such table; the message lists those there are.

    Examples
    --------
    >>> schema("outcomes")["primaryKey"]
    'outcome_id'
    """
    place = resource(name)
    described = read_object(DATA / place["schema"])
    return {**described, "name": name, "path": place["path"]}


def key(name: str) -> str:
    """Name the column that identifies a row of a table.

    Examples
    --------
    >>> key("studies")
    'study_id'
    """
    return str(schema(name)["primaryKey"])


@cache
def _read(path: Path, name: str, mtime_ns: int) -> DataFrame:
    return _frame(path, schema(name)["fields"])


def _frame(source: Path | io.StringIO, fields: Sequence[dict[str, Any]]) -> DataFrame:
    import pandas as pd  # half a second: only who loads a table pays for it

    types = {field["name"]: _DTYPES.get(field["type"], "str") for field in fields}
    # "NA" and the like are words here: only an empty cell is missing.
    read = {"dtype": types, "keep_default_na": False, "na_values": [""], "encoding": "utf-8"}
    frame: DataFrame = pd.read_csv(source, **read)
    days = {field["name"]: "datetime64[s]" for field in fields if field["type"] == "date"}
    return frame.astype(days) if days else frame


def load(name: str, version: str | None = None, *, categories: bool = False) -> DataFrame:
    """Load a table as a data frame with the types of its schema.

    Parameters
    ----------
    name : str
        Name of a table, one of ``tables()``.
    version : str, optional
        A released version of the data, ``2026.11.1``, or the path of its zip file; the table then
        has the rows, columns and types of that version. Without it, the table as it is now.
    categories : bool
        Whether columns with a list of allowed values come as ``category``, unordered, in the
        order of the schema and with the values that no row has. Without it they are text, which
        may be added, replaced and counted without regard to that list.

    Returns
    -------
    pandas.DataFrame
        One row a record; text, ``Int64``, ``Float64``, ``boolean`` and ``datetime64`` (dates). An
        empty cell is missing (``pandas.NA``, NaN or NaT), never zero. The unit of a number is in
        ``describe(name)``. The frame is yours to change.

    Raises
    ------
    KeyError
        If there is no such table; the message lists those there are.
    VersionError
        If there is no such version; the message lists those there are.

    Examples
    --------
    >>> outcomes = load("outcomes")
    >>> outcomes["events"].dtype
    Int64Dtype()
    >>> load("outcomes", categories=True)["endpoint"].cat.categories[:2].tolist()
    ['CR', 'PR']
    """
    if version is None:
        frame, fields = _loaded(name), schema(name)["fields"]
    else:
        frame, fields = _released(name, version)
    return frame.astype(_categories(fields)) if categories else frame


def _released(name: str, version: str) -> tuple[DataFrame, list[dict[str, Any]]]:
    """Read a table of a release by the schema that it had then."""
    from cartreview._releases import reader  # git and zip files: only who asks for them pays

    read = reader(version, DATA.parent)
    listed = {found.name: found for found in resources(json_object(read(DESCRIPTOR)))}
    if name not in listed:
        known = ", ".join(listed)
        raise KeyError(f"no table {name!r} in version {version}; there are {known}")
    fields = json_object(read(listed[name].schema)).get("fields", [])
    return _frame(io.StringIO(read(listed[name].path) or "", newline=""), fields), fields


def _loaded(name: str) -> DataFrame:
    other = _other(name)
    if other is not None:
        return other.copy(deep=False)
    return load_file(name, DATA / resource(name)["path"])


def load_file(name: str, path: Path) -> DataFrame:
    """Load a table of another checkout, with the types of this one's schema.

    Parameters
    ----------
    name : str
        Name of a table, one of ``tables()``.
    path : pathlib.Path
        Its file.

    Returns
    -------
    pandas.DataFrame
        As ``load`` gives it.

    Examples
    --------
    >>> path = DATA / resource("outcomes")["path"]
    >>> load_file("outcomes", path).equals(load("outcomes"))
    True
    """
    # Copy-on-write makes a shallow copy safe to hand out; before pandas 3 it is no default.
    return _read(path, name, path.stat().st_mtime_ns).copy(deep=_before_pandas_3())


def _other(name: str) -> DataFrame | None:
    """Give the frame in place of a table, if there is one; note that the table was asked for."""
    _asked.get(set()).add(name)
    return _overlaid.get({}).get(name)


@cache
def _before_pandas_3() -> bool:
    import pandas as pd  # as in _read

    return int(pd.__version__.partition(".")[0]) < 3


def _categories(fields: Sequence[dict[str, Any]]) -> dict[str, Any]:
    import pandas as pd  # as in _read

    allowed = {
        field["name"]: field.get("constraints", {}).get("enum")
        for field in fields
        if field["type"] == "string" and "separator" not in field
    }
    return {column: pd.CategoricalDtype(words) for column, words in allowed.items() if words}


class _Same:
    """A frame as a key: equal to itself alone, and kept as long as the key is."""

    def __init__(self, frame: DataFrame) -> None:
        self._frame = frame

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._frame is other._frame

    def __hash__(self) -> int:
        return id(self._frame)


def state(name: str) -> Hashable:
    """Give a key that stays equal while a table stays the same, for what is computed from it.

    Parameters
    ----------
    name : str
        Name of a table.

    Returns
    -------
    hashable
        Another key as soon as the file changes or ``overlay`` puts a frame in its place.

    Raises
    ------
    KeyError
        If there is no such table.

    Examples
    --------
    >>> before = state("studies")
    >>> with overlay({"studies": load("studies").head(0)}):
    ...     before == state("studies")
    False
    >>> before == state("studies")
    True
    """
    other = _other(name)
    if other is not None:
        return _Same(other)
    path = DATA / resource(name)["path"]
    return path, path.stat().st_mtime_ns


@contextmanager
def overlay(frames: Mapping[str, DataFrame]) -> Iterator[None]:
    """Let ``load`` return other frames for a while, as the mutation guard needs.

    Examples
    --------
    >>> with overlay({"studies": load("studies").head(0)}):
    ...     len(load("studies"))
    0
    """
    token = _overlaid.set({**_overlaid.get({}), **frames})
    try:
        yield
    finally:
        _overlaid.reset(token)


@contextmanager
def asked() -> Iterator[set[str]]:
    """Collect the names of the tables that are loaded, or whose state is asked for, meanwhile.

    Examples
    --------
    >>> with asked() as names:
    ...     studies = load("studies")
    >>> names
    {'studies'}
    """
    names: set[str] = set()
    token = _asked.set(names)
    try:
        yield names
    finally:
        _asked.reset(token)


def split(frame: DataFrame, column: str, *, separator: str = ";") -> DataFrame:
    """Give one row an item of a list column.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table or a part of one.
    column : str
        A column whose cells hold items parted by `separator`.
    separator : str
        What stands between items.

    Returns
    -------
    pandas.DataFrame
        As `frame`, a row for each item; rows with an empty cell are left out.

    Examples
    --------
    >>> routes = split(load("studies"), "routes")
    >>> bool(routes["routes"].str.contains(";").any())
    False
    """
    filled = frame[frame[column].notna()]
    items = filled[column].astype("str").str.split(separator)
    return filled.assign(**{column: items}).explode(column, ignore_index=True)


def data_version() -> str:
    """Name the state of the tables: release and a digest of what people edit.

    Returns
    -------
    str
        For example ``2026.11.1+3f2a9c1``. Generated tables (the ledger, the guard's count) do
        not count, so accepting a claim does not change the version.

    Examples
    --------
    >>> data_version().count("+")
    1
    """
    digest = hashlib.sha256()
    for described in _package()[1]:
        path = DATA / described.path
        if not described.generated and path.is_file():
            digest.update(path.read_bytes())
    return f"{_package()[0]['version']}+{digest.hexdigest()[:7]}"


def require(frame: DataFrame, columns: Sequence[str], *, name: str) -> None:
    """Refuse a frame that is empty or lacks a column.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table, or some of its rows.
    columns : sequence of str
        Columns that are read.
    name : str
        Name of the table that the frame is expected to come from.

    Raises
    ------
    ValueError
        If a column is missing or there is no row; the message names it.

    Examples
    --------
    >>> import pandas as pd
    >>> require(pd.DataFrame({"study_id": ["brown-15"]}), ["study_id", "routes"], name="studies")
    Traceback (most recent call last):
    ...
    ValueError: studies: column 'routes' is missing; needed are study_id, routes of \
cartreview.load('studies')
    """
    for column in columns:
        if column not in frame:
            raise ValueError(
                f"{name}: column {column!r} is missing; needed are {', '.join(columns)} "
                f"of cartreview.load({name!r})"
            )
    if frame.empty:
        raise ValueError(f"{name}: no row is left; expected one row or more")
