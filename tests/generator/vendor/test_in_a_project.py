"""A project vendors the package as docs/vendoring.md shows it, and works on the oldest and the newest Python."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers.vendored import BLOCKS, PYTHONS, SAMPLE, documented, run, vendor
from helpers.wire import WireServer, json_response
from plexy_pay_sandbox.serving import RunningSandbox

from generator import pipeline
from generator.__main__ import main


def test_the_page_shows_the_files_of_the_project() -> None:
    shown = {
        word.removeprefix("sample="): block
        for block in BLOCKS
        for word in block.words
        if "sample=" in word
    }
    assert len(shown) == 2
    for name, block in shown.items():
        assert block.text == (SAMPLE / name).read_text("utf-8"), block.at(block.line)


# The Pythons between have nothing that neither of these has.
@pytest.mark.parametrize("version", sorted({next(iter(PYTHONS)), [*PYTHONS][-1]}))
def test_the_tests_of_the_project_pass(
    version: str, shop: Path, python: Callable[[str], str]
) -> None:
    with RunningSandbox() as sandbox:
        command = [python(version), "-W", "error", "-m", "unittest", "--verbose"]
        run(command, shop, PYTHONPATH="src", SHOP_API=sandbox.base_url)


def test_the_copy_is_checked_and_updated_with_the_commands_of_the_page(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert vendor(clone, *documented("--check")) == 0
    assert "untouched and current" in capsys.readouterr().out
    assert vendor(clone, *documented("--update")) == 0
    assert "Nothing was changed" in capsys.readouterr().out


@pytest.fixture(scope="module")
def later(clone: Path, shop: Path) -> Path:
    """A second project directory with a copy of a later version, made of a changed description."""
    spec = clone.parent / "later"
    shutil.copytree(pipeline.SPEC.parent, spec)
    links = spec / "schemas" / "payment_links.yaml"
    key = "response.PaymentLink:\n"
    text = links.read_text("utf-8")
    start = text.index("  properties:\n", text.index(key)) + len("  properties:\n")
    added = (
        "    nickname:\n      type: string\n      description: How people call it.\n"
    )
    added += "      x-free-text: true\n      x-evidence: inferred\n"
    links.write_text(text[:start] + added + text[start:], "utf-8")
    source = clone.parent / "other"
    source.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "package_version", lambda: "9.9.9")
        arguments = [
            "--name",
            "other_pay",
            "--only",
            "payment_links",
            "--spec",
            str(spec / "openapi.yaml"),
        ]
        assert main(["vendor", str(source), *arguments]) == 0
    return source


@pytest.fixture
def copies(shop: Path, later: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """The two copies, imported into this process."""
    for directory in (shop / "src", later):
        monkeypatch.syspath_prepend(str(directory))
    first: ModuleType = importlib.import_module("shop._vendor.acme_pay")
    return first, importlib.import_module("other_pay")


def test_two_copies_of_two_versions_work_side_by_side_in_one_process(
    copies: tuple[Any, Any],
) -> None:
    first, second = copies
    assert "from shop._vendor.acme_pay import Money, PlexyPay" in first.__doc__
    assert (first.__version__, second.__version__) == (
        pipeline.package_version(),
        "9.9.9",
    )
    with RunningSandbox() as sandbox:
        for number, copy in enumerate((first, second, first)):
            with copy.PlexyPay("pr_sandbox", base_url=sandbox.base_url) as client:
                price = copy.Money("22000", "KZT")
                link = client.payment_links.create(
                    amount=price, order_reference=f"ORD-{number}"
                )
                assert type(link).__module__ == f"{copy.__name__}.models.payment_link"
                assert client.payment_links.retrieve(link.id).id == link.id
                with pytest.raises(copy.NotFoundError):
                    client.payment_links.retrieve("nobody")
    assert not issubclass(first.NotFoundError, second.PlexyError)
    assert hasattr(second.models.PaymentLink, "nickname")
    assert not hasattr(first.models.PaymentLink, "nickname")


def test_each_copy_tells_its_own_version_and_logs_under_its_own_name(
    copies: tuple[Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "shop._vendor.acme_pay")
    caplog.set_level("INFO", "other_pay")
    with WireServer(json_response({"id": "pl_1"})) as server:
        for copy in copies:
            with copy.PlexyPay("pr_1", base_url=server.origin) as client:
                client.payment_links.retrieve("pl_1")
        agents = [
            request.values("user-agent")[0].split(" ")[0] for request in server.requests
        ]
    assert agents == [f"plexy-pay-python/{copy.__version__}" for copy in copies]
    assert [record.name for record in caplog.records if record.name != "httpx"] == [
        "shop._vendor.acme_pay",
        "other_pay",
    ]


def test_two_copies_may_share_one_client_of_the_http_library(
    copies: tuple[Any, Any],
) -> None:
    import httpx

    with WireServer(json_response({"id": "pl_1"})) as server, httpx.Client() as shared:
        for copy in copies:
            client = copy.PlexyPay("pr_1", base_url=server.origin, http_client=shared)
            assert client.payment_links.retrieve("pl_1").id == "pl_1"
        assert [request.values("authorization") for request in server.requests] == [
            ["pr_1"],
            ["pr_1"],
        ]
