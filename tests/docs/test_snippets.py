"""What the documentation shows works: its Python runs against the sandbox, its commands exist.

tests/typed checks their types; tests/docs/test_bulk.py and tests/docs/test_webhooks.py run those that must be files.
"""

from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import helpers.adapters  # noqa: F401 - a page for Django runs in a project, which this configures
import plexy_pay
import pytest
from helpers.description import DESCRIPTION
from helpers.pages import PAGES, PROGRAMS, ROOT, Block, blocks
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from plexy_pay import PlexyPay
from plexy_pay_sandbox.serving import RunningSandbox


def commands() -> Iterator[tuple[str, str]]:
    """The place and the text of each `./nox` command of the pages."""
    for page in PAGES:
        for block in blocks(page):
            if block.words[0] == "console":
                for line in block.text.splitlines():
                    if (command := line.removeprefix("$ ")).startswith("./nox"):
                        yield block.at(block.line), command


COMMANDS = dict.fromkeys(commands())


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sandbox, to which every client goes that names no origin of its own."""
    monkeypatch.setenv("PLEXY_API_KEY", "pr_sandbox")
    monkeypatch.setenv("PLEXY_WEBHOOK_TOKEN", "whk_sandbox")
    with RunningSandbox() as running, ExitStack() as ending:

        def make(kind: Callable[..., Any], *positional: Any, **named: Any) -> Any:
            client = kind(*positional, **{"base_url": running.base_url, **named})
            # A page may let the end of its program close the client; here the program is not the process.
            if isinstance(client, PlexyPay):
                ending.callback(client.close)
            return client

        for name in ("PlexyPay", "AsyncPlexyPay"):
            monkeypatch.setattr(
                plexy_pay, name, partial(make, getattr(plexy_pay, name))
            )
        yield


def _loggers() -> list[logging.Logger]:
    known = logging.root.manager.loggerDict.values()
    return [logging.root, *(one for one in known if isinstance(one, logging.Logger))]


@pytest.fixture
def process() -> Iterator[None]:
    """Undo what a program sets up for its whole process: logging and tracing."""
    before = {logger.name: (logger.level, logger.handlers[:]) for logger in _loggers()}
    yield
    for logger in _loggers():
        level, handlers = before.get(logger.name, (logging.NOTSET, []))
        logger.setLevel(level)
        logger.handlers[:] = handlers
    instrumentor = HTTPXClientInstrumentor()
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()


HERE = {place: program for place, program in PROGRAMS.items() if program.file is None}


@pytest.mark.parametrize("program", HERE.values(), ids=HERE)
@pytest.mark.usefixtures("process", "sandbox")
# Where a page calls an operation that is only inferred, it says so.
@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
def test_a_documented_program_runs(program: Block) -> None:
    code = compile(program.text, program.page, "exec", dont_inherit=True)
    exec(code, {"__name__": "__main__"})


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


def test_the_readme_s_figures_are_those_of_the_description() -> None:
    document = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    order = ("documented", "documented-2023", "observed", "inferred")
    words = [
        max(operation["x-evidence"].values(), key=order.index)
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Of the {len(words)} operations" in readme
    for word in order:
        shown = word.replace("documented-2023", "documented in 2023")
        assert f"| {shown} | {words.count(word)} |" in readme
