"""The graph of mechanisms: what acts on what, on which evidence, and what an agent would cut off.

Vocabulary
----------
edge       a row of ``mechanisms``: one node acting on another, as one source states it.
link       a pair of nodes with at least one edge, in one direction.
contested  a link that one source calls ``up`` and another ``down``, or for which one saw an effect
           and another none.
route      a way along links, from node to node, none twice. A route says that each step is stated
           somewhere, not that anybody saw the whole of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import networkx as nx
from pandas import DataFrame

from cartreview._tables import load, require

if TYPE_CHECKING:
    from networkx import DiGraph

__all__ = [
    "ANIMALS",
    "PEOPLE",
    "between",
    "called",
    "contested",
    "downstream",
    "links",
    "network",
    "rests_on",
    "routes",
    "said_by",
    "studied_in",
]

ANIMALS = ("mouse", "primate", "other animal")
PEOPLE = ("randomised trial", "trial", "cohort", "case", "human tissue")
# What a route may run along: statements that the one acts on the other. An association does not
# say so, and "no effect" says the contrary.
ACTS = ("releases", "activates", "increases", "causes", "damages", "crosses", "expresses")
CHECKS = ("decreases", "inhibits")
_ENDS = ("from_node", "to_node")
# What a link keeps of its edges, and the column that says it.
_KEPT = {
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
    rows = _rows(edges)
    graph = nx.DiGraph()
    for start, end, *told in rows[[*_ENDS, *_KEPT.values()]].itertuples(index=False):
        graph.add_edge(start, end)
        link = graph.edges[start, end]
        for name, value in zip(_KEPT, told, strict=True):
            link.setdefault(name, set()).add(value)
    return graph


def _rows(edges: DataFrame | None) -> DataFrame:
    rows = load("mechanisms") if edges is None else edges
    require(rows, [*_ENDS, *_KEPT.values()], name="mechanisms")
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
            **{name: tuple(sorted(link[name])) for name in _KEPT},
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
    rows = _rows(edges)
    told = links(rows)
    keys = {key for keys in told.loc[told["contested"], "edges"] for key in keys}
    return rows[rows["edge_id"].isin(keys)]


def between(edges: DataFrame, start: str, end: str) -> DataFrame:
    """Keep the edges from one node to another.

    Taught in: book/mechanisms.md

    Examples
    --------
    >>> set(between(load("mechanisms"), "il6", "crs")["to_node"])
    {'crs'}
    """
    return edges[(edges["from_node"] == start) & (edges["to_node"] == end)]


def called(node_ids: Iterable[str], nodes: DataFrame | None = None) -> list[str]:
    """Name nodes as clinicians do, in their order.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    node_ids : iterable of str
        Keys of nodes; a key that is no node stays as it is.
    nodes : pandas.DataFrame, optional
        Rows of ``nodes``; all of them if None.

    Returns
    -------
    list of str
        The short name of each, else its name.

    Examples
    --------
    >>> called(["csf2", "macrophage"])
    ['GM-CSF', 'macrophage']
    """
    rows = load("nodes") if nodes is None else nodes
    names = dict(zip(rows["node_id"], rows["short_name"].fillna(rows["name"]), strict=True))
    return [str(names.get(node, node)) for node in node_ids]


def rests_on(edges: DataFrame, of: str = "source_id") -> dict[str, int]:
    """Count what statements rest on: people, animals, cells in a dish, a review's word.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    edges : pandas.DataFrame
        Rows of ``mechanisms``; there may be none.
    of : str
        What is counted: ``source_id`` for sources, ``edge_id`` for statements. A source that has
        statements of two kinds counts in both.

    Returns
    -------
    dict of str to int
        ``all``, ``own`` (not a review's word), ``people``, ``animals``, ``dish`` and ``review``.

    Examples
    --------
    >>> kinds = ["cohort", "mouse", "review"]
    >>> rows = DataFrame({"source_id": ["a", "a", "b"], "evidence_type": kinds})
    >>> rests_on(rows)
    {'all': 2, 'own': 1, 'people': 1, 'animals': 1, 'dish': 0, 'review': 1}
    """
    kinds = edges["evidence_type"]
    among = {
        "all": kinds.notna(),
        "own": kinds != "review",
        "people": kinds.isin(PEOPLE),
        "animals": kinds.isin(ANIMALS),
        "dish": kinds == "in vitro",
        "review": kinds == "review",
    }
    return {name: int(edges.loc[kept, of].nunique()) for name, kept in among.items()}


def said_by(edges: DataFrame, **cells: str) -> int:
    """Count the sources that make a statement.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    edges : pandas.DataFrame
        Rows of ``mechanisms``.
    **cells : str
        What the statement says, by column: ``to_node="crs", sign="down"``.

    Returns
    -------
    int
        Sources with such an edge.

    Examples
    --------
    >>> rows = DataFrame([("crs", "down", "a"), ("crs", "up", "b")],
    ...                  columns=["to_node", "sign", "source_id"])
    >>> said_by(rows), said_by(rows, to_node="crs", sign="down")
    (2, 1)
    """
    kept = edges
    for column, value in cells.items():
        kept = kept[kept[column] == value]
    return int(kept["source_id"].nunique())


def studied_in(edges: DataFrame, agent: str, species: str) -> DataFrame:
    """Keep all that the sources state which tried an agent in a species.

    Taught in: book/mechanisms.md

    Examples
    --------
    >>> rows = DataFrame([("anakinra", "mouse", "a"), ("il6", "mouse", "a"), ("il6", "human", "b")],
    ...                  columns=["from_node", "species", "source_id"])
    >>> studied_in(rows, "anakinra", "mouse")["from_node"].tolist()
    ['anakinra', 'il6']
    """
    tried = edges[(edges["from_node"] == agent) & (edges["species"] == species)]
    return edges[edges["source_id"].isin(tried["source_id"])]


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
    return DataFrame(steps, columns=["route", "step", "from_node", "to_node", *_KEPT])


def _steps(graph: DiGraph, number: int, route: list[str]) -> Iterator[dict[str, Any]]:
    for step, (start, end) in enumerate(itertools.pairwise(route), 1):
        told = {name: tuple(sorted(graph.edges[start, end][name])) for name in _KEPT}
        yield {"route": number, "step": step, "from_node": start, "to_node": end, **told}


def _acting(edges: DataFrame | None) -> DiGraph:
    rows = _rows(edges)
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


def __dir__() -> list[str]:
    return list(__all__)
