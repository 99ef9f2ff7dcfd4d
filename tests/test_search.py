"""Searching: four services replayed, traps that others fell into, runs that are killed."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from replay.entries import crowd, included, traps
from replay.server import Entry, Replay

from cartreview.cli import main
from cartreview.living import log, recall, strategies
from cartreview.living.journal import ask, kept
from cartreview.living.search import search
from cartreview.living.services import SERVICES
from cartreview.living.strategies import Strategy
from cartreview.living.web import ServiceError, Web
from cartreview.validation import check

REPO = Path(__file__).parents[1]
TABLES = ("searches", "screening", "candidates")
MAIL = "reader@example.org"
TODAY = date(2026, 11, 21)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Copy the tables and the bibliography, without pages and their ledger."""
    shutil.copytree(REPO / "data", tmp_path / "data", ignore=lambda *_: ["claims.csv"])
    shutil.copy(REPO / "references.bib", tmp_path)
    return tmp_path


@pytest.fixture
def served(monkeypatch):
    """Start a server of given entries, to which the services' addresses lead."""
    running = []

    def start(entries, **options) -> Replay:
        replay = Replay(entries, **options)
        for name, value in replay.variables().items():
            monkeypatch.setenv(name, value)
        running.append(replay.__enter__())
        return replay

    yield start
    for replay in running:
        replay.__exit__()


def strategy(service: str, query: str = '"CAR T" AND glioma', **more) -> Strategy:
    """Give a strategy for a service."""
    return Strategy(f"{SERVICES[service].key}-v1", service, query, **more)


def asked(tmp_path: Path, one: Strategy, since: date | None = None):
    """Ask one service for everything; give the run."""
    run = kept(tmp_path, one, since, TODAY)
    ask(run, Web(MAIL), lambda run: None)
    return run


