"""Corrections and retractions: what the services say of a work, and what of the review rests on it.

The server replays shapes that were seen in public code against the services' own answers:

- Crossref ``/works/DOI``, ``message.updated-by[]`` with ``DOI``, ``type``, ``label``, ``source``
  (publisher, retraction-watch), ``updated.date-parts``, and ``relation.is-retracted-by[].id``:
  github.com/zoharbabin/web-researcher-mcp and others; a date may end at the year or the month.
- A withdrawn abstract whose DOI leads to a notice with 42 entries of ``update-to``, and two
  assertions of Retraction Watch that contradict each other under one record-id: the tests of a
  checker of references that was run against Crossref in September 2026.
- Europe PMC ``/search?resultType=core``: ``version`` 6.9, ``commentCorrectionList
  .commentCorrection[]`` with ``type``, ``id``, ``source``; ``pubTypeList.pubType`` a list or text.
"""

from __future__ import annotations

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import small_checkout
from small_checkout import edit

from cartreview.claims.ledger import Claim, read_ledger, write_ledger
from cartreview.cli import main
from cartreview.living.corrections import Notice, append, known, marked, new, resting, sources_of
from cartreview.living.notices import ask, from_crossref, from_europepmc
from cartreview.living.web import CONTACT, Web
from cartreview.validation.bibliography import read_entries

MINE = "10.1096/fasebj.2022.36.s1.0i128"
TODAY = date(2026, 11, 21)


def update(doi, kind="retraction", source="publisher", parts=(2022, 5, 27)):
    """Give an entry of ``updated-by`` or ``update-to``."""
    return {"DOI": doi, "type": kind, "label": kind.title(), "source": source,
            "record-id": "37476", "updated": {"date-parts": [list(parts)]}}  # fmt: skip


def record(doi, **more):
    """Give Crossref's answer on a work."""
    return {"status": "ok", "message": {"DOI": doi, **more}}


def core(*comments, types=("Journal Article",), **ids):
    """Give Europe PMC's answer with one record."""
    found = {"source": "MED", **ids, "pubTypeList": {"pubType": types}}
    if comments:
        items = [{"type": kind, "id": name, "source": "MED"} for kind, name in comments]
        found["commentCorrectionList"] = {"commentCorrection": items}
    return {"version": "6.9", "hitCount": 1, "resultList": {"result": [found]}}


def told(notices):
    """Give kind, notice and party of each."""
    return [(one.kind, one.notice, one.asserted_by) for one in notices]


def test_updates_stand_on_the_work():
    """Publisher and Retraction Watch are two assertions, and both are kept."""
    both = [update("10.1/n"), update("10.1/n", source="retraction-watch")]
    found = from_crossref(record("10.1/a", **{"updated-by": both}), "10.1/A")
    assert told(found) == [
        ("retraction", "10.1/n", "publisher"),
        ("retraction", "10.1/n", "retraction-watch"),
    ]
    assert {"2022-05-27"} == {one.date for one in found}


def test_contradicting_assertions_are_both_kept():
    """Crossref appends: a retraction that became an expression of concern is told as both."""
    items = [update("10.1/n", kind, "retraction-watch")
             for kind in ("retraction", "expression_of_concern")]  # fmt: skip
    found = from_crossref(record("10.1/a", **{"updated-by": items}), "10.1/a")
    assert ["retraction", "expression of concern"] == [one.kind for one in found]


def test_update_to_stands_on_the_notice():
    """A notice that is itself in the bibliography is not corrected by what it corrects."""
    assert [] == from_crossref(record("10.1/n", **{"update-to": [update("10.1/a")]}), "10.1/n")


@pytest.mark.parametrize("place", [0, 20, 41])
def test_a_notice_of_many_works(place):
    """A DOI that leads to a notice takes its own entry, wherever it stands, and no other."""
    items = [update(f"10.1096/fasebj.2022.36.s1.r{n}") for n in range(41)]
    items.insert(place, update(MINE.upper(), source="retraction-watch"))
    found = from_crossref(record("10.1096/fsb2.22386", **{"update-to": items}), MINE)
    assert [("retraction", "10.1096/fsb2.22386", "retraction-watch")] == told(found)


def test_a_notice_of_other_works_says_nothing():
    """Without an entry of our own there is no answer, neither good nor bad."""
    items = [update(f"10.1096/fasebj.2022.36.s1.r{n}") for n in range(41)]
    assert from_crossref(record("10.1096/fsb2.22386", **{"update-to": items}), MINE) is None


def test_a_relation_alone_is_a_retraction():
    """``is-retracted-by`` counts where no update says the same."""
    related = {"is-retracted-by": [{"id-type": "doi", "id": "10.1/n"}]}
    bare = from_crossref(record("10.1/a", relation=related), "10.1/a")
    full = from_crossref(
        record("10.1/a", relation=related, **{"updated-by": [update("10.1/n")]}), "10.1/a"
    )
    assert [("retraction", "10.1/n", "publisher")] == told(bare) == told(full)


