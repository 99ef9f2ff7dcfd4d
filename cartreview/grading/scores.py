"""The two scores that ICANS is graded with: ICE and CAPD."""

from __future__ import annotations

from cartreview.grading.inputs import Whole
from cartreview.grading.result import Band
from cartreview.grading.rules import rules
from cartreview.grading.scale import ICANS_OF_CHILDREN, scale

__all__ = ["capd_band", "ice_items", "ice_score"]


def ice_items() -> dict[str, Whole]:
    """Give the items of the ICE score, each with the points it gives at most."""
    items = [rule for rule in rules("ICE") if rule.role == "points"]
    return {rule.domain: Whole(rule.domain, rule.points or 0) for rule in items}


def ice_score(*, orientation: int, naming: int, commands: int, writing: int, attention: int) -> int:
    """Add up the immune effector cell encephalopathy score.

    Parameters
    ----------
    orientation : int
        Points for naming year, month, city and hospital.
    naming : int
        Points for naming three objects.
    commands, writing, attention : int
        Points for following commands, writing a sentence, and counting backwards.

    Returns
    -------
    int
        Points; the most that each item gives stands in ``grading_criteria``, scale "ICE".

    Raises
    ------
    ValueError
        If an item is missing, no whole number, or above what it gives at most.

    Examples
    --------
    >>> ice_score(orientation=4, naming=3, commands=1, writing=0, attention=1)
    9
    """
    given = {
        "orientation": orientation,
        "naming": naming,
        "commands": commands,
        "writing": writing,
        "attention": attention,
    }
    items = ice_items()
    if set(items) != set(given):
        raise ValueError(
            f"grading_criteria: scale 'ICE': found items {', '.join(items)}; "
            f"expected {', '.join(given)}"
        )
    return sum(items[name].number(value) for name, value in given.items())


def capd_band(score: int | str) -> Band:
    """Say in which band of the table a CAPD lies.

    Parameters
    ----------
    score : int or str
        Points, or "unable".

    Returns
    -------
    Band
        Name of the band and the grades of ICANS that it can give: which one of several depends on
        consciousness.

    Raises
    ------
    ValueError
        If the score is missing, no whole number, or above the sum of the items.

    Examples
    --------
    >>> capd_band(8).name, capd_band(8).grades
    ('under 9', (0, 1, 2))
    >>> capd_band("unable").grades
    (4,)
    """
    children = scale(ICANS_OF_CHILDREN)
    asked = next(one for one in children.inputs if one.name == "capd")
    value = asked.read(score)
    fitting = [rule for rule in children.graded["capd"] if rule.fits(value)]
    first = fitting[0]
    return Band(
        name=str(first.level) if first.role == "level" else str(first.band),
        grades=tuple(sorted({rule.grade or 0 for rule in fitting})),
        criteria=tuple(rule.criterion_id for rule in fitting),
        sources=tuple(dict.fromkeys(rule.source_id for rule in fitting)),
    )
