"""A local server that answers as four services do, from a list of entries.

What the answers look like was read here:

Europe PMC      "If nextPageUrl or nextCursorMark are absent from response, this means that end of
                results is reached" (announcement of version 6.6, 4 August 2021,
                groups.google.com/a/ebi.ac.uk/g/epmc-webservices/c/yG8kMl1R3cI). A client's tests
                have the repeated cursor, and core records with id, source, pmid, doi, pubYear,
                abstractText; "Preprint of" in commentCorrectionList names a PubMed number.
PubMed          The E-utilities In-Depth, NCBI Bookshelf NBK25499: esearch with retstart, retmax,
                datetype, mindate, maxdate; tool and email; three requests a second. Fields of the
                JSON: esearchresult.{count,retmax,retstart,idlist,querytranslation,errorlist};
                result.{uid}.{title,pubdate,articleids[{idtype,value}],pubtype}, and
                {uid, error: "cannot get document summary"} for a number without a summary.
                The bare words CAR T become an author and find nothing.
ClinicalTrials  The description of the interface, version 2: "If response contains nextPageToken,
                use its value in pageToken to get next page. The last page will not contain
                nextPageToken. A page may have empty studies array. Request for each subsequent
                page must have the same parameters as for the first page, except countTotal,
                pageSize, and pageToken".
Crossref        REST API filters (crossref.org/documentation/retrieve-metadata/rest-api/): filters
                parted by commas, from-created-date; the address of mail in mailto; message with
                items, total-results and next-cursor, also on the last page with works. An
                update notice has update-to, one of them 41 times; a work has updated-by.

Run it as a program, with ``python -m replay.server`` in tests/, and it prints the variables of the
environment that send ``cartreview search`` to it.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from replay.boolean import finds, plain

SERVICES = ("europepmc", "pubmed", "clinicaltrials", "crossref")


@dataclass(frozen=True)
class Entry:
    """A report or a trial, with what each service would say of it."""

    title: str
    year: int = 2025
    doi: str = ""
    pmid: str = ""
    number: str = ""  # of a register
    abstract: str = ""
    source: str = "MED"  # of Europe PMC: MED, PMC or PPR
    added: str = "2026-01-01"
    services: tuple[str, ...] = SERVICES
    more: dict = field(default_factory=dict)  # fields of a service's record, by service


class Replay:
    """The server; a context manager that sets the variables of the environment."""

    def __init__(
        self, entries: Iterable[Entry], *, page: int = 5, delay: float = 0.0, port: int = 0
    ) -> None:
        self.entries, self.page, self.delay = list(entries), page, delay
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.faults: dict[int, str | int] = {}  # by the number of the request, from 0
        self.end = "repeats"  # how Europe PMC says that it is at its end: repeats, or missing
        self.expired = False  # whether places to go on from are refused
        self.down: set[str] = set()  # services that fail
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def variables(self) -> dict[str, str]:
        """Give the variables that send the command here."""
        root = f"http://127.0.0.1:{self._server.server_address[1]}"
        urls = {f"CARTREVIEW_{name.upper()}_URL": f"{root}/{name}" for name in SERVICES}
        return {**urls, "CARTREVIEW_BACKOFF": "0.01", "CARTREVIEW_PER_SECOND": "1000"}

    def __enter__(self) -> Replay:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def count(self, path: str, asked: dict[str, str], headers: dict[str, str]) -> int:
        """Note a request and number it."""
        with self._lock:
            self.asked.append((path, asked, headers))
            return len(self.asked) - 1

    def answer(self, path: str, asked: dict[str, str]) -> dict | None:
        """Give the JSON of an answer; None where there is nothing at a path."""
        answers: dict[str, Callable[[dict[str, str]], dict]] = {
            "/europepmc/search": self._europepmc,
            "/pubmed/esearch.fcgi": self._esearch,
            "/pubmed/esummary.fcgi": self._esummary,
            "/clinicaltrials/studies": self._studies,
            "/crossref/works": self._works,
        }
        return answers[path](asked) if path in answers else None

    def _of(self, service: str) -> list[Entry]:
        return [one for one in self.entries if service in one.services]

    def _europepmc(self, asked: dict[str, str]) -> dict:
        found = [
            one
            for one in self._of("europepmc")
            if (one.doi or one.pmid or one.source == "PPR")
            and finds(
                asked["query"],
                f"{one.title} {one.abstract}",
                {"SRC": one.source, "FIRST_IDATE": one.added},
            )
        ]
        start = 0 if asked["cursorMark"] == "*" else int(asked["cursorMark"].removeprefix("AoE"))
        shown = found[start : start + self.page]
        end = start + len(shown)
        answer = {
            "version": "6.9",
            "hitCount": len(found),
            "request": {"queryString": asked["query"], "resultType": "core"},
            "resultList": {"result": [_core(one) for one in shown]},
        }
        if end < len(found):
            answer["nextCursorMark"] = f"AoE{end}"
        elif self.end == "repeats":
            answer["nextCursorMark"] = asked["cursorMark"]
        return answer

    def _esearch(self, asked: dict[str, str]) -> dict:
        bare = re.sub(r'"[^"]*"', " ", asked["term"])
        if re.search(r"\bCAR\s+T\b", bare):
            return {"esearchresult": _esearched([], 0, "car t[Author]")}
        since = asked.get("mindate", "").replace("/", "-")
        found = [
            one.pmid
            for one in self._of("pubmed")
            if one.pmid
            and one.added >= since
            and finds(asked["term"], f"{one.title} {one.abstract}")
        ]
        start = int(asked["retstart"])
        shown = found[start : start + min(self.page, int(asked["retmax"]))]
        header = {"type": "esearch", "version": "0.3"}
        return {"header": header, "esearchresult": _esearched(shown, len(found), asked["term"])}

    def _esummary(self, asked: dict[str, str]) -> dict:
        by_number = {one.pmid: one for one in self._of("pubmed") if one.pmid}
        told = {uid: _summary(uid, by_number[uid]) for uid in asked["id"].split(",")}
        return {"result": {"uids": list(told), **told}}

    def _studies(self, asked: dict[str, str]) -> dict:
        since = re.search(r"RANGE\[([\d-]+),", asked.get("filter.advanced", ""))
        found = [
            one
            for one in self._of("clinicaltrials")
            if one.number.startswith("NCT")
            and one.added >= (since[1] if since else "")
            and all(
                finds(asked.get(name, one.title), f"{one.title} {one.abstract}")
                for name in ("query.intr", "query.cond")
            )
        ]
        # Tokens of odd numbers lead to a page without studies, which is not the last.
        token = int(asked.get("pageToken", "t0").removeprefix("t"))
        start = token // 2 * self.page
        shown = found[start : start + self.page] if token % 2 == 0 else []
        answer = {"totalCount": len(found), "studies": [_study(one) for one in shown]}
        if start + (self.page if token % 2 == 0 else 0) < len(found):
            answer["nextPageToken"] = f"t{token + 1}"
        return answer

    def _works(self, asked: dict[str, str]) -> dict:
        since = re.search(r"from-created-date:([\d-]+)", asked.get("filter", ""))
        words = plain(asked["query.bibliographic"]).split()
        scored = [
            (sum(f" {word} " in plain(one.title) for word in words), one)
            for one in self._of("crossref")
            if one.doi and one.added >= (since[1] if since else "")
        ]
        found = [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score]
        start = 0 if asked["cursor"] == "*" else int(asked["cursor"].removeprefix("DnF"))
        shown = found[start : start + self.page]
        message = {
            "total-results": len(found),
            "items": [_work(one) for one in shown],
            "next-cursor": f"DnF{start + len(shown)}",
        }
        return {"status": "ok", "message-type": "work-list", "message": message}


def _core(one: Entry) -> dict:
    record = {
        "id": one.pmid or "PPR1",
        "source": one.source,
        "title": f"{one.title}.",
        "pubYear": str(one.year),
        "abstractText": one.abstract,
    }
    named = {"pmid": one.pmid, "doi": one.doi}
    return {**record, **{k: v for k, v in named.items() if v}, **one.more.get("europepmc", {})}


def _esearched(numbers: list[str], count: int, translated: str) -> dict:
    return {
        "count": str(count),
        "retmax": str(len(numbers)),
        "retstart": "0",
        "idlist": numbers,
        "translationset": [],
        "querytranslation": translated,
    }


def _summary(uid: str, one: Entry) -> dict:
    if one.more.get("pubmed") == "error":
        return {"uid": uid, "error": "cannot get document summary"}
    ids = [{"idtype": "pubmed", "idtypen": 1, "value": uid}]
    if one.doi:
        ids.append({"idtype": "doi", "idtypen": 3, "value": one.doi})
    told = {"uid": uid, "title": f"{one.title}.", "pubdate": f"{one.year} Mar 7"}
    return {**told, "articleids": ids, "pubtype": ["Journal Article"], **one.more.get("pubmed", {})}


def _study(one: Entry) -> dict:
    section = {
        "identificationModule": {"nctId": one.number, "officialTitle": one.title},
        "statusModule": {
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": f"{one.year}-03-01"},
        },
        "descriptionModule": {"briefSummary": one.abstract},
        "designModule": {"phases": ["PHASE1"]},
        **one.more.get("clinicaltrials", {}),
    }
    return {"protocolSection": section, "hasResults": False}


def _work(one: Entry) -> dict:
    work = {
        "DOI": one.doi,
        "title": [one.title],
        "type": "posted-content" if one.source == "PPR" else "journal-article",
        "published": {"date-parts": [[one.year, 3, 7]]},
    }
    return {**work, **one.more.get("crossref", {})}


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(split.query).items()}
            number = replay.count(split.path, asked, dict(self.headers))
            time.sleep(replay.delay)
            fault = replay.faults.get(number)
            first = asked.get("cursor", asked.get("cursorMark", "*")) == "*"
            if split.path.split("/")[1] in replay.down:
                fault = 503
            if replay.expired and not first:
                fault = 400
            if isinstance(fault, int):
                self._send(fault, b"{}")
                return
            answer = replay.answer(split.path, asked)
            body = json.dumps(answer).encode()
            if fault == "cut":
                self._send(200, body[: len(body) // 2], length=len(body))
            elif fault == "half":
                self._send(200, body[: len(body) // 2])
            else:
                self._send(200 if answer is not None else 404, body)

        def _send(self, status: int, body: bytes, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body) if length is None else length))
            if status == 429:
                self.send_header("Retry-After", "0")
            with suppress(ConnectionError):  # who asked was killed
                self.end_headers()
                self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def main() -> None:
    """Serve the included reports of this checkout and many others until it is interrupted."""
    from replay.entries import crowd, included, traps

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.05, help="seconds before each answer")
    parser.add_argument("--crowd", type=int, default=300, help="made-up reports beside the others")
    arguments = parser.parse_args()
    entries = [*included(), *traps(), *crowd(arguments.crowd)]
    replay = Replay(entries, page=20, delay=arguments.delay, port=arguments.port)
    with replay:
        for name, value in replay.variables().items():
            print(f"export {name}={value}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    from replay.server import main as serve  # the module by its name, whose entries are its own

    serve()