def rows(root: Path, table: str) -> dict[str, dict[str, str]]:
    """Read a table, its rows by their key."""
    with (root / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        read = csv.DictReader(file)
        return {row[read.fieldnames[0]]: row for row in read}


def findings(root: Path) -> list[str]:
    """List what the checks find in the tables."""
    return [str(f) for f in check(root) if f.path.startswith("data/") and "claims" not in f.path]


def reports(count: int) -> list[Entry]:
    """Make up reports that every service has."""
    return [
        Entry(f"CAR T glioma {n}", 2025, f"10.5555/{n}", str(96_000_000 + n), f"NCT96{n:06}")
        for n in range(count)
    ]


# Paging


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("count", [0, 1, 5, 11, 15])
def test_every_record_is_read_once(served, tmp_path, service, count):
    """Pages that are full, empty or the last neither repeat a record nor end too soon."""
    served(reports(count), page=5)
    run = asked(tmp_path, strategy(service))
    assert [one.title for one in reports(count)] == [
        record.title.rstrip(".") for record in run.records
    ]
    assert count == run.total


@pytest.mark.parametrize("end", ["repeats", "missing"])
def test_a_cursor_that_repeats_or_is_missing_is_the_end(served, tmp_path, end):
    """Europe PMC says in two ways that nothing follows; neither is asked for again."""
    replay = served(reports(10), page=5)
    replay.end = end
    run = asked(tmp_path, strategy("Europe PMC"))
    assert (10, 2) == (len(run.records), len(replay.asked))


def test_a_page_without_trials_is_not_the_end(served, tmp_path):
    """ClinicalTrials.gov may give a token and no trial; the next pages ask for the same."""
    replay = served(reports(12), page=5)
    run = asked(
        tmp_path, strategy("ClinicalTrials.gov", "CAR", filters=(("query.cond", "glioma"),))
    )
    assert 12 == len(run.records)
    told = [{k: v for k, v in query.items() if k != "pageToken"} for _, query, _ in replay.asked]
    assert all(query == told[0] for query in told)
    assert any(not page.records and page.following for page in run.pages)


def test_only_as_much_is_read_as_the_strategy_says(served, tmp_path):
    """Crossref ranks and finds something for every word: the reading ends where it was set."""
    replay = served(reports(40), page=5)
    run = asked(tmp_path, strategy("Crossref", "CAR T glioma", read_at_most=12))
    assert (12, 40, 3) == (len(run.records), run.total, len(replay.asked))


@pytest.mark.parametrize(
    ("service", "name", "value"),
    [
        (
            "Europe PMC",
            "query",
            '("CAR T" AND glioma) AND (FIRST_IDATE:[2026-01-05 TO 3000-12-31])',
        ),
        ("PubMed", "mindate", "2026/01/05"),
        ("ClinicalTrials.gov", "filter.advanced", "AREA[LastUpdatePostDate]RANGE[2026-01-05,MAX]"),
        ("Crossref", "filter", "from-created-date:2026-01-05"),
    ],
)
def test_since_asks_for_what_was_added_since(served, tmp_path, service, name, value):
    """Each service is asked in its own words, and what is older does not come."""
    old = Entry(
        "CAR T glioma old", 2026, "10.5555/old", "95000000", "NCT95000000", added="2026-01-01"
    )
    new = Entry(
        "CAR T glioma new", 2020, "10.5555/new", "95000001", "NCT95000001", added="2026-01-09"
    )
    replay = served([old, new])
    run = asked(tmp_path, strategy(service), date(2026, 1, 5))
    assert value == replay.asked[0][1][name]
    assert ["CAR T glioma new"] == [record.title.rstrip(".") for record in run.records]


# Asking politely


@pytest.mark.parametrize("service", SERVICES)
def test_every_request_says_who_asks(served, tmp_path, service):
    """The address of mail goes with each request, as a parameter where that is asked for."""
    replay = served(reports(7), page=5)
    asked(tmp_path, strategy(service))
    assert replay.asked
    for path, query, headers in replay.asked:
        assert f"(mailto:{MAIL})" in headers["User-Agent"]
        assert query.get("mailto") == (MAIL if "crossref" in path else None)
        assert query.get("email") == (MAIL if "pubmed" in path else None)


def test_requests_keep_their_distance(served, tmp_path, monkeypatch):
    """A service is not asked faster than it allows."""
    served(reports(25), page=5)
    monkeypatch.setenv("CARTREVIEW_PER_SECOND", "20")
    start = time.monotonic()
    asked(tmp_path, strategy("Europe PMC"))
    assert time.monotonic() - start >= 4 / 20


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("fault", [429, 500, 503, "cut", "half"])
def test_what_may_pass_is_asked_again(served, tmp_path, service, fault):
    """An error that passes, or an answer that is cut off, costs no record."""
    replay = served(reports(12), page=5)
    replay.faults = {1: fault, 2: fault, 4: fault}
    assert 12 == len(asked(tmp_path, strategy(service)).records)


@pytest.mark.parametrize("service", SERVICES)
def test_a_changed_interface_is_no_empty_search(served, tmp_path, service, monkeypatch):
    """An answer of another shape is an error; nothing found must mean nothing found."""
    replay = served([])
    monkeypatch.setattr(replay, "answer", lambda path, asked: {"results": []})
    with pytest.raises(ServiceError, match=f"{service}: "):
        asked(tmp_path, strategy(service))


# What PubMed makes of words


def test_bare_words_are_refused_before_pubmed_is_asked():
    """PubMed takes CAR T for an author and finds nothing; a saved strategy cannot say it."""
    row = dict.fromkeys(("filters", "read_at_most", "schedule"), "")
    row |= {"saved_strategy_id": "a-v1", "service": "PubMed", "query": "CAR T AND glioma"}
    with pytest.raises(strategies.StrategyError, match="takes the bare words CAR T for an author"):
        Strategy.from_row(row)
    assert Strategy.from_row({**row, "query": '"CAR T"[tiab] AND glioma[tiab]'})


def test_words_taken_for_an_author_are_no_result(served, tmp_path):
    """If it happens all the same, the search fails and is not logged as one without records."""
    served(reports(3))
    with pytest.raises(ServiceError, match=r"for an author; it read: car t\[Author\]"):
        asked(tmp_path, strategy("PubMed", "CAR T glioma"))


def test_a_number_without_summary_is_kept(served, tmp_path):
    """PubMed found it; that its summary fails is no reason to lose it."""
    served(traps())
    run = asked(tmp_path, strategy("PubMed"))
    assert "98000003" in {record.pmid for record in run.records if not record.title}


def test_more_than_pubmed_gives_is_an_error(served, tmp_path, monkeypatch):
    """Beyond ten thousand PubMed is silent; the search is not."""
    replay = served([])
    found = {"esearchresult": {"count": "10001", "idlist": ["1"], "querytranslation": ""}}
    monkeypatch.setattr(replay, "answer", lambda path, asked: found)
    with pytest.raises(ServiceError, match="found 10,001 articles"):
        asked(tmp_path, strategy("PubMed"))


# Notices


def test_a_notice_on_many_works_is_tied_to_the_known_one(served, root):
    """Of 41 works that one notice names, the eighth is known: it joins that and no other."""
    served(traps())
    outcome = search(root, [strategy("PubMed"), strategy("Crossref", "CAR T glioma")], MAIL)
    notice = next(one for one in outcome.candidates if one.record.kind == "notice")
    assert 41 == len(notice.record.links)
    assert ("pmid-98000001", "notice on") == (notice.match.name, notice.match.relation)


def test_corrections_stand_on_the_work(served, root):
    """What publisher and Retraction Watch say of a work raises it and is shown, both of them."""
    served(traps())
    outcome = search(root, [strategy("Crossref", "CAR T glioma children")], MAIL)
    paper = next(one for one in outcome.candidates if one.record.doi == "10.5555/trap.paper")
    assert ("correction (publisher)", "correction (retraction-watch)") == paper.record.notices
    assert any(reason.startswith("+2 noted: correction") for reason in paper.reasons)


# What is the same, and what belongs together


ALL = [
    strategy("Europe PMC"),
    strategy("PubMed"),
    strategy("ClinicalTrials.gov", '"CAR T"'),
    strategy("Crossref", "CAR T cells glioma pontine"),
]


def test_one_report_in_four_services_is_one_candidate(served, root):
    """Records of one DOI or one number are one; its other forms are rows that join it."""
    served(traps())
    outcome = search(root, ALL, MAIL)
    paper = "pmid-98000001"
    joined = {
        one.record.kind: (one.match.name, one.match.relation)
        for one in outcome.candidates
        if one.match and one.name != paper
    }
    expected = {
        kind: (paper, f"{relation}")
        for kind, relation in [
            ("preprint", "preprint of"),
            ("abstract", "abstract of"),
            ("registration", "registration of"),
            ("notice", "notice on"),
        ]
    }
    assert expected == joined
    assert 1 == sum(one.record.doi == "10.5555/trap.paper" for one in outcome.candidates)


def test_every_record_is_new_or_known(served, root):
    """Nothing is discarded: what was found is what is new and what was known."""
    served([*traps(), *included(), *crowd(30)], page=20)
    outcome = search(root, ALL, MAIL)
    for run in outcome.runs:
        name = outcome.names[run.strategy.strategy_id]
        assert len(run.records) == outcome.new[name] + outcome.known[name]


def test_what_was_included_is_not_new(served, root):
    """The included reports come back from the services, and none becomes a candidate again."""
    entries = [one for one in included() if one.doi or one.pmid]
    served(entries, page=50, delay=0)
    outcome = search(root, [strategy("Crossref", "CAR T cell cells therapy glioma")], MAIL)
    assert not outcome.candidates
    assert outcome.known.total() > 20


def test_another_antigen_is_another_study(served, root):
    """Titles that differ by one word, GD2 or HER2, are two reports."""
    served(traps())
    outcome = search(root, ALL, MAIL)
    assert {"pmid-98000001", "pmid-98000002"} <= {one.name for one in outcome.candidates}


def test_a_strangers_text_stays_text(served, root):
    """Formulas, hidden signs and tags do not reach a table; the checks find nothing to mend."""
    served(traps())
    assert 0 == written(root, "--only", "Crossref", "--only", "Europe PMC")
    row = rows(root, "screening")["doi-10-5555-trap-hostile"]
    assert 'HYPERLINK("x") CAR T cells in glioma x' == row["title"]
    assert [] == findings(root)


def test_the_first_to_be_read_stands_first(served, root):
    """Candidates come by points, each with its reasons; the sum is that of the reasons."""
    served(crowd(20))
    found = search(root, ALL, MAIL).candidates
    assert sorted((one.points for one in found), reverse=True) == [one.points for one in found]
    assert all(one.points == sum(int(r.split()[0]) for r in one.reasons) for one in found)


# The command


def written(root: Path, *words: str) -> int:
    """Run the command; give its status."""
    return main(["search", "--root", str(root), "--contact", MAIL, *words])


def test_the_tables_are_whole_and_the_log_is_told(served, root, capsys):
    """After a search the checks find nothing, old rows are as they were, and new ones add up."""
    before = {name: (root / "data" / f"{name}.csv").read_bytes() for name in TABLES}
    served([*traps(), *crowd(40), *included()], page=20)
    assert 0 == written(root)
    assert [] == findings(root)
    for name in TABLES:
        assert (root / "data" / f"{name}.csv").read_bytes().startswith(before[name]), name
    run = [row for row in rows(root, "searches").values() if row["kind"] == "strategy"]
    assert set(rows(root, "strategies")) == {row["saved_strategy_id"] for row in run}
    new = [
        row for row in rows(root, "screening").values() if row["search_id"].endswith(run[0]["day"])
    ]
    assert sum(int(row["new"]) for row in run) == len(new)
    assert {"awaiting"} == {row["decision"] for row in new}
    assert f"{len(new):,} new candidates, to be read in this order:" in capsys.readouterr().out


def test_abstracts_are_for_who_screens_alone(served, root):
    """They are kept where a screening can show them, and stand in no table."""
    served(traps())
    assert 0 == written(root, "--only", "Europe PMC")
    assert "NCT98000001; 12 patients." == log.abstracts(root)["pmid-98000001"]
    tables = "".join(path.read_text(encoding="utf-8") for path in (root / "data").glob("*.csv"))
    assert "NCT98000001; 12" not in tables


def test_a_second_search_asks_from_the_last_on_and_adds_nothing(served, root, capsys):
    """What was found is known; a strategy looks back two weeks beyond its last search."""
    replay = served(crowd(10))
    assert 0 == written(root, "--only", "PubMed")
    first, names = len(replay.asked), set(rows(root, "screening"))
    assert 0 == written(root, "--only", "PubMed")
    assert "mindate" not in replay.asked[0][1]
    assert "mindate" in replay.asked[first][1]
    assert names == set(rows(root, "screening"))
    assert 6 == sum(row["kind"] == "strategy" for row in rows(root, "searches").values())


@pytest.mark.parametrize("word", ["--dry-run", "--recall"])
def test_a_dry_run_changes_no_table(served, root, word):
    """It searches and shows; the pages are kept for the search that writes."""
    replay = served(crowd(10))
    before = {name: (root / "data" / f"{name}.csv").read_bytes() for name in TABLES}
    written(root, word, "--only", "pubmed-cns-v1")
    assert before == {name: (root / "data" / f"{name}.csv").read_bytes() for name in TABLES}
    count = len(replay.asked)
    assert 0 == written(root, "--only", "pubmed-cns-v1")
    assert count == len(replay.asked)


@pytest.mark.parametrize("mail", ["", "nobody", "a b@example.org"])
def test_without_an_address_nobody_is_asked(served, root, mail, capsys, monkeypatch):
    """The address is no option to leave out."""
    replay = served([])
    monkeypatch.setenv("CARTREVIEW_CONTACT", mail)
    assert 2 == main(["search", "--root", str(root)])
    assert "give --contact MAIL or set CARTREVIEW_CONTACT" in capsys.readouterr().err
    assert [] == replay.asked


def test_a_wrong_name_lists_the_right_ones(root, capsys):
    """Who misspells a strategy is told what there is."""
    assert 2 == written(root, "--only", "pubmed-v9")
    assert "there are Europe PMC, europepmc-cns-v1" in capsys.readouterr().err


def test_one_service_that_fails_takes_nothing_from_the_others(served, root, capsys):
    """What the others gave is written, the failure is told, and the next run does the rest."""
    replay = served(crowd(12))
    replay.down = {"clinicaltrials"}
    assert 1 == written(root)
    said = capsys.readouterr().err
    assert "clinicaltrials-cns-v1 was not finished: " in said
    assert "run the command again" in said
    assert [] == findings(root)
    ran = {row["saved_strategy_id"] for row in rows(root, "searches").values()} - {""}
    assert set(rows(root, "strategies")) - {"clinicaltrials-cns-v1"} == ran
    replay.down = set()
    assert 0 == written(root, "--only", "ClinicalTrials.gov")
    assert "nct99000000" in rows(root, "screening")


def test_a_run_goes_on_after_its_last_page(served, root):
    """A service that fails at its fourth page is asked for the fourth page next time."""
    replay = served(crowd(30), page=5)
    replay.faults = dict.fromkeys(range(3, 30), 503)
    assert 1 == written(root, "--only", "europepmc-cns-v1")
    replay.faults, count = {}, len(replay.asked)
    assert 0 == written(root, "--only", "europepmc-cns-v1")
    assert "AoE15" == replay.asked[count][1]["cursorMark"]
    assert 30 == int(list(rows(root, "searches").values())[-1]["found"])


def test_a_place_that_expired_is_begun_anew(served, root):
    """A cursor that is refused later costs the pages before it, once, and no record."""
    replay = served(crowd(30), page=5)
    replay.faults = dict.fromkeys(range(3, 30), 503)
    assert 1 == written(root, "--only", "crossref-cns-v1")
    replay.faults, count = {}, len(replay.asked)
    replay.expired = True
    assert 1 == written(root, "--only", "crossref-cns-v1")
    replay.expired = False
    assert "*" == replay.asked[count + 1][1]["cursor"]
    assert 0 == written(root, "--only", "crossref-cns-v1")
    assert 30 == int(list(rows(root, "searches").values())[-1]["found"])


def test_two_searches_do_not_run_at_once(served, root, capsys):
    """The second one says so and touches nothing."""
    served([])
    with log.one_at_a_time(root):
        assert 2 == written(root)
    assert "another search is running in this checkout" in capsys.readouterr().err


# Killed


def started(root: Path, *words: str, code: str = "") -> subprocess.Popen:
    """Start the command in a process of its own; `code` runs in it first."""
    arguments = ["search", "--root", str(root), "--contact", MAIL, *words]
    program = f"import sys\n{code}\nfrom cartreview.cli import main\nsys.exit(main({arguments!r}))"
    with (root / "said.txt").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(REPO)},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )


