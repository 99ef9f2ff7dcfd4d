"""What sources state: from one node to another, on which evidence, by how many."""

from __future__ import annotations

from collections.abc import Iterable

from pandas import DataFrame

from cartreview._tables import load

__all__ = [
    "ACTS",
    "ANIMALS",
    "CHECKS",
    "PEOPLE",
    "between",
    "called",
    "rests_on",
    "said_by",
    "studied_in",
]

ANIMALS = ("mouse", "primate", "other animal")
PEOPLE = ("randomised trial", "trial", "cohort", "case", "human tissue")
# Statements that the one acts on the other. An association does not say so, and "no effect" says
# the contrary.
ACTS = ("releases", "activates", "increases", "causes", "damages", "crosses", "expresses")
CHECKS = ("decreases", "inhibits")


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

    Taught in: book/retested.md

    Examples
    --------
    >>> rows = DataFrame([("anakinra", "mouse", "a"), ("il6", "mouse", "a"), ("il6", "human", "b")],
    ...                  columns=["from_node", "species", "source_id"])
    >>> studied_in(rows, "anakinra", "mouse")["from_node"].tolist()
    ['anakinra', 'il6']
    """
    tried = edges[(edges["from_node"] == agent) & (edges["species"] == species)]
    return edges[edges["source_id"].isin(tried["source_id"])]
