"""The graph of mechanisms: what acts on what, on which evidence, and what an agent would cut off.

Vocabulary
----------
edge       a row of ``mechanisms``: one node acting on another, as one source states it.
link       a pair of nodes with at least one edge, in one direction.
contested  a link that one source calls ``up`` and another ``down``, or for which one saw an effect
           and another none.
route      a way along links, from node to node, none twice. A route says that each step is stated
           somewhere, not that anybody saw the whole of it.
step       a link that the chapter on mechanisms tells: a row of ``mechanism_steps``.
standing   what a step rests on: people, animals, both, neither, or sources that contradict each
           other.
lever      a class of agents that act on the graph, a row of ``interventions`` or more.
"""

from __future__ import annotations

from cartreview.mechanisms.graph import contested, links, network
from cartreview.mechanisms.levers import levers, treated
from cartreview.mechanisms.said import (
    ACTS,
    ANIMALS,
    PEOPLE,
    between,
    called,
    rests_on,
    said_by,
    studied_in,
)
from cartreview.mechanisms.standings import STANDINGS, standings
from cartreview.mechanisms.ways import downstream, routes

__all__ = [
    "ACTS",
    "ANIMALS",
    "PEOPLE",
    "STANDINGS",
    "between",
    "called",
    "contested",
    "downstream",
    "levers",
    "links",
    "network",
    "rests_on",
    "routes",
    "said_by",
    "standings",
    "studied_in",
    "treated",
]


def __dir__() -> list[str]:
    return list(__all__)
