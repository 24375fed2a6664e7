"""From a client against a changed server, by its log and an overlay, to a client that knows the change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from helpers.pages import PROGRAMS
from helpers.wire import WireServer, json_response

from generator import pipeline
from generator.__main__ import main

#: What the server gives: two fields that `spec/` does not have, and one that it spells otherwise.
CUSTOMER = {
    "id": "c_1",
    "created_at": "2026-12-01T09:00:00Z",
    "loyaltyLevel": "gold",
    "visits": 3,
}
SYNC = """
from plexy_pay import PlexyPay

with PlexyPay("pr_0a1B2c3D4e5F6g7H8i9J", base_url=ORIGIN) as client:
    customer = client.customers.retrieve("c_1")
"""
ASYNC = """
import asyncio

from plexy_pay import AsyncPlexyPay


async def retrieve():
    async with AsyncPlexyPay("pr_0a1B2c3D4e5F6g7H8i9J", base_url=ORIGIN) as client:
        return await client.customers.retrieve("c_1")


customer = asyncio.run(retrieve())
"""
SHOW = """
print(getattr(customer, "loyalty_level", "-"), getattr(customer, "visits", "-"), customer.created_at)
print(customer)
"""


PROGRAMS_OF = {"sync": SYNC, "async": ASYNC}


class Way(NamedTuple):
    """A directory of files, and what each client printed before and after."""

    directory: Path
    spec: Path
    before: dict[str, list[str]]
    after: dict[str, list[str]]

    def log(self, flavor: str) -> Path:
        """Return the drift that a client noted before."""
        return self.directory / f"before-{flavor}" / "drift.jsonl"


def customer_of(directory: Path, program: str, packages: Path) -> list[str]:
    """Run a program with the client in a directory, and return what it prints; its drift goes to `drift.jsonl`."""
    (handler,) = [one for one in PROGRAMS.values() if one.page.name == "drift.md"]
    directory.mkdir()
    with WireServer(json_response(CUSTOMER)) as server:
        text = f"{handler.text}\nORIGIN = {server.origin!r}\n{program}{SHOW}"
        done = subprocess.run(
            [sys.executable, "-c", text],
            cwd=directory,
            env={**os.environ, "PYTHONPATH": str(packages)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module", name="way")
def _way(tmp_path_factory: pytest.TempPathFactory) -> Way:
    """Correct the description by the log of the sync client, and make a package of it for both."""
    directory = tmp_path_factory.mktemp("way")
    shutil.copytree(pipeline.SPEC.parent, directory / "spec")
    spec = directory / "spec" / "openapi.yaml"

    def printed(when: str, packages: Path) -> dict[str, list[str]]:
        return {
            flavor: customer_of(directory / f"{when}-{flavor}", program, packages)
            for flavor, program in PROGRAMS_OF.items()
        }

    way = Way(directory, spec, printed("before", pipeline.PACKAGE.parent), {})
    overlay = str(directory / "spec" / "overlays" / "customers.yaml")
    drift = ["drift", str(way.log("sync")), "--spec", str(spec)]
    assert main([*drift, "--as-overlay", overlay]) == 0
    pipeline.build(spec, directory / "made" / "plexy_pay")
    return way._replace(after=printed("after", directory / "made"))


flavored = pytest.mark.parametrize("flavor", PROGRAMS_OF)


@flavored
def test_the_client_has_the_fields(way: Way, flavor: str) -> None:
    assert way.before[flavor][0].startswith("- - ")
    assert way.after[flavor][0] == "gold 3 2026-12-01 09:00:00+00:00"


@flavored
def test_what_nobody_has_looked_at_is_masked(way: Way, flavor: str) -> None:
    assert "gold" not in way.after[flavor][1]


@flavored
def test_the_new_client_reports_no_drift(way: Way, flavor: str) -> None:
    assert len(way.log(flavor).read_text("utf-8").splitlines()) == 3
    assert not (way.directory / f"after-{flavor}" / "drift.jsonl").exists()


@flavored
def test_nothing_is_left_to_say_of_either_log(
    way: Way, flavor: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", str(way.log(flavor)), "--spec", str(way.spec)]) == 0
    assert "spec/ says the same. Nothing to do." in capsys.readouterr().out


def test_a_name_that_was_only_spelled_otherwise_was_renamed(way: Way) -> None:
    document: dict[str, Any] = pipeline.load(way.spec).data
    customer = document["components"]["schemas"]["response.Customer"]["properties"]
    assert "createdAt" not in customer
    assert customer["created_at"]["format"] == "date-time"
    report = (way.spec.parent / "overlays" / "customers.md").read_text("utf-8")
    assert (
        report.count("spelled `createdAt` in `spec/`, `created_at` in the response")
        == 1
    )
