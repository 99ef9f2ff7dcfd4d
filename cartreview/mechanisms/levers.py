"""Levers: what agents did to the syndromes, in animals and in people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cartreview._tables import load, require
from cartreview.mechanisms.said import ANIMALS, PEOPLE

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["levers", "treated"]

_SYNDROMES = {"CRS": "effect_crs", "ICANS": "effect_icans"}
_NODES = {"CRS": "crs", "ICANS": "icans"}
_SAID = {
    "reduced": ("decreases", "down"),
    "increased": ("increases", "up"),
    "no difference": ("has no effect on", "none"),
}
_READ = ["intervention_id", "agent_class", "node_id", "evidence_type", "n", "comparator"]


def levers(interventions: DataFrame | None = None) -> DataFrame:
    """Say of each study of an agent what it did to CRS and to ICANS.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    interventions : pandas.DataFrame, optional
        Rows of ``interventions``; all of them if None.

    Returns
    -------
    pandas.DataFrame
        A row a study (source), class of agent and syndrome, with the columns of the table and
        ``syndrome`` (CRS or ICANS), ``effect`` (``reduced``, ``increased``, ``mixed`` or ``no
        difference``), ``shown_in`` (``people`` or ``animals``) and ``compared`` (whether there was
        anybody to compare with).

    Raises
    ------
    ValueError
        If a column is missing.

    Notes
    -----
    Studies that state no effect, and cells in a dish, have no row. Of several rows of a source the
    one on most patients stands: a part of the patients does not speak against the whole.

    Examples
    --------
    >>> found = levers()
    >>> set(found["shown_in"]) == {"people", "animals"}
    True
    """
    rows = load("interventions") if interventions is None else interventions
    require(rows, [*_READ, *_SYNDROMES.values(), "source_id"], name="interventions")
    shown = pd.Series("", index=rows.index, dtype="str")
    shown[rows["evidence_type"].isin(PEOPLE)] = "people"
    shown[rows["evidence_type"].isin(ANIMALS)] = "animals"
    # With animals the other arm is the experiment itself.
    compared = rows["comparator"].notna() | (shown == "animals")
    rows = rows.assign(shown_in=shown, compared=compared)[shown != ""]
    told = [
        rows[rows[column] != "not reported"].assign(
            syndrome=name, effect=lambda part, column=column: part[column]
        )
        for name, column in _SYNDROMES.items()
    ]
    every = pd.concat(told).sort_values("n", ascending=False, na_position="last", kind="stable")
    one = every.drop_duplicates(["source_id", "agent_class", "syndrome", "shown_in"])
    return one.sort_index(kind="stable").reset_index(drop=True)


def treated(interventions: DataFrame | None = None) -> DataFrame:
    """Give treatments of patients as edges of the graph, from an agent to a syndrome.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    interventions : pandas.DataFrame, optional
        Rows of ``interventions``; all of them if None.

    Returns
    -------
    pandas.DataFrame
        Rows like those of ``mechanisms``, with the key of the treatment as ``edge_id``; agents
        that are no node of the graph, and mixed effects, give none.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> edges = treated()
    >>> set(edges["to_node"]) <= {"crs", "icans"} and set(edges["species"]) == {"human"}
    True
    """
    rows = levers(interventions)
    kept = (rows["shown_in"] == "people") & rows["node_id"].notna() & rows["effect"].isin(_SAID)
    rows = rows[kept].reset_index(drop=True)
    said = rows["effect"].map(_SAID)
    compared = rows["comparator"].fillna("nobody")
    return pd.DataFrame(
        {
            "edge_id": rows["intervention_id"],
            "from_node": rows["node_id"],
            "relation": said.str[0],
            "to_node": rows["syndrome"].map(_NODES),
            "sign": said.str[1],
            "context": rows["syndrome"],
            "compartment": "whole body",
            "evidence_type": rows["evidence_type"],
            "species": rows["species"],
            "population": rows["population"],
            "n": rows["n"],
            "as_printed": rows["as_printed"],
            "source_id": rows["source_id"],
            "locator": rows["locator"],
            "verification": rows["verification"],
            "note": rows["setting"].str.capitalize() + "; compared with " + compared + ".",
        }
    )
