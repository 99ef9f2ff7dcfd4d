"""Ways along links: from node to node, and what lies downstream of one that is blocked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import networkx as nx
from pandas import DataFrame

from cartreview.mechanisms.graph import KEPT, edge_rows, network
from cartreview.mechanisms.said import ACTS, CHECKS

if TYPE_CHECKING:
    from networkx import DiGraph

__all__ = ["downstream", "routes"]


def routes(start: str, end: str, edges: DataFrame | None = None, *, most: int = 4) -> DataFrame:
    """List the routes from one node to another, with the evidence of each step.

    Parameters
    ----------
    start, end : str
        Nodes, as ``node_id`` of the table ``nodes``.
    edges : pandas.DataFrame, optional
        Rows of ``mechanisms``; all of them if None.
    most : int
        Steps of the longest route to list.

    Returns
    -------
    pandas.DataFrame
        A row a step: ``route`` (number from 1, the shortest first), ``step``, ``from_node``,
        ``to_node``, ``edges``, ``relations``, ``signs``, ``evidence``, ``species``, ``sources``
        (sorted tuples). Associations and findings of no effect are no steps.

    Raises
    ------
    ValueError
        If a node is not in the graph, or `most` is below 1.

    Examples
    --------
    >>> rows = DataFrame([
    ...     {"edge_id": f"{a}-{b}", "from_node": a, "to_node": b, "relation": "increases",
    ...      "sign": "up", "evidence_type": "mouse", "species": "mouse", "source_id": "s2018"}
    ...     for a, b in [("car-t-cell", "macrophage"), ("macrophage", "il6"), ("il6", "crs")]
    ... ])
    >>> routes("car-t-cell", "crs", rows)["to_node"].tolist()
    ['macrophage', 'il6', 'crs']
    """
    if most < 1:
        raise ValueError(f"most must be 1 step or more; found {most}")
    graph = _acting(edges)
    for node in (start, end):
        _check_node(graph, node)
    found = sorted(nx.all_simple_paths(graph, start, end, cutoff=most), key=lambda r: (len(r), r))
    steps = [step for number, route in enumerate(found, 1) for step in _steps(graph, number, route)]
    return DataFrame(steps, columns=["route", "step", "from_node", "to_node", *KEPT])


def _steps(graph: DiGraph, number: int, route: list[str]) -> Iterator[dict[str, Any]]:
    for step, (start, end) in enumerate(itertools.pairwise(route), 1):
        told = {name: tuple(sorted(graph.edges[start, end][name])) for name in KEPT}
        yield {"route": number, "step": step, "from_node": start, "to_node": end, **told}


def _acting(edges: DataFrame | None) -> DiGraph:
    rows = edge_rows(edges)
    acting = rows[rows["relation"].isin([*ACTS, *CHECKS])]
    return network(acting) if len(acting) else nx.DiGraph()


def _check_node(graph: DiGraph, node: str) -> None:
    if node not in graph:
        near = [name for name in graph if name.startswith(node[:3])]
        hint = f"; near it are {', '.join(sorted(near))}" if near else ""
        raise ValueError(f"no node {node!r} acts or is acted upon in these edges{hint}")


def downstream(
    node: str, edges: DataFrame | None = None, *, trigger: str = "car-t-cell"
) -> DataFrame:
    """List what lies downstream of a node, and what only it connects to the trigger.

    What an agent blocks is the node it acts on: ask for that one.

    Parameters
    ----------
    node : str
        The node that would be blocked, as ``node_id``.
    edges : pandas.DataFrame, optional
        Rows of ``mechanisms``; all of them if None.
    trigger : str
        Where the cascade starts.

    Returns
    -------
    pandas.DataFrame
        ``node_id``, ``steps`` (links from `node`, the fewest) and ``cut_off``: whether every route
        from the trigger runs through `node`, so that blocking it would end the cascade there. The
        nearest first.

    Raises
    ------
    ValueError
        If `node` or `trigger` is not in the graph.

    Notes
    -----
    The graph knows what has been looked for. That a node is cut off means that nobody has stated
    another route, not that there is none.

    Examples
    --------
    >>> rows = DataFrame([
    ...     {"edge_id": f"{a}-{b}", "from_node": a, "to_node": b, "relation": "increases",
    ...      "sign": "up", "evidence_type": "mouse", "species": "mouse", "source_id": "s2018"}
    ...     for a, b in [("car-t-cell", "il1b"), ("il1b", "il6"), ("il6", "fever"),
    ...                  ("car-t-cell", "csf2"), ("csf2", "fever")]
    ... ])
    >>> downstream("il1b", rows).to_numpy().tolist()
    [['il6', 1, True], ['fever', 2, False]]
    """
    graph = _acting(edges)
    for name in (node, trigger):
        _check_node(graph, name)
    steps = nx.single_source_shortest_path_length(graph, node)
    before = nx.descendants(graph, trigger)
    without = graph.copy()
    without.remove_node(node)
    after = nx.descendants(without, trigger) if node != trigger else set()
    told = [
        {"node_id": name, "steps": far, "cut_off": name in before and name not in after}
        for name, far in steps.items()
        if name not in (node, trigger)
    ]
    frame = DataFrame(told, columns=["node_id", "steps", "cut_off"])
    return frame.sort_values(["steps", "node_id"], ignore_index=True)
