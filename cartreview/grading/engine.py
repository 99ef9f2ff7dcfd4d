"""From answers to a grade: the worst domain, with the footnotes that change what counts.

The same steps are written in ``book/assets/grading.js``; a test compares the two over every
combination of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cartreview.grading.inputs import ABSENT, Flag, Refused
from cartreview.grading.result import Grade
from cartreview.grading.rules import Rule
from cartreview.grading.scale import OVERALL, Scale

__all__ = ["NOTHING", "SUPPRESSED", "UNTESTED", "elsewhere", "grade", "read", "sentence"]

# What no row says, because it follows from the answers.
NOTHING = "Nothing that the scale grades was found."
SUPPRESSED = "Nothing is left to grade; fever may be suppressed by the treatment."
UNTESTED = "A score that could not be had is not graded."
DEATH = "death"


def elsewhere(domain: str) -> str:
    """Say that a finding has another cause, where the syndrome is not graded."""
    return f"The {domain} then has another cause."


def sentence(rule: Rule) -> str:
    """Say what a rule grades; a footnote says it itself."""
    if rule.effect:
        return rule.criterion
    return f"{rule.criterion.removesuffix('.')}: grade {rule.grade}."


def read(scale: Scale, answers: Mapping[str, object]) -> dict[str, object]:
    """Check answers, one by one and against each other.

    A number that cannot be had is 0; where a domain is excused it stays missing, and the domain is
    taken for one without a finding.
    """
    values = {one.name: one.read(answers[one.name]) for one in scale.inputs}
    for one in scale.inputs:
        one.agrees(values[one.name], values)
    excused = scale.excused(values)
    if excused:
        return {**values, **{domain: scale.resting(domain) for domain in excused}}
    return {name: 0 if value is ABSENT else value for name, value in values.items()}


def grade(scale: Scale, answers: Mapping[str, object], also: Iterable[str] = ()) -> Grade:
    """Grade one patient.

    Parameters
    ----------
    scale : Scale
        The scale.
    answers : mapping
        A value for each input of the scale.
    also : iterable of str
        Other findings, of those that the scale names as not counted.

    Returns
    -------
    Grade
        Value and reasons.

    Raises
    ------
    ValueError
        If an answer is missing or none of those allowed, or two exclude each other.
    """
    values = read(scale, answers)
    beside = [_not_counted(scale, finding, values) for finding in _words(also)]
    said = _decided(scale, values).and_also(beside)
    return Grade(
        value=said.value,
        reasons=tuple(dict.fromkeys(said.reasons)),
        system=scale.name,
        sources=tuple(dict.fromkeys(rule.source_id for rule in said.cited)),
        criteria=tuple(dict.fromkeys(rule.criterion_id for rule in said.rules)),
        decided_by=tuple(dict.fromkeys(said.decided_by)),
    )


@dataclass(frozen=True)
class _Said:
    """A grade in the making: the rules that decided, and the footnotes behind them."""

    value: int
    decided_by: tuple[str, ...]
    rules: tuple[Rule, ...]
    notes: tuple[Rule, ...]
    reasons: tuple[str, ...]

    @property
    def cited(self) -> tuple[Rule, ...]:
        return (*self.rules, *self.notes)

    def and_also(self, beside: list[Rule]) -> _Said:
        """Add findings that do not count."""
        notes, reasons = (*self.notes, *beside), (*self.reasons, *(r.criterion for r in beside))
        return _Said(self.value, self.decided_by, self.rules, notes, reasons)


def _words(also: Iterable[str]) -> tuple[str, ...]:
    return (also,) if isinstance(also, str) else tuple(also)


def _not_counted(scale: Scale, finding: str, values: Mapping[str, object]) -> Rule:
    known = scale.not_counted
    if finding not in known:
        allowed = f"any of {', '.join(map(repr, known))}" if known else "nothing"
        raise Refused("also", finding, allowed)
    rule = known[finding]
    if not rule.accompanied(values):
        only = "; ".join(f"{d} {' or '.join(map(repr, levels))}" for d, levels in rule.requires)
        raise Refused("also", finding, f"this finding only with {only}")
    return rule


def _decided(scale: Scale, values: Mapping[str, object]) -> _Said:
    fatal = scale.note("fatal")
    if fatal is not None and values["died"]:
        return _Said(int(fatal.grade or 0), (DEATH,), (fatal,), (), (fatal.criterion,))
    found = _found(scale, values)
    required = scale.required
    if required is None or values[required.domain]:
        return _worst(scale, values, found)
    present = [rule for rule in found if not _rests(scale, rule)]
    waived = scale.note("waived")
    if waived is None or not _masked(scale, values):
        causes = dict.fromkeys(elsewhere(rule.domain) for rule in present if waived is not None)
        return _Said(0, (required.domain,), (required,), (), (required.criterion, *causes))
    if not present:
        return _Said(0, (), (), (waived,), (SUPPRESSED, waived.criterion))
    return _worst(scale, values, present, waived)


def _found(scale: Scale, values: Mapping[str, object]) -> list[Rule]:
    """Give the rule that applies in each domain: of several, the one with the highest grade."""
    applying = ([r for r in every if r.met(values)] for every in scale.graded.values())
    return [max(some, key=lambda rule: rule.grade or 0) for some in applying if some]


def _rests(scale: Scale, rule: Rule) -> bool:
    """Tell whether a rule says that the finding is not there."""
    return rule.level is not None and rule.level == scale.resting(rule.domain)


def _masked(scale: Scale, values: Mapping[str, object]) -> bool:
    return any(isinstance(one, Flag) and one.masks and values[one.name] for one in scale.inputs)


def _worst(scale: Scale, values: Mapping[str, object], found: list[Rule], *applied: Rule) -> _Said:
    value = max((rule.grade or 0 for rule in found), default=0)
    aside = (*_inferred(scale, values, value), *_excusing(scale, values))
    untested = (UNTESTED,) if ABSENT in values.values() else ()
    if not value:
        reasons = (NOTHING, *(rule.criterion for rule in aside), *untested)
        return _Said(0, (), (), aside, reasons)
    deciding = [rule for rule in found if rule.grade == value]
    present = [rule for rule in found if rule.grade and not _rests(scale, rule)]
    domains = tuple(rule.domain for rule in deciding)
    required = scale.required
    if required is not None and not present:  # the required domain alone gives the grade
        domains = (required.domain,)
    notes = [
        *_deciding_notes(scale, values, deciding),
        *(rule for rule in scale.footnotes.get("worst domain", ()) if _differ(present)),
        *applied,
        *aside,
        *_attributions(scale, values, domains),
    ]
    reasons = (
        *(sentence(rule) for rule in deciding),
        *(rule.criterion for rule in notes),
        *untested,
    )
    return _Said(value, domains, tuple(deciding), tuple(notes), reasons)


def _differ(present: list[Rule]) -> bool:
    return len({rule.grade for rule in present}) > 1


def _deciding_notes(scale: Scale, values: Mapping[str, object], deciding: list[Rule]) -> list[Rule]:
    """Give the footnotes that chose between two grades of a domain that decides.

    They speak of a patient whose waking is known, so of nobody whose is excused.
    """
    if scale.excused(values):
        return []
    grades = {rule.domain: rule.grade for rule in deciding}
    return [
        rule
        for rule in scale.footnotes.get("decides", ())
        if rule.grade == grades.get(rule.domain) and rule.met(values)
    ]


def _inferred(scale: Scale, values: Mapping[str, object], value: int) -> list[Rule]:
    """Give the footnotes that call a grade our reading, where it is the one that was given."""
    notes = scale.footnotes.get("inferred", ())
    return [rule for rule in notes if rule.grade == value and rule.met(values)]


def _excusing(scale: Scale, values: Mapping[str, object]) -> list[Rule]:
    excused = scale.excused(values)
    return [rule for rule in scale.footnotes.get("excused", ()) if rule.domain in excused]


def _attributions(
    scale: Scale, values: Mapping[str, object], domains: tuple[str, ...]
) -> list[Rule]:
    """Give the conditions on other causes: of the scale, its required domain, what decides."""
    required = scale.required
    needed = (required.domain,) if required is not None and values[required.domain] else ()
    about = {OVERALL, *needed, *domains}
    return [rule for rule in scale.footnotes.get("attribution", ()) if rule.domain in about]
