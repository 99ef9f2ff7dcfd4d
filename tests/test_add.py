"""``cartreview add`` against services that replay what they document; nothing is invented."""

from __future__ import annotations

import csv
import json
import shutil
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cartreview.cli import main
from cartreview.living._entry import bibtex, key_of
from cartreview.living._identifier import Identifier, identified
from cartreview.living._lookup import Publication, Trial, _clean, look_up
from cartreview.validation import check
from cartreview.validation.bibliography import read_entries

REPO = Path(__file__).resolve().parent.parent
DOI = "10.1000/xyz123"
# Shapes: github.com/CrossRef/rest-api-doc (api_format.md), europepmc.org/RestfulWebService (core),
# clinicaltrials.gov/data-api/api. What they say here is made up.
WORK = {
    "status": "ok",
    "message": {
        "DOI": "10.1000/XYZ123",
        "type": "journal-article",
        "title": ["CAR T cells for <i>nothing</i>: 100% made up &amp; replayed"],
        "author": [
            {"given": "Ada B.", "family": "Nobody", "sequence": "first"},
            {"name": "The Group for Nothing"},
        ],
        "issued": {"date-parts": [[2026, 3]]},
        "container-title": ["Journal of Nothing"],
        "volume": "5",
        "page": "11-19",
        "clinical-trial-number": [
            {"clinical-trial-number": "NCT99999999", "registry": "10.18810/clinical-trials-gov"},
            {"clinical-trial-number": "isrctn12345", "registry": "10.18810/isrctn"},
        ],
    },
}
RECORD = {
    "hitCount": 1,
    "resultList": {
        "result": [
            {
                "id": "99999999",
                "source": "MED",
                "pmid": "99999999",
                "doi": "10.1000/xyz123",
                "title": "CAR T cells for nothing.",
                "authorList": {"author": [{"lastName": "Nobody", "firstName": "Ada B."}]},
                "journalInfo": {"volume": "5", "journal": {"title": "Journal of Nothing"}},
                "pubYear": "2026",
                "pageInfo": "11-19",
            }
        ]
    },
}
TRIAL = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT99999999", "briefTitle": "Nothing against glioma"},
        "statusModule": {
            "overallStatus": "ACTIVE_NOT_RECRUITING",
            "startDateStruct": {"date": "2026-03", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2030-03-01", "type": "ESTIMATED"},
        },
        "designModule": {
            "phases": ["PHASE1", "PHASE2"],
            "enrollmentInfo": {"count": 12, "type": "ESTIMATED"},
        },
    },
    "hasResults": False,
}
EMPTY = {"hitCount": 0, "resultList": {"result": []}}


