"""The examples of the reference run as they stand on its pages, against the sandbox: sync, async and curl.

An id that an example names is made in the sandbox first, and a gateway puts it in; nothing else comes in between.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from plexy_pay import PlexyPay
from plexy_pay._operations import OPERATIONS
from plexy_pay_sandbox import RunningSandbox, create_app

from generator.model.api import Api

from .gateway import Gateway, Met, Prepared
from .prepared import NEEDS, Shop

CALLS = sorted(operation.call for operation in OPERATIONS)
TABS = ("Sync", "Async", "curl")
#: The examples have dates of December 2026 and later, which lie ahead of it.
TODAY = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
AGENT = "3f0c6a52-8d1b-4f7e-9a64-2b5e7c90d1f8"
#: What a pager sets by itself.
PAGES = ("page", "size", "pageSize")
#: What a client sends beside what the example says.
SENT = ("authorization", "x-api-key", "idempotency-key")


def example_on(page: str, call: str, tab: str) -> str:
    """Return an example as it stands on a page."""
    section = page.partition(f"{{ #{call}-example }}")[2].partition("\n### ")[0]
    block = section.partition(f'=== "{tab}"\n')[2].partition("\n=== ")[0]
    code = re.search(r"^    ```\w+\n(.*?)^    ```$", block, re.M | re.S)
    assert code is not None, f"{call} has no example {tab}"
    return "".join(line[4:] or "\n" for line in code[1].splitlines(keepends=True))


@pytest.fixture(scope="module")
def examples(reference: dict[str, str]) -> dict[tuple[str, str], str]:
    """The examples by their calls and tabs, as readers see them."""
    found: dict[tuple[str, str], str] = {}
    for call in CALLS:
        resource = call.rpartition(".")[0].replace(".", "_")
        page = reference[f"reference/operations/{resource}.md"]
        for tab in TABS:
            found[call, tab] = example_on(page, call, tab)
    return found


@dataclass
class Stage:
    """A sandbox, the gateway before it, and a shop that makes what an example needs."""

    sandbox: RunningSandbox
    gateway: Gateway
    shop: Shop

    def run(self, call: str, tab: str, code: str) -> list[Met]:
        """Run an example in a fresh sandbox, and return what it sent."""
        self.sandbox.reset()
        self.gateway.prepared = Prepared()
        if call in NEEDS:
            self.gateway.prepared = NEEDS[call](self.shop)
        self.gateway.met.clear()
        if tab == "curl":
            run_curl(code)
        else:
            run_program(code)
        return list(self.gateway.met)


def run_program(code: str) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    try:
        exec(compile(code, "<example>", "exec", dont_inherit=True), names)
    finally:
        # The program is not the process here, whose end would close the client.
        client = names.get("client")
        if isinstance(client, PlexyPay):
            client.close()


def run_curl(code: str) -> None:
    assert shutil.which("curl"), "curl is missing; install it to test the examples."
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    app = create_app(agent_id=AGENT, clock=lambda: TODAY)
    with RunningSandbox(app) as sandbox, Gateway(sandbox.base_url) as gateway:
        client = PlexyPay(
            sandbox.key,
            checkout_api_key=sandbox.checkout_key,
            gate_api_key=sandbox.gate_key,
            agent_id=AGENT,
            base_url=sandbox.base_url,
        )
        with client:
            yield Stage(sandbox, gateway, Shop(sandbox, client))


@pytest.fixture
def variables(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what the page tells a reader to set, and nothing else."""
    for name in [name for name in os.environ if name.startswith("PLEXY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PLEXY_BASE_URL", stage.gateway.base_url)
    monkeypatch.setenv("PLEXY_API_KEY", stage.sandbox.key)
    monkeypatch.setenv("PLEXY_CHECKOUT_API_KEY", stage.sandbox.checkout_key)
    monkeypatch.setenv("PLEXY_GATE_API_KEY", stage.sandbox.gate_key)


def test_every_operation_has_an_example_in_each_tab(
    examples: dict[tuple[str, str], str], api: Api
) -> None:
    assert len(CALLS) == len(api.operations) == 63
    assert sum(bool(code) for code in examples.values()) == 3 * 63


@pytest.mark.usefixtures("variables")
# Whoever calls an operation that is only inferred is told so.
@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
@pytest.mark.parametrize("call", CALLS)
def test_the_examples_of_an_operation_succeed_and_send_the_same(
    stage: Stage, examples: dict[tuple[str, str], str], call: str
) -> None:
    sent: list[dict[str, object]] = []
    for tab in TABS:
        met = stage.run(call, tab, examples[call, tab])
        assert [one.status // 100 for one in met] == [2] * len(met), (tab, met)
        sent.append(said(met[0]))
    assert sent[0] == sent[1] == sent[2]


def said(met: Met) -> dict[str, object]:
    """Return what an example says in its request."""
    target = urlsplit(met.target)
    query = [pair for pair in parse_qsl(target.query) if pair[0] not in PAGES]
    return {
        "method": met.method,
        "path": target.path,
        "query": sorted(query),
        "body": met.body,
        "headers": {name: met.headers.get(name) for name in SENT},
    }
