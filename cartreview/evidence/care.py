"""One card a syndrome and grade: what each source says to do, and what was not read.

A card is safe to read only if silence cannot be taken for advice. So each card says first which of
its own sources were read in part, names last those of which nothing was read at that grade, keeps
what a trial did apart from advice, and what a newer text replaced apart from both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cartreview.evidence.management import dose

__all__ = [
    "ANY_GRADE",
    "GRADES",
    "NOT_READ",
    "Card",
    "Older",
    "Said",
    "Step",
    "cards",
    "step",
    "who",
]

Row = Mapping[str, str]
GRADES = (1, 2, 3, 4)
ANY_GRADE = 0
NOT_READ = "not read"
# Parts of a card in the order in which they are needed, each with its kinds of action.
_PARTS = {
    "Support and watch": ("supportive", "monitoring", "assessment"),
    "Blocking interleukin-6": ("tocilizumab",),
    "Corticosteroid": ("corticosteroid",),
    "Other drugs": ("anakinra", "other drug"),
    "Intensive care": ("intensive care",),
    "Imaging, EEG, spinal fluid": ("imaging and EEG",),
    "Seizures": ("anti-seizure drug",),
    "Raised pressure": ("CSF drainage",),
    "Infection and blood counts": (
        "antimicrobial",
        "G-CSF",
        "immunoglobulin",
        "transfusion",
        "stem cell boost",
    ),
    "Rules of supply": ("regulation",),
    "What patients are told": ("patient instruction",),
}
_PART_OF = {kind: part for part, kinds in _PARTS.items() for kind in kinds}
_TREATMENTS = {"supportive", "tocilizumab", "corticosteroid", "anakinra", "other drug"}
# Syndromes with a card a grade; of the others too little goes by grade to part a card.
_GRADED = ("CRS", "ICANS")
_SCALE_OF = {"seizure": "ICANS"}  # seizures have no grades of their own
_ISSUERS = (
    "guideline",
    "consensus",
    "regulator",
    "label",
    "review",
    "institution",
    "trial protocol",
)
# Sources that give advice grade by grade; of the others nothing is missed at a grade.
_BY_GRADE = ("guideline", "consensus", "institution", "review")
_OWN_SCALE = "ASTCT 2019"
# Read before the action they go with; what is recommended needs no word.
_STANCES = {"consider": "Consider", "against": "Against", "required": "Required"}
_SAID_BY_ACTION = {
    "Consider": ("Consider ",),
    "Against": ("No ", "Do not ", "Avoid ", "Leave out "),
}
_TRIAL, _SURVEY = "In a trial", "In a survey"


@dataclass(frozen=True, slots=True)
class Said:
    """Who says something, and where; ``scale`` if it grades by another than the consensus."""

    who: str
    scale: str
    source_id: str
    locator: str


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, in the words of this review, with every source that says just this."""

    stance: str
    action: str
    dose: str
    condition: str
    by: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Older:
    """A step that a newer text replaced, and who wrote that."""

    step: Step
    by: str


@dataclass(frozen=True, slots=True)
class Card:
    """All that was read for one grade of a syndrome; grade 0 is whatever the grade.

    Attributes
    ----------
    parts : dict
        What to do, by part, with the steps of each source.
    partly : list of Step
        Of sources that the parts quote: what else they say and was not read, in words.
    gaps : list of Step
        The same of sources that the parts do not quote; what is alike of several is one.
    unread : list of str
        Sources that go by grade, and of whose treatment at this grade nothing was read.
    older : list of Older
        Steps that a newer text replaced.
    """

    toxicity: str
    grade: int
    parts: dict[str, list[Step]]
    partly: list[Step]
    gaps: list[Step]
    unread: list[str]
    older: list[Older]

    @property
    def places(self) -> dict[tuple[str, str], list[str]]:
        """Give the places that the steps stand at, by name and key of their source."""
        found: dict[tuple[str, str], list[str]] = {}
        for one in (one for steps in self.parts.values() for said in steps for one in said.by):
            found.setdefault((one.who, one.source_id), []).append(one.locator)
        return {source: list(dict.fromkeys(places)) for source, places in found.items()}


def cards(rows: Iterable[Row], toxicity: str) -> list[Card]:
    """Make the cards of a syndrome, grade 1 to 4 and then whatever the grade.

    Taught in: book/toxicity-management.md

    Parameters
    ----------
    rows : iterable of mapping
        Rows of ``management`` as text, an empty cell as ``""``.
    toxicity : str
        Which syndrome.

    Returns
    -------
    list of Card
        CRS and ICANS: a card for each grade for which anything was read, or is known to be unread.
        Another syndrome has one card, on which a step says the grade that it is for.

    Examples
    --------
    >>> row = {"toxicity": "CRS", "grade_low": "2", "grade_high": "", "kind": "tocilizumab",
    ...        "stance": "recommended", "action": "Give it.", "drug": "", "condition": "",
    ...        "guideline": "Society", "version": "2021", "issuer": "guideline", "scale": "",
    ...        "management_id": "a", "superseded_by": "", "source_id": "s", "locator": "p. 1",
    ...        "dose_low": "", "interval_low_h": "", "maximum": "", "course": ""}
    >>> one, two, *rest = cards([row], "CRS")
    >>> two.grade, two.unread, {part: steps[0].by[0].who for part, steps in two.parts.items()}
    (2, [], {'Blocking interleukin-6': 'Society 2021'})
    >>> one.grade, one.unread, one.parts
    (1, ['Society 2021'], {})
    """
    every = list(rows)
    names = {row["management_id"]: who(row) for row in every}
    listed = [row for row in every if row["toxicity"] == toxicity and row["stance"] != "removed"]
    grades: tuple[int, ...] = (*GRADES, ANY_GRADE)
    if toxicity not in _GRADED:
        listed, grades = [_grade_in_words(row) for row in listed], (ANY_GRADE,)
    made = [_card(listed, toxicity, grade, names) for grade in grades]
    return [card for card in made if card.parts or card.partly or card.gaps or card.unread]


