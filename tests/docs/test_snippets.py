"""Run each Python block of the documentation unedited, as a process beside a sandbox.

The environment is what a reader has: keys, secrets and PLEXY_BASE_URL. tests/typed checks types; the other modules here
run the blocks that must be files.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.description import DESCRIPTION
from helpers.pages import PAGES, PROGRAMS, ROOT, Block, blocks
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.access import DEFAULT_WEBHOOK_TOKEN


def commands() -> Iterator[tuple[str, str]]:
    """The place and the text of each `./nox` command of the pages."""
    for page in PAGES:
        for block in blocks(page):
            if block.words[0] == "console":
                for line in block.text.splitlines():
                    if (command := line.removeprefix("$ ")).startswith("./nox"):
                        yield block.at(block.line), command


COMMANDS = dict.fromkeys(commands())


HERE = {place: program for place, program in PROGRAMS.items() if program.file is None}
SETTINGS = """
SECRET_KEY = "for tests"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""


@pytest.mark.parametrize("program", HERE.values(), ids=HERE)
def test_a_documented_program_runs(program: Block, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(program.text, "utf-8")
    # A page for Django runs in a project.
    (tmp_path / "settings.py").write_text(SETTINGS, "utf-8")
    with RunningSandbox() as sandbox:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "settings",
            "PLEXY_API_KEY": sandbox.key,
            "PLEXY_CHECKOUT_API_KEY": sandbox.checkout_key,
            "PLEXY_GATE_API_KEY": sandbox.gate_key,
            "PLEXY_WEBHOOK_TOKEN": DEFAULT_WEBHOOK_TOKEN,
            "PLEXY_BASE_URL": sandbox.base_url,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        # Where a page calls an operation that is only inferred, it says so: that warning is a UserWarning.
        done = subprocess.run(
            [sys.executable, "-W", "error", "-W", "ignore::UserWarning", "program.py"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    # What is noticed too late to raise is printed.
    assert "Warning" not in done.stderr


@pytest.mark.parametrize(("place", "command"), COMMANDS)
def test_a_documented_command_names_sessions_that_exist(
    place: str, command: str
) -> None:
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    sessions = set(re.findall(r"^@nox\.session.*\ndef (\w+)\(", noxfile, re.MULTILINE))
    ours, _, _ = command.partition(" -- ")
    named = re.findall(r"(?<=-s )[\w. -]+?(?= -|$)", ours)
    unknown = {
        name.partition("-")[0] for names in named for name in names.split()
    } - sessions
    assert not unknown, (
        f"{place}: `{command}` names {unknown}; noxfile.py has {sorted(sessions)}."
    )


def test_the_readme_shows_a_program_and_the_newcomers_two_commands() -> None:
    shown = {command for place, command in COMMANDS if place.startswith("README.md")}
    assert {"./nox -s quickstart", "./nox -s tests"} <= shown
    assert any(place.startswith("README.md") for place in PROGRAMS)


def test_every_example_sends_what_every_known_call_for_a_link_sends() -> None:
    """Which fields the API requires is not known, so an example that sends fewer may fail on a live account."""
    calls = [
        (place, {keyword.arg for keyword in node.keywords})
        for place, program in PROGRAMS.items()
        for node in ast.walk(ast.parse(program.text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("payment_links.create")
    ]
    assert len(calls) > 10
    for place, given in calls:
        assert {"amount", "order_reference", "description", "expires_at"} <= given, (
            place
        )


def test_the_figures_of_the_evidence_are_those_of_the_description() -> None:
    document = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    order = ("documented", "documented-2023", "observed", "inferred")
    words = [
        max(operation["x-evidence"].values(), key=order.index)
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    page = (ROOT / "docs/evidence.md").read_text(encoding="utf-8")
    assert f"Of the {len(words)} operations" in page
    for word in order:
        shown = word.replace("documented-2023", "documented in 2023")
        assert f"| {shown} | {words.count(word)} |" in page
