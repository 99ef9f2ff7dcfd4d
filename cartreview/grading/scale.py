"""Scales as the engine takes them: what they ask, and the rules of the table sorted by use.

A scale is put together from the table when it is first asked for and again when the table
changes. One whose rules leave an answer without a grade is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from cartreview._words import suggestion
from cartreview.grading.inputs import ABSENT, Choice, Flag, Input, Refused, Whole
from cartreview.grading.rules import TABLE, Range, Rule, rules, rules_state

__all__ = [
    "ICANS",
    "ICANS_OF_CHILDREN",
    "OVERALL",
    "Scale",
    "ScaleName",
    "most_points",
    "scale",
    "scales",
    "window",
]

ScaleName = Literal[
    "ASTCT CRS",
    "ASTCT ICANS",
    "ASTCT ICANS (children)",
    "TIAN",
    "ICAHT early",
    "T-ICAHT early",
    "T-ICAHT late",
]
ICANS, ICANS_OF_CHILDREN = "ASTCT ICANS", "ASTCT ICANS (children)"
OVERALL = "overall"  # the domain of rules for the scale as a whole

HYPOTENSION = (
    "none",
    "no vasopressor",
    "vasopressin alone",
    "one vasopressor",
    "multiple vasopressors",
)
HYPOXIA = ("none", "low-flow", "high-flow", "positive pressure")
CONSCIOUSNESS = (
    "alert",
    "awakens spontaneously",
    "awakens to voice",
    "awakens to tactile stimulus",
    "unarousable",
)
SEIZURE = ("none", "resolves rapidly", "prolonged or repetitive")
MOTOR = ("none", "deep focal weakness")
OEDEMA = ("none", "focal", "diffuse or raised pressure")
RECOVERY = ("recovers", "never recovers")
SIGNS = ("none", "mild", "moderate", "severe")
PRESSURE = ("none", "raised, responsive", "raised, refractory")
HERNIATION = ("none", "impending or early")
MEDULLA = ("none", "intubation or ventilation")
CORD = ("none", "risk of disabling loss")
DIED = Flag("died", default=False)
SEDATED = Flag("sedated", default=False, excuses="consciousness")
BESIDE_A_SCORE = (
    Choice("consciousness", CONSCIOUSNESS),
    Choice("seizure", SEIZURE, default="none"),
    Choice("motor", MOTOR, default="none"),
    Choice("oedema", OEDEMA, default="none"),
    SEDATED,
    DIED,
)


@dataclass(frozen=True)
class Scale:
    """A scale: its inputs, and its rules by domain and by what they do."""

    name: str
    inputs: tuple[Input, ...]
    graded: dict[str, tuple[Rule, ...]]  # domain: rules that give grades
    footnotes: dict[str, tuple[Rule, ...]]  # effect: rules
    definitions: tuple[Rule, ...]

    def note(self, effect: str) -> Rule | None:
        """Give the one footnote of an effect, if there is one."""
        return next(iter(self.footnotes.get(effect, ())), None)

    @property
    def required(self) -> Rule | None:
        """The footnote that makes a domain necessary for any grade."""
        return self.note("required")

    @property
    def not_counted(self) -> dict[str, Rule]:
        """Findings that do not count, by name."""
        return {rule.level or rule.domain: rule for rule in self.footnotes.get("not counted", ())}

    def excused(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """Name the domains that another cause explains."""
        flags = (one for one in self.inputs if isinstance(one, Flag) and one.excuses)
        return tuple(one.excuses for one in flags if values[one.name])

    def resting(self, domain: str) -> object:
        """Give the level of a domain without the finding; None for a number, which has none."""
        found = next(one for one in self.inputs if one.name == domain)
        return found.resting if isinstance(found, Choice) else None


def _crs() -> tuple[Input, ...]:
    return (
        Flag("fever", required=True),
        Choice("hypotension", HYPOTENSION),
        Choice("hypoxia", HYPOXIA),
        Flag("fever_masked", default=False, masks="fever"),
        DIED,
    )


def _icans() -> tuple[Input, ...]:
    without = ("consciousness", "unarousable")
    ice = Whole("ice", most_points("ICE"), without=without, unless="sedated")
    return (ice, *BESIDE_A_SCORE)


def _icans_of_children() -> tuple[Input, ...]:
    return (Whole("capd", most_points("CAPD"), words=("unable",)), *BESIDE_A_SCORE)


def _tian() -> tuple[Input, ...]:
    return (
        Choice("signs", SIGNS, partial=True),
        Choice("pressure", PRESSURE, default="none", partial=True),
        Choice("herniation", HERNIATION, default="none", partial=True),
        Choice("medulla", MEDULLA, default="none", partial=True),
        Choice("cord", CORD, default="none", partial=True),
    )


def _icaht_early() -> tuple[Input, ...]:
    longest = window("ICAHT early")
    return (
        Whole("days_anc_500", longest),
        Whole("days_anc_100", longest, within="days_anc_500", partial=True),
        Choice("recovery", RECOVERY, default="recovers", partial=True, needs="days_anc_500"),
    )


def _t_icaht_early() -> tuple[Input, ...]:
    longest = window("T-ICAHT early")
    return (
        Whole("days_plt_50", longest, partial=True),
        Whole("days_plt_20", longest, within="days_plt_50", partial=True),
    )


def _t_icaht_late() -> tuple[Input, ...]:
    return (
        Flag("below_100"),
        Flag("below_50", needs="below_100"),
        Whole("days_plt_20", window("T-ICAHT late"), needs="below_50", partial=True),
        Flag("confirmed", required=True),
    )


TIAN_ASKS = {
    "overall": "signs",
    "intracranial pressure": "pressure",
    "medullary function": "medulla",
}


def _tian_as_asked(rule: Rule) -> Rule:
    """Give the domains the names of the questions; a footnote that gives a grade is a level."""
    if rule.effect == "decides":
        return replace(rule, domain="cord", role="level", level=CORD[1])
    return replace(rule, domain=TIAN_ASKS.get(rule.domain, rule.domain)) if rule.grade else rule


def _platelet_days(rule: Rule) -> Rule:
    """Ask for days under a count, and in late thrombocytopenia of the higher counts for any day."""
    if rule.effect == "required":
        return replace(rule, domain="confirmed")
    if rule.role != "band":
        return rule
    any_day = rule.scale == "T-ICAHT late" and math.isinf(rule.days.high) and rule.days.low == 1
    asked = "below_" if any_day else "days_plt_"
    return replace(rule, domain=f"{asked}{rule.band.high:g}", band=rule.days)


def _days_as_bands(rule: Rule) -> Rule:
    """Ask for days at or below a count where the row has both: the days become the band."""
    if rule.role == "footnote" and rule.level in RECOVERY:
        return replace(rule, domain="recovery", role="level")
    if rule.role != "band":
        return rule
    if rule.grade == 0:  # above the outer count: no day at or below it
        return replace(rule, domain=f"days_anc_{rule.band.low:g}", band=Range(0, 0))
    return replace(rule, domain=f"days_anc_{rule.band.high:g}", band=rule.days)


INPUTS: dict[str, Callable[[], tuple[Input, ...]]] = {
    "ASTCT CRS": _crs,
    ICANS: _icans,
    ICANS_OF_CHILDREN: _icans_of_children,
    "TIAN": _tian,
    "ICAHT early": _icaht_early,
    "T-ICAHT early": _t_icaht_early,
    "T-ICAHT late": _t_icaht_late,
}
ASKED_AS: dict[str, Callable[[Rule], Rule]] = {
    "TIAN": _tian_as_asked,
    "ICAHT early": _days_as_bands,
    "T-ICAHT early": _platelet_days,
    "T-ICAHT late": _platelet_days,
}


def scales() -> tuple[str, ...]:
    """List the scales that ``grade_frame`` and the calculators grade by.

    Returns
    -------
    tuple of str
        Names as in the column ``scale`` of ``grading_criteria``.

    Examples
    --------
    >>> scales()[0]
    'ASTCT CRS'
    """
    return tuple(INPUTS)


def scale(name: str) -> Scale:
    """Give a scale.

    Parameters
    ----------
    name : str
        One of ``scales()``.

    Returns
    -------
    Scale
        Its inputs and rules.

    Raises
    ------
    ValueError
        If there is no such scale, or its rules leave an answer without a grade.
    """
    if name not in INPUTS:
        raise Refused(
            "scale", name, f"one of {', '.join(map(repr, INPUTS))}", suggestion(name, INPUTS)
        )
    return _assembled(name, rules_state())


@lru_cache(maxsize=16)
def _assembled(name: str, _: Hashable) -> Scale:
    own = [ASKED_AS.get(name, _as_it_is)(rule) for rule in rules(name)]
    inputs = INPUTS[name]()
    gives = [rule for rule in own if rule.role in ("level", "band")]
    made = Scale(
        name,
        inputs,
        _by(gives, "domain"),
        _by([rule for rule in own if rule.role == "footnote"], "effect"),
        tuple(rule for rule in own if rule.role == "definition"),
    )
    _check(made)
    return made


def _as_it_is(rule: Rule) -> Rule:
    return rule


def _by(found: list[Rule], column: str) -> dict[str, tuple[Rule, ...]]:
    """Sort rules by a column, in the order in which its values come."""
    values = dict.fromkeys(getattr(rule, column) for rule in found)
    return {v: tuple(rule for rule in found if getattr(rule, column) == v) for v in values}


def most_points(score: str) -> int:
    """Add up the points that the items of a score give at most."""
    return sum(rule.points or 0 for rule in rules(score) if rule.role == "points")


def window(name: str) -> int:
    """Count the days that a scale looks at, the first and the last included."""
    days = [r.days for r in rules(name) if r.effect == "applies to" and not math.isinf(r.days.high)]
    if len(days) != 1:
        raise ValueError(
            f"{TABLE}: scale {name!r}: found {len(days)} footnotes 'applies to' with days; "
            "expected one, with days_low and days_high"
        )
    return int(days[0].high - days[0].low) + 1


def _check(made: Scale) -> None:
    """Refuse rules with a hole: an answer without a grade, a level that nobody asks for."""
    asked: dict[str, Input] = {one.name: one for one in made.inputs}
    for domain in made.graded:
        if domain not in asked:
            raise _broken(made, f"rules for the domain {domain!r}", f"one of {', '.join(asked)}")
    for one in made.inputs:
        if not isinstance(one, Flag):
            _check_answers(made, one)
    for rule in (rule for every in made.graded.values() for rule in every):
        if rule.grade is None:
            raise _broken(made, f"{rule.criterion_id} without a grade", "a grade from 0 to 5")
        _check_requires(made, rule, asked)
    for rule in (rule for every in made.footnotes.values() for rule in every):
        _check_requires(made, rule, asked)
    fatal = made.note("fatal")
    if "died" in asked and (fatal is None or fatal.grade is None):
        raise _broken(made, "no rule for death", "a footnote with effect 'fatal' and a grade")
    _check_required(made)


def _check_answers(made: Scale, one: Choice | Whole) -> None:
    every = made.graded.get(one.name, ())
    for answer in one.options:
        told = one.partial or answer is ABSENT or any(rule.fits(answer) for rule in every)
        if not told:
            raise _broken(made, f"no rule for {one.name} {answer!r}", "a level or a band")
    for level in (rule.level for rule in every if rule.role == "level"):
        if level not in one.options:
            raise _broken(made, f"{one.name} {level!r}", f"one of {_listed(one.options)}")


def _check_requires(made: Scale, rule: Rule, asked: dict[str, Input]) -> None:
    for domain, levels in rule.requires:
        if domain not in asked or not set(levels) <= set(asked[domain].options):
            wanted = f"{domain}={'|'.join(levels)}"
            raise _broken(made, f"{rule.criterion_id} requires {wanted}", "an input")


def _check_required(made: Scale) -> None:
    flags = [one for one in made.inputs if isinstance(one, Flag)]
    masked = {one.masks for one in flags if one.masks}
    excused = {one.excuses for one in flags if one.excuses}
    required = {one.name for one in flags if one.required}
    for effect, needed in (("required", required), ("waived", masked), ("excused", excused)):
        rule = made.note(effect)
        domains = {rule.domain} if rule is not None else set()
        if domains != needed:
            raise _broken(made, f"{effect!r} for {_named(domains)}", f"it for {_named(needed)}")


def _named(domains: set[str]) -> str:
    return ", ".join(sorted(domains)) or "no domain"


def _broken(made: Scale, found: str, expected: str) -> ValueError:
    return ValueError(f"{TABLE}: scale {made.name!r}: found {found}; expected {expected}")


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(map(repr, values))