def who(row: Row) -> str:
    """Name who says so, with the version where it is dated.

    Examples
    --------
    >>> [who({"guideline": "ASCO", "version": it}) for it in ("2021", "not dated")]
    ['ASCO 2021', 'ASCO']
    >>> who({"guideline": "Abstract of 2025", "version": "2025"})
    'Abstract of 2025'
    """
    name, version = row["guideline"], row["version"]
    return name if version == "not dated" or version in name else f"{name} {version}"


def step(row: Row) -> Step:
    """Say a row as a step: stance, action, dose, condition, and where it stands.

    Examples
    --------
    >>> row = dict.fromkeys(("dose_low", "interval_low_h", "maximum", "course", "condition"), "")
    >>> row |= {"guideline": "Label", "version": "2024", "stance": "against", "scale": "Lee 2014",
    ...         "action": "Wait.", "source_id": "s", "locator": "p. 1", "issuer": "label"}
    >>> step(row).stance, step(row).by[0].scale
    ('Against', 'Lee 2014')
    """
    more = ("dose_low", "interval_low_h", "maximum", "course")  # a drug alone is in the action
    own = row["scale"] in ("", "not stated", _OWN_SCALE)
    return Step(
        stance=_stance(row),
        action=row["action"],
        dose=dose(row) if any(row[name] for name in more) else "",
        condition=row["condition"],
        by=(Said(who(row), "" if own else row["scale"], row["source_id"], row["locator"]),),
    )


def _stance(row: Row) -> str:
    """Say how firmly a step is meant, unless its own words do.

    What a trial did, and what those asked in a survey do, is no advice.
    """
    if row["issuer"] == "trial protocol":
        return _TRIAL
    if "survey" in row["guideline"].casefold():
        return _SURVEY
    stance = _STANCES.get(row["stance"], "")
    return "" if row["action"].startswith(_SAID_BY_ACTION.get(stance, ())) else stance


def _grade_in_words(row: Row) -> Row:
    """Write the grade of a row into its condition, so that it can stand on a card of all grades."""
    if not row["grade_low"]:
        return row
    grades = "–".join(dict.fromkeys(filter(None, (row["grade_low"], row["grade_high"]))))
    scale = _SCALE_OF.get(row["toxicity"], row["toxicity"])
    said = f"{scale} grade {grades}. {row['condition']}".strip()
    return {**row, "grade_low": "", "grade_high": "", "condition": said}


def _merged(steps: Iterable[Step]) -> list[Step]:
    """Put what several sources say alike into one step."""
    found: dict[Step, list[Said]] = {}
    for one in steps:
        found.setdefault(replace(one, by=()), []).extend(one.by)
    return [replace(one, by=tuple(by)) for one, by in found.items()]


def _card(rows: list[Row], toxicity: str, grade: int, names: Mapping[str, str]) -> Card:
    here = [row for row in rows if grade in _grades(row)]
    now = [row for row in here if not row["superseded_by"] and row["stance"] != NOT_READ]
    older = [
        Older(step(row), names.get(row["superseded_by"], "a newer text"))
        for row in here
        if row["superseded_by"]
    ]
    parts = {
        part: _merged(step(row) for row in _ordered(now) if _PART_OF[row["kind"]] == part)
        for part in _PARTS
    }
    found = {part: steps for part, steps in parts.items() if steps}
    quoted = {row["guideline"] for row in now}
    every = grade == ANY_GRADE  # what was read at no grade is missing from the advice at large, too
    missing = [
        row
        for row in rows
        if row["stance"] == NOT_READ and (row in here or (every and _grades(row) == GRADES))
    ]
    partly, gaps = (
        _merged(step(row) for row in missing if (row["guideline"] in quoted) is in_part)
        for in_part in (True, False)
    )
    return Card(toxicity, grade, found, partly, gaps, _unread(rows, here, grade), older)


def _unread(rows: list[Row], here: list[Row], grade: int) -> list[str]:
    """Name the sources of which nothing says how they treat this grade, nor that it is a gap."""
    if grade == ANY_GRADE:
        return []
    graded = [
        row
        for row in rows
        if row["grade_low"] and row["issuer"] in _BY_GRADE and not row["superseded_by"]
    ]
    told = {
        row["guideline"] for row in here if row["kind"] in _TREATMENTS or row["stance"] == NOT_READ
    }
    return sorted({who(row) for row in graded if row["guideline"] not in told})


def _grades(row: Row) -> tuple[int, ...]:
    if not row["grade_low"]:
        return (ANY_GRADE,)
    low = int(row["grade_low"])
    return tuple(range(low, int(row["grade_high"] or low) + 1))


def _ordered(rows: list[Row]) -> list[Row]:
    """Put guidelines before labels and single hospitals, the newest of each first."""
    years = {row["management_id"]: _year(row["version"]) for row in rows}
    newest = sorted(rows, key=lambda row: years[row["management_id"]], reverse=True)
    return sorted(newest, key=lambda row: _ISSUERS.index(row["issuer"]))


def _year(version: str) -> str:
    """Give what sorts by date; a version that is not dated comes before all."""
    return version if version[:1].isdigit() else ""
