"""Scores that neurotoxicity is graded with: ICE, CAPD and CARTOX-10."""

from __future__ import annotations

from cartreview.grading import engine
from cartreview.grading.inputs import Whole
from cartreview.grading.result import Band, Grade, MissingRules
from cartreview.grading.rules import TABLE, Rule, rules
from cartreview.grading.scale import ICANS_OF_CHILDREN, scale

__all__ = ["CARTOX", "capd_band", "cartox_10", "cartox_rules", "ice_items", "ice_score"]

CARTOX, CARTOX_MOST = "CARTOX CRES", 10


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


def cartox_10(score: int) -> Grade:
    """Grade encephalopathy by a CARTOX-10 score, as far as the grades were read.

    Parameters
    ----------
    score : int
        Points, 0 to 10. What the points are given for was not read.

    Returns
    -------
    Grade
        0 to 2: the score alone, without the criteria of pressure, seizures and weakness, which
        were read for grade 1 only and name nothing there.

    Raises
    ------
    ValueError
        If the score is missing, no whole number, or above 10.
    MissingRules
        If the score lies where no grade was read.

    Notes
    -----
    Source: rows of ``grading_criteria`` with scale "CARTOX CRES" and domain "cartox".

    Examples
    --------
    >>> cartox_10(8).value, cartox_10(3).value
    (1, 2)
    """
    points = Whole("score", CARTOX_MOST).number(score)
    graded, unread = cartox_rules()
    found = [rule for rule in graded if rule.fits(points)]
    if not found:
        raise MissingRules(f"{TABLE}: {unread.criterion}")
    rule = found[0]
    return Grade(
        value=rule.grade or 0,
        reasons=(engine.sentence(rule) if rule.grade else engine.NOTHING,),
        system=CARTOX,
        sources=(rule.source_id,) if rule.grade else (),
        criteria=(rule.criterion_id,) if rule.grade else (),
        decided_by=(rule.domain,) if rule.grade else (),
    )


def cartox_rules() -> tuple[list[Rule], Rule]:
    """Give the bands of the CARTOX-10 score, and the footnote on what was not read."""
    own = [rule for rule in rules(CARTOX) if rule.domain == "cartox"]
    unread = next(rule for rule in own if rule.effect == "not read")
    return [rule for rule in own if rule.role == "band"], unread