def said(root: Path) -> str:
    """Give what the last command said of errors."""
    return (root / "said.txt").read_text(encoding="utf-8")


def whole(root: Path) -> None:
    """Refuse a folder of tables with anything broken, half written, or left lying about."""
    assert [] == list((root / "data").rglob("*.partial"))
    assert [] == findings(root)


def result(root: Path) -> dict[str, list[list[str]]]:
    """Give what a search wrote, without the days."""
    return {name: [list(row.values()) for row in rows(root, name).values()] for name in TABLES}


WORDS = ("--only", "crossref-cns-v1", "--only", "europepmc-cns-v1")


def test_killed_at_random_moments_nothing_is_lost(served, root, tmp_path_factory):
    """Killed again and again, a search ends with the tables of one that nobody disturbed."""
    served([*crowd(40), *traps()], page=4, delay=0.02)
    calm = tmp_path_factory.mktemp("calm")
    shutil.copytree(root / "data", calm / "data")
    shutil.copy(root / "references.bib", calm)
    assert 0 == started(calm, *WORDS).wait()
    searched = list(next(iter(rows(root, "searches").values())))
    chance, kills = random.Random(2026), 0  # noqa: S311
    for turn in range(60):
        process = started(root, *WORDS)
        try:
            process.wait(timeout=chance.uniform(0.3, 0.8 + 0.2 * turn))  # a slow machine ends too
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            whole(root)
        else:
            break
    assert 0 == process.returncode, said(root)
    assert kills
    whole(root)
    expected, found = result(calm), result(root)
    # Who was killed with everything written searched once more: a search of its own, without news.
    once_more = found["searches"][len(expected["searches"]) :]
    found["searches"] = found["searches"][: len(expected["searches"])]
    assert expected == found
    assert all("0" == dict(zip(searched, row, strict=True))["new"] for row in once_more)