@pytest.mark.parametrize(
    ("parts", "expected"), [((2020, 6, 3), "2020-06-03"), ((2020, 6), "2020-06"), ((2020,), "2020")]
)
def test_a_date_is_no_more_exact_than_it_is_told(parts, expected):
    """A month has no day."""
    (found,) = from_crossref(
        record("10.1/a", **{"updated-by": [update("10.1/n", parts=parts)]}), "10.1/a"
    )
    assert expected == found.date


@pytest.mark.parametrize("answer", [None, [], {}, {"message": []}, {"message": {"title": ["x"]}}])
def test_an_answer_that_names_no_work_is_none(answer):
    """What is no record of the work is not taken for a clean one."""
    assert from_crossref(answer, "10.1/a") is None
    assert from_europepmc(answer, doi="10.1/a") is None


def test_comments_of_europe_pmc():
    """What stands "in" another record is a notice; "of", "for" and mere comments are none."""
    answer = core(
        ("Retraction in", "124"), ("Expression of concern in", "125"), ("Erratum in", "126"),
        ("Comment in", "127"), ("Erratum for", "128"), ("Retraction of", "129"),
        ("Corrected and republished in", "130"), pmid="123",
    )  # fmt: skip
    assert [
        ("retraction", "124", "europepmc"),
        ("expression of concern", "125", "europepmc"),
        ("correction", "126", "europepmc"),
        ("new version", "130", "europepmc"),
    ] == told(from_europepmc(answer, pmid="123"))


@pytest.mark.parametrize(
    "types", ["Retracted Publication", ["Journal Article", "Retracted Publication"]]
)
def test_a_publication_type_alone_is_a_retraction(types):
    """The type is a text or a list, and counts without a list of comments."""
    found = from_europepmc(core(types=types, doi="10.1/a"), doi="10.1/A")
    assert [("retraction", "", "europepmc")] == told(found)


def test_the_record_of_another_work_is_not_ours():
    """A search may find a paper that cites ours."""
    assert from_europepmc(core(("Retraction in", "9"), pmid="124"), pmid="123") is None
    assert from_europepmc(core(("Retraction in", "9"), doi="10.1/b"), doi="10.1/a") is None


ANSWERS = {
    "10.1/retracted": record("10.1/retracted", **{"updated-by": [update("10.1/n")]}),
    "10.1/clean": record("10.1/clean"),
    MINE: record("10.1096/fsb2.22386", **{"update-to": [
        update(f"10.1096/fasebj.2022.36.s1.r{n}") for n in range(41)] + [update(MINE)]}),
}  # fmt: skip
CORES = {
    "EXT_ID:11 AND SRC:MED": core(("Retraction in", "12"), pmid="11"),
    'DOI:"10.1/clean"': core(doi="10.1/clean"),
    "EXT_ID:41 AND SRC:MED": core(("Erratum in", "42"), pmid="41"),
}
BIB = f"""@misc{{b2024, title = {{A}}, author = {{B, C}}, year = {{2024}},
  doi = {{10.1/retracted}}, pmid = {{11}}}}
@misc{{l2020, title = {{A}}, author = {{B, C}}, year = {{2020}}, doi = {{10.1/clean}}}}
@misc{{w2022, title = {{A}}, author = {{B, C}}, year = {{2022}}, doi = {{{MINE}}}}}
@misc{{p2019, title = {{A}}, author = {{B, C}}, year = {{2019}}, pmid = {{41}}}}
@misc{{bare, title = {{A}}, author = {{B, C}}, year = {{2019}}}}
@misc{{down, title = {{A}}, author = {{B, C}}, year = {{2019}}, doi = {{10.1/down}}}}
"""


class Replay(BaseHTTPRequestHandler):
    """Answer as the services do; the path of one DOI always fails."""

    def do_GET(self):
        """Give the stored answer."""
        address = urlsplit(self.path)
        query = parse_qs(address.query).get("query", [""])[0]
        if "10.1/down" in unquote(self.path):
            return self._send(400, {"message": "no"})
        if query:
            return self._send(200, CORES.get(query, {"hitCount": 0, "resultList": {"result": []}}))
        found = ANSWERS.get(unquote(address.path).removeprefix("/works/"))
        return self._send(200 if found else 404, found or {})

    def _send(self, status, content):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *words):
        """Keep quiet."""


