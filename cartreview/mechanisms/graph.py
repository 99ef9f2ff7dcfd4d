"""Links: what acts on what, on which evidence, and where sources contradict each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import networkx as nx
from pandas import DataFrame

from cartreview._tables import load, require
from cartreview.mechanisms.said import ANIMALS

if TYPE_CHECKING:
    from networkx import DiGraph

__all__ = ["KEPT", "contested", "edge_rows", "links", "network"]

_ENDS = ("from_node", "to_node")
# What a link keeps of its edges, and the column that says it.
KEPT = {
    "edges": "edge_id",
    "relations": "relation",
    "signs": "sign",
    "evidence": "evidence_type",
    "species": "species",
    "sources": "source_id",
}


def network(edges: DataFrame | None = None) -> DiGraph:
    """Build the graph: a node a node, a link a pair, the edges of each link kept with it.

    Parameters
    ----------
    edges : pandas.DataFrame, optional
        Rows of ``mechanisms``; all of them if None.

    Returns
    -------
    networkx.DiGraph
        Each link has ``edges`` (keys of rows), ``relations``, ``signs``, ``evidence``, ``species``,
        ``sources`` (sets).

    Raises
    ------
    ValueError
        If the frame is empty or lacks a column.

    Examples
    --------
    >>> graph = network()
    >>> graph.number_of_edges() <= len(load("mechanisms"))
    True
    """
    rows = edge_rows(edges)
    graph = nx.DiGraph()
    for start, end, *told in rows[[*_ENDS, *KEPT.values()]].itertuples(index=False):
        graph.add_edge(start, end)
        link = graph.edges[start, end]
        for name, value in zip(KEPT, told, strict=True):
            link.setdefault(name, set()).add(value)
    return graph


def edge_rows(edges: DataFrame | None) -> DataFrame:
    """Give the edges asked for, else all; complain of a column that links need and is not there.

    Examples
    --------
    >>> len(edge_rows(None)) == len(load("mechanisms"))
    True
    """
    rows = load("mechanisms") if edges is None else edges
    require(rows, [*_ENDS, *KEPT.values()], name="mechanisms")
    return rows


def links(edges: DataFrame | None = None) -> DataFrame:
    """List the links, each with what it rests on.

    Parameters
    ----------
    edges : pandas.DataFrame, optional
        Rows of ``mechanisms``; all of them if None.

    Returns
    -------
    pandas.DataFrame
        ``from_node``, ``to_node``, ``edges``, ``relations``, ``signs``, ``evidence``, ``species``,
        ``sources`` (sorted tuples), ``contested`` and ``animals_alone``.

    Raises
    ------
    ValueError
        If the frame is empty or lacks a column.

    Examples
    --------
    >>> bool(links()["edges"].map(len).ge(1).all())
    True
    """
    told = [
        {
            "from_node": start,
            "to_node": end,
            **{name: tuple(sorted(link[name])) for name in KEPT},
            "contested": _contested(link["signs"]),
            "animals_alone": link["evidence"] <= set(ANIMALS),
        }
        for start, end, link in network(edges).edges(data=True)
    ]
    return DataFrame(told).sort_values(["from_node", "to_node"], ignore_index=True)


def _contested(signs: Iterable[str]) -> bool:
    return len(set(signs) & {"up", "down", "none"}) > 1


def contested(edges: DataFrame | None = None) -> DataFrame:
    """Keep the edges of links whose sources contradict each other.

    Examples
    --------
    >>> rows = DataFrame([
    ...     {"edge_id": key, "from_node": "il6", "to_node": "icans", "relation": relation,
    ...      "sign": sign, "evidence_type": "cohort", "species": "human", "source_id": key}
    ...     for key, relation, sign in [("a", "increases", "up"), ("b", "has no effect on", "none")]
    ... ])
    >>> contested(rows)["edge_id"].tolist(), len(contested(rows[:1]))
    (['a', 'b'], 0)
    """
    rows = edge_rows(edges)
    told = links(rows)
    keys = {key for keys in told.loc[told["contested"], "edges"] for key in keys}
    return rows[rows["edge_id"].isin(keys)]
