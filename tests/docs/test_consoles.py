"""The commands that the pages show exist, and do what they say: each is typed beside a sandbox.

Those of the page for newcomers are typed with its files, in their order. tests/docs/test_snippets.py knows those of
nox.
All are in one module, and so in one process: the pages name one port.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from helpers.pages import PAGES, PROGRAMS, ROOT, blocks
from helpers.terminal import Terminal, terminal
from packaging.requirements import Requirement

START = ROOT / "docs/start.md"
#: The servers of that page, with their ports.
PORTS = {"plexy-sandbox --webhook-url": 8490, "uvicorn": 8000}
OWN = ("plexy-sandbox", "python -m plexy_pay_sandbox")
SERVES = ("plexy-sandbox", "plexy-sandbox start", "plexy-sandbox --")
#: The exit codes of the command: done, and refused, as for an id that a page has made up.
DONE, REFUSED = 0, 1


def commands() -> Iterator[tuple[str, str]]:
    """The place and the text of each command of the pages."""
    for page in PAGES:
        if page == START:
            continue
        for block in blocks(page):
            if block.words[0] == "console":
                for line in block.text.splitlines():
                    if line.startswith("$ "):
                        yield block.at(block.line), line.removeprefix("$ ")


COMMANDS = list(dict.fromkeys(commands()))
INSTALLS = [one for one in COMMANDS if one[1].startswith("pip install ")]
OURS = [one for one in COMMANDS if one[1].startswith(OWN)]
SERVERS = [
    one
    for one in OURS
    if one[1] in SERVES or one[1].startswith(("plexy-sandbox start ", SERVES[-1]))
]
OTHERS = [one for one in OURS if one not in SERVERS]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Terminal]:
    with terminal(tmp_path) as made:
        yield made


def test_the_sandbox_is_started_as_the_pages_say(opened: Terminal) -> None:
    assert len(SERVERS) > 3
    for _, command in SERVERS:
        opened.serve(command, 8490)
        opened.stop()


def test_the_commands_beside_a_sandbox_do_what_the_pages_say(opened: Terminal) -> None:
    opened.serve("plexy-sandbox", 8490)
    assert len(OTHERS) > 10
    for place, command in OTHERS:
        code, printed = opened.attempt(command)
        if code == REFUSED:
            assert "There is no " in printed, f"{place}: {command}\n{printed}"
        else:
            assert code == DONE, f"{place}: {command}\n{printed}"


def test_what_the_pages_install_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].keys()
    for place, command in INSTALLS:
        named = [
            Requirement(word.strip("'"))
            for word in command.split()[2:]
            if "plexy-pay" in word
        ]
        assert named, f"{place}: {command}"
        for requirement in named:
            assert requirement.name == project["name"], place
            assert requirement.extras <= extras, place


def type_in(opened: Terminal, command: str) -> str:
    """Type one command of the page; a server goes on in the background."""
    # tests/release installs what is built into environments of their own.
    if command.startswith("pip install "):
        return ""
    if command.startswith("export "):
        return opened.export(command)
    for server, port in PORTS.items():
        if command.startswith(server):
            opened.serve(command, port)
            return ""
    return opened.run(command)


def deliveries() -> list[str]:
    """Return the state of each delivery; those that `doctor` forged are given up."""
    listed = httpx.get("http://127.0.0.1:8490/_sandbox/webhooks").json()["deliveries"]
    return [one["state"] for one in listed]


def test_a_newcomer_gets_to_a_verified_webhook(tmp_path: Path) -> None:
    with terminal(tmp_path) as opened:
        for program in PROGRAMS.values():
            if program.page == START and program.file is not None:
                (tmp_path / program.file).write_text(program.text, "utf-8")
        printed = ""
        for block in blocks(START):
            if block.words[0] != "console":
                continue
            for line in block.text.splitlines():
                if line.startswith("$ "):
                    printed = type_in(opened, line.removeprefix("$ "))
                else:
                    assert line in printed
        while "pending" in deliveries():
            pass
        assert "paid: ORD-1001" in opened.output()
