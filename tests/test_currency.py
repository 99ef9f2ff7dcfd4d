"""How current the review is: what is due, what is late, which job is silent, and a frozen state."""

from __future__ import annotations

import json
from datetime import date

import pytest
import small_checkout

from cartreview.cli import main
from cartreview.living.currency import Currency, Frozen, Job, Service, currency, succeeded

SEARCHES = """search_id,service,words,day,found,by_whom,note
a,Europe PMC,,2026-11-01,3,one,
b,Europe PMC,,2026-11-08,0,one,
c,PubMed,,2026-11-02,1,one,
d,by hand,,,,one,
"""
LIVING = {"state": "living", "every_days": {"search": 7, "corrections": 30}, "grace_days": 3}


@pytest.fixture
def checkout(tmp_path):
    """A small checkout with searches, jobs and a plan."""
    with small_checkout.in_use(small_checkout.write(tmp_path / "checkout")) as root:
        small_checkout.add_table(root, "searches", SEARCHES)
        small_checkout.add_table(root, "corrections")
        small_checkout.add_table(root, "runs", "job,last_success\nsearch,2026-11-09\n")
        plan(root, LIVING)
        small_checkout.accept(root)
        yield root


def plan(root, living, **more):
    """Write the plan of a living review into the data package."""
    path = root / "data" / "datapackage.json"
    package = {**json.loads(path.read_text("utf-8")), "living": living, **more}
    path.write_text(json.dumps({"created": "2026-10-01T00:00:00Z", **package}), encoding="utf-8")


def test_services_by_their_last_search(checkout):
    """Each service has its last day; one without a recorded day comes last and has none."""
    services = currency(checkout / "data").services
    assert (
        Service("Europe PMC", 2, date(2026, 11, 8)),
        Service("PubMed", 1, date(2026, 11, 2)),
        Service("by hand", 1, None),
    ) == services


def test_dates_of_any_column_count(checkout):
    """A table of searches that has another date, as of its last run, is read all the same."""
    path = checkout / "data" / "schemas" / "searches.json"
    schema = json.loads(path.read_text("utf-8"))
    schema["fields"].append({"name": "last_run", "type": "date"})
    path.write_text(json.dumps(schema), encoding="utf-8")
    table = checkout / "data" / "searches.csv"
    header, *rows = table.read_text("utf-8").splitlines()
    lines = [f"{header},last_run", f"{rows[0]},2026-11-19", *(f"{row}," for row in rows[1:])]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert date(2026, 11, 19) == currency(checkout / "data").last_search


@pytest.mark.parametrize(
    ("today", "late"), [(date(2026, 11, 16), 0), (date(2026, 11, 17), 1), (date(2026, 12, 16), 30)]
)
def test_a_search_is_overdue_from_the_day_after(checkout, today, late):
    """The search that succeeded on the ninth is due again on the sixteenth."""
    now = currency(checkout / "data")
    assert date(2026, 11, 16) == now.next_due
    assert late == now.overdue(today)


def test_a_silent_job_is_named(checkout):
    """After interval and grace a missed run shows; so it does for a job that never ran."""
    now = currency(checkout / "data")
    assert [] == now.silent(date(2026, 11, 3))
    assert ["corrections"] == [job.name for job in now.silent(date(2026, 11, 19))]
    assert ["search", "corrections"] == [job.name for job in now.silent(date(2026, 11, 20))]
    assert "has not run yet; it has missed a run" in now.told(date(2026, 11, 19))


def test_a_frozen_review_is_never_late(checkout):
    """It says since when and why, and names neither a due search nor a silent job."""
    frozen = {**LIVING, "state": "frozen", "since": "2026-12-01", "why": "Nobody keeps it."}
    plan(checkout, frozen)
    now = currency(checkout / "data")
    assert Frozen("2026-12-01", "Nobody keeps it.") == now.frozen
    assert (None, 0, []) == (now.next_due, now.overdue(date(2030, 1, 1)), now.silent(date.max))
    told = now.told(date(2030, 1, 1))
    assert told.endswith("frozen since 2026-12-01: Nobody keeps it.")
    assert "overdue" not in told


def test_nothing_planned_is_nothing_due():
    """Without an interval no search is due, and the words say so."""
    now = Currency(
        "1", None, None, (Service("x", 1, date(2026, 1, 1)),), (Job("other", 1, 0, None),)
    )
    assert now.next_due is None
    assert "no search is planned" in now.told(date(2026, 2, 1))


def test_a_job_that_ended_well_is_noted(checkout, capsys):
    """The day goes into the table; the other jobs keep theirs."""
    assert 0 == main(["status", "--done", "corrections"])
    text = (checkout / "data" / "runs.csv").read_text("utf-8")
    assert f"job,last_success\nsearch,2026-11-09\ncorrections,{date.today()}\n" == text
    assert 2 == main(["status", "--done", "serch"])
    assert "no scheduled job 'serch'; did you mean 'search'?" in capsys.readouterr().err


def test_a_job_that_ended_well_is_not_silent(checkout):
    """Its silence begins anew."""
    succeeded("search", checkout / "data", date(2026, 11, 30))
    assert [] == [
        j for j in currency(checkout / "data").silent(date(2026, 12, 10)) if j.name == "search"
    ]


def test_exit_code_is_a_watchman(checkout, capsys):
    """A workflow fails when the review is late, and only if it asks."""
    assert 0 == main(["status"])
    assert 1 == main(["status", "--exit-code"])
    assert "overdue by" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("living", "words"),
    [
        ({"state": "asleep"}, "living or frozen"),
        ({"every_days": {"search": "7"}}, "an object of jobs, each with its whole days"),
        ({"grace_days": 0}, "a number of whole days"),
        ({"evry_days": {"search": 7}}, "did you mean 'every_days'?"),
    ],
)
def test_a_plan_that_says_nothing_is_found(checkout, capsys, living, words):
    """A typing error in the plan does not switch the watchman off."""
    plan(checkout, living)
    main(["check"])
    assert words in capsys.readouterr().out
