"""Which reports are the same, which belong together, and what is read first."""

import pytest
from replay.entries import REPO

from cartreview._tables import schema
from cartreview.living import log, matching, strategies
from cartreview.living.matching import Known, Library, Match, same_title
from cartreview.living.ranking import rank
from cartreview.living.records import (
    KINDS,
    Record,
    clean,
    normal_doi,
    normal_pmid,
    registrations_in,
)
from cartreview.living.services import SERVICES

LONG = "Intraventricular CAR T cells for recurrent diffuse midline glioma in children"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("IL-13Rα2 CAR-T cells in recurrent glioma", "IL13Ra2 CAR T cells in recurrent glioma.", 1),
        ("CAR T cells for brain tumours in paediatric patients with oedema",
         "CAR T cells for brain tumors in pediatric patients with edema", 1),
        ("EPCT-07. CAR T CELLS FOR DIFFUSE INTRINSIC PONTINE GLIOMA",
         "CAR T cells for diffuse intrinsic pontine glioma", 1),
        ("CAR T cells for diffuse intrinsic pontine glioma in children",
         "CAR T cells for difuse intrinsic pontine glioma in children", 1),
        ("CAR T cells in recurrent high-grade glioma: a phase 1 trial",
         "CAR T cells in recurrent high-grade glioma: a phase 2 trial", 0),
        ("Locoregional GD2 CAR T cells for diffuse midline glioma in children",
         "Locoregional HER2 CAR T cells for diffuse midline glioma in children", 0),
        ("CAR T cells for relapsed lymphoma of the brain in adults, part I",
         "CAR T cells for relapsed lymphoma of the brain in adults, part II", 0),
        ("CAR T cells for lymphoma of the brain: results in adults and follow-up",
         "CAR T cells for lymphoma of the brain: results in adults", 0),
    ],
)  # fmt: skip
def test_titles(one, other, same):
    """Spelling, accents and numbers of meetings do not part two titles; a word does."""
    assert bool(same) == same_title(one, other) == same_title(other, one)


def library(*known):
    """Make a library of what is known."""
    made = Library()
    made.add(known)
    return made


RELATIONS = {
    "the same DOI in capitals": (Known("a", doi="10.1/ab"), Record("T", doi="10.1/ab"), "same"),
    "the same number": (Known("a", pmid="12"), Record("T", pmid="12"), "same"),
    "the same title, a year later": (Known("a", LONG, 2024), Record(LONG, 2025), "same"),
    "the same title, two years later": (Known("a", LONG, 2022), Record(LONG, 2024), None),
    "the same title, another DOI": (
        Known("a", LONG, 2024, doi="10.1/a"), Record(LONG, 2024, doi="10.1/b"), "same title as"),
    "the same title, another number": (
        Known("a", LONG, 2024, pmid="1"), Record(LONG, 2024, pmid="2"), "same title as"),
    "a short title": (Known("a", "CAR T in glioma", 2024), Record("CAR T in glioma", 2024), None),
    "a preprint": (
        Known("a", LONG, 2024, doi="10.1/a"),
        Record(LONG, 2023, doi="10.2/b", kind="preprint"), "preprint of"),
    "a second version of a preprint": (
        Known("a", LONG, 2024, doi="10.1/a.v1", kind="preprint"),
        Record(LONG, 2024, doi="10.1/a.v2", kind="preprint"), "same"),
    "the paper of an abstract": (
        Known("a", LONG, 2024, kind="abstract"), Record(LONG, 2025, doi="10.1/a"),
        "full report of"),
    "a preprint that names its paper": (
        Known("a", pmid="12"),
        Record("T", kind="preprint", links=(("preprint of", "pmid:12"),)), "preprint of"),
    "a trial of a known report": (
        Known("a", registrations=("NCT00000001",)),
        Record(LONG, registrations=("NCT00000001",), kind="registration"), "registration of"),
    "a trial that is known": (
        Known("a", registrations=("NCT00000001",), kind="registration"),
        Record(LONG, registrations=("NCT00000001",), kind="registration"), "same"),
    "a report of a known trial": (
        Known("a", registrations=("NCT00000001",), kind="registration"),
        Record(LONG, registrations=("NCT00000001",)), "report of"),
    "a second report of a trial": (
        Known("a", registrations=("NCT00000001",)),
        Record(LONG, registrations=("NCT00000001",)), "other report of"),
    "a review of many trials": (
        Known("a", registrations=("NCT00000001",)),
        Record(LONG, registrations=tuple(f"NCT0000000{n}" for n in range(1, 6))), None),
}  # fmt: skip


