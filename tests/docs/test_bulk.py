"""The documented programs that must be files: those of docs/bulk.md make 1,000 calls each, on every executor.

No call is lost, and none is made twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from helpers.pages import PROGRAMS
from plexy_pay_sandbox.app import create_app
from plexy_pay_sandbox.serving import RunningSandbox

KEY = "pr_0a1B2c3D4e5F6g7H8i9J"
#: Other modules here run the programs of these.
ELSEWHERE = (
    "start.md",
    "take-a-payment.md",
    "testing.md",
    "webhook-stores.md",
    "webhooks.md",
)
SCRIPTS = {
    program.file: program
    for program in PROGRAMS.values()
    if program.file is not None and program.page.name not in ELSEWHERE
}
ORDERS = [f"ORD-{number}" for number in range(1, 1001)]


class Watched:
    """The sandbox. It notes each call with its response, and the connections that they came by."""

    def __init__(self) -> None:
        self.app = create_app(keys=[KEY])
        self.connections: set[Any] = set()
        self.calls: list[tuple[str, bytes, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.connections.add(scope["client"])
        asked, answered = bytearray(), bytearray()

        async def listen() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def speak(message: Any) -> None:
            answered.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, listen, speak)
        self.calls.append(
            (f"{scope['method']} {scope['path']}", bytes(asked), bytes(answered))
        )

    def made(self) -> dict[str, str]:
        """The order reference and the id of each link that was made; none was made twice."""
        pairs = [
            (json.loads(asked)["orderReference"], json.loads(answered)["id"])
            for call, asked, answered in self.calls
            if call == "POST /v1/payment-links"
        ]
        assert len(dict(pairs)) == len({link for _, link in pairs}) == len(pairs)
        return dict(pairs)


class Workspace:
    """A directory with the programs, and a sandbox for them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.watched = Watched()

    def run(
        self,
        name: str,
        *changes: tuple[str, str],
        key: str | None = KEY,
        start: str | None = None,
    ) -> list[list[str]]:
        """Run a program of the page as a file, and give the words of each line that it prints."""
        text = SCRIPTS[name].text
        for old, new in changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (self.directory / name).write_text(text)
        self.watched.connections.clear()
        self.watched.calls.clear()
        # Nothing is written to stderr: no warning about a socket or a process that was left behind.
        command = [sys.executable, "-W", "always::ResourceWarning", start or name]
        with RunningSandbox(self.watched) as sandbox:
            env = {
                **os.environ,
                "PLEXY_BASE_URL": sandbox.base_url,
                "PYTHONPATH": str(self.directory),
            }
            # Dask reports the heartbeats that a cluster misses while it is being closed.
            env |= {"DASK_LOGGING__DISTRIBUTED": "critical"}
            env |= {} if key is None else {"PLEXY_API_KEY": key}
            # It waits until the last process that the program started has closed its output.
            done = subprocess.run(
                command,
                cwd=self.directory,
                env=env,
                capture_output=True,
                text=True,
                check=False,
                timeout=150,
            )
        assert (done.returncode, done.stderr) == (0, "")
        assert KEY not in done.stdout
        return [line.split() for line in done.stdout.splitlines()]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def assert_each_order_has_its_link(
    workspace: Workspace, printed: list[list[str]]
) -> None:
    made = workspace.watched.made()
    assert printed == [[order, made[order]] for order in ORDERS]
    assert len(workspace.watched.calls) == len(made) == 1000


@pytest.mark.parametrize("name", ["threads.py", "tasks.py"])
def test_a_thousand_calls_of_threads_and_of_tasks_share_their_connections(
    workspace: Workspace, name: str
) -> None:
    assert_each_order_has_its_link(workspace, workspace.run(name))
    # Twenty at once. On a slow machine some stay idle for so long that they are replaced.
    assert len(workspace.watched.connections) <= 100


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_a_thousand_calls_of_processes_do_not_connect_for_each_piece_of_work(
    workspace: Workspace, method: str
) -> None:
    changes = ('get_context("spawn")', f'get_context("{method}")')
    assert_each_order_has_its_link(workspace, workspace.run("processes.py", changes))
    # The client is unpickled for each of 20 pieces of work, in four processes.
    assert len(workspace.watched.connections) <= 10


def test_a_thousand_calls_on_a_dask_cluster_do_not_connect_for_each_task(
    workspace: Workspace,
) -> None:
    workspace.run("threads.py")
    made = workspace.watched.made()
    (workspace.directory / "links.txt").write_text(
        "\n".join(made[order] for order in ORDERS)
    )
    printed = workspace.run("cluster.py")
    assert printed == [[made[order], order] for order in ORDERS]
    assert Counter(call for call, _, _ in workspace.watched.calls) == {
        f"GET /v1/payment-links/{link}": 1 for link in made.values()
    }
    # The client is unpickled for each task, on eight threads of two processes.
    assert len(workspace.watched.connections) <= 100


def test_the_page_says_of_pickles_what_is_true(workspace: Workspace) -> None:
    remade, advice = workspace.run("pickled.py", key=None)
    assert " ".join(remade).startswith("<PlexyPay api_key='********' ")
    assert "cannot be pickled" in " ".join(advice)


USING_THE_APP = """
import httpx
from app import app
from plexy_pay_sandbox.serving import RunningSandbox
with RunningSandbox(app) as server:
    for number in range(3):
        print(httpx.post(f"{server.base_url}/orders/ORD-{number}/pay").json()["pay_at"])
"""


def test_a_web_application_keeps_one_client_for_all_requests(
    workspace: Workspace,
) -> None:
    (workspace.directory / "use.py").write_text(USING_THE_APP)
    printed = workspace.run("app.py", start="use.py")
    assert len(printed) == len(workspace.watched.made()) == 3
    assert len(workspace.watched.connections) == 1


def test_every_program_of_a_file_is_run_here() -> None:
    assert sorted(SCRIPTS) == [
        "app.py",
        "cluster.py",
        "pickled.py",
        "processes.py",
        "tasks.py",
        "threads.py",
    ]
