"""What changed: a page of reasons and versions, and feeds that tell the same.

The history is in git, which no digest of files sees: the page is read again at every build, and the
feeds are written again.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.osutil import relative_uri

from cartreview._files import write_whole
from cartreview._words import count_of
from cartreview.living.feeds import Feed, as_atom, as_json, for_page, for_study
from cartreview.living.folder import Folder
from cartreview.living.history import Step, steps, studies_of, versions
from cartreview_book import ledger
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["feeds", "setup"]

PAGE = "book/changes"
FOLDER = "feeds"
MOST = 60  # claims and rows that one step lists
TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}
_CHANGES = ("new", "changed", "gone", "moved")


@lru_cache(maxsize=1)
def _history(root: Path, build: int) -> tuple[list[Step], list[Step]]:
    return steps(root), versions(root)


def history(app: Sphinx) -> tuple[list[Step], list[Step]]:
    """Read the history once a build: reasons, and versions."""
    return _history(Path(app.srcdir), id(app))


class Changes(TablesDirective):
    """What changed between versions, since the last one, and for which reasons."""

    def run(self) -> list[nodes.Node]:
        """Give a section a version, and one of all reasons."""
        reasons, released = history(self.env.app)
        found = [self._version(step) for step in released]
        if not released:
            text = (
                "No version has been released yet; the reasons below begin with the first one kept."
            )
            found = [nodes.paragraph(text=text)]
        context = {"steps": [self._told(step) for step in reasons]}
        why = Fragment(template="changes.html", context=context)
        return [*found, self.section("reasons", "Reasons, the newest first", why)]

    def _version(self, step: Step) -> nodes.section:
        told = Fragment(template="changes.html", context={"steps": [self._told(step)]})
        return self.section(f"about-{step.step_id}", step.title, told)

    def _told(self, step: Step) -> dict[str, Any]:
        now = ledger.claims(self.root)
        held = {row["disagreement_id"] for row in Folder(self.root).rows("disagreements")}
        most = len(step.moves) if step.counts else MOST  # of a version all of them
        changes = [(name, sum(m.change == name for m in step.moves)) for name in _CHANGES]
        return {
            **vars(step),
            "titled": not step.step_id.startswith(("version-", "since-")),  # they have a heading
            "moves": [{**vars(m), "linked": m.claim_id in now} for m in step.moves[:most]],
            "more_moves": max(0, len(step.moves) - most),
            "rows": step.rows[:MOST] if not step.counts else (),
            "more_rows": max(0, len(step.rows) - MOST) if not step.counts else 0,
            "disagreements": [{**vars(d), "linked": d.key in held} for d in step.disagreements],
            "extent": _extent(step, changes),
        }


def _extent(step: Step, changes: list[tuple[str, int]]) -> str:
    claims = ", ".join(f"{number} {name}" for name, number in changes if number)
    parts = [f"{count_of(len(step.moves), 'claim')}: {claims}"] if step.moves else []
    parts += [count_of(len(step.rows), "row")] if step.rows else []
    parts += [count_of(len(step.disagreements), "new disagreement")] if step.disagreements else []
    return "; ".join(parts)


class Feeds(TablesDirective):
    """The feeds: of everything, of each chapter, of each study."""

    def run(self) -> list[nodes.Node]:
        """Give the links as one fragment."""
        studies = Folder(self.root).rows("studies")
        context = {
            "pages": sorted({claim.page for claim in ledger.claims(self.root).values()}),
            "studies": sorted((row["name"], row["study_id"]) for row in studies),
            "folder": FOLDER,
        }
        return [Fragment(template="feeds.html", context=context)]


def feeds(app: Sphinx) -> list[Feed]:
    """Make all feeds of the book."""
    folder = Folder(Path(app.srcdir) / "data")
    package = folder.package
    reasons, released = history(app)
    everything = tuple(sorted([*released, *reasons], key=lambda step: step.day, reverse=True))
    base = app.config.html_baseurl or str(package.get("homepage", ""))
    shared = {
        "made": str(package.get("created", ""))[:10] or "1970-01-01",
        "author": ", ".join(one["title"] for one in package.get("contributors", [])) or "Unknown",
        "base": f"{base.rstrip('/')}/" if base else "",
        "page": f"{PAGE}.html",
    }
    title = app.config.project or "Changes"
    of_step = _studies(folder, everything)
    pages = sorted({claim.page for claim in ledger.claims(folder.path).values()})
    return [
        Feed("all", f"{title}: what changed", steps=everything, **shared),
        *(
            Feed(f"chapter-{page}", f"{title}: {_title(app, page)}",
                 steps=for_page(everything, page), **shared)
            for page in pages
        ),
        *(
            Feed(f"study-{row['study_id']}", f"{title}: {row['name']}",
                 steps=for_study(everything, row["study_id"], of_step), **shared)
            for row in folder.rows("studies")
        ),
    ]  # fmt: skip


def _title(app: Sphinx, page: str) -> str:
    found = app.env.titles.get(f"book/{page}")
    return found.astext() if found else page


def _studies(folder: Folder, told: tuple[Step, ...]) -> dict[str, frozenset[str]]:
    """Give the studies that the rows of each step tell of."""
    study = {
        f"{name}:{row.get(folder.key(name), '')}": row.get("study_id", "")
        for name, resource in folder.tables.items()
        if not resource.generated and "study_id" in folder.fields(name)
        for row in folder.rows(name)
    }
    return {step.step_id: frozenset(studies_of(step.rows, study.get)) for step in told}


def _write(app: Sphinx, exception: Exception | None) -> None:
    """Write the feeds, and remove those of what is gone."""
    if exception is not None or app.builder.format != "html" or PAGE not in app.env.found_docs:
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    made = {}
    for feed in feeds(app):
        made[f"{feed.name}.atom"] = as_atom(feed)
        made[f"{feed.name}.json"] = as_json(feed).encode("utf-8")
    for path in folder.iterdir():
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        write_whole(folder / name, text)


def _link(
    app: Sphinx, page: str, template: str, about: dict[str, Any], document: nodes.document | None
) -> None:
    """Name the feeds in the head of each page: of everything, and its own."""
    if PAGE not in app.env.found_docs:
        return
    own = page.removeprefix("book/")
    claimed = {claim.page for claim in ledger.claims(Path(app.srcdir) / "data").values()}
    names = ["all", *([f"chapter-{own}"] if own in claimed else [])]
    if page.startswith("book/studies/"):
        names.append(f"study-{page.removeprefix('book/studies/')}")
    here = app.builder.get_target_uri(page)
    for name in names:
        title = "What changed" if name == "all" else "What changed on this page"
        for ending, kind in TYPES.items():
            href = escape(relative_uri(here, f"{FOLDER}/{name}.{ending}"))
            meta = f'<link rel="alternate" type="{kind}" title="{title}" href="{href}" />\n'
            about["metatags"] = about.get("metatags", "") + meta


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    return [PAGE] if PAGE in env.found_docs else []


def setup(app: Sphinx) -> None:
    """Register the directives, and the writing of feeds."""
    app.add_directive("changes", Changes)
    app.add_directive("feeds", Feeds)
    app.connect("env-get-outdated", _outdated)
    app.connect("html-page-context", _link, priority=610)
    app.connect("build-finished", _write)
