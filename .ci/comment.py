"""Post what .ci/review wrote as the one comment of its pull request.

It runs from the main branch, with a token that may comment; what it posts was written by the code
of a pull request, perhaps a stranger's. So it reads one text file, of a size, and takes from it
whatever would be more than text: mentions, links, pictures, HTML, signs that nobody sees. Which
pull request it is about is asked of GitHub and never read from the file.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

MARK = "<!-- cartreview: what moves -->"
LIMIT = 60_000  # characters; GitHub takes 65,536, and our own sentences come after
BOT = "github-actions[bot]"
GAP = "\u200b"  # takes no room, and keeps signs apart for what reads Markdown
# What makes Markdown act: mentions, references, addresses, links and pictures.
_ACTS = re.compile(
    r"@|#(?=[0-9])|GH-(?=[0-9])|:(?=//)|www(?=\.)|\](?=[(:\[])|!(?=\[)", re.IGNORECASE
)
_PLAIN = (("&", "&amp;"), ("<", "&lt;"), ("&lt;br>", "<br>"))


def defused(text: str) -> str:
    """Give text that notifies nobody, links nowhere and shows nothing but itself."""
    seen = "".join(sign for sign in text[: 4 * LIMIT] if sign in "\n " or _seen(sign))
    kept = seen[:LIMIT]
    for sign, safe in _PLAIN:
        kept = kept.replace(sign, safe)
    kept = _ACTS.sub(lambda found: f"{found[0]}{GAP}", kept)
    whole, kept = kept, kept[:LIMIT]
    open_fence = sum(line.lstrip().startswith("```") for line in kept.split("\n")) % 2
    end = "\n```" if open_fence else ""
    return kept + end + ("\n\nThe rest is cut off." if len(seen) > LIMIT or whole != kept else "")


def _seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "CZ"


def body(folder: Path, repository: str, run: str) -> str:
    """Give the comment: what moves, and how it is accepted."""
    with (folder / "comment.md").open(encoding="utf-8", errors="replace") as file:
        told = defused(file.read(4 * LIMIT))
    address = f"https://github.com/{repository}/actions/runs/{run}"
    lines = [
        MARK,
        told,
        "",
        f"The built pages and what was checked: [the run]({address}).",
    ]
    if (folder / "accepted.patch").is_file():
        lines += [
            "",
            "**Not accepted yet.** Who edited in the browser is done here. A maintainer who agrees "
            'runs `make accept WHY="the reason"` on this branch, or takes the ledger as the run '
            "computed it:",
            "",
            "```sh",
            f"gh run download {run} --name review --dir _build/review",
            "git apply --include=data/claims.csv --include=README.md _build/review/accepted.patch",
            "```",
        ]
    lines += ["", "*Computed by the code of this pull request: read its difference first.*"]
    return "\n".join(lines)


def number(pulls: list[dict[str, Any]], head: str) -> int | None:
    """Find the open pull request that ends with a commit."""
    return next((pull["number"] for pull in pulls if pull["head"]["sha"] == head), None)


def earlier(comments: list[dict[str, Any]]) -> int | None:
    """Find our comment of an earlier run; nobody else's, whatever it says."""
    ours = (c for c in comments if c["user"]["login"] == BOT and c["body"].startswith(MARK))
    return next((comment["id"] for comment in ours), None)


def _github(path: str, *words: str, **content: str) -> Any:
    done = subprocess.run(  # noqa: S603  a list of words, no shell reads them
        ["gh", "api", path, *words, *(["--input", "-"] if content else [])],  # noqa: S607
        input=json.dumps(content),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> int:
    """Post or renew the comment; without an open pull request there is nothing to do."""
    names = ("REPOSITORY", "RUN", "OWNER", "BRANCH", "HEAD")
    repository, run, owner, branch, head = (os.environ[name] for name in names)
    pulls = f"repos/{repository}/pulls"
    asked = ("--method", "GET", "-f", "state=open", "-f", f"head={owner}:{branch}")
    found = number(_github(pulls, *asked), head)
    if found is None:
        print("no open pull request ends with this commit")
        return 0
    text = body(Path(sys.argv[1]), repository, run)
    comments = f"repos/{repository}/issues/{found}/comments"
    old = earlier(_github(f"{comments}?per_page=100"))
    if old is None:
        _github(comments, "--method", "POST", body=text)
    else:
        _github(f"repos/{repository}/issues/comments/{old}", "--method", "PATCH", body=text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