@pytest.mark.parametrize("case", RELATIONS)
def test_relations(case):
    """A record is a known report, another form of it, or new."""
    known, record, relation = RELATIONS[case]
    match = library(known).match(record)
    assert relation == (match and match.relation)
    assert match is None or "a" == match.name


def test_identifiers_go_before_titles():
    """A record that has one report's DOI and another's title is the one with the DOI."""
    made = library(Known("title", LONG, 2024), Known("doi", "Other", 2024, doi="10.1/a"))
    assert "doi" == made.match(Record(LONG, 2024, doi="10.1/a")).name


def test_what_the_review_holds_is_known():
    """Publications of the bibliography and registered trials come back as known."""
    made = Library()
    made.add(log.known(REPO))
    published = [row["registration"] for row in log.rows(REPO, "ongoing_trials")]
    for number in (number for number in published if number.startswith("NCT")):
        record = Record("T", registrations=(number,), kind="registration")
        assert "same" == made.match(record).relation, number
    text = (REPO / "references.bib").read_text(encoding="utf-8")
    dois = [normal_doi(line) for line in text.splitlines() if line.strip().startswith("doi")]
    assert dois
    assert {"same"} == {made.match(Record("T", doi=doi)).relation for doi in dois}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (normal_doi("https://dx.doi.org/10.1016%2FS0140-6736(20)31366-0"),
         "10.1016/s0140-6736(20)31366-0"),
        (normal_doi("no DOI"), ""),
        (normal_pmid(38454126), "38454126"),
        (normal_pmid("0"), ""),
        (registrations_in("(chictr2100047968), ChiCTR-OPN-16008526 NCT0123"),
         ("ChiCTR2100047968", "ChiCTR-OPN-16008526")),
        (clean("+1\x00 &amp;lt;b&amp;gt; A\u200bB "), "1 &lt;b&gt; AB"),
        (clean("<jats:p>5 &lt; 6 <sup>2</sup></jats:p> &lt;script&gt;x"), "5 < 6 2 x"),
    ],
)  # fmt: skip
def test_forms(found, expected):
    """Identifiers have one form; a stranger's text is one line without signs that nobody sees."""
    assert expected == found


def test_a_reason_for_each_point():
    """Mice and reviews are read later, not left out, and each point is told."""
    trial = rank(Record("CAR T cells for glioma: a phase 1 trial", abstract="In 12 patients"))
    mice = rank(Record("CAR T cells for glioma in mice"))
    review = rank(Record("CAR T cells for glioma: a review"))
    assert trial[0] > mice[0]
    assert trial[0] > review[0]
    assert "-2 animals or cells in the title" in mice[1]
    assert "+1 patients counted" in trial[1]


def test_what_repeats_is_read_later():
    """The registration of a trial whose paper is held comes after a second report of it."""
    record = Record("CAR T cells for glioma: a phase 1 trial")
    points = {
        relation: rank(record, Match("a", relation, "NCT00000001"))[0]
        for relation in ("registration of", "other report of")
    }
    assert points["registration of"] < rank(record)[0] < points["other report of"]


def words(table, field):
    """Give the values that a schema allows in a field."""
    fields = {one["name"]: one for one in schema(table)["fields"]}
    return fields[field]["constraints"]["enum"]


def test_schemas_know_what_the_code_writes():
    """Kinds, relations, services and schedules are the same words in schemas and code."""
    assert set(KINDS) == set(words("candidates", "kind"))
    named = {*matching._OF_KIND.values(), "full report of", "same title as", "report of"}
    assert {*named, "other report of", "paper of"} == set(words("candidates", "relation"))
    assert set(SERVICES) == set(words("strategies", "service"))
    assert set(strategies.DAYS) == set(words("strategies", "schedule"))


def test_saved_strategies_can_be_run():
    """Each one is understood, bears its version, and has balanced brackets and quotation marks."""
    rows = log.rows(REPO, "strategies")
    assert len(rows) >= len(strategies.in_use(rows)) > 0
    for row in rows:
        assert row["saved_strategy_id"].endswith(f"-v{row['version']}")
        for text in (row["query"], row["filters"]):
            assert text.count("(") == text.count(")")
            assert 0 == text.count('"') % 2
