"""What the steps of the story rest on: people, animals, both, neither, or a contradiction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartreview._tables import load, require
from cartreview.mechanisms.graph import edge_rows, links
from cartreview.mechanisms.said import ANIMALS, PEOPLE

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["STANDINGS", "standings"]

# From the firmest to the weakest; a contradiction stands apart, and last.
STANDINGS = ("people and animals", "people", "animals", "neither", "contested")
_GOES_WITH = ("is associated with", "has no effect on")


def standings(steps: DataFrame | None = None, edges: DataFrame | None = None) -> DataFrame:
    """Say of each step of the story what it rests on.

    Taught in: book/mechanisms.md

    Parameters
    ----------
    steps : pandas.DataFrame, optional
        Rows of ``mechanism_steps``; all of them if None.
    edges : pandas.DataFrame, optional
        Rows of ``mechanisms``, with those of `treated` where treatments count; all of the table if
        None.

    Returns
    -------
    pandas.DataFrame
        The steps with ``standing`` (one of ``STANDINGS``), ``acts_in_people`` (whether a source
        states of people that the one acts on the other, and not that they go together) and
        ``sources`` (how many state the step).

    Raises
    ------
    ValueError
        If a column is missing, or no source states a step.

    Notes
    -----
    Cells in a dish and the word of a review are neither people nor animals. Tissue of patients is
    people.

    Examples
    --------
    >>> found = standings()
    >>> set(found["standing"]) <= set(STANDINGS)
    True
    """
    told = load("mechanism_steps") if steps is None else steps
    require(told, ["step_id", "from_node", "to_node"], name="mechanism_steps")
    rows = edge_rows(edges)
    known = {(one.from_node, one.to_node): one for one in links(rows).itertuples()}
    ends = list(zip(told["from_node"], told["to_node"], strict=True))
    unstated = [f"{start} to {end}" for start, end in ends if (start, end) not in known]
    if unstated:
        raise ValueError(f"no source states the step {unstated[0]}; enter it in mechanisms first")
    return told.assign(
        standing=[_standing(known[pair]) for pair in ends],
        acts_in_people=[_acts(rows, *pair) for pair in ends],
        sources=[len(known[pair].sources) for pair in ends],
    )


def _standing(link: Any) -> str:
    kinds = set(link.evidence)
    people, animals = bool(kinds & set(PEOPLE)), bool(kinds & set(ANIMALS))
    if link.contested:
        return "contested"
    if people:
        return "people and animals" if animals else "people"
    return "animals" if animals else "neither"


def _acts(rows: DataFrame, start: str, end: str) -> bool:
    here = rows[(rows["from_node"] == start) & (rows["to_node"] == end)]
    seen = here["evidence_type"].isin(PEOPLE) & ~here["relation"].isin(_GOES_WITH)
    return bool(seen.any())
