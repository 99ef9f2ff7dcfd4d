"""Summaries of findings: tables that a chapter opens or rests with, computed from rows.

Directives ``mechanism-summary``, ``levers``, ``imaging-summary`` and ``imaging-rules``. A table is
columns and rows of cells; a cell is a list of parts, each a few words with a link. On a phone the
cells of a row follow each other, each behind the name of its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docutils import nodes
from pandas import DataFrame, concat, isna
from sphinx.application import Sphinx

from cartreview._tables import load_file
from cartreview.evidence.imaging import (
    findings_by_denominator,
    named_findings,
    single_patients,
)
from cartreview.mechanisms import STANDINGS, levers, standings, treated
from cartreview_book import data
from cartreview_book.directives import TablesDirective
from cartreview_book.fragments import Fragment

__all__ = ["setup"]

TEMPLATE = "summary.html"
LATE = 900  # behind the styles of _config.yml
SAID = {
    "people and animals": "Seen in people and in animals",
    "people": "Seen in people alone",
    "animals": "Seen in animals alone",
    "neither": "Shown in a dish, or stated by a review",
    "contested": "Contested: sources contradict each other",
}
EFFECTS = {
    "reduced": "less",
    "increased": "more",
    "mixed": "mixed",
    "no difference": "no difference",
}
Part = dict[str, Any]


class SummaryTable(TablesDirective):
    """A table of findings with its caption."""

    def frame(self, name: str) -> DataFrame:
        """Read a table of this book as a typed frame."""
        self.read(name)
        return load_file(name, self.root / data.resource(self.root, name).path)

    def table(
        self, title: str, note: str, columns: Sequence[str], rows: list[Part]
    ) -> list[nodes.Node]:
        """Give the table, or complain that nothing stands in it."""
        if not rows:
            self.complain(f"nothing to show in {self.name}")
            return []
        context = {"name": self.name, "title": title, "note": note}
        context |= {"columns": columns, "rows": rows}
        return [Fragment(template=TEMPLATE, context=context)]


def _part(text: str, **more: Any) -> Part:
    """Give a part of a cell: its words, and what they lead to.

    ``node`` of the graph, ``source``, ``study`` with its ``label``; ``more`` is said before the
    source, ``mark`` and ``faint`` set the type.
    """
    blank = dict.fromkeys(("node", "source", "study", "label", "more", "mark"), "")
    return {"text": text, **blank, "faint": False, **more}


def _row(head: str, cells: list[list[Part]], *, group: str = "", empty: str = "") -> Part:
    """Give a row: its heading, its cells, the group it opens, what an empty cell says."""
    return {"head": head, "cells": cells, "group": group, "empty": empty}


class MechanismSummary(SummaryTable):
    """The steps of the cascade by what they rest on."""

    def run(self) -> list[nodes.Node]:
        """Give a row a standing, its steps as links into the graph."""
        edges = concat([self.frame("mechanisms"), treated(self.frame("interventions"))])
        found = standings(self.frame("mechanism_steps"), edges)
        rows = []
        for name in STANDINGS:
            part = found[found["standing"] == name]
            steps = [
                _part(said, node=start, mark="acts" if acts else "")
                for said, start, acts in part[["said", "from_node", "acts_in_people"]].itertuples(
                    index=False
                )
            ]
            rows.append(_row(SAID[name], [steps], empty="none of these steps"))
        return self.table(
            "The steps of the cascade, by what they rest on",
            "Most of what was seen in people is that one thing goes with another; in bold, that it "
            "acts on it. A step opens what sources state of it.",
            ("Evidence", "Steps"),
            rows,
        )


class Levers(SummaryTable):
    """What agents did to the syndromes, in animals and in people."""

    def run(self) -> list[nodes.Node]:
        """Give a row a class of agents, those that most studies tried first."""
        found = levers(self.frame("interventions"))
        order = found.groupby("agent_class")["source_id"].nunique()
        order = order.sort_values(ascending=False, kind="stable")
        rows = [
            _row(
                name[0].upper() + name[1:],
                [
                    self._cell(found[(found["agent_class"] == name) & here])
                    for where in ("animals", "people")
                    for syndrome in ("CRS", "ICANS")
                    for here in [(found["shown_in"] == where) & (found["syndrome"] == syndrome)]
                ],
                empty="not read",
            )
            for name in order.index
            if name != "other"
        ]
        return self.table(
            "What blocking a part of the cascade did, study by study",
            "As each source states it. “Alone”: nobody was there to compare with; “by lot”: "
            "randomised. “Not read”: no study that was read states an effect; a rate without one "
            "is not in the table.",
            ("Lever", "CRS in animals", "ICANS in animals", "CRS in people", "ICANS in people"),
            rows,
        )

    def _cell(self, rows: DataFrame) -> list[Part]:
        return [
            _part(EFFECTS[row.effect], source=row.source_id, more=_patients(row))
            for row in rows.itertuples()
        ]


def _patients(row: Any) -> str:
    """Say how many patients, and with whom they were compared."""
    if row.shown_in == "animals":
        return ""
    n = "" if isna(row.n) else f"n = {row.n}"
    lot = "by lot" if row.evidence_type == "randomised trial" else ""
    return ", ".join(filter(None, [n, lot, "" if row.compared else "alone"]))


class ImagingSummary(SummaryTable):
    """Findings on images and the EEG, under each denominator that a cohort gives."""

    KINDS = ("imaged with neurotoxicity", "imaged", "treated")

    def run(self) -> list[nodes.Node]:
        """Give a row a finding that a cohort counts, and a row for those nobody counts."""
        findings = named_findings(self.frame("imaging_findings"), self.frame("studies"))
        counted, single = findings_by_denominator(findings), single_patients(findings)
        rows = []
        for group, part in counted.groupby("group", sort=False):
            alone = single[single["group"] == group].set_index("finding")["patients"]
            names = list(dict.fromkeys(part["finding"]))
            for place, name in enumerate(names):
                cells = [self._shares(part[part["finding"] == name], kind) for kind in self.KINDS]
                cells.append(_cases(alone, [name]) or [_part("none described", faint=True)])
                head = f"After cells for a {group}" if group.startswith("tumour") else f"On {group}"
                rows.append(_row(_titled(name), cells, group=head * (place == 0), empty="not read"))
            rest = [name for name in alone.index if name not in names]
            if rest:
                told = [[], [], [], _cases(alone, rest, named=True)]
                rows.append(_row("Described, counted by no cohort", told, empty="not read"))
        return self.table(
            "What is seen, and of whom",
            "“Not read”: no cohort that was read counts it so, which does not say that it is rare. "
            "In grey, computed from another number of the source: over all treated a lower limit, "
            "for not all were looked at.",
            ("Finding", "Of those imaged for neurotoxicity", "Of those imaged, ill or not",
             "Of all treated", "Single patients"),
            rows,
        )  # fmt: skip

    def _shares(self, rows: DataFrame, kind: str) -> list[Part]:
        return [
            _part(
                f"{row['events']} of {row['denominator']:,}",
                study="" if isna(row["study_id"]) else row["study_id"],
                source=row["source_id"],
                label=row["name"],
                faint=row["how"] == "computed",
            )
            for row in rows[rows["kind"] == kind].to_dict("records")
        ]


def _cases(alone: Any, names: list[str], *, named: bool = False) -> list[Part]:
    found = [(name, int(alone[name])) for name in names if name in alone.index]
    return [_part(f"{name}: {n}" if named else str(n)) for name, n in found]


def _titled(finding: str) -> str:
    words = {"normal": "nothing abnormal", "PRES": "posterior reversible encephalopathy"}
    said = words.get(finding, finding)
    return said[0].upper() + said[1:]


class ImagingRules(SummaryTable):
    """When guidelines say to image, record an EEG or tap the spinal fluid, by grade."""

    def run(self) -> list[nodes.Node]:
        """Give a row a grade from which something is asked for."""
        rules = self.frame("management")
        rules = rules[(rules["kind"] == "imaging and EEG") & rules["superseded_by"].isna()]
        rules = rules[rules["stance"] != "removed"]
        rows = []
        for grade, part in rules.groupby("grade_low", dropna=False):
            steps = [
                _part(row.action, source=row.source_id, more=_who(row)) for row in part.itertuples()
            ]
            rows.append(_row("Any grade" if isna(grade) else f"From grade {grade}", [steps]))
        return self.table(
            "When to image, by grade of ICANS",
            "Not advice; guidelines that are not named here were not read on imaging.",
            ("Grade", "What guidelines and reviews say"),
            rows,
        )


def _who(row: Any) -> str:
    who = row.guideline if row.version == "not dated" else f"{row.guideline} {row.version}"
    high = (
        "" if isna(row.grade_high) or row.grade_high == 4 else f", grade {row.grade_high} at most"
    )
    return f"{who}{high}" + (", to consider" if row.stance == "consider" else "")


def _load_style(app: Sphinx, page: str, template: str, context: Any, document: Any) -> None:
    """Give the styles to pages with a summary, and to no other."""
    fragments = document.findall(Fragment) if document is not None else ()
    if any(fragment["template"] == TEMPLATE for fragment in fragments):
        app.add_css_file("summaries.css", priority=LATE)


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("mechanism-summary", MechanismSummary)
    app.add_directive("levers", Levers)
    app.add_directive("imaging-summary", ImagingSummary)
    app.add_directive("imaging-rules", ImagingRules)
    app.connect("html-page-context", _load_style)
