"""What docs/overlays.md shows works on the real spec, and so does the correction that users need most: another path."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from generator import loading, manifest, pipeline

PAGE = Path(__file__).parents[2] / "docs" / "overlays.md"


@pytest.fixture(scope="module", name="shown")
def _shown(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The overlays of the page as files."""
    folder = tmp_path_factory.mktemp("overlays")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    paths = [folder / f"{number}.overlay.yaml" for number in range(1, len(blocks) + 1)]
    for path, text in zip(paths, blocks, strict=True):
        path.write_text(text, "utf-8")
    return paths


@pytest.fixture(scope="module", name="package")
def _package(shown: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = tmp_path_factory.mktemp("made") / "plexy_pay"
    pipeline.build(pipeline.SPEC, package, shown)
    return package


def record_of(package: Path, constant: str) -> str:
    """The record of an operation in the generated `_operations.py`."""
    text = (package / "_operations.py").read_text("utf-8")
    return text.partition(f"\n{constant} = Operation(")[2].partition("\n)")[0]


def test_the_first_overlay_of_the_page_confirms_an_operation_and_a_unit(package: Path) -> None:
    record = record_of(package, "CREATE_MERCHANT_INITIATED_PAYMENT")
    assert 'evidence="documented"' in record
    assert "Plexy Pay support, ticket 4711" in record
    method = (package / "resources" / "recurring_payments.py").read_text("utf-8")
    assert "amount: int | _hints.Money" in method


def test_the_second_overlay_of_the_page_moves_a_path(package: Path) -> None:
    record = record_of(package, "SAVE_CARD_FOR_PAYOUTS")
    assert 'call="payouts.save_card"' in record
    assert 'path="/v1/cards"' in record
    assert 'evidence="documented"' in record


def test_the_package_names_the_overlays_that_it_was_made_with(package: Path) -> None:
    assert [item["name"] for item in manifest.read(package)["overlays"]] == [
        "1.overlay.yaml",
        "2.overlay.yaml",
    ]


def test_a_path_of_the_spec_is_moved_with_what_bundle_prints_of_it(tmp_path: Path) -> None:
    bundled = loading.load(pipeline.SPEC)
    moved = bundled.data["paths"]["/v1/payouts"]
    for operation in moved.values():
        operation["x-evidence"] = {"method": "documented", "path": "documented"}
    overlay = tmp_path / "payouts.overlay.yaml"
    actions = [
        {"target": "$.paths['/v1/payouts']", "remove": True},
        {"target": "$.paths", "update": {"/v1/payout-requests": moved}},
    ]
    info = {"title": "Payouts are elsewhere", "version": "1"}
    overlay.write_text(yaml.safe_dump({"overlay": "1.0.0", "info": info, "actions": actions}), "utf-8")

    pipeline.build(pipeline.SPEC, tmp_path / "plexy_pay", [overlay])

    for constant in ("RETRIEVE_PAYOUT_TRANSACTIONS", "PROCESS_PAYOUT"):
        record = record_of(tmp_path / "plexy_pay", constant)
        assert 'path="/v1/payout-requests"' in record
        assert 'evidence="documented"' in record
