"""What docs/overlays.md and spec/DECISIONS.md show works on the real spec: the overlays that users copy from there."""

from __future__ import annotations

import importlib
import re
import textwrap
import warnings
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from generator import loader, manifest, pipeline

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "overlays.md"
DECISIONS = ROOT / "spec" / "DECISIONS.md"


def overlays_of(page: Path, directory: Path) -> list[Path]:
    """Write the overlays that a page shows as files."""
    blocks = re.findall(
        r"^ *```yaml\n(.*?)^ *```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    paths = [
        directory / f"{number}.overlay.yaml" for number in range(1, len(blocks) + 1)
    ]
    for path, text in zip(paths, blocks, strict=True):
        path.write_text(textwrap.dedent(text), "utf-8")
    return paths


@pytest.fixture(scope="module", name="package")
def _package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = tmp_path_factory.mktemp("made") / "plexy_pay"
    pipeline.build(
        pipeline.SPEC, package, overlays_of(PAGE, tmp_path_factory.mktemp("overlays"))
    )
    return package


@pytest.fixture(scope="module", name="decided")
def _decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that is made with all overlays of spec/DECISIONS.md."""
    package = tmp_path_factory.mktemp("made") / "plexy_pay_decided"
    pipeline.build(
        pipeline.SPEC,
        package,
        overlays_of(DECISIONS, tmp_path_factory.mktemp("decisions")),
    )
    return package


@pytest.fixture(scope="module", name="described")
def _described(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The description with all overlays of spec/DECISIONS.md."""
    overlays = overlays_of(DECISIONS, tmp_path_factory.mktemp("decisions"))
    return pipeline.load(pipeline.SPEC, overlays).data


def record_of(package: Path, constant: str) -> str:
    """Return the record of an operation in the generated `_operations.py`."""
    text = (package / "_operations.py").read_text("utf-8")
    return text.partition(f"\n{constant} = Operation(")[2].partition("\n)")[0]


def test_the_first_overlay_of_the_page_confirms_an_operation_and_a_unit(
    package: Path,
) -> None:
    record = record_of(package, "CREATE_MERCHANT_INITIATED_PAYMENT")
    assert 'evidence="documented"' in record
    assert "Plexy Pay support, ticket 4711" in record
    method = (package / "_resources" / "recurring_payments.py").read_text("utf-8")
    assert "amount: int | _hints.Money" in method


def test_the_second_overlay_of_the_page_moves_an_operation_and_nothing_knows_the_old_path(
    package: Path,
) -> None:
    record = record_of(package, "SAVE_CARD_FOR_PAYOUTS")
    assert 'call="payouts.save_card"' in record
    assert 'method="PUT"' in record
    assert 'path="/v1/cards"' in record
    assert 'evidence="documented"' in record
    assert 'source="Plexy Pay support, ticket 4712"' in record
    files = [
        path
        for path in package.rglob("*")
        if path.suffix in (".py", ".json", ".md", ".pyi")
    ]
    assert [
        path.name for path in files if "/v1/payouts/cards" in path.read_text("utf-8")
    ] == []


def test_the_third_overlay_of_the_page_moves_an_operation_with_the_parameters_of_its_path(
    package: Path,
) -> None:
    record = record_of(package, "DELETE_SPLIT_REQUEST")
    assert 'method="POST"' in record
    assert 'path="/v1/split-requests/{id}/delete"' in record
    assert "DELETE /v1/split-requests" not in (
        package / "_resources" / "split_requests.py"
    ).read_text("utf-8")


def test_the_package_names_the_overlays_that_it_was_made_with(package: Path) -> None:
    recorded = [item["name"] for item in manifest.read(package)["overlays"]]
    assert recorded == ["1.overlay.yaml", "2.overlay.yaml", "3.overlay.yaml"]


def test_a_link_is_cancelled_where_the_overlay_of_conflict_1_says(
    decided: Path, described: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(decided.parent))
    package: Any = importlib.import_module(decided.name)
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200)

    transport = httpx.MockTransport(respond)
    with package.PlexyPay(
        "pr_test", base_url="https://api.plexypay.test", http_client=transport
    ) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            client.payment_links.cancel("pl_1")

    assert [(r.method, r.url.path) for r in requests] == [
        ("POST", "/v1/payment-links/pl_1/cancel")
    ]
    texts = [path.read_text("utf-8") for path in decided.rglob("*.py")]
    assert not [text for text in texts if "DELETE /v1/payment-links" in text]
    operation = described["paths"]["/v1/payment-links/{id}/cancel"]["post"]
    assert operation["x-source"] == ["our own test account, December 2026"]


def test_the_payment_of_2023_is_inferred_and_promises_no_look_up(
    decided: Path, described: Any
) -> None:
    record = record_of(decided, "CREATE_MERCHANT_INITIATED_PAYMENT_2023")
    assert 'call="direct_payments.create_merchant_initiated"' in record
    assert 'path="/v1/payments/recurring/merchant/initiated"' in record
    assert "moves_money=True" in record
    assert 'evidence="inferred"' in record
    operation = described["paths"]["/v1/payments/recurring/merchant/initiated"]["post"]
    assert "look-ups" not in operation["x-reconcile"]
    assert operation["responses"]["200"]["x-evidence"] == "inferred"


def test_a_path_of_the_spec_is_moved_with_what_bundle_prints_of_it(
    tmp_path: Path,
) -> None:
    bundled = loader.load(pipeline.SPEC)
    moved = bundled.data["paths"]["/v1/payouts"]
    for operation in moved.values():
        operation["x-evidence"] = {"method": "documented", "path": "documented"}
    overlay = tmp_path / "payouts.overlay.yaml"
    actions = [
        {"target": "$.paths['/v1/payouts']", "remove": True},
        {"target": "$.paths", "update": {"/v1/payout-requests": moved}},
    ]
    info = {"title": "Payouts are elsewhere", "version": "1"}
    overlay.write_text(
        yaml.safe_dump({"overlay": "1.0.0", "info": info, "actions": actions}), "utf-8"
    )

    pipeline.build(pipeline.SPEC, tmp_path / "plexy_pay", [overlay])

    for constant in ("RETRIEVE_PAYOUT_TRANSACTIONS", "PROCESS_PAYOUT"):
        record = record_of(tmp_path / "plexy_pay", constant)
        assert 'path="/v1/payout-requests"' in record
        assert 'evidence="documented"' in record