@pytest.fixture
def services(monkeypatch):
    """Replay the services; give the answers by path, to be changed, and what was asked."""
    answers = {f"/works/{DOI}": WORK, "/search": RECORD, "/studies/NCT99999999": TRIAL}
    asked = []

    class Replay(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            asked.append((unquote(parts.path), parse_qs(parts.query)))
            answer = answers.get(unquote(parts.path))
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(200 if answer is not None else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name in ("CROSSREF", "EUROPEPMC", "CLINICALTRIALS"):
        monkeypatch.setenv(f"CARTREVIEW_{name}_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("CARTREVIEW_CONTACT", "nobody@example.org")
    yield answers, asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def root(tmp_path):
    """Copy tables and bibliography."""
    shutil.copytree(REPO / "data", tmp_path / "data", ignore=lambda *_: ["claims.csv"])
    shutil.copy(REPO / "references.bib", tmp_path)
    return tmp_path


def last(root, table):
    """Give the last row of a table, its filled cells alone."""
    with (root / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        *_, row = csv.DictReader(file)
    return {name: text for name, text in row.items() if text}


def state(root):
    """Give the content of every file."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def add(root, *words):
    """Run the command there."""
    return main(["add", *words, "--root", str(root)])


def test_a_publication(root, services, capsys):
    """The entry, the source, the candidate, the study and its report, from what the record says."""
    words = ("--study", "nobody-2026", "--search", "stored-pages-by-hand")
    assert 0 == add(root, f"https://doi.org/{DOI.upper()}", *words)
    printed = capsys.readouterr().out
    entry = read_entries(root)[0]["nobody2026"]
    assert "{Nobody, Ada B. and {The Group for Nothing}}" == entry.raw["author"]
    assert r"CAR T cells for nothing: 100\% made up & replayed" == entry.fields["title"]
    assert ("2026", "11--19", DOI, "99999999") == tuple(
        entry.fields[name] for name in ("year", "pages", "doi", "pmid")
    )
    assert {
        "source_id": "nobody2026", "kind": "evidence", "year": "2026", "nct_ids": "NCT99999999",
        "confirmed_at": f"api.crossref.org/works/{DOI}", "verification": "record",
    } == last(root, "sources")  # fmt: skip
    study = last(root, "studies")
    assert {"study_id", "registrations", "source_id", "entered_on"} == set(study)
    assert "nobody-2026-nobody2026" == last(root, "reports")["report_id"]
    assert "included" == last(root, "screening")["decision"]
    # The skeleton is not complete, and says so itself: each finding is an empty cell to fill.
    assert "to fill: name, design, locator, verification" in printed
    codes = {f.code for f in check(root) if "claims" not in f.path}
    assert {"missing-value", "missing-locator"} >= codes - {"unused-entry"}


def test_it_is_told_first_that_it_is_there(root, services, capsys):
    """A known DOI, a known registration: no service is asked, nothing is written."""
    before = state(root)
    assert 1 == add(root, "10.1038/s41591-024-02893-z")
    assert 1 == add(root, "NCT04185038")
    printed = capsys.readouterr().out
    assert "the source bagley2024 has" in printed
    assert "bagley2024 is a report of the study bagley-2024" in printed
    assert "the study vitanza-2025 has the registration NCT04185038" in printed
    assert (before, []) == (state(root), services[1])


def test_the_registration_in_the_record_names_the_study(root, services, capsys):
    """A paper whose record names a known trial is told to be a further report of it."""
    number = {"clinical-trial-number": [{"clinical-trial-number": "NCT04185038"}]}
    services[0][f"/works/{DOI}"] = {"message": {**WORK["message"], **number}}
    assert 0 == add(root, DOI, "--dry-run")
    assert "is added with --study vitanza-2025" in capsys.readouterr().out


def test_twice_is_there(root, services):
    """What was added is known the next time, by the other identifier too."""
    assert 0 == add(root, DOI)
    before = state(root)
    assert 1 == add(root, "PMID 99999999")
    assert 1 == add(root, DOI, "--offline")
    assert before == state(root)


def test_a_pmid_and_a_trial(root, services):
    """Europe PMC and the register fill what they state, and nothing else."""
    assert 0 == add(root, "99999999")
    assert "99999999" == last(root, "screening")["pmid"]
    assert "europepmc.org/article/MED/99999999" == last(root, "sources")["confirmed_at"]
    assert 0 == add(root, "NCT99999999")
    trial = last(root, "ongoing_trials")
    trial.pop("read_on")
    assert {
        "registration": "NCT99999999", "title": "Nothing against glioma", "phase": "1/2",
        "n_planned": "12", "n_kind": "estimated", "status": "active not recruiting",
        "start": "2026-03", "completion": "2030-03-01", "results": "none",
        "address": "clinicaltrials.gov/study/NCT99999999",
    } == trial  # fmt: skip
    assert [] == [f for f in check(root) if f.path == "data/ongoing_trials.csv"]


def test_without_a_service(root, monkeypatch, capsys):
    """A skeleton has the identifier and empty cells; a name for the source is asked for."""
    monkeypatch.delenv("CARTREVIEW_CONTACT", raising=False)
    before = state(root)
    assert 2 == add(root, DOI)
    assert 2 == add(root, DOI, "--offline")
    assert "set CARTREVIEW_CONTACT" in capsys.readouterr().err
    assert before == state(root)
    assert 0 == add(root, DOI, "--offline", "--key", "nobody2026")
    assert {"source_id", "kind"} == set(last(root, "sources"))
    assert {"doi": DOI} == read_entries(root)[0]["nobody2026"].fields


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["Brown 2024"], 2, "is no DOI"),
        ([DOI, "--study", "No Study"], 2, "is no study_id"),
        ([DOI, "--search", "none"], 2, "no search 'none'"),
        ([DOI, "--key", "bagley2024"], 2, "is taken"),
        (["NCT99999999", "--study", "own-2026"], 2, "begins with its report"),
        (["10.1000/other"], 1, "no service knows"),
    ],
)
def test_what_cannot_be_added(words, status, told, root, services, capsys):
    """The reason is one sentence, and nothing is written."""
    services[0]["/search"] = EMPTY
    before = state(root)
    assert status == add(root, *words)
    assert told in capsys.readouterr().err
    assert before == state(root)


def test_another_answer_is_no_answer(root, services, capsys):
    """A record of another DOI, or no JSON, is not taken for what was asked."""
    services[0]["/search"] = EMPTY
    services[0]["/works/10.1000/other"] = WORK
    assert 1 == add(root, "10.1000/other")
    services[0]["/works/10.1000/other"] = b"<html>"
    assert 2 == add(root, "10.1000/other")
    assert "no JSON" in capsys.readouterr().err


def test_a_hostile_record_stays_text(root, services, capsys):
    """Formulas, markup, roles, orders of LaTeX and signs that nobody sees do not get through."""
    hostile = {
        "title": ["=HYPERLINK(1) <script>alert(1)</script>{claim}`x` \\input{/etc/passwd} \u202e"],
        "author": [{"family": "Evil} , url = {javascript:alert(1)", "given": "and and others"}],
        "container-title": ["@article{x, title={y}}"],
        "volume": {"deep": [1]},
        "issued": {"date-parts": "2026"},
    }
    services[0]["/search"] = EMPTY
    services[0][f"/works/{DOI}"] = {"message": {**WORK["message"], **hostile}}
    count = len(read_entries(root)[0])
    assert 0 == add(root, DOI, "--key", "nobody2026")
    entries, problems = read_entries(root)
    # What is strange in it is a finding, so that a person looks.
    assert {"malformed-url", "malformed-author"} == {problem.code for problem in problems}
    assert count + 1 == len(entries)
    assert not {"url", "x"} & set(entries["nobody2026"].fields)
    assert "title" not in last(root, "screening")
    assert "title left empty" in capsys.readouterr().out
    written = (root / "references.bib").read_text(encoding="utf-8").partition("@misc{nobody2026")[2]
    assert not set("\\<\u202e") & set(written.replace("\\_", "").replace("\\%", ""))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from([*WORK["message"], "family", "given", "name", "date-parts", "result"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(answer=JSON, kind=st.sampled_from(["doi", "pmid", "pmcid", "nct"]))
@settings(max_examples=200, deadline=None)
def test_any_answer_is_read(answer, kind):
    """Whatever a service answers, the look-up ends; what it gives is one clean line a field."""

    class Web:
        def get_json(self, url, params=None):
            whole = isinstance(answer, dict) and kind == "doi"
            return {"message": {**answer, "DOI": DOI}} if whole else answer

    texts = {"doi": DOI, "pmid": "1", "pmcid": "PMC1", "nct": "NCT99999999"}
    found = look_up(Identifier(kind, texts[kind]), Web())
    assert found is None or isinstance(found, Publication | Trial)
    if isinstance(found, Publication):
        assert all("\n" not in str(value) for value in vars(found).values())


@given(
    title=st.text(max_size=60),
    names=st.lists(st.text(max_size=20), max_size=3),
    journal=st.text(max_size=20),
)
@example(title="", names=[], journal="\U000e0000")  # a tag that no table of characters names
@settings(max_examples=300, deadline=None)
def test_any_publication_is_one_entry(title, names, journal, tmp_path_factory):
    """Whatever the texts are, one entry comes of them, and no field that was not meant."""
    texts = tuple(_clean(name) for name in names)
    made = Publication(title=_clean(title), authors=texts, journal=_clean(journal), doi=DOI)
    root = tmp_path_factory.mktemp("bib")
    entry = bibtex("own2026", made, date(2026, 11, 21))
    (root / "references.bib").write_text(entry, encoding="utf-8")
    entries, problems = read_entries(root)
    shutil.rmtree(root)
    assert {"own2026"} == set(entries)
    assert {"author", "title", "journal", "doi", "note"} >= set(entries["own2026"].fields)
    assert not [p for p in problems if p.code in ("bad-bibliography", "hidden-character")]


def test_keys():
    """A second source of a name and year gets a letter, one without a name none at all."""
    made = Publication(authors=("Ångström, A",), year="2026")
    assert ["angstrom2026", "angstrom2026b"] == [key_of(made, ()), key_of(made, {"angstrom2026"})]
    assert ["", "", "li" + "nd"] == [
        key_of(Publication(), ()), key_of(Publication(authors=("李",)), ()),
        key_of(Publication(authors=("Li",)), ()),
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_any_text_is_an_identifier_or_none(text):
    """No text raises, and what is found is found again."""
    found = identified(text)
    assert found is None or found == identified(found.text)
