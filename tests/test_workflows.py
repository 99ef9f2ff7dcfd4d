"""Workflows: least permissions, pinned actions, no text of others in a shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from small_checkout import commit

REPO = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((REPO / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((REPO / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
SCRIPTS = sorted(p for p in (REPO / ".ci").iterdir() if not p.suffix)
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+\n")


def faults(text):
    """Say what is wrong with a workflow."""
    flow = yaml.safe_load(text)
    starts = flow.get(True, flow.get("on"))  # YAML reads a bare "on" as true
    if "pull_request_target" in starts:
        yield "runs a stranger's code with our rights"
    yield from (
        f"not pinned: {use}" for use in re.findall(r"uses: .*\n", text) if not PINNED.match(use)
    )
    top = flow.get("permissions")
    if top is None or "write" in str(top):
        yield "no permissions, or some to write for every job"
    if "concurrency" not in flow:
        yield "two runs at once"
    for name, job in flow["jobs"].items():
        if "timeout-minutes" not in job or "name" not in job:
            yield f"{name} has no name or may run for hours"
        for step in job["steps"]:
            if "${{" in step.get("run", ""):
                yield f"{name}: text of an event in a shell"
            more = step.get("with", {})
            if "checkout" in step.get("uses", "") and more.get("persist-credentials") is not False:
                yield f"{name}: the token lies in the checkout"
            ref = str(more.get("ref", "default_branch"))
            if "workflow_run" in starts and "default_branch" not in ref:
                yield f"{name}: code of a pull request beside a token that writes"
    if "workflow_run" in starts and re.search(r"secrets\.[A-Z]", text):
        yield "a secret beside a stranger's text"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow(path):
    """No workflow has a fault that we know of."""
    assert [] == list(faults(path.read_text(encoding="utf-8")))


PLANTED = {
    "a tag": ("ci", r"@3d3c42e5\w+ # v7.0.1", "@v7"),
    "rights for all": ("ci", r"permissions:\n  contents: read", "permissions: write-all"),
    "no permissions": ("ci", r"(?m)^permissions:\n  contents: read\n", ""),
    "base_ref in a shell": ("ci", r'"origin/\$BASE"', '"origin/${{ github.base_ref }}"'),
    "a token that stays": ("ci", r", persist-credentials: false", ""),
    "no end": ("ci", r"    timeout-minutes: 25\n", ""),
    "their code, our token": (
        "comment", r"github.event.repository.default_branch", "github.event.workflow_run.head_sha",
    ),
    "target": ("ci", r"  pull_request:\n", "  pull_request_target:\n"),
    "a secret": ("comment", r"github.token", "secrets.TOKEN"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_seen(name):
    """Each rule says something when it is broken."""
    flow, old, new = PLANTED[name]
    text = (REPO / ".github" / "workflows" / f"{flow}.yml").read_text(encoding="utf-8")
    changed = re.sub(old, lambda _: new, text)
    assert changed != text
    assert list(faults(changed))


def test_scripts_of_workflows_are_there():
    """Each script that a workflow runs exists, may be run, and is one that bash can read."""
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    named = {REPO / name for name in re.findall(r"\.ci/[a-z]+(?:\.py)?\b", text)}
    assert named <= {*SCRIPTS, REPO / ".ci" / "comment.py"}
    for script in SCRIPTS:
        if not os.access(script, os.X_OK):
            assert script.name == "lowest.txt"
            continue
        assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
        subprocess.run(["bash", "-n", script], check=True)


@pytest.mark.skipif(not shutil.which("zizmor"), reason="zizmor is not installed; .ci/audit runs it")
def test_zizmor():
    """The auditor of workflows finds nothing."""
    done = subprocess.run(["zizmor", "--offline", ".github"], cwd=REPO, capture_output=True)
    assert 0 == done.returncode, done.stdout.decode()


def test_tools_of_the_audit_are_pinned():
    """Each tool and all that it needs has its version and its hash."""
    lines = (REPO / ".ci" / "audit.lock").read_text(encoding="utf-8").splitlines()[2:]
    names = [line.split("==")[0] for line in lines[::2]]
    assert {"pip-audit", "cyclonedx-bom", "zizmor"} <= set(names)
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+ \\", line) for line in lines[::2])
    assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}", line) for line in lines[1::2])


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_an_issue_form(path):
    """A form has what GitHub asks of it, and asks for what a curator needs."""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.name == "config.yml":
        assert isinstance(form["blank_issues_enabled"], bool)
        return
    assert {"name", "description", "body"} <= set(form)
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 1
    for part in form["body"]:
        assert part["type"] in {"markdown", "input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"].get("label") or part["type"] == "markdown"
        assert part["type"] != "dropdown" or part["attributes"]["options"]
    assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_there_is_a_form_for_each_wish():
    """A study, a wrong value, a claim; and the pull request asks why."""
    names = {path.stem for path in FORMS}
    assert {"suggest-study", "wrong-value", "question-claim"} <= names
    template = (REPO / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8")
    assert "**Why**" in template


def test_a_search_is_proposed(tmp_path):
    """What a search changed goes to a branch and a pull request; nothing new, nothing at all."""
    root, remote, bin_ = (tmp_path / name for name in ("review", "remote.git", "bin"))
    for folder in (root / "data", root / ".ci", bin_):
        folder.mkdir(parents=True)
    shutil.copy(REPO / ".ci" / "propose", root / ".ci")
    (root / "data" / "screening.csv").write_text("candidate_id\n", encoding="utf-8")
    (bin_ / "gh").write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/gh.log\n', encoding="utf-8")
    (bin_ / "gh").chmod(0o755)
    commit(root)
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    env = {
        **os.environ,
        "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
        **{"GH_TOKEN": "t", "REPOSITORY": "o/r", "BASE": "main", "GIT_CONFIG_COUNT": "1"},
        "GIT_CONFIG_KEY_0": f"url.{remote}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://x-access-token:t@github.com/o/r.git",
    }
    propose = [root / ".ci" / "propose"]
    assert "nothing new" in subprocess.run(propose, env=env, capture_output=True, text=True).stdout
    assert not (tmp_path / "gh.log").exists()
    with (root / "data" / "screening.csv").open("a", encoding="utf-8") as file:
        file.write("own-2026\n")
    (root / "other").write_text("left alone", encoding="utf-8")
    subprocess.run(propose, env=env, check=True, capture_output=True)
    (branch,) = subprocess.run(
        ["git", "-C", remote, "for-each-ref", "--format=%(refname)"], capture_output=True, text=True
    ).stdout.split()
    assert re.fullmatch(r"refs/heads/search/[0-9]{4}-[0-9]{2}-[0-9]{2}", branch)
    shown = subprocess.run(
        ["git", "-C", remote, "show", "--stat", branch], capture_output=True, text=True
    ).stdout
    assert "data/screening.csv" in shown
    assert "other" not in shown
    assert "pr create --repo o/r --base main" in (tmp_path / "gh.log").read_text(encoding="utf-8")
