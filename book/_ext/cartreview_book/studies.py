"""Directive ``studies-table``: studies side by side, a row each, and where each row stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cartreview._tables import load_file
from cartreview.evidence.studies import DELIVERIES
from cartreview.evidence.trials import trial_rows
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["StudiesTable", "setup"]

Row = dict[str, Any]
TABLES = ("studies", "outcomes", "toxicity_incidence", "reports")
CAPTION = "Studies, a row each. “Not read”: no page that was read states it."
NBSP = "\N{NO-BREAK SPACE}"
_COUNT = re.compile(r"(\d) of (\d)")
_POWER = re.compile(r"\b\d+(?:\.\d+)?e\d+\b")


class StudiesTable(TablesDirective):
    """Who was treated with what, and what happened, a row a study."""

    option_spec: ClassVar[dict[str, Any]] = {
        "groups": directives.unchanged_required,
        "family": directives.unchanged_required,
        "disease": directives.unchanged_required,
        "caption": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Give the table, or complain of a choice that no study meets."""
        every = self._rows()
        self._check(every)
        rows = [row for row in every if self._chosen(row)]
        if not rows:
            self.complain(f"no study of tumours of the nervous system with {self.options}")
            return []
        context = {
            "table": self._name(),
            "caption": self.options.get("caption", CAPTION),
            "rows": self._anchored(rows),
            "antigens": _counted(_items(rows, "antigens")),
            "groups": _counted(_items(rows, "tumour_groups")),
            "routes": [
                (name, count)
                for name in DELIVERIES
                if (count := sum(row["delivery"] == name for row in rows))
            ],
        }
        return [Fragment(template="studies.html", context=context)]

    def _rows(self) -> list[Row]:
        for name in TABLES:
            self.read(name)
        frames = [
            load_file(name, self.root / data.resource(self.root, name).path) for name in TABLES
        ]
        frames[0] = frames[0][frames[0]["tumour_groups"].notna()]
        if frames[0].empty:
            return []
        found = trial_rows(*frames).sort_values("name", key=lambda names: names.str.casefold())
        return [_shown(row) for row in found.to_dict("records")]

    def _check(self, rows: list[Row]) -> None:
        """Complain of words that no study has: they are mistyped."""
        for option, asked in self._asked():
            known = sorted({word for row in rows for word in _field(row, option)})
            for word in asked - set(known):
                self.complain(f"no study of {option} {word!r}; there are {', '.join(known)}")

    def _chosen(self, row: Row) -> bool:
        """Say whether a study meets every option; of listed words one is enough."""
        return all(asked & set(_field(row, option)) for option, asked in self._asked())

    def _asked(self) -> list[tuple[str, set[str]]]:
        options = ("groups", "family", "disease")
        return [(name, set(_words(self.options[name]))) for name in options if name in self.options]

    def _name(self) -> str:
        """Name the table; those of one page are numbered."""
        number = self.env.new_serialno("studies-table")
        return "studies" if number == 0 else f"studies-{number + 1}"

    def _anchored(self, rows: list[Row]) -> list[Row]:
        """Say which rows a link leads to, ``[](#study-ID)``: the first of each study on a page."""
        seen = _listed(self.env).setdefault(self.env.docname, set())
        names: Any = self.env.get_domain("std")
        found = [{**row, "anchored": row["study_id"] not in seen} for row in rows]
        for row in rows:
            anchor = f"study-{row['study_id']}"
            names.note_hyperlink_target(anchor, self.env.docname, anchor, row["name"])
            seen.add(row["study_id"])
        return found


def _field(row: Row, option: str) -> list[str]:
    """Give what a study has of an option of the directive."""
    return row["tumour_groups"] if option == "groups" else [row[option]]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(";") if word.strip()]


def _items(rows: list[Row], name: str) -> list[str]:
    return [item for row in rows for item in row[name]]


def _counted(items: Iterable[str]) -> list[tuple[str, int]]:
    """Count items, the commonest first."""
    return sorted(Counter(items).items(), key=lambda pair: (-pair[1], pair[0].casefold()))


def _shown(row: Row) -> Row:
    """Part the lists of a row, and write its numbers for readers and for sorting."""
    lists = ("registrations", "antigens", "routes", "lymphodepletion", "tumour_groups", "sources")
    told = ("response", "dose_limiting", "severe", "survival")
    numbers = ("response_share", "dose_limiting_share", "survival_months")
    return {
        **row,
        **{name: _words(row[name]) for name in lists},
        **{name: _parts(row[name]) for name in told},
        **{name: "" if pd.isna(row[name]) else f"{row[name]:.6g}" for name in numbers},
    }


def _parts(text: str) -> list[str]:
    """Part what is told of several arms; powers of ten are as in print, counts hold together.

    Examples
    --------
    >>> [part.replace(NBSP, "~") for part in _parts("0 of 3 (1e6 per kg); 3 of 8 (3e6 per kg)")]
    ['0~of~3 (10⁶ per kg)', '3~of~8 (3~×~10⁶ per kg)']
    """
    parts = [_POWER.sub(_power, part) for part in text.split("; ") if part]
    return [_COUNT.sub(rf"\1{NBSP}of{NBSP}\2", part) for part in parts]


def _power(found: re.Match[str]) -> str:
    shown = data.shown(found[0], {"type": "number"})
    return shown.removeprefix("1 × ").replace(" ", NBSP)


def _listed(env: BuildEnvironment) -> dict[str, set[str]]:
    """Give the studies of each page's tables; kept with the environment."""
    found: dict[str, set[str]] = vars(env).setdefault("cartreview_study_rows", {})
    return found


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _listed(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    found = {name: ids for name, ids in _listed(other).items() if name in docnames}
    _listed(env).update(found)


def _rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write every page again when a study has a row elsewhere: every card links to it."""
    now = {name: set(ids) for name, ids in _listed(env).items()}
    before = getattr(env, "cartreview_study_rows_written", now)
    env.cartreview_study_rows_written = now  # type: ignore[attr-defined]  # kept, as above
    return sorted(env.found_docs) if now != before else []


def setup(app: Sphinx) -> None:
    """Register the directive, and keep in mind where studies stand."""
    app.add_directive("studies-table", StudiesTable)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _rewrite)