KILLER = """
import os, pathlib, signal
turn, place, write = {turn}, os.replace, pathlib.Path.write_bytes
def placed(*arguments):
    global turn
    turn -= 1
    place(*arguments)
    if turn == 0:
        os.kill(os.getpid(), signal.SIGKILL)
def written(path, content):
    if turn == 1 and {half}:
        write(path, content[: len(content) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return write(path, content)
os.replace, pathlib.Path.write_bytes = placed, written
"""


@pytest.mark.parametrize("half", [True, False], ids=["half written", "in its place"])
def test_killed_at_every_write_nothing_is_lost(served, root, tmp_path_factory, half):
    """Killed while or after it writes each file, the tables are whole, and a run goes on."""
    replay = served(crowd(3), page=3)
    words = ("--only", "europepmc-cns-v1")
    fresh = tmp_path_factory.mktemp("fresh")
    shutil.copytree(root / "data", fresh / "data")
    shutil.copy(root / "references.bib", fresh)
    assert 0 == started(fresh, *words).wait()
    expected, done = result(fresh), False
    assert len(rows(root, "screening")) + 3 == len(rows(fresh, "screening"))
    for turn in range(1, 30):
        trial = tmp_path_factory.mktemp("trial")
        shutil.copytree(root / "data", trial / "data")
        shutil.copy(root / "references.bib", trial)
        process = started(trial, *words, code=KILLER.format(turn=turn, half=half))
        process.wait()
        whole(trial)
        done = process.returncode == 0
        if done:
            break
        assert -signal.SIGKILL == process.returncode, said(trial)
        again = started(trial, *words)
        assert 0 == again.wait(), said(trial)
        assert expected == result(trial)
    assert done
    assert turn > 7  # a head, a page, the abstracts, the plan, three tables
    assert replay.asked


