"""The log on disk: rows of tables as they are written, and rows appended so that none is lost.

What a run adds to several tables is first written as one file, then table by table. A run that is
killed in between is finished by the next one: a row whose key is there already is not added again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cartreview._files import NotWritten, write_whole
from cartreview.living.matching import Known
from cartreview.living.records import kind_of, normal_doi, normal_pmid
from cartreview.validation.bibliography import read_entries

__all__ = [
    "KEPT",
    "abstracts",
    "append",
    "commit",
    "finish",
    "folder",
    "keep",
    "known",
    "one_at_a_time",
    "rows",
]

KEPT = Path(".cartreview") / "search"  # in the checkout, unknown to git: pages until they are used
_PLAN = "commit.json"
_ABSTRACTS = "abstracts.json"
_PREPRINTS = ("10.1101/", "10.64898/", "10.21203/")  # prefixes of servers of preprints
# A row of one table names rows of those before it, so that each moment is a whole.
_KEYS = {"searches": "search_id", "screening": "candidate_id", "candidates": "ranked_id"}

Row = Mapping[str, str]


def folder(root: Path) -> Path:
    """Make and name the folder that keeps what services gave until it stands in the tables.

    Raises
    ------
    NotWritten
        If it cannot be made.
    """
    path = root / KEPT
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritten(f"{path} was not made: {error.strerror or error}") from error
    return path


@contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Keep a second search of the same checkout out; a search that was killed keeps nobody out.

    Raises
    ------
    NotWritten
        If another search is running.
    """
    path = folder(root) / "lock"
    with path.open("w") as lock:
        try:
            import fcntl  # not on every system; there nobody is kept out
        except ImportError:
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise NotWritten("another search is running in this checkout") from error
        for partial in path.parent.rglob("*.partial"):
            partial.unlink(missing_ok=True)  # of a search that was killed
        yield


def rows(root: Path, table: str) -> list[dict[str, str]]:
    """Read a table as it is written; an empty one where it is not there."""
    path = root / "data" / f"{table}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def append(root: Path, table: str, key: str, new: Sequence[Row]) -> int:
    """Add rows to the end of a table whose key is not there yet; nothing before them changes.

    Parameters
    ----------
    root : Path
        Root of the checkout.
    table, key : str
        Name of the table and of its key.
    new : sequence of mapping
        Rows; what they do not name is empty.

    Returns
    -------
    int
        How many were added.

    Raises
    ------
    NotWritten
        If the table could not be written; it is as it was.
    """
    path = root / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    there = {row[key] for row in rows(root, table)}
    missing = list({row[key]: row for row in new if row[key] not in there}.values())
    if not missing:
        return 0
    added = io.StringIO()
    columns = next(csv.reader(io.StringIO(text, newline="")))
    csv.DictWriter(added, columns, restval="", lineterminator="\n").writerows(missing)
    end = "" if text.endswith("\n") else "\n"
    write_whole(path, f"{text}{end}{added.getvalue()}", by_way_of=folder(root))
    return len(missing)


def commit(root: Path, plan: Mapping[str, Sequence[Row]], done: Sequence[str]) -> None:
    """Write what a run adds, all of it even if the run is killed meanwhile and started again.

    Parameters
    ----------
    root : Path
        Root of the checkout.
    plan : mapping
        Rows by table.
    done : sequence of str
        Strategies whose pages are used up by it.
    """
    content = json.dumps({"rows": plan, "done": list(done)}, ensure_ascii=False)
    write_whole(folder(root) / _PLAN, content)
    finish(root)


def finish(root: Path) -> list[str]:
    """Finish what an earlier run began to write; name the strategies that it had run."""
    path = folder(root) / _PLAN
    if not path.is_file():
        return []
    plan = json.loads(path.read_text(encoding="utf-8"))
    for table, key in _KEYS.items():
        append(root, table, key, plan["rows"].get(table, []))
    for name in plan["done"]:
        for page in (folder(root) / name).glob("*.json"):
            page.unlink(missing_ok=True)
    path.unlink()
    return list(plan["done"])


def abstracts(root: Path) -> dict[str, str]:
    """Give abstracts by candidate, for who screens; those that a search in this checkout saw.

    They are others' to publish: no table has them, and git does not know the file.
    """
    path = root / KEPT / _ABSTRACTS
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def keep(root: Path, more: Mapping[str, str]) -> None:
    """Keep abstracts beside those that are kept."""
    content = json.dumps({**abstracts(root), **more}, ensure_ascii=False)
    write_whole(folder(root) / _ABSTRACTS, content)


def known(root: Path) -> list[Known]:
    """Gather what is known: candidates, reports of studies, registered trials, the bibliography.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    list of Known
        Candidates first, so that a record is found among them before elsewhere.
    """
    screening = rows(root, "screening")
    candidate_of = {row["study_id"]: row["candidate_id"] for row in reversed(screening)}
    candidate_of.pop("", None)
    found = [_candidate(row) for row in screening]
    for study in rows(root, "studies"):
        numbers = _items(study["registrations"])
        name = candidate_of.get(study["study_id"], "")
        found += [Known(name, registrations=numbers)] if numbers else []
    found += [
        Known(
            candidate_of.get(row["study_id"] or row["probable_study_id"], ""),
            registrations=(row["registration"],),
            kind="registration",
        )
        for row in rows(root, "ongoing_trials")
    ]
    return found + list(_published(root, candidate_of))


def _published(root: Path, candidate_of: Mapping[str, str]) -> Iterator[Known]:
    studies = {row["source_id"]: row["study_id"] for row in rows(root, "reports")}
    for name, entry in (read_entries(root)[0] or {}).items():
        year = entry.year[:4]
        yield Known(
            candidate_of.get(studies.get(name, ""), ""),
            entry.fields.get("title", "").replace("{", "").replace("}", ""),
            int(year) if year.isdecimal() else None,
            normal_doi(entry.fields.get("doi")),
            normal_pmid(entry.fields.get("pmid")),
        )


def _candidate(row: Row) -> Known:
    doi, pmid, year = normal_doi(row["doi"]), normal_pmid(row["pmid"]), row["year"]
    kind = "preprint" if doi.startswith(_PREPRINTS) else kind_of(row["title"], ())
    if not doi and not pmid and row["address"].startswith("clinicaltrials.gov/"):
        kind = "registration"
    return Known(
        row["candidate_id"],
        row["title"],
        int(year) if year.isdecimal() else None,
        doi,
        pmid,
        _items(row["registrations"]),
        kind,
    )


def _items(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))