@pytest.fixture
def services(monkeypatch):
    """Let both services be a local server that replays."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("CROSSREF", "EUROPEPMC"):
        monkeypatch.setenv(f"CARTREVIEW_{name}_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv(CONTACT, "nobody@example.org")
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def checkout(tmp_path):
    """A small checkout with an empty table of corrections and a bibliography."""
    with small_checkout.in_use(small_checkout.write(tmp_path / "checkout")) as root:
        small_checkout.add_table(root, "corrections")
        (root / "references.bib").write_text(BIB, encoding="utf-8")
        small_checkout.accept(root)
        yield root


def asked(root):
    """Ask the replaying services about the bibliography of a checkout."""
    entries, _ = read_entries(root)
    return ask(entries, Web("nobody@example.org", per_second=1000, retries=0), today=TODAY)


def test_both_services_are_asked(checkout, services):
    """Each answer is kept with who gave it; who was not asked, and what failed, is told."""
    answers = asked(checkout)
    assert {
        ("b2024", "retraction", "10.1/n", "publisher"),
        ("b2024", "retraction", "12", "europepmc"),
        ("w2022", "retraction", "10.1096/fsb2.22386", "publisher"),
        ("p2019", "correction", "42", "europepmc"),
    } == {(one.source_id, one.kind, one.notice, one.asserted_by) for one in answers.notices}
    assert ["bare"] == answers.bare
    assert ["Crossref on down", "Europe PMC on down"] == [
        failure.partition(":")[0] for failure in answers.failed
    ]
    assert {"Europe PMC": ["w2022"]} == answers.unknown
    assert {"Crossref": 3, "Europe PMC": 3} == answers.asked


def test_the_command_writes_what_is_new_once(checkout, services, capsys):
    """A second run finds nothing new; a service that did not answer keeps the status at 1."""
    assert 1 == main(["status", "--corrections", "--write"])
    out = capsys.readouterr().out
    assert "4 notices, 4 of them new" in out
    assert "not answered: Crossref on down" in out
    assert "1 entries have neither DOI nor PMID" not in out
    assert "b2024: retraction, 2022-05-27, 10.1/n, by publisher" in out
    written = known(checkout / "data")
    assert 4 == len(written)
    assert {date.today().isoformat()} == {one.read_on for one in written}
    assert 1 == main(["status", "--corrections", "--write"])
    assert "4 notices, 0 of them new" in capsys.readouterr().out
    assert written == known(checkout / "data")


def test_rows_claims_and_pages_are_marked(checkout, services, capsys):
    """What rests on a retracted source is named: its rows, the claims they are evidence of."""
    append([Notice("b2024", "retraction", "2022", "10.1/n", "publisher", "x")], checkout / "data")
    rest = resting(checkout / "data", ["b2024", "l2020"])
    assert ("studies:brown-15",) == rest["b2024"].rows
    assert (("local-trials",), ("trials",)) == (rest["b2024"].claims, rest["b2024"].pages)
    assert () == rest["l2020"].claims
    claim = read_ledger(checkout / "data" / "claims.csv")["local-trials"]
    assert {"b2024"} == sources_of(claim, checkout / "data")
    assert 0 == main(["status"])
    out = capsys.readouterr().out
    assert (
        "1 row, 1 claim; pages: trials\n    claims: local-trials\n    rows: studies:brown-15" in out
    )


def test_a_claim_rests_on_the_statement_that_it_tests(checkout):
    """A re-test names no row of the source whose words it tests, and rests on it all the same."""
    small_checkout.add_table(checkout, "statements")
    path = checkout / "data" / "statements.csv"
    header = path.read_text("utf-8").splitlines()[0].split(",")
    cells = {"statement_id": "shrank", "source_id": "l2020"}
    line = ",".join(cells.get(name, "") for name in header)
    path.write_text(f"{','.join(header)}\n{line}\n", encoding="utf-8")
    claim = Claim("a", "It shrank.", "holds", {}, {"studies": ("brown-15",)}, (), tests="shrank")
    assert {"b2024", "l2020"} == sources_of(claim, checkout / "data")


def test_a_work_that_becomes_a_source_is_found_by_its_doi(checkout):
    """A retraction that was entered as a trap is found when somebody cites the work."""
    trap = Notice("", "retraction", "2019", "10.1/n", "publisher", "x", doi="10.1/TRAP", work="W")
    append([trap], checkout / "data")
    assert {} == marked(checkout / "data", {"b2024": "10.1/other", "none": ""})
    assert ["b2024"] == list(marked(checkout / "data", {"b2024": "10.1/trap"}))


def test_a_notice_read_on_a_page_is_known():
    """The page named a day and no DOI; the service names both: it is the same notice."""
    page = Notice("a", "correction", "2025-09-23", "", "publisher", "page")
    later = Notice("a", "correction", "2026-01-01", "10.1/second", "publisher", "crossref")
    same = Notice("a", "correction", "2025-09-23", "10.1/first", "publisher", "crossref")
    watch = Notice("a", "correction", "2025-09-23", "10.1/first", "retraction-watch", "crossref")
    assert [later, watch] == new([same, later, watch, later], [page])


def test_without_an_address_nobody_is_asked(checkout, services, monkeypatch, capsys):
    """The services ask who asks."""
    monkeypatch.delenv(CONTACT)
    assert 2 == main(["status", "--corrections"])
    assert f"set {CONTACT} to your address of mail" in capsys.readouterr().err


def test_the_ledger_is_read_as_it_is(checkout):
    """A claim that names no row of a source rests on none."""
    edit(checkout, "data/studies.csv", "3,b2024,first", "3,,first")
    ledger = checkout / "data" / "claims.csv"
    write_ledger(list(read_ledger(ledger).values()), ledger)
    assert () == resting(checkout / "data", ["b2024"])["b2024"].claims