# Recall


def test_recall_names_what_is_missed(served, root, capsys):
    """A strategy too narrow shows itself: each included report that it misses is printed."""
    entries = list(included())
    served(entries, page=100)
    file = root / "data" / "strategies.csv"
    text = file.read_text(encoding="utf-8")
    narrow = list(csv.reader(text.splitlines()))
    narrow = [[*row[:4], '"CAR T"[tiab] AND meningioma[tiab]', *row[5:]] for row in narrow
              if row[0] == "pubmed-cns-v1"]  # fmt: skip
    with file.open("w", encoding="utf-8", newline="") as new:
        csv.writer(new, lineterminator="\n").writerows([text.splitlines()[0].split(","), *narrow])
    assert 1 == written(root, "--recall")
    said = capsys.readouterr().out
    missed = [line for line in said.splitlines() if line.startswith("missed: ")]
    expected = recall.expected(rows(root, "screening").values())
    assert f"all: {len(expected) - len(missed)} of {len(expected)}, missed {len(missed)}" in said
    assert len(missed) > len(expected) / 2


def test_strategies_find_included_reports_by_title_alone(served, root):
    """By words of titles alone, much of what was included is found; the rest is printed.

    The services search abstracts and subject headings too, so this is the least that they find.
    What a register says of a trial was not read: reports with a registration alone are left out,
    and so is Crossref, which ranks by words and among so few works finds them all.
    """
    entries = [one for one in included() if one.doi or one.pmid]
    served(entries, page=100)
    saved = strategies.in_use(log.rows(root, "strategies"))
    boolean = [one for one in saved if one.service in ("Europe PMC", "PubMed")]
    outcome = search(root, boolean, MAIL, everything=True)
    assert {} == outcome.failed
    about = {row["study_id"]: row["disease"] for row in rows(root, "studies").values()}
    screening = rows(root, "screening").values()
    of_the_cns = [row for row in screening if about.get(row["study_id"], "").startswith("CNS")]
    found = [record for run in outcome.runs for record in run.records]
    for name, part, least in (("all", screening, 0.75), ("CNS", of_the_cns, 0.85)):
        expected = recall.expected([row for row in part if row["doi"] or row["pmid"]])
        lost = recall.missed(expected, found)
        print(f"{name}: {len(lost)} of {len(expected)} missed", *lost, sep="\n    ")
        assert len(lost) <= (1 - least) * len(expected), name


def test_the_journal_is_plain_json(served, root):
    """What is kept between runs can be read, and holds no address of mail."""
    replay = served(crowd(8), page=4)
    replay.faults = dict.fromkeys(range(1, 30), 503)
    assert 1 == written(root, "--only", "europepmc-cns-v1")
    files = sorted((log.folder(root) / "europepmc-cns-v1").glob("*.json"))
    assert ["page-00000.json", "run.json"] == [file.name for file in files]
    assert 4 == len(json.loads(files[0].read_text(encoding="utf-8"))["records"])
    assert MAIL not in "".join(file.read_text(encoding="utf-8") for file in files)
